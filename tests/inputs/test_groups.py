from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from support.builders import binary_file
from support.command_line import Cli
from support.slices import COLUMNS, N, write_rows


def test_long_names_of_groups_are_told_apart(cli: Cli, tmp_path: Path) -> None:
    stem = "x" * 250
    path = binary_file(tmp_path, 400, g=[f"{stem}{j // 4}" for j in range(400)])
    data = cli("score", path, "--group", "g", "-m", "accuracy", "-f", "json").json
    assert data["input"]["rows"]["groups"] == 100


def test_rows_without_a_group_are_groups_of_their_own(cli: Cli, tmp_path: Path) -> None:
    path = binary_file(tmp_path, 400, g=[f"{j // 4}" if j < 200 else "" for j in range(400)])
    data = cli("score", path, "--group", "g", "-m", "accuracy", "-f", "json").json
    assert data["input"]["rows"]["groups"] == 50 + 200


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ([True, False], {"True", "False"}),
        ([1, 2], {"1", "2"}),
        ([0.5, None], {"0.5", None}),
        (["", "é,=@"], {None, "é,=@"}),
        (pa.array(["a", "b"]).dictionary_encode(), {"a", "b"}),
        (pa.array([0, 86400], pa.timestamp("s")), {"1970-01-01 00:00:00", "1970-01-02 00:00:00"}),
    ],
)
def test_columns_of_any_type(values: Any, names: set[str | None], cli: Cli, tmp_path: Path) -> None:
    column = values if isinstance(values, pa.Array) else pa.array(values)
    path = write_rows(tmp_path, {**COLUMNS["binary"], "s": column.take(pa.array(np.arange(N) % 2))})
    found = cli("score", path, "-m", "accuracy", "-f", "json", "--by", "s").json
    assert {part["by"]["s"] for part in found["slices"]} == names


def test_a_column_of_very_many_values(cli: Cli, tmp_path: Path) -> None:
    path = write_rows(
        tmp_path, {"label": np.arange(3000) % 2, "pred": np.arange(3000) % 2, "x": np.arange(3000)}
    )
    result = cli("score", path, "--by", "x")
    assert result.code == 2
    assert "3,000 different values are too many slices: at most 1,000" in result.err
    assert f"{path}, column x" in result.err


def test_too_many_combinations(cli: Cli, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    y = rng.integers(0, 2, 5000)
    path = write_rows(
        tmp_path, {"label": y, "pred": y, "a": rng.integers(0, 90, 5000), "b": rng.integers(0, 90, 5000)}
    )
    result = cli("score", path, "--by", "a,b")
    assert result.code == 2
    assert "more than 1,000 combinations of a, b are too many slices" in result.err


def test_small_dictionaries_with_gaps(cli: Cli, tmp_path: Path) -> None:
    codes = pa.array([None if j % 129 == 128 else j % 129 for j in range(1290)], pa.int8())
    column = pa.DictionaryArray.from_arrays(codes, pa.array([f"v{j}" for j in range(128)]))
    y = np.arange(1290) % 2
    found = cli(
        "score", write_rows(tmp_path, {"label": y, "pred": y, "s": column}), "--by", "s", "-f", "json"
    ).json
    assert len(found["slices"]) == 129
