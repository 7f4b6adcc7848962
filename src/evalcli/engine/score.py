"""Plan, stream, add, compute: from options to a report in one pass over the predictions."""

from __future__ import annotations

from collections.abc import Sequence

from evalcli.engine.compose import compose
from evalcli.engine.notes.model import notes, option_notes
from evalcli.engine.provenance import provenance
from evalcli.engine.refuse import refuse
from evalcli.engine.run import Sink, Watch, prepare, wanted
from evalcli.engine.stream import run_pass
from evalcli.gate.rules import Asked
from evalcli.inputs.open import open_inputs
from evalcli.inputs.options import Options, check_options
from evalcli.loaders.locate import shown
from evalcli.report.report import Report


def score(
    options: Options,
    *,
    asked: Sequence[Asked] = (),
    only: Sequence[str] = (),
    command: Sequence[str] = (),
    watch: Watch | None = None,
    sink: Sink | None = None,
) -> Report:
    """Score one prediction file.

    ``asked``: rules whose metrics are computed too; they are judged elsewhere. ``only`` replaces the
    selection of metrics and leaves the per-class table out. ``sink`` takes what is known of each row, in
    order. Raises an ``EvalcliError`` for all that the user can mend.
    """
    check_options(options)
    run = prepare(open_inputs(options), options, wanted(options, asked, only), sink is not None)
    with run_pass(run, watch, sink) as result:
        refuse(run, result)
        source = provenance(run, result)
        remarks = (*notes(run, result), *option_notes(run, source))
        return compose(run.plan, result, source, remarks, tuple(map(shown, command)))
