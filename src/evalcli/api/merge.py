"""States of parts, added up from Python."""

from __future__ import annotations

from functools import partial
from os import PathLike

from evalcli.api.errors import as_arguments
from evalcli.api.options import Metrics, Paths, paths_of, writer_of
from evalcli.api.report import Report
from evalcli.engine.merge import Counted
from evalcli.engine.merge import merge as merge_files
from evalcli.engine.plan import changed
from evalcli.errors import unknown_choice
from evalcli.inputs.choices import CURVES
from evalcli.inputs.options import Options, require_level
from evalcli.text import split_names


def merge(
    states: Paths,
    *,
    metrics: Metrics | None = None,
    confidence: float | None = None,
    no_intervals: bool = False,
    min_n: int | None = None,
    curves: str = "default",
    expect: int | None = None,
    skip_duplicates: bool = False,
    state: str | PathLike[str] | None = None,
    jobs: int | None = None,
) -> Report:
    """Add states of ``score(..., state=...)``, as ``evalcli merge`` does.

    ``states``: files, globs or folders. ``metrics``, ``confidence``, ``min_n``: in place of those that
    the parts were scored with. ``expect``: number of parts. ``skip_duplicates``: leave out a part that
    comes again. ``state``: file for the sum. Raises an ``EvalcliError`` for files that are no states, or
    do not fit.
    """
    if curves not in CURVES:
        raise unknown_choice("curves", curves, CURVES)
    names = (
        None
        if metrics is None
        else tuple(split_names([metrics] if isinstance(metrics, str) else [*map(str, metrics)]))
    )
    given = paths_of(states)
    with as_arguments():
        if confidence is not None:
            require_level(confidence)
        report = merge_files(
            (given,) if isinstance(given, str) else given,
            wanted=partial(
                changed,
                metrics=names,
                confidence=confidence,
                intervals=not no_intervals,
                min_n=min_n,
                pictures=None if curves == "none" else curves,
            ),
            counted=Counted(expect, skip_duplicates),
            jobs=jobs or Options(predictions=()).jobs,
            on_state=writer_of(state, states),
        )
        return Report.of(report)
