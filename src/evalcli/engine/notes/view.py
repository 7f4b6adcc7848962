"""The input of checks: a finished pass, with values that several of them use."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from evalcli.blocks import Array, ScoreKind
from evalcli.cached import cached_property
from evalcli.engine.notes.registry import Checks
from evalcli.engine.result import PassResult
from evalcli.engine.run import Run
from evalcli.errors import UsageError
from evalcli.inputs.open import Inputs
from evalcli.inputs.options import Options
from evalcli.inputs.score_scale import ScoreScale
from evalcli.inputs.tally import RowTally
from evalcli.inputs.targets.base import Target
from evalcli.metrics import METRICS, Context, Request, Summary, compute, expand, statistic
from evalcli.report.notes import Code
from evalcli.report.provenance import Provenance
from evalcli.statistics import (
    Calibration,
    CalibrationBins,
    Confusion,
    ConfusionCounts,
    LogLoss,
    LossMoments,
)
from evalcli.text import for_shell


class Facts(Struct, frozen=True):
    """What checks of a result need of its files.

    ``kind`` and ``width``: of the scores, and ``columns`` that were read; ``beside``: whether predicted
    classes are beside them; ``unread``: whether there are scores that were not read. ``truth``: column of the
    labels. ``labels``: how many have no prediction, of how many, if rows are matched by id. ``weight_given``:
    whether the column of weights was. ``group``: column of the groups.
    """

    kind: ScoreKind
    width: int
    columns: tuple[str, ...] = ()
    beside: bool = False
    unread: bool = False
    truth: str = ""
    labels: tuple[int, int] | None = None
    weight_given: bool = False
    group: str | None = None

    @classmethod
    def of(cls, run: Run) -> Facts:
        """After the pass of a run."""
        target, roles, options, matching = run.target, run.inputs.roles, run.options, run.matching
        return cls(
            kind=run.score_scale.kind,
            width=target.width,
            columns=tuple(target.columns),
            beside=not target.task.exclusive or target.predicted is not None,
            unread=bool(roles.scores) and not target.columns,
            truth=roles.truth[0],
            labels=None if matching is None else (matching.unmatched_labels, len(matching.index)),
            weight_given=options.weight_col is not None,
            group=options.group,
        )


class View(Struct, frozen=True, eq=False, dict=True):
    """The result of a pass. ``source``: provenance of the report, if one is made."""

    result: PassResult
    facts: Facts
    source: Provenance | None = None

    @property
    def context(self) -> Context:
        """Names and options of the run."""
        return self.result.context

    @property
    def summary(self) -> Summary:
        """The finished states of all rows."""
        return self.result.summary

    @property
    def tally(self) -> RowTally:
        """The tally of rows."""
        return self.result.tally

    @property
    def rows(self) -> float:
        """Effective sample size."""
        return self.result.size.effective

    @property
    def has_classes(self) -> bool:
        """Whether each row has one class."""
        return self.context.task.exclusive

    @cached_property
    def counts(self) -> ConfusionCounts:
        """The confusion counts of one class per row."""
        return self.summary[Confusion()]

    @cached_property
    def present(self) -> Array:
        """Indices of the classes that occur in the labels."""
        return np.flatnonzero(self.summary.counts.support)

    @cached_property
    def bins(self) -> CalibrationBins | None:
        """The calibration bins, if probabilities were binned."""
        bins = self.summary.get(Calibration(self.context.bins))
        return bins if bins is not None and bins.count.sum() else None

    @cached_property
    def loss(self) -> LossMoments | None:
        """The log loss, if it was computed."""
        return self.summary.get(LogLoss())

    @cached_property
    def best_assignment(self) -> Array:
        """The score column that the rows of each class predict most, one to one."""
        return _assign_columns(self.counts.table)

    def value(self, name: str, average: str | None = None) -> float | None:
        """The value of a metric that needs no further state; None if it is undefined."""
        return compute(Request(METRICS[name, self.context.task], average), self.summary).value

    def excluded(self, facts: Code) -> str | None:
        """Why a note is not looked for in data of this task and size."""
        if self.context.task.name not in facts.needs:
            return f"this check does not apply to {self.context.task} data"
        if self.context.weighted and not facts.weighted:
            return "this check does not apply to weighted rows"
        if self.rows < facts.least:
            return f"this check needs at least {facts.least} rows"
        return None

    def unread(self, facts: Code) -> str | None:
        """Which metric that a note needs is unknown, and why."""
        for name in facts.needs[self.context.task.name]:
            if name not in self._known:
                self._known[name] = self._why_unread(name)
        return next((why for why in map(self._known.get, facts.needs[self.context.task.name]) if why), None)

    @cached_property
    def _known(self) -> dict[str, str | None]:
        return {}

    def _why_unread(self, name: str) -> str | None:
        try:
            requests = expand(name, self.context)
        except UsageError as error:  # e.g. quantiles without a pair around the median
            return error.what
        for request in requests:
            lacking = request.metric.missing_from(self.context)
            needed = (statistic(request, self.context), *request.metric.also)
            if lacking is None and any(needs not in self.summary for needs in needed):
                return f"{request.key} was not computed: score with --metrics {for_shell(request.key)}"
            reason = lacking or compute(request, self.summary).reason
            if reason is not None:
                return f"{request.key} is undefined: {reason}"
        return None


class RunView(View, frozen=True, eq=False, dict=True, kw_only=True):
    """The same with the run, whose files were read."""

    run: Run

    @property
    def inputs(self) -> Inputs:
        """The files."""
        return self.run.inputs

    @property
    def options(self) -> Options:
        """The options of the run."""
        return self.run.options

    @property
    def target(self) -> Target:
        """What is predicted."""
        return self.run.target

    @property
    def score_scale(self) -> ScoreScale:
        """The scale of the scores."""
        return self.run.score_scale

    @property
    def matched_by_order(self) -> bool:
        """Whether rows of two files are matched by their order."""
        return self.run.matching is None and self.inputs.labels is not None


CHECKS, FILE_CHECKS = Checks[View](), Checks[RunView]()
"""The checks of a result, from whatever states, and those that read the files of its run."""
note, file_note = CHECKS.note, FILE_CHECKS.note


def single_class(view: View) -> str | None:
    """Why classes cannot be compared."""
    return "every label is the same class" if view.has_classes and len(view.present) == 1 else None


def _assign_columns(table: Array) -> Array:
    """The column that each class's rows predict most, one to one; the largest counts are assigned first."""
    k = len(table)
    best_assignment, is_assigned = np.full(k, -1), np.zeros(k, np.bool_)
    for index in np.argsort(-table, axis=None, kind="stable").tolist():
        c, j = divmod(index, k)
        if not table[c, j]:
            break
        if best_assignment[c] < 0 and not is_assigned[j]:
            best_assignment[c], is_assigned[j] = j, True
    for c in np.flatnonzero(best_assignment < 0).tolist():  # classes without rows: their own column, if free
        free = np.flatnonzero(~is_assigned)
        best_assignment[c] = c if not is_assigned[c] else free[0]
        is_assigned[best_assignment[c]] = True
    return best_assignment


__all__ = ["CHECKS", "FILE_CHECKS", "Facts", "RunView", "View", "file_note", "note", "single_class"]
