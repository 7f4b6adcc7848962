"""Parts on a cluster of threads, some of which fail; real clusters are in end_to_end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Future, ThreadPoolExecutor
from typing import Any, Self

import pytest

from evalcli.engine import work as work_module
from evalcli.engine.on_worker import PartError
from evalcli.engine.work import TOGETHER, Work
from evalcli.errors import EvalcliError, InputError
from evalcli.inputs.options import Options


class Threads:
    """An executor whose work fails as often as it is told."""

    memory, workers, room, reads_here = None, 2, 50, True

    def __init__(self, failures: int = 0) -> None:
        self.failures, self.renewed, self.sent, self.forgotten, self.asked = failures, 0, 0, 0, 0
        self.lost: set[Future[Any]] = set()
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(2)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()

    def submit(self, function: Callable[..., Any], /, *arguments: Any) -> Future[Any]:
        with self._lock:
            self.sent += 1
            fails = self.failures > 0
            self.failures -= fails
        known = [argument.result() if isinstance(argument, Future) else argument for argument in arguments]
        return self._pool.submit(self._failing if fails else function, *known)

    def error_of(self, future: Future[Any], /) -> BaseException | None:
        return future.exception()

    def is_lost(self, future: Future[Any], /) -> bool:
        return future in self.lost

    def forget(self, futures: Sequence[Future[Any]], /) -> None:
        self.forgotten += len(futures)

    def require_there(self, error: Exception | None = None) -> None:
        self.asked += 1

    @staticmethod
    def _failing(*_: object) -> None:
        raise OSError("the worker is gone")

    def renew(self) -> None:
        self.renewed += 1

    def versions(self, function: Callable[[], str], /) -> dict[str, str]:
        return {"one": function()}


def tens(options: Options) -> int:
    return 10 * int(options.files[0])


def odd(options: Options) -> int:
    if int(options.files[0]) % 2:
        raise PartError(options.files[0], "error: it is odd", "odd")
    return 0


def join(*parts: bytes) -> bytes:
    return b"(" + b" ".join(parts) + b")"


def tasks(function: Callable[..., Any], count: int) -> list[Any]:
    return [(function, (Options((str(number),)),)) for number in range(count)]


def test_results_are_in_the_order_of_the_tasks_whatever_fails() -> None:
    with Threads(failures=5) as threads:
        assert Work(threads, 3, 20, None).results(tasks(tens, 20)) == [10 * j for j in range(20)]
        assert threads.sent == 25


def test_what_fails_too_often_is_named_and_all_that_is_odd() -> None:
    with Threads(failures=100) as threads, pytest.raises(InputError, match="3 of 3 parts") as lost:
        Work(threads, 2, 3, None).total(tasks(tens, 3), join, str)
    assert "the worker is gone (tried 3 times)" in str(lost.value)
    done: list[int] = []
    with Threads() as threads, pytest.raises(EvalcliError) as refused:
        Work(threads, 2, 6, lambda count, _: done.append(count)).total(tasks(odd, 6), join, str)
    assert "3 of 6 parts could not be scored" in str(refused.value)
    assert refused.value.code == "odd"
    assert "where: 1, 3, 5" in str(refused.value)
    assert done == [1, 2, 3]
    assert threads.sent == 6  # what is odd is not tried again


@pytest.mark.parametrize("count", [1, 2, TOGETHER, TOGETHER + 1, 3 * TOGETHER + 5, TOGETHER**2 + 1])
def test_the_sum_is_a_tree_of_neighbours(count: int) -> None:
    work = [
        (lambda options: options.files[0].encode() + b"\n" * (count == 1), task[1])
        for task in tasks(tens, count)
    ]
    found = []
    for _ in range(2):
        with Threads() as threads:
            found.append(Work(threads, 0, count, None).total(work, join, bytes.rjust, 0))
    assert found[0] == found[1]
    plain = found[0].replace(b"(", b"").replace(b")", b"").split()
    assert plain == [str(number).encode() for number in range(count)]


def test_what_died_with_its_worker_is_made_again() -> None:
    """A sum whose parts are lost begins again with them, and with the parts of these."""
    count, begun = TOGETHER + 3, list[str]()

    def part(options: Options) -> bytes:
        begun.append(options.files[0])
        return options.files[0].encode()

    def add(*parts: bytes) -> bytes:
        if len(parts) == 2 and not threads.lost:  # the last sum, on a worker that dies with its arguments
            threads.lost |= set(work._there.values())
            raise CancelledError("lost dependencies")
        return join(*parts)

    with Threads() as threads:
        work = Work(threads, 1, count, None)
        found = work.total(tasks(part, count), add, bytes.rjust, 0)
    assert found.replace(b"(", b"").replace(b")", b"").split() == [
        str(number).encode() for number in range(count)
    ]
    assert sorted(begun) == sorted([*map(str, range(count))] * 2)


def test_one_that_kills_its_process_does_not_condemn_others() -> None:
    """Processes fall together; which of them it was shows when each is alone."""
    broken = threading.Event()

    def part(options: Options) -> bytes:
        if options.files[0] == "3":
            broken.set()
            raise BrokenExecutor("a process died")
        if not broken.is_set() and broken.wait(5):
            raise BrokenExecutor("a process died")
        return b"x"

    with Threads() as threads, pytest.raises(InputError, match="1 of 6 parts") as lost:
        Work(threads, 2, 6, None).total(tasks(part, 6), join, str)
    assert "where: 3" in str(lost.value)
    assert "(tried 3 times)" in str(lost.value)
    assert threads.renewed >= 3


def test_a_cluster_that_does_not_answer_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work_module, "PATIENCE", 0.01)
    with Threads() as threads:
        slow = tasks(lambda options: time.sleep(0.1) or b"x", 2)  # type: ignore[func-returns-value]
        assert Work(threads, 0, 2, None).total(slow, join, bytes.rjust, 0) == b"(x x)"
    assert threads.asked
    assert threads.forgotten == 3
