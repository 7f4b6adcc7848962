"""``map`` on threads, for a short time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Protocol, TypeVar

T = TypeVar("T")


class Threads(Protocol):
    """Calls a function for each item, for what it does."""

    def __call__(self, function: Callable[[T], object], items: Iterable[T], /) -> Iterator[object]:
        """One call for each item, in any order."""
        ...


def threads(jobs: int) -> Threads:
    """That number of threads."""
    return map if jobs == 1 else partial(_mapped, jobs)


def _mapped(jobs: int, function: Callable[[T], object], items: Iterable[T]) -> Iterator[object]:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(function, items)
