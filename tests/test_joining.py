"""Rows are matched by id exactly, in any order, whatever the ids are."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import Result
from evalcli.engine.score import score
from evalcli.errors import InputError, Place
from evalcli.inputs.matching.index import Hashed, IndexBuilder, Table
from evalcli.inputs.matching.keys import Texts, as_texts, keys_of
from evalcli.inputs.options import Options

Cli = Callable[..., Result]
PLACE = Place("y.csv", "id")

numbers = st.integers(-(2**63), 2**63 - 1) | st.integers(-50, 50)
words = (
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
    | st.integers(-(10**20), 10**20).map(str)
    | st.sampled_from(["007", "7", "-0", "0", "1.0", "1e3", "+5", " 7", "7 ", "\x00", "é", "e\u0301"])
)


def index(ids: list[Any], parts: int = 2) -> Any:
    builder = IndexBuilder(PLACE)
    cut = max(len(ids) // parts, 1)
    for start in range(0, len(ids), cut):
        builder.add(pa.array(ids[start : start + cut]))
    return builder.done()


def found(where: Any, ids: list[Any]) -> list[int]:
    return where.find(keys_of(pa.array(ids), PLACE, 0)).tolist() if ids else []


@given(st.lists(numbers, unique=True, min_size=1), st.lists(numbers), st.integers(1, 4))
def test_numbers_are_found(ids: list[int], others: list[int], parts: int) -> None:
    where = index(ids, parts)
    expected = {value: row for row, value in enumerate(ids)}
    asked = [*others, *reversed(ids)]
    assert found(where, asked) == [expected.get(value, -1) for value in asked]
    assert found(where, [str(v) for v in asked]) == [expected.get(value, -1) for value in asked]
    assert where.repeated() == (0, [])
    assert [where.name(row) for row in range(len(ids))] == [str(v) for v in ids]


@given(st.lists(words, unique=True, min_size=1), st.lists(words), st.integers(1, 4))
def test_texts_are_found(ids: list[str], others: list[str], parts: int) -> None:
    where = index(ids, parts)
    expected = {value: row for row, value in enumerate(ids)}
    asked = [*others, *reversed(ids)]
    assert found(where, asked) == [expected.get(value, -1) for value in asked]
    assert where.repeated() == (0, [])


@given(st.lists(st.integers(0, 12) | st.sampled_from(["a", "b", "07"]), min_size=1))
def test_copies_are_counted(drawn: list[Any]) -> None:
    for ids in (drawn, [v for v in drawn if isinstance(v, int)], [str(v) for v in drawn]):
        if not ids or (ids is drawn and len(set(map(type, ids))) > 1):
            continue
        seen: set[Any] = set()
        copies = [row for row, value in enumerate(ids) if value in seen or seen.add(value)]  # type: ignore[func-returns-value]
        count, rows = index(ids).repeated()
        assert (count, rows) == (len(copies), copies[:5])
        assert [index(ids).name(row) for row in rows] == [str(ids[row]) for row in rows]


def test_many_of_one_hash_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the hash, ids are compared by value."""
    monkeypatch.setattr(
        "evalcli.inputs.matching.index._hashes", lambda keys: np.full(len(keys), 2**63, np.uint64)
    )
    for ids in ([f"name-{j}" for j in range(40)], [j * 10**12 for j in range(40)]):
        where = index(ids)
        assert isinstance(where, Hashed)
        assert found(where, [*reversed(ids), ids[0]]) == [*range(39, -1, -1), 0]
        assert where.repeated() == (0, [])
        assert index([*ids, ids[3]]).repeated() == (1, [40])


def test_a_range_that_is_filled_is_a_table() -> None:
    assert isinstance(index(list(range(1000, 2000))), Table)
    assert isinstance(index([0, 10**15]), Hashed)
    assert isinstance(keys_of(pa.array(["1", "2"]), PLACE, 0), np.ndarray)
    assert isinstance(keys_of(pa.array(["1", "02"]), PLACE, 0), Texts)


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


@st.composite
def pairs(draw: st.DrawFn) -> tuple[pd.DataFrame, pd.DataFrame]:
    kind = draw(st.sampled_from(["dense", "sparse", "text", "zeros"]))
    n = draw(st.integers(5, 60))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    base = rng.permutation(n) if kind == "dense" else rng.choice(2**40, n, replace=False)
    ids: list[Any] = base.tolist()
    if kind in ("text", "zeros"):
        ids = [f"{v:06d}" if kind == "zeros" else f"img/{v}.png" for v in ids]
    p = rng.dirichlet([1, 1, 1], n)
    frame = pd.DataFrame({"id": ids, "prob_a": p[:, 0], "prob_b": p[:, 1], "prob_c": p[:, 2]})
    labels = pd.DataFrame({"label": list("abc") * n, "weight": rng.integers(1, 5, 3 * n)}).iloc[:n]
    labels.insert(0, "id", ids)
    return frame, labels.sample(frac=1, random_state=1).reset_index(drop=True)


