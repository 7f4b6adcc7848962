"""Plan, stream, add, compute: from options to a report in one pass over the predictions."""

from __future__ import annotations

from collections.abc import Sequence

from evalcli.engine.compose import compose, study_begun
from evalcli.engine.inert import effects, refuse_inert
from evalcli.engine.notes.collect import look
from evalcli.engine.provenance import provenance
from evalcli.engine.refuse import raise_for_unusable_rows
from evalcli.engine.run import OnProgress, OnRows, prepare, wanted
from evalcli.engine.stream import run_pass
from evalcli.gate.rules import RuleText
from evalcli.inputs.open import open_inputs
from evalcli.inputs.options import Options, check_options
from evalcli.loaders.locate import shown
from evalcli.report.report import Report


def score(
    options: Options,
    *,
    asked: Sequence[RuleText] = (),
    only: Sequence[str] = (),
    command: Sequence[str] = (),
    on_progress: OnProgress | None = None,
    on_rows: OnRows | None = None,
) -> Report:
    """Score one prediction file.

    ``asked``: rules whose metrics are also computed; they are judged elsewhere. ``only`` replaces the
    selection of metrics and skips the per-class table. ``on_rows``: called with the row table, in order.
    Raises an ``EvalcliError`` for every error that the user can fix.
    """
    check_options(options)
    run = prepare(open_inputs(options), options, wanted(options, asked, only), on_rows is not None)
    refuse_inert(effects(run))
    with run_pass(run, on_progress, on_rows) as result:
        raise_for_unusable_rows(run, result)
        study = study_begun(run.plan, result.summary)  # which other threads draw
        source = provenance(run, result)
        looked = look(run, result, source)
        return compose(run.plan, result, source, looked, tuple(map(shown, command)), study)
