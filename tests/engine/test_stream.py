from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from support.command_line import Cli
from support.effort import SLOW

pytestmark = pytest.mark.long

KINDS = ("probabilities", "logits", "one column", "float64", "weighted", "label sets", "real values")


def kinds() -> Iterator[Any]:
    """One of them is enough to measure what is walked."""
    for kind in KINDS:
        yield pytest.param(kind, marks=() if kind == "probabilities" else pytest.mark.unmeasured)


@pytest.mark.thorough
@pytest.mark.parametrize("kind", list(kinds()))
def test_the_numbers_do_not_depend_on_the_threads(kind: str, cli: Cli, tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    n, k = 300_000, 1 if kind in ("one column", "real values") else 4
    z = rng.normal(size=(n, k)).astype(np.float64 if kind == "float64" else np.float32)
    y = rng.integers(0, 2 if k == 1 else k, n)
    if kind in ("probabilities", "float64", "weighted"):
        z = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    elif kind in ("one column", "label sets"):
        z = 1 / (1 + np.exp(-z))
    names = {f"p_{j}": np.ascontiguousarray(z[:, j]) for j in range(k)} if k > 1 else {"p": z[:, 0]}
    truth: dict[str, Any] = {"label": y}
    if kind == "label sets":
        truth = {f"y_{j}": rng.random(n) < z[:, j] for j in range(k)}
    elif kind == "real values":
        truth = {"label": z[:, 0] + rng.normal(size=n)}
    pq.write_table(pa.table({**truth, **names, "w": rng.random(n)}), tmp_path / "p.parquet")
    arguments = ["score", tmp_path / "p.parquet", "-f", "json", "-m", "all"]
    arguments += ["--score-cols", "p*"] if kind != "label sets" else ["--label-cols", "y_*"]
    arguments += ["--weight-col", "w"] if kind == "weighted" else []
    reports = {}
    for jobs in (1, 2, 3, 7) if SLOW else (1, 2, 7):
        report = cli(*arguments, "--jobs", jobs).json
        del report["evalcli"]["command"]
        reports[jobs] = json.dumps(report)
    assert all(report == reports[1] for report in reports.values())
