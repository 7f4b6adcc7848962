"""Tasks on a cluster, and the tree of sums: what fails with its worker is tried again."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, CancelledError
from queue import Empty, SimpleQueue
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
PATIENCE = 5.0
"""Seconds without an answer after which the cluster is asked whether it is there."""
Task = tuple[Callable[..., Any], tuple[Any, ...]]
"""A function and its arguments."""
Place = tuple[int, int]
"""The level of a node of the tree of sums, and its number there; parts are at level 0."""


class Tree(Struct, frozen=True):
    """Parts, sums of neighbours, and what is made of the last sum. ``sizes``: nodes of each level."""

    tasks: Sequence[Task]
    sizes: tuple[int, ...]
    add: Callable[..., Any]
    finish: Task

    @classmethod
    def of(cls, tasks: Sequence[Task], add: Callable[..., Any], finish: Task) -> Tree:
        """The tree above some parts; which are added together does not depend on which is done first."""
        sizes = [len(tasks)]
        while sizes[-1] > 1:
            sizes.append(-(-sizes[-1] // TOGETHER))
        return cls(tasks, tuple(sizes), add, finish)

    @property
    def last(self) -> Place:
        """The place of the result."""
        return len(self.sizes), 0

    def above(self, place: Place) -> Place:
        """The node that a node is an argument of."""
        level, number = place
        return (level + 1, number // TOGETHER) if level + 1 < len(self.sizes) else self.last

    def below(self, place: Place) -> list[Place]:
        """The nodes that are the arguments of a node."""
        level, number = place
        if level == 0:
            return []
        if place == self.last:
            return [(level - 1, 0)]
        first = number * TOGETHER
        return [(level - 1, at) for at in range(first, min(first + TOGETHER, self.sizes[level - 1]))]

    def task(self, place: Place, there: dict[Place, Future]) -> Task:
        """A node with its arguments."""
        if place[0] == 0:
            return self.tasks[place[1]]
        states = tuple(there[one] for one in self.below(place))
        function, further = self.finish if place == self.last else (self.add, ())
        return function, (*states, *further)


class Work:
    """Tasks on a cluster, tried again if a worker dies. ``on_parts``: called with the parts done, and all."""

    def __init__(self, executor: Executor, retries: int, total: int, on_parts: OnParts | None) -> None:
        self._executor, self._retries, self._total = executor, retries, total
        self._on_parts = on_parts or (lambda done, total: None)
        self._ended: SimpleQueue[tuple[Place, Future]] = SimpleQueue()
        self._going: dict[Place, Future] = {}
        self._waiting: deque[Place] = deque()
        self._suspects: deque[Place] = deque()
        self._tries: dict[Place, int] = {}
        self._there: dict[Place, Future] = {}
        self._failed: dict[Place, PartError] = {}

    def results(self, tasks: Sequence[Task]) -> list[Any]:
        """All results, in the order of the tasks; None of one that failed, which fails again later."""
        tree = Tree.of(tasks, _nothing, (_nothing, ()))
        self._waiting.extend((0, number) for number in range(len(tasks)))
        found = {place[1]: future.result() for place, future in self._done(tree)}
        self._failed.clear()
        self._tries.clear()
        return [found.get(number) for number in range(len(tasks))]

    def total(
        self, tasks: Sequence[Task], add: Callable[..., Any], finish: Callable[..., Any], *further: Any
    ) -> Any:
        """What ``finish`` makes of the sum of the states of all parts, on a worker that has it.

        ``further``: arguments of ``finish``.
        """
        tree = Tree.of(tasks, add, (finish, further))
        self._waiting.extend((0, number) for number in range(len(tasks)))
        parts = set[Place]()
        for place, future in self._done(tree):
            if place[0] == 0:
                parts.add(place)
                self._on_parts(len(parts), self._total)
            self._there[place] = future
            self._executor.forget([self._there.pop(below) for below in tree.below(place)])
            if place == tree.last:
                break
            above = tree.above(place)
            if all(one in self._there for one in tree.below(above)):
                self._waiting.appendleft(above)
        if self._failed:
            raise _failed(list(self._failed.values()), self._total)
        return self._there.pop(tree.last).result()

    def _done(self, tree: Tree) -> Iterator[tuple[Place, Future]]:
        """Each task that has succeeded; others are begun again, or kept as failed."""
        while self._begin(tree):
            place, future = self._next()
            if self._going.get(place) is not future:
                continue  # it was begun again
            alone = len(self._going) == 1
            del self._going[place]
            try:
                error = self._executor.error_of(future)
            except CancelledError as cancelled:
                error = cancelled
            if error is None:
                yield place, future
            elif isinstance(error, PartError):
                self._failed[place] = error
            else:
                self._again(tree, place, error, alone)

    def _begin(self, tree: Tree) -> bool:
        """Begin what the workers have room for; whether anything is going on.

        What failed with others is begun alone, so that it is known which of them it was.
        """
        while self._waiting and len(self._going) < self._executor.room and not self._suspects:
            self._submit(tree, self._waiting.popleft())
        if not self._going and self._suspects:
            self._submit(tree, self._suspects.popleft())
        return bool(self._going)

    def _submit(self, tree: Tree, place: Place) -> None:
        function, arguments = tree.task(place, self._there)
        future = self._executor.submit(function, *arguments)
        self._going[place] = future
        future.add_done_callback(lambda ended: self._ended.put((place, ended)))

    def _next(self) -> tuple[Place, Future]:
        """The next task that has ended. Raises an ``InputError`` if the cluster is gone."""
        while True:
            try:
                return self._ended.get(timeout=PATIENCE)
            except Empty:
                self._executor.require_there()

    def _again(self, tree: Tree, place: Place, error: BaseException, alone: bool) -> None:
        """Begin a task again whose worker died, unless that was often enough, and what it needs of others."""
        if isinstance(error, BrokenExecutor):
            self._executor.renew()
        fell_with_others = isinstance(error, BrokenExecutor | CancelledError) and not alone
        tries = self._tries[place] = self._tries.get(place, 0) + (not fell_with_others)
        if tries > self._retries:
            path = shown(tree.tasks[place[1]][1][0].files[0]) if place[0] == 0 else "the sum of some parts"
            found = str(error).strip() or type(error).__name__
            self._failed[place] = PartError(path, f"{found} (tried {tries} times)", "worker-lost")
        elif self._require(tree, place):
            self._suspects.append(place)

    def _require(self, tree: Tree, place: Place) -> bool:
        """Whether all arguments of a node are there; those that died with their worker are made again."""
        complete = True
        for one in tree.below(place):
            if one in self._there and self._executor.is_lost(self._there[one]):
                del self._there[one]
            if one not in self._there:
                complete = False
                if one not in self._going and one not in self._waiting and self._require(tree, one):
                    self._waiting.append(one)
        return complete


def _nothing(*_: object) -> None:
    """What there is none of, where tasks have results of their own."""


def _in_one_line(error: PartError) -> str:
    """What is wrong with a part, without its name, so that parts of one fault are told once."""
    path, text, _ = error.args
    lines = [line.strip() for line in str(text).splitlines()]
    return " ".join(line for line in lines if line != f"where: {path}")


def _failed(errors: Sequence[PartError], total: int) -> InputError:
    """The error for parts that could not be scored, all at once."""
    names = [str(error.args[0]) for error in errors]
    lost = all(error.args[2] == "worker-lost" for error in errors)
    return InputError(
        f"{len(errors):,} of {total:,} parts could not be scored",
        where=join_names(map(escape, names), MOST_NAMED),
        found="; ".join([*dict.fromkeys(_in_one_line(error) for error in errors)][:MOST_NAMED]),
        hint="look into the logs of the workers: they may need more memory"
        if lost
        else "correct these parts, or leave them out"
        + ("; the others were scored" if len(errors) < total else ""),
        code=str(errors[0].args[2]),
    )
