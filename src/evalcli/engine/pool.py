"""Threads that are started when there is a second piece of work.

Small files are one piece, which takes less time than importing what makes threads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
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
        return self._work() if self.future is None else self.future.result()

    def start(self, threads: ThreadPoolExecutor) -> None:
        """Begin on a thread."""
        self.future = threads.submit(self._work)

    def cancel(self) -> None:
        """Do not begin, if it has not begun."""
        if self.future is not None:
            self.future.cancel()


class Pool:
    """A pool of ``jobs`` threads, which the second piece of work starts."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
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
        if self._first is None:
            self._first = task
            return task
        if self._threads is None:
            from concurrent.futures import ThreadPoolExecutor

            self._threads = ThreadPoolExecutor(self._jobs)
            self._first.start(self._threads)
        task.start(self._threads)
        return task

    def map(self, function: Callable[[Any], T], items: Iterable[Any]) -> Iterator[T]:
        """Results in the order of the items, on the threads if there are any."""
        return map(function, items) if self._threads is None else self._threads.map(function, items)
