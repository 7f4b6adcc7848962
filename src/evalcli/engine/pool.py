"""Threads that are started when there is a second piece of work, and help the one that asks for results.

Small files are one piece, which takes less time than importing what makes threads. Who waits for a result
works meanwhile: as many threads as jobs compete for the interpreter, not one more.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

T = TypeVar("T")


class Task(Generic[T]):
    """Work whose result is waited for: done on a thread, or by whoever asks for it first."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self.future: Future[T] | None = None

    def result(self) -> T:
        """The result, or the error that was raised."""
        return self._work() if self.future is None or self.future.cancel() else self.future.result()

    def start(self, threads: ThreadPoolExecutor) -> None:
        """Begin on a thread."""
        self.future = threads.submit(self._work)

    def cancel(self) -> None:
        """Do not begin, if it has not begun."""
        if self.future is not None:
            self.future.cancel()

    @property
    def is_waited_for(self) -> bool:
        """Whether a thread is at it."""
        return self.future is not None and self.future.running()

    def is_done_here(self) -> bool:
        """Do it now, unless a thread has begun; whether it was done. An error is kept for ``result``."""
        from concurrent.futures import Future

        if self.future is None or not self.future.cancel():
            return False
        self.future = Future()
        try:
            self.future.set_result(self._work())
        except Exception as error:
            self.future.set_exception(error)
        return True


class Pool:
    """``jobs`` threads with the one that asks for results; the second piece of work starts them."""

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        self._first: Task[Any] | None = None
        self._threads: ThreadPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._threads is not None:
            self._threads.shutdown()

    def submit(self, work: Callable[[], T]) -> Task[T]:
        """Begin some work; the first waits until there is more, or its result is asked for."""
        task = Task(work)
        if self._first is None or self.jobs == 1:
            self._first = task
            return task
        if self._threads is None:
            from concurrent.futures import ThreadPoolExecutor

            self._threads = ThreadPoolExecutor(self.jobs - 1)
            self._first.start(self._threads)
        task.start(self._threads)
        return task

    def map(self, function: Callable[[Any], T], items: Iterable[Any]) -> Iterator[T]:
        """Results in the order of the items, on the threads if there are any."""
        if self._threads is None:
            return map(function, items)
        tasks = deque(Task(partial(function, item)) for item in items)
        for task in tasks:
            task.start(self._threads)
        return _results(tasks)


def result_of(tasks: deque[Task[T]]) -> T:
    """The result of the first task, which is removed; while a thread is at it, others are done here."""
    for task in islice(tasks, 1, None):
        if not tasks[0].is_waited_for:
            break
        task.is_done_here()
    return tasks.popleft().result()


def _results(tasks: deque[Task[T]]) -> Iterator[T]:
    try:
        while tasks:
            yield result_of(tasks)
    finally:
        for task in tasks:
            task.cancel()
