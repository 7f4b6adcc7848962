"""Labels as text, numbers, booleans and one-hot columns, and how they meet the classes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalcli.errors import InputError
from evalcli.findings import Place
from evalcli.inputs.labels import (
    USUAL_ROWS,
    Labels,
    LabelSets,
    Reals,
    looked_up,
    read_indicators,
    read_labels,
)
from evalcli.inputs.truth import Truth
from evalcli.tasks import MULTICLASS, MULTILABEL, REGRESSION
from support.command_line import Cli
from support.inspecting import K, check, frame, good, saved_table


def test_rows_that_are_not_one_hot_are_a_finding(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    hot = np.eye(K, dtype=int)[y]
    hot[7] = 0
    hot[9] = 1
    table = pd.DataFrame(hot, columns=[f"label_{j}" for j in range(K)])
    labels = saved_table(tmp_path, table, "y.csv")
    path = saved_table(tmp_path, frame(p, y).drop(columns="label"))
    arguments = (path, "-l", labels, "--task", "multiclass")
    assert "2 one-hot rows" in check(cli, arguments, "not-one-hot", "error")["message"]


def test_bytes_that_are_no_text_are_not_merged(cli: Cli, tmp_path: Path) -> None:
    np.save(tmp_path / "y.npy", np.array([b"a\xe8", b"a\xe9"]))
    refused = cli("score", tmp_path / "y.npy", "-l", tmp_path / "y.npy")
    assert (refused.code, "not UTF-8" in refused.err) == (2, True)
    table = pa.table({"label": pa.array([b"a\xe8", b"a\xe9"], pa.binary(2)), "pred": ["a", "b"]})
    pq.write_table(table, tmp_path / "p.parquet")
    refused = cli("score", tmp_path / "p.parquet")
    assert (refused.code, "not UTF-8" in refused.err) == (2, True)


def test_other_spellings_of_one_number_are_one_class(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("label,pred\n1,1\n1.0,1\n0,0\n1,1\n")
    report = cli("score", tmp_path / "p.csv", "-f", "json").json
    assert (report["classes"], report["metrics"]["accuracy"]["value"]) == (["0", "1"], 1.0)


texts = st.lists(st.none() | st.sampled_from(["cat", "dog", "1", "été", "a=b:c"]))
whole = st.lists(st.integers(-3, 10) | st.sampled_from([-(2**63), 2**63 - 1]), min_size=1)


def decoded(labels: Any) -> list[str | None]:
    return [None if code < 0 else labels.names[code] for code in labels.codes]


@given(texts, st.integers(1, 5))
def test_text_is_kept_as_it_stands(values: list[str | None], size: int) -> None:
    chunks = [pa.array(values[start : start + size], pa.string()) for start in range(0, len(values), size)]
    encoded = [chunk.dictionary_encode() for chunk in chunks]
    assert decoded(read_labels(chunks, Place("x"))) == values
    assert decoded(read_labels(encoded, Place("x"))) == values


@given(whole)
def test_whole_numbers(values: list[int]) -> None:
    assert decoded(read_labels([pa.array(values, pa.int64())], Place("x"))) == [str(v) for v in values]


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (pa.array([1.0, 0.0, None, float("nan"), 2.5]), ["1", "0", None, None, "2.5"]),
        (pa.array([True, False, None]), ["true", "false", None]),
        (pa.array([255, 0], pa.uint8()), ["255", "0"]),
        (pa.array([-128, 127], pa.int8()), ["-128", "127"]),
        (pa.array([2**64 - 1, 2**64 - 2], pa.uint64()), [str(2**64 - 1), str(2**64 - 2)]),
        (pa.array([3, None, 4]), ["3", None, "4"]),
        (pa.array(["", "a"]), [None, "a"]),
        (pa.array([None, None], pa.string()), [None, None]),
        (pa.array([b"cat", b"dog"]), ["cat", "dog"]),
    ],
)
def test_types(array: pa.Array, expected: list[str | None]) -> None:
    assert decoded(read_labels([array], Place("x"))) == expected


@pytest.mark.parametrize(
    ("texts", "names"),
    [
        (["0.0", "1.0"], ("0", "1")),
        (["-1.00", "12.0"], ("-1", "12")),
        (["1.0", "1.1"], ("1.0", "1.1")),
        (["1.0", "1"], ("1",)),
        (["1.0", "1.00", "2"], ("1.0", "2")),
        (["1.0", "1.00"], ("1",)),
        (["true", "1", "0", "True"], ("1", "0")),
        (["01", "1"], ("01", "1")),
    ],
)
def test_text_of_whole_numbers(texts: list[str], names: tuple[str, ...]) -> None:
    assert read_labels([pa.array(texts)], Place("x")).names == names


def test_more_classes_than_a_byte_holds() -> None:
    values = [str(j) for j in range(1000)]
    labels = read_labels([pa.array(values[:100]), pa.array(values[100:]), pa.array(values)], Place("x"))
    assert decoded(labels) == values + values
    assert labels.to_indices(values[::-1], by_index=False).tolist() == [*range(999, -1, -1)] * 2


@given(st.lists(st.integers(0, 3), min_size=1))
def test_one_hot_is_the_same_as_its_index(places: list[int]) -> None:
    labels = read_indicators(np.eye(4)[places].T, list("abcd"), Place("x")).as_labels()
    assert decoded(labels) == ["abcd"[place] for place in places]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([[1, 0], [2, 0]], "values other than 0 and 1"),
        ([[1, 0], [1, 1]], "exactly one 1"),
        ([[0, 0]], "exactly one 1"),
    ],
)
def test_rows_that_are_not_one_hot(rows: list[list[int]], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read_indicators(np.array(rows, float).T, ["a", "b"], Place("y.csv")).as_labels()
    assert str(caught.value.where) == f"y.csv, row {len(rows)}"


def test_labels_that_are_no_class_show_the_row_and_the_nearest_name() -> None:
    labels = read_labels([pa.array(["cat", "dgo"])], Place("y.csv"))
    with pytest.raises(InputError) as caught:
        labels.to_indices(["cat", "dog"], by_index=False)
    assert str(caught.value.where) == "y.csv, row 2"
    assert "'dog'" in str(caught.value.hint)


def test_categories_that_no_row_has_are_no_labels() -> None:
    array = pa.array(["ant", None, "bee", "ant"]).dictionary_encode()
    wide = pa.DictionaryArray.from_arrays(
        pa.array([2, None, 1, 2], pa.int8()), pa.array(["aaa", "bee", "ant", "cow"])
    )
    for chunk in (wide, wide[1:], wide[:1]):
        labels = read_labels([chunk], Place("p.parquet"))
        assert set(labels.names) == set(chunk.to_pylist()) - {None}
    assert sorted(read_labels([array, wide], Place("p.parquet")).names) == ["ant", "bee"]


def test_what_every_truth_answers() -> None:
    place = Place("y.csv")
    labels: Truth = Labels(np.array([1, 0]), ("a", "b"), place)
    sets: Truth = LabelSets(np.array([[1, 0, 1, 1], [0, 1, 1, -1]], np.int8), ("a", "b"), place)
    reals: Truth = Reals(np.array([0.5, 1.5]), place)
    assert [t.usual_task for t in (labels, sets, reals)] == [MULTICLASS, MULTILABEL, REGRESSION]
    assert [t.exclusive for t in (labels, sets, reals)] == [True, False, False]
    assert [t.odd_rows().tolist() for t in (labels, sets, reals)] == [[], [2], []]
    assert [t.names for t in (labels, sets, reals)] == [("a", "b"), ("a", "b"), ()]
    assert np.asarray(labels.row_values).tolist() == [1, 0]
    assert np.asarray(reals.row_values).tolist() == [0.5, 1.5]
    assert sets.row_values is None
    assert LabelSets(np.eye(2, dtype=np.int8), ("a", "b"), place).exclusive
    assert not LabelSets(np.array([[1], [-1]], np.int8), ("a", "b"), place).exclusive


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int16, np.int32, np.int64])
@pytest.mark.parametrize(
    "table", [[0, 1, 2, -1], [2, 0, 1, -1], [0, 0, -1], [-1], [*range(100), -1], [500, 3, -1]]
)
def test_looked_up(kind: type[np.integer], table: list[int]) -> None:
    rng = np.random.default_rng(1)
    last = len(table) - 1
    low = 0 if kind is np.uint8 else -1
    for indices in (rng.integers(low, last + 3, 300), rng.integers(0, max(last, 1), 300), np.empty(0)):
        expected = [table[int(j)] if 0 <= j < last else table[-1] for j in indices]
        given_indices = indices.astype(kind)
        found = looked_up(table, given_indices)
        assert found.tolist() == expected
        assert not np.shares_memory(found, given_indices)


def test_values_of_a_dictionary_that_occur_late_or_never() -> None:
    texts = pa.array(["a", "b", "never", "late"])
    indices = np.tile(np.array([0, 1], np.int32), USUAL_ROWS)
    for more, names in (([], ("a", "b")), ([3], ("a", "b", "late"))):
        codes = np.append(indices, np.array(more, np.int32))
        labels = read_labels([pa.DictionaryArray.from_arrays(pa.array(codes), texts)], Place("y"))
        assert labels.names == names
        assert [labels.names[code] for code in labels.codes[-3:]] == [
            texts[int(j)].as_py() for j in codes[-3:]
        ]
