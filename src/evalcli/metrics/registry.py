"""The registry: every metric by its name and task."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar, cast

from evalcli.errors import UsageError
from evalcli.metrics.metric import Metric
from evalcli.tasks import Task

T = TypeVar("T")


class Registry:
    """Metrics in the order of registration; a name may mean a different metric for another task.

    ``examine``: raises an error for a wrong declaration, if it is to be looked for. The project's own metrics
    are examined by its tests instead, so that starting up costs nothing.
    """

    def __init__(self) -> None:
        self._metrics: list[Metric] = []
        self._by_name: dict[tuple[str, Task], tuple[Metric, str]] = {}
        self._derived: dict[Callable[[], object], object] = {}
        self._origins: dict[Metric, str] = {}
        self._loading: str | None = None
        self.examine: Callable[[Metric], None] | None = None

    def add(self, metric: Metric) -> None:
        """Add a metric; an error if a task has another one by that name, or if its declaration is wrong."""
        if self.examine is not None:
            self.examine(metric)
        names = {
            (full, task): (metric, average)
            for task in metric.tasks
            for full, average in [(metric.name, ""), *_averaged(metric, task)]
        }
        for full, task in names:
            if (full, task) in self._by_name:
                other = self._by_name[full, task][0]
                raise UsageError(
                    f"metric {metric.name!r} cannot be added: {task} data has {full!r}",
                    found=f"{other.name!r} of {other.function.__module__}",
                    hint="give the function another name, or another task",
                )
        self._by_name |= names
        self._metrics.append(metric)
        self._derived.clear()
        origin = self._loading or metric.function.__module__
        if not origin.startswith(f"{__package__.partition('.')[0]}."):
            self._origins[metric] = origin

    def origin_of(self, metric: Metric) -> str | None:
        """Where a metric was declared, if it is not one of the project's."""
        return self._origins.get(metric)

    @property
    def origins(self) -> tuple[str, ...]:
        """Where metrics of one's own were declared, each once, in order."""
        return tuple(sorted(set(self._origins.values())))

    @contextmanager
    def loading(self, origin: str) -> Iterator[None]:
        """What is added within was declared there; after an error nothing of it is kept."""
        kept = list(self._metrics), dict(self._by_name)
        self._loading = origin
        try:
            yield
        except BaseException:
            self._metrics, self._by_name = kept
            self._derived.clear()
            raise
        finally:
            self._loading = None

    def __iter__(self) -> Iterator[Metric]:
        return iter(self._metrics)

    def __len__(self) -> int:
        return len(self._metrics)

    def __contains__(self, name: str) -> bool:
        return any(metric.name == name for metric in self._metrics)

    def __getitem__(self, key: tuple[str, Task]) -> Metric:
        """The metric of a name and a task."""
        metric, average = self._by_name[key]
        if average:
            raise KeyError(key)
        return metric

    def find(self, full: str, task: Task) -> tuple[Metric, str] | None:
        """The metric and the average, perhaps empty, of a full name without a parameter."""
        return self._by_name.get((full, task))

    def full_names(self) -> dict[str, str]:
        """Every name of any task, with averages and without parameters, and the name of its metric."""
        return {full: metric.name for (full, _), (metric, _) in self._by_name.items()}

    def names_of(self, task: Task) -> list[str]:
        """Every name of a task, with averages and without parameters."""
        return sorted(full for full, of in self._by_name if of == task)

    def of(self, task: Task | None) -> list[Metric]:
        """The metrics of a task, or all."""
        return [metric for metric in self._metrics if task is None or task in metric.tasks]

    def named(self, name: str) -> list[Metric]:
        """The metrics of a name: several if that depends on the task."""
        return [metric for metric in self._metrics if metric.name == name]

    def derived(self, make: Callable[[], T]) -> Callable[[], T]:
        """A function without arguments that is evaluated once, and again after a metric was added."""

        def known() -> T:
            if make not in self._derived:
                self._derived[make] = make()
            return cast(T, self._derived[make])

        known.__name__, known.__doc__ = make.__name__, make.__doc__
        return known

    @contextmanager
    def restored(self) -> Iterator[None]:
        """What is added within is gone afterwards."""
        kept = list(self._metrics), dict(self._by_name)
        try:
            yield
        finally:
            self._metrics, self._by_name = kept
            self._derived.clear()


def _averaged(metric: Metric, task: Task) -> list[tuple[str, str]]:
    return [(f"{metric.name}_{average}", average) for average in metric.averages_of(task)]


METRICS = Registry()
