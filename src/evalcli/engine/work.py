"""Tasks on a cluster, and the tree of sums: what fails with its worker is tried again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from queue import SimpleQueue
from typing import Any

from msgspec import Struct

from evalcli.cluster.executor import Executor, Future
from evalcli.engine.merge import MOST_NAMED, OnParts
from evalcli.engine.on_worker import PartError
from evalcli.errors import InputError
from evalcli.loaders.locate import shown
from evalcli.text import escape, join_names

TOGETHER = 8
"""Parts that are added at a time."""
Task = tuple[Callable[..., Any], tuple[Any, ...]]
"""A function and its arguments."""
Place = tuple[int, int]
"""The level of a node of the tree of sums, and its number there; parts are at level 0."""


class Node(Struct):
    """Work that is going on, and how often it was begun before."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    tries: int = 0


class Work:
    """Tasks on a cluster, which are tried again if a worker dies; ``on_parts`` is told of each part."""

    def __init__(self, executor: Executor, retries: int, total: int, on_parts: OnParts | None) -> None:
        self._executor, self._retries, self._total = executor, retries, total
        self._on_parts = on_parts or (lambda done, total: None)
        self._ended: SimpleQueue[tuple[Place, Future]] = SimpleQueue()
        self._going: dict[Place, tuple[Node, Future]] = {}
        self._failed: dict[Place, PartError] = {}

    def results(self, tasks: Sequence[Task]) -> list[Any]:
        """All results, in the order of the tasks."""
        for number, task in enumerate(tasks):
            self._begin((0, number), Node(*task))
        found = {place[1]: future.result() for place, future in self._done()}
        self._failed.clear()  # what fails again is told then
        return [found.get(number) for number in range(len(tasks))]

    def total(
        self, tasks: Sequence[Task], add: Callable[..., Any], finish: Callable[..., Any], *further: Any
    ) -> Any:
        """What ``finish`` makes of the sum of the states of all parts, where it lies.

        They are added some neighbours at a time. Which are added together does not depend on which is done
        first, so that the sum does not either. ``further``: arguments of ``finish``.
        """
        sizes = [len(tasks)]
        while sizes[-1] > 1:
            sizes.append(-(-sizes[-1] // TOGETHER))
        last = (len(sizes), 0)
        there: dict[Place, Future] = {}
        for number, task in enumerate(tasks):
            self._begin((0, number), Node(*task))
        parts = 0
        for (level, number), future in self._done():
            if level == 0:
                parts += 1
                self._on_parts(parts, self._total)
            there[level, number] = future
            if (level, number) == last:
                break
            first = number - number % TOGETHER
            group = [(level, at) for at in range(first, min(first + TOGETHER, sizes[level]))]
            if level + 1 < len(sizes) and all(place in there for place in group):
                states = tuple(there.pop(place) for place in group)
                self._begin((level + 1, first // TOGETHER), Node(add, states))
            elif level + 1 == len(sizes):
                self._begin(last, Node(finish, (future, *further)))
        if self._failed:
            raise _failed(list(self._failed.values()), self._total)
        return there[last].result()

    def _begin(self, place: Place, node: Node) -> None:
        future = self._executor.submit(node.function, *node.arguments)
        self._going[place] = node, future
        future.add_done_callback(lambda ended: self._ended.put((place, ended)))

    def _done(self) -> Iterator[tuple[Place, Future]]:
        """Each task that has succeeded; others are begun again, or kept as failed."""
        while self._going:
            place, future = self._ended.get()
            if place not in self._going or self._going[place][1] is not future:
                continue  # it was begun again
            node, _ = self._going.pop(place)
            try:
                _raise_of(future)
            except PartError as error:
                self._failed[place] = error
            except Exception as error:  # each cluster raises its own when a worker dies
                self._again(place, node, error)
            else:
                yield place, future

    def _again(self, place: Place, node: Node, error: Exception) -> None:
        """Begin a task again whose worker died, unless that was often enough."""
        if node.tries >= self._retries:
            path = shown(getattr(node.arguments[0], "files", ("the sum of some parts",))[0])
            found = str(error).strip() or type(error).__name__
            self._failed[place] = PartError(path, f"{found} (tried {node.tries + 1} times)", "worker-lost")
            return
        if getattr(error, "__module__", "").startswith("concurrent.futures"):
            self._executor.renew()
        was_begun = not isinstance(error, CancelledError)  # or fell with others
        self._begin(place, Node(node.function, node.arguments, node.tries + was_begun))


def _raise_of(future: Any) -> None:
    """Raise what the work raised, without its result."""
    error = future.exception()
    if error is not None:
        raise error


def _failed(errors: Sequence[PartError], total: int) -> InputError:
    """The error for parts that could not be scored, all at once."""
    names = [str(error.args[0]) for error in errors]
    return InputError(
        f"{len(errors):,} of {total:,} parts could not be scored",
        where=join_names(map(escape, names), MOST_NAMED),
        found="; ".join(str(error.args[1]).replace("\n", " ") for error in errors[:MOST_NAMED]),
        hint="mend or leave out these parts; the others were scored",
        code=str(errors[0].args[2]),
    )
