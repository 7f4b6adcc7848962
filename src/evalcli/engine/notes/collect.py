"""All notes on a run: remarks of its loaders, notes of the checks, and checks that were not possible."""

from __future__ import annotations

from msgspec.structs import replace

from evalcli.blocks.base import overflow_to_infinity

# checks register as they are imported; the order of notes is that of their declarations
from evalcli.engine.notes import columns, files, model, rows, scores  # noqa: F401
from evalcli.engine.notes.registry import Looked
from evalcli.engine.notes.view import CHECKS, FILE_CHECKS, Facts, RunView, View
from evalcli.engine.result import PassResult
from evalcli.engine.run import Run
from evalcli.findings import Finding
from evalcli.report.notes import note
from evalcli.report.provenance import Provenance
from evalcli.text import escape


@overflow_to_infinity
def look(run: Run, result: PassResult, source: Provenance | None = None) -> Looked:
    """The notes on a run. ``source``: provenance of the report, if one is made."""
    return look_at_files(run, result, source) + look_at(result, Facts.of(run), source)


def look_at(result: PassResult, facts: Facts, source: Provenance | None = None) -> Looked:
    """The notes on a result, from whatever states."""
    view = View(result, facts, source)
    return CHECKS.look(view, view.excluded, view.unread)


def look_at_files(run: Run, result: PassResult, source: Provenance | None = None) -> Looked:
    """The notes on the files of a run, which only the run can look for."""
    view = RunView(result, Facts.of(run), source, run=run)
    return Looked(_remarks(run)) + FILE_CHECKS.look(view, view.excluded, view.unread)


def _remarks(run: Run) -> tuple[Finding, ...]:
    """Remarks of the loaders, with the level and the next step of their code."""
    sources = (run.inputs.predictions, run.inputs.labels)
    remarks = [remark for source in sources if source is not None for remark in source.remarks]
    return tuple(
        replace(note(r.code, escape(r.message), r.count, r.rows, r.hint), where=r.where, found=r.found)
        for r in remarks
    )
