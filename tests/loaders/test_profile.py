from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalcli.loaders.open import open_source
from evalcli.loaders.profile import Profile, empty, profile

numbers = st.lists(st.floats(allow_nan=True, allow_infinity=True) | st.none(), max_size=30)


@given(numbers, st.integers(0, 30))
def test_numbers_as_numpy_sees_them(values: list[float | None], cut: int) -> None:
    found = Profile("p", "float64")
    for part in (values[:cut], values[cut:]):
        found.add(pa.array(part, pa.float64()))
    array = np.array(values, float)
    assert found.rows == len(array)
    assert found.missing == np.isnan(array).sum()
    assert found.infinite == np.isinf(array).sum()
    finite = array[np.isfinite(array)]
    assert (found.low, found.high) == ((finite.min(), finite.max()) if len(finite) else (np.inf, -np.inf))


@pytest.mark.parametrize(
    ("array", "words", "missing"),
    [
        (pa.array([1, 3, None]), "1 to 3", 1),
        (pa.array([2.5, 2.5]), "2.5", 0),
        (pa.array([np.nan, np.nan]), "", 2),
        (pa.array(["b", "", None, "a", "b"]), "b, a", 2),
        (pa.array(["b", None, "a"]).dictionary_encode(), "b, a", 1),
        (pa.array([None, None]), "", 2),
        (pa.array([[0.5, 0.25], [1.0], None]), "lists of 1 to 2: 0.25 to 1", 1),
        (pa.array([["x"], ["y"]]), "lists of 1: x, y", 0),
        (pa.array([True, False]), "0 to 1", 0),
        (pa.array([], pa.float64()), "", 0),
        (pa.array([{"a": 1}]), "", 0),
    ],
)
def test_ranges_in_words(array: pa.Array, words: str, missing: int) -> None:
    found = Profile("x", "x")
    found.add(array)
    assert (found.range, found.missing) == (words, missing)


def test_very_many_values_are_not_kept() -> None:
    found = Profile("id", "text")
    for start in range(0, 5000, 100):
        found.add(pa.array([f"id {j}" for j in range(start, start + 100)]))
    assert found.more
    assert len(found.values) < 5000
    assert found.range.startswith("id 0, id 1")


def test_a_long_value_is_cut() -> None:
    found = Profile("t", "text")
    found.add(pa.array(["x" * 500]))
    assert len(found.range) < 50


def test_every_column_of_a_file(tmp_path: Path) -> None:
    table = pa.table(
        {
            "p": pa.array([0.5, None], pa.float32()),
            "t": ["a", "b"],
            "v": pa.array([[1.0, 2.0]] * 2, pa.list_(pa.float64(), 2)),
        }
    )
    pq.write_table(table, tmp_path / "p.parquet", row_group_size=1)
    source = open_source(str(tmp_path / "p.parquet"))
    assert [one.rows for one in empty(source)] == [0, 0, 0]
    found, stopped = profile(source)
    assert stopped is None
    assert [(one.name, one.type, one.rows) for one in found] == [
        ("p", "float32", 2),
        ("t", "text", 2),
        ("v", "list[2] of float64", 2),
    ]


def test_a_text_among_numbers(tmp_path: Path) -> None:
    """It stops the reading where the column is used; elsewhere the column is text."""
    values = ["0.5"] * 20_000 + ["high"]
    pd.DataFrame({"p": values, "q": "1"}).to_csv(tmp_path / "p.csv", index=False)
    source = open_source(str(tmp_path / "p.csv"))
    (one, other), stopped = profile(source)
    assert stopped is None
    assert one.range == "0.5, high"
    assert (one.rows, other.range) == (len(values), "1")
    _, stopped = profile(source, used=["p"])
    assert stopped is not None
    assert "column p" in str(stopped.where)
