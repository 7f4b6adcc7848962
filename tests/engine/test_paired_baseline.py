"""``score --baseline`` with a table of rows: drops are judged by the pairs."""

from __future__ import annotations

import json
from importlib.resources import files as packaged
from pathlib import Path

import jsonschema
import pytest

import evalcli
from support.command_line import Cli
from support.comparing import two_models, written

Y, OLD, NEW = two_models(1500)
SCHEMA = json.loads((packaged("evalcli") / "schema" / "report-1.json").read_text())


@pytest.fixture
def files(cli: Cli, tmp_path: Path) -> tuple[Path, Path, Path]:
    labels, old, new = written(tmp_path, Y, OLD, NEW)
    rows = tmp_path / "rows.parquet"
    assert cli("score", old, "--labels", labels, "--per-row", rows).code == 0
    return labels, new, rows


def test_a_drop_is_judged_by_the_pairs(cli: Cli, files: tuple[Path, Path, Path], tmp_path: Path) -> None:
    labels, new, rows = files
    path = tmp_path / "r.json"
    given = ("--labels", labels, "--baseline", rows, "--max-drop", "accuracy=1%", "-m", "accuracy")
    result = cli("score", new, *given, "-o", path)
    assert result.code == 0, result
    assert "compared by 1,500 pairs of rows" in result.err
    data = json.loads(path.read_text())
    jsonschema.validate(data, SCHEMA, cls=jsonschema.Draft202012Validator)
    (rule,) = data["gate"]["rules"]
    pair = evalcli.compare(tmp_path / "m0.csv", new, labels=labels, metrics="accuracy")["accuracy"]
    assert pair.interval is not None and pair.old is not None
    assert rule["on"] == "decided"
    assert rule["interval"] == pytest.approx([pair.old + end for end in pair.interval])
    assert data["gate"]["baseline"]["rows"] == 1500
    assert cli("show", path).code == 0


def test_a_drop_across_the_limit_is_undecided(
    cli: Cli, files: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    labels, new, _ = files
    rows = tmp_path / "new.csv"
    assert cli("score", new, "--labels", labels, "--per-row", rows).code == 0
    given = ("--labels", labels, "--baseline", rows, "-m", "accuracy", "--max-drop")
    worse = tmp_path / "m0.csv"
    assert cli("score", worse, *given, "accuracy=0.01").code == 1
    assert cli("score", worse, *given, "accuracy=0.2").code == 0
    drop = abs(evalcli.compare(new, worse, labels=labels, metrics="accuracy")["accuracy"].change or 0)
    assert cli("score", worse, *given, f"accuracy={drop:.4f}").code == 3


def test_rows_that_cannot_be_paired_are_no_baseline(
    cli: Cli, files: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    labels, new, _ = files
    other = tmp_path / "other.csv"
    other.write_text("id,truth,predicted\nq1,cat,dog\nq2,dog,dog\n")
    result = cli("score", new, "--labels", labels, "--baseline", other, "--max-drop", "accuracy=1%")
    assert result.code == 3
    assert "cannot be paired" in result.err
    stored = tmp_path / "r.json"
    assert cli("score", new, "--labels", labels, "-o", stored).code == 0
    assert "no rows to pair" in cli("show", stored, "--baseline", files[2], "--max-drop", "f1=1%").err