@settings(max_examples=25)
@given(pairs(), st.integers(0, 3), st.integers(0, 3), st.sampled_from(["csv", "parquet"]), st.integers(1, 2))
def test_a_join_is_what_pandas_merges(
    pair: tuple[pd.DataFrame, pd.DataFrame], extra: int, missing: int, form: str, jobs: int
) -> None:
    predictions, labels = pair
    labels, predictions = labels.iloc[extra:], predictions.iloc[: len(predictions) - missing]
    merged = predictions.merge(labels, on="id")
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for name, frame in (("p", predictions), ("y", labels), ("m", merged)):
            paths.append(f"{folder}/{name}.{form}")
            frame.to_csv(paths[-1], index=False) if form == "csv" else frame.to_parquet(paths[-1])
        more = {"on_extra": "drop", "on_missing": "drop", "jobs": jobs, "classes": ("a", "b", "c")}
        joined = score(Options(paths[0], paths[1], **more))
        expected = score(Options(paths[2], classes=("a", "b", "c")))
    assert {k: (v.value, v.n) for k, v in joined.metrics.items()} == {
        k: (v.value, v.n) for k, v in expected.metrics.items()
    }
    assert joined.confusion == expected.confusion
    assert joined.input.weight == "weight"
    rows = joined.input
    assert rows.read == rows.scored + sum(rows.dropped.values()) == len(predictions)
    assert rows.scored == len(merged)
    assert rows.labels_left == len(labels) - len(merged)


PREDICTIONS = "id,prob_a,prob_b\n3,0.9,0.1\n1,0.2,0.8\n2,0.6,0.4\n"
LABELS = "id,label\n1,b\n2,a\n3,a\n"


def saved(folder: Path, predictions: str, labels: str) -> tuple[Path, str, Path]:
    (folder / "p.csv").write_text(predictions)
    (folder / "y.csv").write_text(labels)
    return folder / "p.csv", "-l", folder / "y.csv"


def test_an_id_column_of_both_files_joins(cli: Cli, tmp_path: Path) -> None:
    files = saved(tmp_path, PREDICTIONS, LABELS)
    result = cli("score", *files)
    assert "3 rows matched by id" in result.out
    assert cli("score", *files, "--only", "accuracy").out == "1.0\n"
    assert cli("score", *files, "--by-order", "--only", "accuracy").out == "0.3333333333333333\n"
    assert cli("score", *files, "-f", "json").json["input"]["roles"]["id"] == "id"


@pytest.mark.parametrize(
    ("predictions", "labels", "words"),
    [
        (
            PREDICTIONS + "9,1,0\n8,1,0\n",
            LABELS,
            ["2 of 5 predictions have no label", "no label: 9, 8", "--on-extra drop"],
        ),
        (
            PREDICTIONS,
            LABELS + "".join(f"{j},a\n" for j in range(10, 17)),
            ["7 of 10 labels have no prediction", "no prediction: 10, 11, 12, 13, 14\n", "--on-missing drop"],
        ),
        (
            PREDICTIONS + "1,1,0\n3,1,0\n",
            LABELS,
            ["2 rows of the predictions repeat an id", "ids 1, 3, rows 4, 5"],
        ),
        (PREDICTIONS, LABELS + "2,b\n", ["1 rows of the labels repeat an id", "y.csv, column id, row 4"]),
        (
            PREDICTIONS,
            "id,label\nx,a\ny,b\n",
            ["no id of the predictions", "predictions 3, 1, 2; labels x, y"],
        ),
        (PREDICTIONS, "id,label\n1,b\n,a\n3,a\n", ["a row has no id", "y.csv, column id, row 2"]),
        ("id" + PREDICTIONS[2:].replace("\n1,", "\n01,"), LABELS, ["no label: 01", "no prediction: 1"]),
    ],
)
def test_ids_that_do_not_match_are_refused(
    predictions: str, labels: str, words: list[str], cli: Cli, tmp_path: Path
) -> None:
    result = cli("score", *saved(tmp_path, predictions, labels))
    assert (result.code, result.out) == (2, "")
    for word in words:
        assert word in result.err, result.err


