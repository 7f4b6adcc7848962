"""What the tests share: the fixtures, the command line called in this process and in one of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import coverage
import numpy as np
import pytest
from hypothesis import settings

pytest.register_assert_rewrite("support")

from evalcli.cli.app import run
from support.command_line import Result
from support.effort import untraced
from support.hints import Shown, all_errors, assert_leads_on, first_line, recorded, try_hints
from support.paths import FIXTURES, ROOT
from support.slices import write_rows

collect_ignore_glob = ["support/*"]  # helpers; one of them needs an extra of its own
settings.register_profile("steady", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("quick", settings.get_profile("steady"), max_examples=5)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """What is marked so runs without coverage, which would double its time."""
    measuring = coverage.Coverage.current() if item.get_closest_marker("unmeasured") else None
    if measuring is None:
        return (yield)
    measuring.stop()
    try:
        return (yield)
    finally:
        measuring.start()


@pytest.fixture(autouse=True)
def no_service(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests say the same wherever they run."""
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[..., Result]]:
    """Run a command line in this process. Every hint that it shows is tried when the test is over."""
    history: list[Shown] = []

    def call(*arguments: object) -> Result:
        shown = Shown([str(argument) for argument in arguments])
        with recorded(shown):
            code = run(shown.arguments)
        captured = capsys.readouterr()
        assert_leads_on(captured.err)
        if shown.hints:
            shown.message, shown.errors = first_line(captured.err), all_errors(captured.err)
            history.append(shown)
        return Result(code, captured.out, captured.err)

    def again(arguments: Sequence[str]) -> tuple[int, str]:
        if Path.cwd() != ROOT:
            code = run(list(arguments))
        else:  # what is written goes elsewhere
            with TemporaryDirectory() as folder, chdir(folder):
                code = run(list(arguments))
        return code, capsys.readouterr().err

    yield call
    for shown in history:
        try_hints(shown, again)


@pytest.fixture
def process() -> Callable[..., Result]:
    """Run a command line in a process of its own."""

    def call(*arguments: object, stdin: bytes | None = None, **variables: str) -> Result:
        done = subprocess.run(
            [sys.executable, "-m", "evalcli", *map(str, arguments)],
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            check=False,
            timeout=120,
            env={**untraced(), **variables},
        )
        return Result(done.returncode, done.stdout.decode(), done.stderr.decode())

    return call


@pytest.fixture
def cifar10() -> tuple[object, ...]:
    """Arguments that score the CIFAR-10 predictions."""
    folder = FIXTURES / "cifar10"
    return (
        folder / "probabilities.npy",
        "--labels",
        folder / "labels.npy",
        "--classes",
        folder / "classes.txt",
    )


@pytest.fixture
def wnba() -> tuple[object, ...]:
    """Arguments that score the WNBA forecasts."""
    return (FIXTURES / "wnba" / "games.csv", "--label-col", "prob1_outcome", "--score-cols", "prob1")


@pytest.fixture
def saved(tmp_path: Path) -> Callable[..., Path]:
    """Save an array or text under a name in a folder of the test's own."""

    def save(name: str, content: Any) -> Path:
        path = tmp_path / name
        if isinstance(content, str):
            path.write_text(content, encoding="utf-8")
        elif isinstance(content, bytes):
            path.write_bytes(content)
        else:
            np.save(path, content)
        return path

    return save


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def sliced(tmp_path: Path) -> Path:
    """Accuracy 0.9 of 200 rows in a, 0.6 of 100 in b, 0 of 5 in c."""
    counts = {"a": (180, 20), "b": (60, 40), "c": (0, 5)}
    rows = [(s, 1, int(j < hits)) for s, (hits, wrong) in counts.items() for j in range(hits + wrong)]
    s, y, h = zip(*rows, strict=True)
    y = np.array(y)
    y[::2] = 0
    h = np.where(np.array(h) == 1, y, 1 - y)
    return write_rows(tmp_path, {"label": y, "pred": h, "s": list(s)})
