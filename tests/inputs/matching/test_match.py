from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalcli.engine.score import score
from evalcli.inputs.options import Options
from support.command_line import Cli
from support.inspecting import N, check, finding, frame, good, saved_table
from support.matching import LABELS, PREDICTIONS, saved_pair


def test_ids_that_repeat(cli: Cli, tmp_path: Path) -> None:
    """As a distributed sampler makes them; beside their labels they are worth a warning."""
    y, p = good()
    ids = np.arange(N)
    ids[[100, 101]] = [3, 4]
    path = saved_table(tmp_path, frame(p, y, id=ids))
    found = finding(cli("inspect", path, "-f", "json"), "duplicate-ids")
    assert (found["level"], found["count"], found["rows"]) == ("warning", 2, [101, 102])
    labels = saved_table(tmp_path, pd.DataFrame({"id": np.arange(N), "label": y}), "y.csv")
    joined = saved_table(tmp_path, frame(p, y, id=ids).drop(columns="label"), "q.csv")
    found = check(cli, (joined, "-l", labels), "duplicate-ids", "error")
    assert found["where"].endswith("q.csv, column id, row 101")


def test_ids_without_a_partner(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    labels = saved_table(tmp_path, pd.DataFrame({"id": np.arange(N) + 2, "label": y}), "y.csv")
    path = saved_table(tmp_path, frame(p, y, id=np.arange(N)).drop(columns="label"))
    arguments = (path, "-l", labels)
    check(
        cli,
        arguments,
        "ids-differ",
        "error",
        ("--on-missing", "drop", "--on-extra", "drop"),
        count=2,
        rows=[1, 2],
    )


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
    labels = pd.DataFrame({"label": list("abc") * n, "sample_weight": rng.integers(1, 5, 3 * n)}).iloc[:n]
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
    assert joined.input.weight == "sample_weight"
    rows = joined.input
    assert rows.read == rows.scored + sum(rows.dropped.values()) == len(predictions)
    assert rows.scored == len(merged)
    assert rows.labels_left == len(labels) - len(merged)


def test_an_id_column_of_both_files_joins(cli: Cli, tmp_path: Path) -> None:
    files = saved_pair(tmp_path, PREDICTIONS, LABELS)
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
    result = cli("score", *saved_pair(tmp_path, predictions, labels))
    assert (result.code, result.out) == (2, "")
    for word in words:
        assert word in result.err, result.err


def test_what_is_left_out_is_counted(cli: Cli, tmp_path: Path) -> None:
    files = saved_pair(tmp_path, PREDICTIONS + "9,1,0\n2.5,1,0\n".replace("2.5", "25"), LABELS + "10,a\n")
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
    assert "1 of 4 labels dropped: they have no prediction [labels-without-prediction]" in result.err
    assert cli("score", *files, "--on-extra", "drop").code == 2
    assert cli("score", *files, "--on-missing", "drop").code == 2
    assert cli("score", *files, "--on-missing", "skip").code == 2


def test_ids_of_one_file_alone(cli: Cli, tmp_path: Path) -> None:
    """--id-col without a file of labels: the rows are checked for copies."""
    (tmp_path / "p.csv").write_text("id,label,prob_a,prob_b\n1,a,1,0\n2,b,0,1\n1,a,1,0\n")
    assert cli("score", tmp_path / "p.csv").code == 0
    refused = cli("score", tmp_path / "p.csv", "--id-col", "id")
    assert (refused.code, "1 rows of the predictions repeat an id" in refused.err) == (2, True)


def undrawn(metrics: Any) -> Any:
    """Without the intervals that depend on which rows are drawn."""
    return {
        name: {
            k: v for k, v in score.items() if k != "interval" or score["interval_method"] != "row-bootstrap"
        }
        for name, score in metrics.items()
    }


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
        assert undrawn(joined["metrics"]) == undrawn(beside["metrics"])
        shuffled = pq.read_table(tmp_path / "p.parquet").take(np.random.default_rng(1).permutation(n))
        pq.write_table(shuffled, tmp_path / "p.parquet")
        again = cli("score", tmp_path / "p.parquet", "-l", tmp_path / "y.parquet", "-f", "json").json
        for name, figure in again["metrics"].items():  # rows are drawn by their ids, in any order
            ends = joined["metrics"][name].get("interval")
            assert figure.get("interval") == (None if ends is None else pytest.approx(ends, rel=1e-6)), name
