"""What the tests share: the fixtures, the command line called in this process and in one of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

from evalcli.cli.app import run
from evalcli.report.provenance import InputFile, Provenance
from evalcli.report.report import ClassRow, Report
from evalcli.report.score import Score

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures"

collect_ignore = ["fuzz_atheris.py"]  # which needs an extra of its own

settings.register_profile("steady", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("steady")


@dataclass(frozen=True)
class Result:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture(autouse=True)
def no_service(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests say the same wherever they run."""
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)


def made_report(
    metrics: Mapping[str, float | None],
    per_class: Mapping[str, Mapping[str, float | None]] | None = None,
    **more: Any,
) -> Report:
    """A report by hand: multiclass, with these values."""
    names = list(next(iter(per_class.values()))) if per_class else ["cat", "dog"]
    rows = {
        cls: ClassRow(5, {m: _score(m, values[cls]) for m, values in (per_class or {}).items()})
        for cls in names
    }
    source = Provenance(
        predictions=(InputFile("p.csv", 10, "0" * 64),),
        labels=None,
        truth=("label",),
        scores=tuple(f"prob_{name}" for name in names),
        predicted=None,
        scores_as="probabilities",
        scores_why="all values in [0, 1]",
        positive=None,
        threshold=None,
        id=None,
        weight=None,
        read=10,
        dropped={},
        labels_left=0,
        effective=None,
        options={"average": "macro", "zero_division": "0", "bins": 15, "confidence": 0.95},
        fingerprint="f" * 64,
    )
    return Report(
        version="0.1.0",
        command=("score", "p.csv"),
        task="multiclass",
        input=source,
        classes=tuple(names),
        metrics={name: _score(name, value) for name, value in metrics.items()},
        per_class=rows,
        confusion=None,
        **more,
    )


def _score(name: str, value: float | None) -> Score:
    better = "lower" if "loss" in name else "higher"
    reason = "nothing to divide by" if value is None else None
    return Score(value, better, 10, reason, interval_reason=None if value is None else "none")


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    """Run a command line in this process."""

    def call(*arguments: object) -> Result:
        code = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return call


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
            env={**os.environ, **variables},
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
