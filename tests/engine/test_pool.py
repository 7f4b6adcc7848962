from __future__ import annotations

import subprocess
import sys
import threading
from functools import partial

import pytest

from evalcli.engine.pool import Pool


def test_one_piece_of_work_is_done_here() -> None:
    with Pool(2) as pool:
        task = pool.submit(threading.get_ident)
        assert task.result() == threading.get_ident()
        assert list(pool.map(lambda _: threading.get_ident(), range(2))) == [threading.get_ident()] * 2


def test_the_second_starts_threads_for_both() -> None:
    both = threading.Barrier(2, timeout=30)
    with Pool(2) as pool:
        tasks = [pool.submit(both.wait) for _ in range(2)]  # each waits for the other
        assert sorted(task.result() for task in tasks) == [0, 1]
        assert threading.get_ident() not in pool.map(lambda _: threading.get_ident(), range(3))


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

    with Pool(1) as pool:
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
