"""An epoch from the state that its evaluation left, e.g. on a cluster, instead of its predictions."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from evalcli.engine.epochs import Job, Tracked
from evalcli.engine.plan import Wanted, changed
from evalcli.errors import InputError, UsageError
from evalcli.findings import flag, omit
from evalcli.gate.rules import RuleText
from evalcli.inputs.options import Options
from evalcli.report.report import Report
from evalcli.text import escape

NO_PAIRS = "states have no rows to pair"
OF_REPORTS = frozenset(
    ("predictions", "metrics", "confidence", "intervals", "min_n", "jobs", "memory", "hashes", "curves")
)
"""Options that a state can follow."""


def report_of_state(job: Job, tracked: Tracked, rules: Sequence[RuleText] = ()) -> Report:
    """What ``merge`` reports of the state of an epoch. Raises a ``UsageError`` for options about its rows."""
    from evalcli.engine.merge import merge

    options, plain = tracked.options, Options(tracked.options.predictions)
    about_rows = [
        name
        for name in Options.__struct_fields__
        if name not in OF_REPORTS and getattr(options, name) != getattr(plain, name)
    ]
    if job.labels is not None:
        about_rows.insert(0, "labels")
    if about_rows:
        raise UsageError(
            f"{escape(job.path)} is a state, which {flag(about_rows[0])} cannot change",
            hint=omit(*about_rows),
            code="no-effect",
        )

    def wanted(asked: Wanted) -> Wanted:
        names = asked.metrics if options.metrics == plain.metrics else options.metrics
        found = changed(
            asked,
            metrics=names if tracked.best is None else (*names, tracked.best),
            confidence=None if asked.confidence is None else options.confidence,
            intervals=options.intervals,
            min_n=options.min_n,
        )
        return replace(found, rules=tuple(rules))

    return merge([job.path], wanted=wanted, jobs=options.jobs)


def require_alike(first: Report | None, report: Report, job: Job) -> None:
    """Refuse the state of an epoch that was read or scored otherwise than that of the first."""
    if first is None:
        return
    one, other = (
        {
            **part.input.options,
            "threshold": part.input.threshold,
            "positive class": part.input.positive,
            "scale of the scores": part.input.scores_as,
            "weights": part.input.weight is not None,
            "groups": part.input.group is not None,
        }
        for part in (first, report)
    )
    left, right = (
        {name: "the default" if found is None else found for name, found in part.items()}
        for part in (one, other)
    )
    wrong = [f"{name}: {left[name]} and {right.get(name)}" for name in left if left[name] != right.get(name)]
    if wrong:
        raise InputError(
            "the state was made in another way than that of the first epoch",
            where=escape(job.path),
            found="; ".join(wrong),
            hint="score every epoch with the same options",
            code="other-states",
        )
