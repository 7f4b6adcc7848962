"""All notes on a run: remarks of its loaders, notes of the checks, and checks that were not possible."""

from __future__ import annotations

from msgspec.structs import replace

from evalcli.blocks.base import overflow_to_infinity

# checks register as they are imported; the order of notes is that of their declarations
from evalcli.engine.notes import columns, files, model, rows, scores  # noqa: F401
from evalcli.engine.notes.registry import Looked
from evalcli.engine.notes.view import CHECKS, View
from evalcli.engine.result import PassResult
from evalcli.engine.run import Run
from evalcli.findings import Finding
from evalcli.report.notes import note
from evalcli.report.provenance import Provenance
from evalcli.text import escape


@overflow_to_infinity
def look(run: Run, result: PassResult, source: Provenance | None = None) -> Looked:
    """The notes on a run. ``source``: provenance of the report, if one is made."""
    view = View(run, result, source)
    return Looked(_remarks(run)) + CHECKS.look(view, view.excluded, view.unread)


def _remarks(run: Run) -> tuple[Finding, ...]:
    """Remarks of the loaders, with the level and the next step of their code."""
    sources = (run.inputs.predictions, run.inputs.labels)
    remarks = [remark for source in sources if source is not None for remark in source.remarks]
    return tuple(
        replace(note(r.code, escape(r.message), r.count, r.rows, r.hint), where=r.where, found=r.found)
        for r in remarks
    )
