from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from evalcli.errors import InputError
from evalcli.inputs.matching.keys import as_texts, keys_of
from support.command_line import Cli
from support.matching import PLACE, found, index


@pytest.mark.parametrize(
    "array",
    [
        pa.array([7, 8], pa.uint64()),
        pa.array([7, 8], pa.int8()),
        pa.array([7.0, 8.0]),
        pa.array(["7", "8"], pa.large_string()),
        pa.array(["7", "8"]).dictionary_encode(),
        pa.array(["0", "7", "8"])[1:],
        pa.array([b"7", b"8"]).cast(pa.string()),
    ],
)
def test_every_type_of_id(array: pa.Array) -> None:
    assert index(["9", "8", "7"]).find(keys_of(array, PLACE, 0)).tolist() == [2, 1]


def test_large_ids_keep_every_digit() -> None:
    ids = ["18446744073709551615", "18446744073709551614", "9007199254740993", "9007199254740992"]
    assert found(index(ids), list(reversed(ids))) == [3, 2, 1, 0]
    unsigned = pa.array([2**64 - 1, 2**64 - 2], pa.uint64())
    assert index(ids).find(keys_of(unsigned, PLACE, 0)).tolist() == [0, 1]
    assert [as_texts(keys_of(unsigned, PLACE, 0))[row] for row in (0, 1)] == ids[:2]


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (pa.array([1, None]), "a row has no id"),
        (pa.array(["a", ""]), "a row has no id"),
        (pa.array([1.0, float("nan")]), "a row has no id"),
        (pa.array([1.0, 2.5]), "not whole numbers"),
        (pa.array([1.0, 2.0**60]), "too large to be exact"),
        (pa.array([[1], [2]]), "neither whole numbers nor text"),
    ],
)
def test_ids_that_are_none(array: pa.Array, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        keys_of(array, PLACE, 10)
    assert "list" in str(array.type) or "row 12" in str(caught.value.where)


@pytest.mark.parametrize(
    "ids", [1234567890123456789 + np.arange(40), np.r_[np.arange(20) + 10**17, np.arange(20) + 10**18]]
)
def test_long_ids_between_formats(ids: Any, cli: Cli, tmp_path: Path) -> None:
    y = np.arange(40) % 2
    table = pd.DataFrame({"id": ids, "prob": np.where(y, 0.9, 0.1)})
    labels = pd.DataFrame({"id": ids, "label": y}).sample(frac=1, random_state=0)
    for a, b in (("csv", "parquet"), ("parquet", "csv")):
        for name, frame, form in (("p", table, a), ("y", labels, b)):
            path = tmp_path / f"{name}.{form}"
            frame.to_csv(path, index=False) if form == "csv" else frame.to_parquet(path, index=False)
        result = cli("score", tmp_path / f"p.{a}", "-l", tmp_path / f"y.{b}", "--only", "accuracy")
        assert result.out == "1.0\n", result.err
