from __future__ import annotations

import subprocess
import sys
import threading
from collections import deque
from functools import partial

import pytest

from evalcli.engine.pool import Pool, result_of


def test_one_piece_of_work_is_done_here() -> None:
    with Pool(2) as pool:
        task = pool.submit(threading.get_ident)
        assert task.result() == threading.get_ident()
        assert list(pool.map(lambda _: threading.get_ident(), range(2))) == [threading.get_ident()] * 2


def test_the_second_starts_threads_for_both() -> None:
    both = threading.Barrier(3, timeout=30)
    with Pool(4) as pool:
        tasks = [pool.submit(both.wait) for _ in range(3)]  # each waits for the others
        assert sorted(task.result() for task in tasks) == [0, 1, 2]


def test_who_waits_does_what_no_thread_has_begun() -> None:
    begun, go = threading.Event(), threading.Event()

    def first() -> int:
        begun.set()
        assert go.wait(30)
        return threading.get_ident()

    def failing() -> int:
        raise ZeroDivisionError

    def last() -> int:
        go.set()
        return threading.get_ident()

    with Pool(2) as pool:
        tasks = deque(map(pool.submit, (first, failing, last)))
        assert begun.wait(30)
        assert result_of(tasks) != threading.get_ident()  # which waited for the last one
        with pytest.raises(ZeroDivisionError):
            result_of(tasks)
        assert result_of(tasks) == threading.get_ident()
        assert not tasks


def test_results_that_nobody_asks_for_are_not_made() -> None:
    here, done = threading.get_ident(), []

    def work(number: int) -> int:
        if threading.get_ident() == here:
            raise KeyboardInterrupt
        go.wait(30)
        done.append(number)
        return number

    go = threading.Event()
    with Pool(2) as pool:
        list(map(pool.submit, (int, int)))  # there are threads
        with pytest.raises(KeyboardInterrupt):
            list(pool.map(work, range(9)))
        go.set()
    assert len(done) <= 1


@pytest.mark.parametrize("count", [1, 3])
def test_results_are_in_order_and_errors_are_raised(count: int) -> None:
    with Pool(2) as pool:
        tasks = [pool.submit(partial(divmod, number, 2)) for number in range(count)]
        assert [task.result() for task in tasks] == [divmod(number, 2) for number in range(count)]
        failed = pool.submit(partial(divmod, 1, 0))
        with pytest.raises(ZeroDivisionError):
            failed.result()


def test_what_has_not_begun_is_cancelled() -> None:
    done: list[int] = []
    begun, go = threading.Event(), threading.Event()

    def first() -> None:
        begun.set()
        go.wait(30)

    with Pool(2) as pool:
        tasks = [pool.submit(first), *(pool.submit(partial(done.append, number)) for number in range(3))]
        assert begun.wait(30)
        for task in tasks:
            task.cancel()
        go.set()
    assert done == []


@pytest.mark.long
def test_threads_are_not_imported_before() -> None:
    code = (
        "import sys\nfrom evalcli.engine.pool import Pool\n"
        "with Pool(2) as pool:\n    pool.submit(int).result()\n"
        "assert 'concurrent.futures' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
