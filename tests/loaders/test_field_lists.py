from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalcli.errors import InputError
from evalcli.loaders.field_lists import as_lists, list_type
from evalcli.loaders.open import open_source
from evalcli.loaders.source import Settings, Source
from support.command_line import Cli, Save, assert_refused

NUMBERS, TEXTS = pa.list_(pa.float64()), pa.list_(pa.string())


WRITERS = {
    "json": json.dumps,
    "python": repr,
    "tuple": lambda row: repr(tuple(row)),
    "numpy": lambda row: str(np.array(row)),
    "array": lambda row: repr(np.array(row)),
    "numpy scalars": lambda row: repr([np.float64(x) for x in row]),
    "r": lambda row: f"c({', '.join(map(str, row))})",
}


@pytest.mark.parametrize("writer", WRITERS)
@given(rows=st.lists(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30), min_size=1, max_size=9))
def test_lists_of_numbers(writer: str, rows: list[list[float]]) -> None:
    texts = [WRITERS[writer](row) for row in rows]
    assert list_type(texts) == NUMBERS
    found = as_lists(pa.array([*texts, "", "n/k", None]), NUMBERS, ["n/k"])
    assert found.type == NUMBERS
    assert found.to_pylist()[-3:] == [None] * 3
    for row, values in zip(rows, found.to_pylist(), strict=False):
        np.testing.assert_allclose(values, row, rtol=1e-6 if "rray" in writer or writer == "numpy" else 0)


@given(st.lists(st.lists(st.text(max_size=6), min_size=1, max_size=4), min_size=1, max_size=9))
def test_lists_of_texts(rows: list[list[str]]) -> None:
    for write in (json.dumps, repr):
        texts = [*map(write, rows), "[]"]
        assert list_type(texts) == TEXTS
        assert as_lists(pa.array(texts), TEXTS, []).to_pylist() == [*rows, []]


@pytest.mark.parametrize(
    "values",
    [
        [],
        ["[]"],
        ["(0.5)"],
        ["a"],
        ["[0.1, 0.5)"],
        ["[a, b]"],
        ["[0.1 ... 0.9]"],
        ["[[1, 2], [3, 4]]"],
        ["f(1, 2)"],
    ],
)
def test_what_is_no_list(values: list[str]) -> None:
    assert list_type(values) is None


def test_special_numbers() -> None:
    found = as_lists(pa.array(["[nan, inf]", "[NaN -inf]", "[null, None]", "[]", "[1., .5]"]), NUMBERS, [])
    assert str(found.to_pylist()) == "[[nan, inf], [nan, -inf], [nan, nan], [], [1.0, 0.5]]"


def rows_of(source: Source, name: str) -> list[object]:
    return pa.Table.from_batches(source.batches([name], [name])).column(name).to_pylist()


def test_what_to_csv_makes_of_arrays(tmp_path: Path) -> None:
    probs = np.random.default_rng(0).dirichlet(np.ones(20), 40)
    table = pd.DataFrame({"label": range(40), "probs": list(probs), "tags": [["a", "b, c"]] * 40})
    table.to_csv(tmp_path / "p.csv", index=False)
    source = open_source(str(tmp_path / "p.csv"))
    assert (source.types["probs"], source.types["tags"]) == (NUMBERS, TEXTS)
    np.testing.assert_allclose(rows_of(source, "probs"), probs, atol=1e-7)
    assert rows_of(source, "tags") == [["a", "b, c"]] * 40


def test_a_value_that_is_no_list_has_its_line(cli: Cli, saved: Save) -> None:
    text = 'label,probs\n0,"[0.1\n 0.9]"\n\n1,"[0.2 0.8]"\n1,?\n1,"[0.5 0.5]"\n'
    path = saved("p.csv", text)
    assert_refused(cli("score", path), "not a list", "line 6, column probs", "'?'")
    assert cli("score", path, "--null-values", "?", "--missing", "drop").code == 0
    with pytest.raises(InputError, match="not a list"):
        rows_of(open_source(str(path), Settings(jobs=1)), "probs")
