"""A baseline with rows: the same metrics on the same rows, and intervals of what changed."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from evalcli.engine.compare import compare
from evalcli.errors import EvalcliError
from evalcli.gate.rules import RuleText
from evalcli.inputs.open import open_sources
from evalcli.inputs.options import Options
from evalcli.report.report import Report
from evalcli.report.verdict import Baseline, Difference
from evalcli.text import escape


def paired_baseline(path: str, options: Options, asked: Sequence[RuleText], report: Report) -> Baseline:
    """The rows of a table that ``--per-row`` wrote, beside the predictions of a report.

    ``asked``: rules, of which the drops are judged from it. Rows that cannot be paired are no baseline.
    """
    drops = tuple(rule.metric for rule in asked if rule.kind == "drop")
    options = replace(options, metrics=(*options.metrics, *drops))
    try:
        models = [("baseline", _of_rows(path, options, report)), ("now", options)]
        comparison = compare(models).comparison
    except EvalcliError as error:
        wrong = Difference("not-paired", f"its rows cannot be paired: {error.errors[0].what}")
        return Baseline(escape(path), "not-comparable", (wrong,))
    (against,) = comparison.against
    parts = [("", against.changes), *((f"@{part.label}", part.changes) for part in against.slices)]
    found = {f"{change.metric}{label}": change for label, changes in parts for change in changes}
    return Baseline(
        path=escape(path),
        status="compared",
        values={key: change.old for key, change in found.items()},
        rows=comparison.rows,
        changes={key: change.interval for key, change in found.items() if change.interval is not None},
    )


def _of_rows(path: str, options: Options, report: Report) -> Options:
    """How the rows are read: as a table of ``--per-row``, otherwise as the predictions are."""
    earlier = replace(options, predictions=(path,))
    columns = open_sources(Options((path,)))[0].columns
    if not {"truth", "predicted"} <= set(columns):
        return earlier
    earlier = replace(earlier, score_cols=(), pred_col="predicted", task=report.task)
    return earlier if options.labels is not None else replace(earlier, label_col="truth", label_cols=())
