"""Parts on a cluster of threads, some of which fail; real clusters are in end_to_end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

import pytest

from evalcli.engine.shards import TOGETHER, PartError, Work, shards_of
from evalcli.errors import EvalcliError, InputError
from evalcli.inputs.options import Options
from support.command_line import Cli, assert_refused
from support.parts import rows


class Threads:
    """An executor whose work fails as often as it is told."""

    keeps, workers = False, 2

    def __init__(self, failures: int = 0) -> None:
        self.failures, self.renewed, self.sent = failures, 0, 0
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
        return self._pool.submit(self._failing if fails else function, *arguments)

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


def tasks(function: Callable[..., Any], count: int) -> list[Any]:
    return [(function, (Options((str(number),)),)) for number in range(count)]


def test_results_are_in_the_order_of_the_tasks_whatever_fails() -> None:
    with Threads(failures=5) as threads:
        assert Work(threads, 3, 20, None).results(tasks(tens, 20)) == [10 * j for j in range(20)]
        assert threads.sent == 25


def test_what_fails_too_often_is_named_and_all_that_is_odd() -> None:
    with Threads(failures=100) as threads, pytest.raises(InputError, match="3 of 3 parts") as lost:
        Work(threads, 2, 3, None).total(tasks(tens, 3))
    assert "the worker is gone (tried 3 times)" in str(lost.value)
    done: list[int] = []
    with Threads() as threads, pytest.raises(EvalcliError) as refused:
        Work(threads, 2, 6, lambda count, _: done.append(count)).total(tasks(odd, 6))
    assert "3 of 6 parts could not be scored" in str(refused.value)
    assert refused.value.code == "odd"
    assert "where: 1, 3, 5" in str(refused.value)
    assert done == [1, 2, 3]
    assert threads.sent == 6  # what is odd is not tried again


@pytest.mark.parametrize("count", [1, 2, TOGETHER, TOGETHER + 1, 3 * TOGETHER + 5, TOGETHER**2 + 1])
def test_the_sum_is_a_tree_of_neighbours(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from evalcli.engine import shards

    monkeypatch.setattr(shards, "add_parts", lambda *parts: b"(" + b" ".join(parts) + b")")
    work = [(lambda options: options.files[0].encode(), task[1]) for task in tasks(tens, count)]
    found = []
    for _ in range(2):
        with Threads() as threads:
            found.append(Work(threads, 0, count, None).total(work))
    assert found[0] == found[1]
    plain = found[0].replace(b"(", b"").replace(b")", b"").split()
    assert plain == [str(number).encode() for number in range(count)]


def test_pairs_of_files(tmp_path: Path) -> None:
    for name in ("p-1.csv", "p-2.csv", "y-1.csv", "y-2.csv", "y.csv"):
        (tmp_path / name).write_text("a\n1\n")
    at = str(tmp_path)

    def pairs(*names: str, labels: str | None = None) -> list[tuple[str, str | None, bool]]:
        given = tuple(f"{at}/{name}" for name in names)
        found = shards_of(Options(given, None if labels is None else f"{at}/{labels}"))
        names_of = [(Path(part.predictions).name, part.labels and Path(part.labels).name) for part in found]
        return [(*pair, part.shared) for pair, part in zip(names_of, found, strict=True)]

    assert pairs("p-*.csv") == [("p-1.csv", None, False), ("p-2.csv", None, False)]
    assert pairs("p-*.csv", labels="y.csv") == [("p-1.csv", "y.csv", True), ("p-2.csv", "y.csv", True)]
    own = [("p-1.csv", "y-1.csv", False), ("p-2.csv", "y-2.csv", False)]
    assert pairs("p-*.csv", labels="y-*.csv") == pairs("p-{n}.csv", labels="y-{n}.csv") == own
    (tmp_path / "y-1.csv").unlink()
    (tmp_path / "p-3.csv").write_text("a\n1\n")
    with pytest.raises(EvalcliError, match="2 parts have no labels"):
        pairs("p-{n}.csv", labels="y-{n}.csv")
    (tmp_path / "y-1.csv").write_text("a\n1\n")
    with pytest.raises(EvalcliError, match="3 files of predictions and 2 of labels"):
        pairs("p-*.csv", labels="y-*.csv")


def test_options_that_a_cluster_has_no_use_for(cli: Cli, tmp_path: Path) -> None:
    rows("binary").to_csv(tmp_path / "p.csv", index=False)
    given = ("score", tmp_path / "p.csv", "--task", "binary", "--unweighted", "--cluster", "local:1")
    assert_refused(cli(*given, "--per-row", tmp_path / "r.csv"), "rows of parts are not brought together")
    assert_refused(cli(*given, "--explain-batches", "10"), "--explain-batches needs all rows in order")
    assert_refused(cli(*given, "--state", tmp_path / "x.state", "--first-row", "3"), "--cluster has many")
    assert_refused(cli(*given, "--retries", "-1"), "--retries -1")
    assert_refused(cli(*given[:-2], "--retries", "1"), "--retries is for --cluster")
    assert_refused(cli(*given[:-1], "elsewhere"), "no address of a cluster")
    assert_refused(cli(*given, tmp_path / "p.csv"), "given twice")
    piped = cli("score", "-", *given[2:])
    assert_refused(piped, "standard input cannot be sent to a cluster")