def test_what_is_left_out_is_counted(cli: Cli, tmp_path: Path) -> None:
    files = saved(tmp_path, PREDICTIONS + "9,1,0\n2.5,1,0\n".replace("2.5", "25"), LABELS + "10,a\n")
    result = cli("score", *files, "--on-extra", "drop", "--on-missing", "drop", "-f", "json")
    assert result.json["input"]["rows"] == {
        "read": 5,
        "scored": 3,
        "dropped": {"extra_id": 2},
        "labels_without_prediction": 1,
        "groups": None,
        "effective": None,
    }
    assert "2 of 5 rows dropped: extra id [extra-id]" in result.err
    assert "1 of 4 labels have no prediction and were left out [labels-without-prediction]" in result.err
    assert cli("score", *files, "--on-extra", "drop").code == 2
    assert cli("score", *files, "--on-missing", "drop").code == 2
    assert cli("score", *files, "--on-missing", "skip").code == 2


def test_columns_of_other_names(cli: Cli, tmp_path: Path) -> None:
    files = saved(tmp_path, PREDICTIONS.replace("id,", "image,"), LABELS.replace("id,", "key,"))
    assert cli("score", *files, "--id-col", "image=key", "--only", "accuracy").out == "1.0\n"
    assert "no column 'key'" in cli("score", *files, "--id-col", "key").err
    assert "contradict" in cli("score", *files, "--id-col", "image=key", "--by-order").err


def test_which_id_is_a_question(cli: Cli, tmp_path: Path) -> None:
    files = saved(tmp_path, "uuid,id,p\na,1,0.5\nb,2,0.5\n", "uuid,id,label\na,1,0\nb,2,1\n")
    assert "several columns may be the rows' ids" in cli("score", *files).err


@pytest.mark.parametrize("order", [[2, 0, 3, 1], [3, 2, 1, 0], [0, 1, 2, 3]])
@pytest.mark.parametrize("other", [[1, 3, 0, 2], [3, 2, 1, 0], [0, 1, 2, 3]])
def test_the_index_of_pandas_joins_shuffled_rows(
    order: list[int], other: list[int], cli: Cli, tmp_path: Path
) -> None:
    """Stored as a column, or as the start and step of a range; where one file counts its rows, a question."""
    frame = pd.DataFrame({"label": list("abab"), "prob_a": [0.9, 0.2, 0.7, 0.4]})
    frame["prob_b"] = 1 - frame["prob_a"]
    frame[["prob_a", "prob_b"]].iloc[order].to_parquet(tmp_path / "p.parquet")
    frame[["label"]].iloc[other].to_parquet(tmp_path / "y.parquet")
    files = (tmp_path / "p.parquet", "-l", tmp_path / "y.parquet", "--only", "accuracy")
    result = cli("score", *files)
    if (order == [0, 1, 2, 3]) == (other == [0, 1, 2, 3]):
        assert (result.out, result.err) == ("1.0\n", "")
        return
    assert (result.code, "--by-order" in result.err) == (2, True)
    assert cli("score", *files, "--id-col", "__index_level_0__").out == "1.0\n"
    assert cli("score", *files, "--by-order").code == 0


@pytest.mark.parametrize("name", ["customer_id", "PassengerId", "customerID", "idx"])
def test_ids_of_other_things_join_too(name: str, cli: Cli, tmp_path: Path) -> None:
    files = saved(tmp_path, PREDICTIONS.replace("id,", f"{name},"), LABELS.replace("id,", f"{name},"))
    assert cli("score", *files, "--only", "accuracy").out == "1.0\n"
    repeated = LABELS.replace("id,", f"{name},").replace("\n2,", "\n1,")
    files = saved(tmp_path, PREDICTIONS.replace("id,", f"{name},"), repeated)
    assert "matched by" not in cli("score", *files).out  # it names no rows


def test_a_file_of_ids_and_weights_has_the_weight_for_its_truth(cli: Cli, tmp_path: Path) -> None:
    files = saved(tmp_path, "id,pred\n1,71.5\n2,60.5\n3,90\n", "id,weight\n1,70.5\n2,61\n3,88\n")
    report = cli("score", *files, "-f", "json").json
    assert (report["task"], report["input"]["roles"]["truth"]) == ("regression", "weight")


