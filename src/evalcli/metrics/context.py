"""What formulas are given besides their statistic: names and options, and the other states of the pass."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Never, Protocol, TypeVar, cast

import numpy as np
import numpy.typing as npt
from msgspec import Struct, field
from msgspec.structs import replace

from evalcli.cached import cached_property
from evalcli.errors import UsageError
from evalcli.statistics import (
    AnyStatistic,
    Confusion,
    ConfusionCounts,
    LabelConfusion,
    LabelTotals,
    RowCount,
    ScoreRanking,
    Size,
    State,
    Statistic,
)
from evalcli.statistics.base import Floats
from evalcli.tasks import Task

F = TypeVar("F")


class Named(Protocol):
    """What a context knows of a metric."""

    @property
    def name(self) -> str:
        """Its name, without averages."""
        ...


class Context(Struct, frozen=True, dict=True):
    """Names and options of a run: the task, the classes, the conventions, and what the file contains.

    ``available``: what the file contains, see ``LACKS``. ``quantiles``: levels of predicted quantiles.
    ``average``: what a bare name means; None: the positive class of binary data.
    ``own``: metrics of this run alone. ``excluded``: classes excluded from averages. ``ranking``: the
    statistic that ranks the rows of each class. ``groups``: number of groups of dependent rows, if there are
    groups. ``seed``: random seed.
    """

    task: Task
    classes: tuple[str, ...] = ()
    positive: int | None = None
    average: str | None = None
    excluded: tuple[str, ...] = ()
    zero_division: str = "0"
    bins: int = 15
    available: frozenset[str] = frozenset({"scores", "probabilities", "point"})
    quantiles: tuple[float, ...] = ()
    weighted: bool = False
    gaps: bool = False
    ranking: ScoreRanking = field(default_factory=ScoreRanking)
    groups: int | None = None
    seed: int = 0
    own: tuple[Named, ...] = ()

    @property
    def own_names(self) -> tuple[str, ...]:
        """Names of the metrics of this run alone."""
        return tuple(metric.name for metric in self.own)

    @property
    def independent(self) -> bool:
        """Whether every row counts once and on its own: no weights, no groups."""
        return not self.weighted and self.groups is None

    @property
    def ranks_vary(self) -> bool:
        """Whether the variances of areas can be computed from the ranks.

        Not if labels are missing and rows are weighted or in groups.
        """
        return not self.gaps or self.independent

    @property
    def k(self) -> int:
        """Number of classes or labels."""
        return len(self.classes)

    @cached_property
    def index_of_class(self) -> Mapping[str, int]:
        """Index of each class."""
        return {name: index for index, name in enumerate(self.classes)}

    @cached_property
    def averaged(self) -> npt.NDArray[np.bool_]:
        """Whether each class counts in averages, (k,)."""
        return np.array([name not in self.excluded for name in self.classes], np.bool_)

    @property
    def excluded_indices(self) -> tuple[int, ...]:
        """Indices of the classes excluded from averages."""
        return tuple(map(self.classes.index, self.excluded))

    @property
    def counts(self) -> Confusion | LabelConfusion:
        """The statistic of the confusion counts."""
        return LabelConfusion() if self.task.several_labels else Confusion()

    @property
    def squared_counts(self) -> Confusion | LabelConfusion:
        """The same with squared weights, for effective sample sizes."""
        return replace(self.counts, squared=self.weighted)


class Summary(Struct, frozen=True, eq=False, dict=True):
    """A finished pass, of all rows or of some: the context, and the finished state of each statistic.

    ``summary[statistic]`` has the type that the statistic says.
    """

    context: Context
    finished: Mapping[AnyStatistic, object] = field(default_factory=dict)
    _shared: dict[Hashable, object] = field(default_factory=dict)

    def __getitem__(self, statistic: Statistic[Never, State[F]]) -> F:
        if statistic not in self.finished:
            raise UsageError(
                f"{statistic} was not computed", hint="also=(...) of the metric's declaration names it"
            )
        return cast(F, self.finished[statistic])

    def __contains__(self, statistic: AnyStatistic) -> bool:
        return statistic in self.finished

    def get(self, statistic: Statistic[Never, State[F]]) -> F | None:
        """The finished state, or None if it was not computed."""
        return self[statistic] if statistic in self.finished else None

    def shared(self, key: Hashable, make: Callable[[], F]) -> F:
        """What several requests need, e.g. the values of all classes, made once."""
        if key not in self._shared:
            self._shared[key] = make()
        return cast(F, self._shared[key])

    @cached_property
    def size(self) -> RowCount:
        """Number and weight of the scored rows."""
        return self[Size()]

    @cached_property
    def counts(self) -> ConfusionCounts | LabelTotals:
        """The confusion counts of classes, or of labels."""
        return self[LabelConfusion()] if self.context.task.several_labels else self[Confusion()]

    @cached_property
    def squared_counts(self) -> ConfusionCounts | LabelTotals:
        """The same of squared weights; of rows without weights the same."""
        squared = self.context.weighted
        if self.context.task.several_labels:
            return self[LabelConfusion(squared)]
        return self[Confusion(squared)]

    @cached_property
    def support(self) -> Floats:
        """Rows of each class, or their weight, (k,)."""
        return np.asarray(self.counts.support, np.float64)

    def rows_without(self, cls: str | None) -> int:
        """Rows with a missing label, of one label."""
        if cls is None or not self.context.gaps:
            return 0
        gaps = np.broadcast_to(self[LabelConfusion()].gaps, self.context.k)
        return int(gaps[self.context.index_of_class[cls]])
