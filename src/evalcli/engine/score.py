"""Plan, stream, add, compute: from options to a report in one pass over the predictions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from evalcli.engine.compose import compose, study_begun
from evalcli.engine.inert import effects, refuse_inert
from evalcli.engine.notes.collect import look_at, look_at_files
from evalcli.engine.notes.registry import Looked
from evalcli.engine.notes.view import Facts
from evalcli.engine.provenance import provenance
from evalcli.engine.refuse import raise_for_unusable_rows
from evalcli.engine.result import PassResult
from evalcli.engine.run import OnProgress, OnRows, Run, prepare, wanted
from evalcli.engine.stream import run_pass
from evalcli.errors import InputError
from evalcli.findings import Blank, use
from evalcli.gate.rules import RuleText
from evalcli.inputs.open import open_inputs
from evalcli.inputs.options import Options, check_options
from evalcli.loaders.locate import shown
from evalcli.report.provenance import Provenance
from evalcli.report.report import Report


def score(
    options: Options,
    *,
    asked: Sequence[RuleText] = (),
    only: Sequence[str] = (),
    command: Sequence[str] = (),
    on_progress: OnProgress | None = None,
    on_rows: OnRows | None = None,
    on_state: Callable[[bytes], None] | None = None,
) -> Report:
    """Score one prediction file.

    ``asked``: rules whose metrics are also computed; they are judged elsewhere. ``only`` replaces the
    selection of metrics and skips the per-class table. ``on_rows``: called with the row table, in order.
    ``on_state``: called with the bytes of a state file, if the states are kept.
    Raises an ``EvalcliError`` for every error that the user can fix.
    """
    run = _prepared(options, asked, only, on_rows is not None)
    with run_pass(run, on_progress, on_rows) as result:
        raise_for_unusable_rows(run, result)
        study = study_begun(run.plan, result.summary)  # which other threads draw
        source = provenance(run, result)
        of_files = look_at_files(run, result, source)
        looked = of_files + look_at(result, Facts.of(run), source)
        report = compose(run.plan, result, source, looked, tuple(map(shown, command)), study)
        if on_state is not None:
            on_state(_state(run, result, source, of_files))
        return report


def state_of(options: Options, *, asked: Sequence[RuleText] = (), only: Sequence[str] = ()) -> bytes:
    """The bytes of the state of a run, without its report. Raises what ``score`` raises."""
    run = _prepared(replace(options, stored=True), asked, only, False)
    with run_pass(run) as result:
        raise_for_unusable_rows(run, result)
        source = provenance(run, result)
        return _state(run, result, source, look_at_files(run, result, source))


def _state(run: Run, result: PassResult, source: Provenance, of_files: Looked) -> bytes:
    from evalcli.engine.stored_pass import stored_pass, write_pass

    return write_pass(stored_pass(run, result, source, of_files), result.mapper)


def _prepared(options: Options, asked: Sequence[RuleText], only: Sequence[str], rows: bool) -> Run:
    check_options(options)
    inputs = open_inputs(options)
    if options.shared_labels and inputs.index is None:
        raise InputError(
            "one file of labels for all parts needs ids to match rows by",
            where=inputs.place,
            hint=use("with a column that both have", id_col=Blank("NAME"))
            | use("with a file for each part", labels=Blank("y-{part}.csv")),
            code="no-id",
        )
    run = prepare(inputs, options, wanted(options, asked, only), rows)
    refuse_inert(effects(run))
    return run