def test_labels_that_kept_their_places_in_a_larger_table(cli: Cli, tmp_path: Path) -> None:
    """The rows of a split beside predictions that were never named: their order is all there is."""
    pd.DataFrame({"prob_a": [0.9, 0.2], "prob_b": [0.1, 0.8]}).to_parquet(tmp_path / "p.parquet")
    pd.DataFrame({"label": ["a", "b"]}, index=[90, 17]).to_parquet(tmp_path / "y.parquet")
    result = cli("score", tmp_path / "p.parquet", "-l", tmp_path / "y.parquet", "--only", "accuracy")
    assert (result.out, result.err) == ("1.0\n", "")


def test_ids_of_one_file_alone(cli: Cli, tmp_path: Path) -> None:
    """--id-col without a file of labels: the rows are checked for copies."""
    (tmp_path / "p.csv").write_text("id,label,prob_a,prob_b\n1,a,1,0\n2,b,0,1\n1,a,1,0\n")
    assert cli("score", tmp_path / "p.csv").code == 0
    refused = cli("score", tmp_path / "p.csv", "--id-col", "id")
    assert (refused.code, "1 rows of the predictions repeat an id" in refused.err) == (2, True)


def test_other_kinds_of_truth_join(cli: Cli, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    n = 200
    order = rng.permutation(n)
    y, p, real = rng.integers(0, 2, (n, 3)), rng.random((n, 3)), rng.normal(size=n)
    names = ("x", "y", "z")
    scores = {f"p_{name}": p[:, j] for j, name in enumerate(names)}
    truth = {f"y_{name}": y[:, j] for j, name in enumerate(names)}
    for task, own, other in (
        ("multilabel", scores, truth),
        ("regression", {"y_pred": real + 0.1}, {"y_true": real}),
    ):
        pq.write_table(pa.table({"id": np.arange(n), **own}), tmp_path / "p.parquet")
        pq.write_table(
            pa.table({"id": order, **{k: v[order] for k, v in other.items()}}), tmp_path / "y.parquet"
        )
        pq.write_table(pa.table({**own, **other}), tmp_path / "m.parquet")
        joined = cli("score", tmp_path / "p.parquet", "-l", tmp_path / "y.parquet", "-f", "json").json
        beside = cli(
            "score",
            tmp_path / "m.parquet",
            "-f",
            "json",
            "--task",
            task,
            *(["--label-cols", "y_*", "--score-cols", "p_*"] if task == "multilabel" else []),
        ).json
        assert joined["task"] == task
        assert joined["metrics"] == beside["metrics"]


def test_ids_that_differ_in_case_are_one_column(cli: Cli, tmp_path: Path) -> None:
    files = saved(tmp_path, PREDICTIONS, LABELS.replace("id,", "Id ,"))
    assert cli("score", *files, "--only", "accuracy").out == "1.0\n"


def test_ids_of_other_names_are_a_question(cli: Cli, tmp_path: Path) -> None:
    files = saved(tmp_path, PREDICTIONS, LABELS.replace("id,", "sample_id,"))
    refused = cli("score", *files)
    assert (refused.code, "--id-col id=sample_id" in refused.err) == (2, True)
    assert cli("score", *files, "--id-col", "id=sample_id", "--only", "accuracy").out == "1.0\n"
    assert cli("score", *files, "--by-order").code == 0


@pytest.mark.parametrize("forms", [("csv", "parquet"), ("parquet", "csv"), ("csv", "csv")])
def test_the_index_of_pandas_whatever_the_format(forms: tuple[str, str], cli: Cli, tmp_path: Path) -> None:
    frame = pd.DataFrame({"label": list("abab"), "prob_a": [0.9, 0.2, 0.7, 0.4]}).assign(
        prob_b=lambda t: 1 - t.prob_a
    )
    for name, columns, order, form in (
        ("p", ["prob_a", "prob_b"], [2, 0, 3, 1], forms[0]),
        ("y", ["label"], [1, 3, 0, 2], forms[1]),
    ):
        table = frame[columns].iloc[order]
        path = tmp_path / f"{name}.{form}"
        table.to_csv(path) if form == "csv" else table.to_parquet(path)
    files = (tmp_path / f"p.{forms[0]}", "-l", tmp_path / f"y.{forms[1]}")
    assert cli("score", *files, "--only", "accuracy").out == "1.0\n"


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


def test_a_row_of_no_weight_and_no_label_is_counted(cli: Cli, tmp_path: Path) -> None:
    files = saved(tmp_path, "id,prob,weight\n1,0.9,1\n2,0.1,1\n9,0.5,0\n", "id,label\n2,0\n1,1\n")
    rows = cli("score", *files, "--on-extra", "drop", "-f", "json").json["input"]["rows"]
    assert (rows["read"], rows["scored"], rows["dropped"]) == (3, 2, {"extra_id": 1})
