"""An epoch from the state that its evaluation left, e.g. on a cluster, instead of its predictions."""

from __future__ import annotations

from evalcli.engine.epochs import Job, Tracked
from evalcli.engine.plan import Wanted, changed
from evalcli.errors import UsageError
from evalcli.findings import flag, omit
from evalcli.inputs.options import Options
from evalcli.report.report import Report
from evalcli.text import escape

NO_PAIRS = "states have no rows to pair"
OF_REPORTS = frozenset(
    ("predictions", "metrics", "confidence", "intervals", "min_n", "jobs", "memory", "hashes", "curves")
)
"""Options that a state can follow."""


def report_of_state(job: Job, tracked: Tracked) -> Report:
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
            f"{flag(about_rows[0])} is about rows, and {escape(job.path)} is a state, which has none",
            hint=omit(*about_rows),
            code="no-effect",
        )

    def wanted(asked: Wanted) -> Wanted:
        names = asked.metrics if options.metrics == plain.metrics else options.metrics
        return changed(
            asked,
            metrics=names if tracked.best is None else (*names, tracked.best),
            confidence=None if asked.confidence is None else options.confidence,
            intervals=options.intervals,
            min_n=options.min_n,
        )

    return merge([job.path], wanted=wanted, jobs=options.jobs)
