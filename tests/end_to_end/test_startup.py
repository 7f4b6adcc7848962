"""Start-up is a feature: nothing heavy is imported before it is used."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest

pytestmark = pytest.mark.long

HEAVY = (
    "numpy.ma",
    "typer",
    "pandas",
    "pydantic",
    "scipy",
    "sklearn",
    "matplotlib",
    "torch",
    "pyarrow.compute",
    "pyarrow.dataset",
)


def imported(*arguments: object) -> set[str]:
    """The modules that a command has imported when it is done."""
    code = (
        "import sys\n"
        "from evalcli.cli import _code\n"
        "code = _code()\n"
        "assert code == 0, code\n"
        "print('modules', *sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True, check=True
    )
    return set(done.stderr.split("modules ")[1].split())


@pytest.mark.parametrize("form", ["csv", "parquet", "npy"])
@pytest.mark.parametrize("labels", ["text", "numbers"])
@pytest.mark.parametrize("output", ["table", "json"])
def test_scoring_imports_nothing_heavy(form: str, labels: str, output: str, tmp_path: Path) -> None:
    p = np.random.default_rng(0).dirichlet([1, 1, 1], 50)
    table = pa.table({f"p_{name}": p[:, j] for j, name in enumerate("012")})
    y = pa.table({"y": ["0", "1", "2", "1", "0"] * 10 if labels == "text" else [0, 1, 2, 1, 0] * 10})
    predictions, truth = tmp_path / f"p.{form}", tmp_path / f"y.{form}"
    if form == "csv":
        pc.write_csv(table, predictions)
        pc.write_csv(y, truth)
    elif form == "parquet":
        pq.write_table(table, predictions)
        pq.write_table(y, truth, use_dictionary=False)
    else:
        np.save(predictions, p)
        np.save(truth, y["y"].to_numpy())
        if labels == "text":
            np.save(truth, y["y"].to_numpy().astype(str))
    found = imported("score", predictions, "--labels", truth, "--format", output)
    heavy = {name for name in HEAVY if name in found}
    if labels == "text" and form != "csv":
        heavy -= {"pyarrow.compute"}  # Arrow hashes the text
    assert heavy == set()
    assert "rich" not in found  # only a terminal needs it


def test_help_and_version_read_no_data_library() -> None:
    with_help = set(HEAVY) - {"typer"}
    assert imported("--version").isdisjoint({"numpy", "pyarrow", "rich", *with_help})
    assert imported("score", "--help").isdisjoint({"numpy", "pyarrow", "rich", *with_help})
    assert imported("metrics").isdisjoint({"numpy", "pyarrow", "rich", *HEAVY})


def test_completing_the_name_of_a_metric_reads_no_data_library() -> None:
    code = "import sys\nfrom evalcli.cli import _code\n_code()\nprint('modules', *sys.modules)"
    line = {"COMP_WORDS": "evalcli score --metrics log_l", "COMP_CWORD": "3"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "_EVALCLI_COMPLETE": "complete_bash", **line},
        capture_output=True,
        text=True,
        check=True,
    )
    names, modules = done.stdout.split("modules ")
    assert names.split() == ["log_loss"]
    assert {"numpy", "pyarrow", "rich", *HEAVY}.isdisjoint(modules.split())


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_matching_by_id_imports_nothing_heavy(form: str, tmp_path: Path) -> None:
    n = 50
    table = pa.table({"id": [f"{j:03d}" for j in range(n)], "p": np.linspace(0, 1, n)})
    labels = pa.table({"id": [f"{j:03d}" for j in reversed(range(n))], "label": [0, 1] * (n // 2)})
    for name, rows in (("p", table), ("y", labels)):
        path = tmp_path / f"{name}.{form}"
        pc.write_csv(rows, path) if form == "csv" else pq.write_table(rows, path)
    found = imported("score", tmp_path / f"p.{form}", "--labels", tmp_path / f"y.{form}")
    assert not found.intersection(HEAVY)
    assert not found.intersection(("fsspec", "zipfile", "evalcli.engine.inspect"))


def test_only_the_command_that_is_typed_is_imported(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("label,pred\na,a\nb,a\n")
    commands = {f"evalcli.cli.{name}" for name in ("inspect", "show", "threshold", "config", "metrics")}
    assert not commands & imported("score", tmp_path / "p.csv", "--config", "none")
