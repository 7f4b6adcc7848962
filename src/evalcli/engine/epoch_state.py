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
from evalcli.report.provenance import Provenance
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
    one, other = (_conventions(part.input) for part in (first, report))
    wrong = [f"{name}: {one[name]} and {other[name]}" for name in one if one[name] != other[name]]
    if wrong:
        raise InputError(
            "the state was made in another way than that of the first epoch",
            where=escape(job.path),
            found="; ".join(wrong),
            hint="score every epoch with the same options",
            code="other-states",
        )


def _conventions(source: Provenance) -> dict[str, object]:
    """What values depend on besides the rows."""
    found = {
        **source.options,
        "threshold": source.threshold,
        "positive class": source.positive,
        "scale of the scores": source.scores_as,
        "weights": source.weight is not None,
        "groups": source.group is not None,
    }
    return {name: "the default" if value is None else value for name, value in found.items()}
