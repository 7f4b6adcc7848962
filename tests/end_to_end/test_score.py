"""The same data in every form that a user may hand over, through the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from support.command_line import Cli, Result

pytestmark = pytest.mark.long

NAMES = ["cat", "dog", "owl"]
RNG = np.random.default_rng(11)
Y = RNG.integers(0, 3, 90)
LOGITS = np.round(RNG.normal(size=(90, 3)) * 2, 3)
P = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)
WORDS = [NAMES[j] for j in Y]


def metrics(result: Result) -> dict[str, Any]:
    assert result.code == 0, result.err
    return {name: score["value"] for name, score in result.json["metrics"].items()}


@pytest.fixture
def expected(cli: Cli, tmp_path: Path) -> dict[str, Any]:
    np.save(tmp_path / "p0.npy", P)
    np.save(tmp_path / "y0.npy", Y)
    return metrics(
        cli(
            "score",
            tmp_path / "p0.npy",
            "-l",
            tmp_path / "y0.npy",
            "-f",
            "json",
            "-m",
            "all",
            "--no-intervals",
        )
    )


def table(**columns: Any) -> pa.Table:
    return pa.table(columns)


def columns(prefix: str, values: Any = P, names: list[str] = NAMES) -> dict[str, Any]:
    return {f"{prefix}{name}": values[:, j] for j, name in enumerate(names)}


FORMS: dict[str, tuple[pa.Table, pa.Table | None, list[str]]] = {
    "probabilities by name": (table(label=WORDS, **columns("prob_")), None, []),
    "columns in another order": (
        table(label=WORDS, **columns("prob_", P[:, ::-1], NAMES[::-1])),
        None,
        ["--classes", "cat,dog,owl"],
    ),
    "labels in their own file": (table(**columns("prob_")), table(animal=WORDS), []),
    "a glob": (table(truth=WORDS, noise=Y * 1.0, **columns("m1_")), None, ["--score-cols", "m1_*"]),
    "a list of names": (
        table(label=WORDS, **columns("")),
        None,
        ["--score-cols", "cat,dog", "--score-cols", "owl"],
    ),
    "one list column": (table(label=Y, scores=P.tolist()), None, []),
    "a fixed-size list": (
        table(label=Y, scores=pa.FixedSizeListArray.from_arrays(pa.array(P.ravel()), 3)),
        None,
        [],
    ),
    "numbered labels with names": (table(label=Y, **columns("prob_")), None, ["--classes", "cat,dog,owl"]),
    "labels as floats": (table(label=Y * 1.0, **columns("p_", P, ["0", "1", "2"])), None, []),
    "labels as text of floats": (
        table(label=[f"{v}.0" for v in Y], **columns("p_", P, ["0", "1", "2"])),
        None,
        [],
    ),
    "one-hot columns": (table(**columns("prob_")), table(**columns("label_", np.eye(3)[Y])), []),
    "logits": (table(label=WORDS, **columns("logit_", LOGITS)), None, []),
    "log-probabilities": (table(label=WORDS, **columns("logprob_", np.log(P))), None, []),
    "told to be logits": (
        table(label=WORDS, **columns("x_", LOGITS)),
        None,
        ["--score-cols", "x_*", "--scores", "logits"],
    ),
    "dictionary labels": (table(label=pa.array(WORDS).dictionary_encode(), **columns("prob_")), None, []),
}


@pytest.mark.parametrize("form", ["parquet", "csv"])
@pytest.mark.parametrize("name", FORMS)
def test_every_form_gives_the_same_numbers(
    name: str, form: str, cli: Cli, tmp_path: Path, expected: dict[str, Any]
) -> None:
    data, labels, arguments = FORMS[name]
    if form == "csv" and any(pa.types.is_nested(kind) for kind in data.schema.types):
        pytest.skip("CSV holds no lists")

    def write(what: pa.Table, stem: str) -> Path:
        path = tmp_path / f"{stem}.{form}"
        if form == "parquet":
            pq.write_table(what, path, row_group_size=7)
        else:
            what.to_pandas().to_csv(path, index=False)
        return path

    if labels is not None:
        arguments = [*arguments, "--labels", str(write(labels, "y"))]
    found = metrics(cli("score", write(data, "p"), *arguments, "-f", "json", "-m", "all", "--no-intervals"))
    assert found == pytest.approx(expected, rel=1e-9)


BINARY = {
    "one column": (["label", "prob_1"], [], "1"),
    "two columns": (["label", "prob_0", "prob_1"], [], "1"),
    "positive the first": (["label", "prob_0", "prob_1"], ["--positive", "0"], "0"),
    "one column, any name": (["label", "score"], [], "1"),
}


@pytest.mark.parametrize("name", BINARY)
def test_binary_forms(name: str, cli: Cli, tmp_path: Path) -> None:
    wanted, arguments, positive = BINARY[name]
    y = (Y > 0).astype(int)
    p = P[:, 1] + P[:, 2]
    data = pa.table({"label": y, "prob_0": 1 - p, "prob_1": p, "score": p}).select(wanted)
    pq.write_table(data, tmp_path / "p.parquet")
    result = cli("score", tmp_path / "p.parquet", *arguments, "-f", "json")
    assert result.json["task"] == "binary"
    assert result.json["input"]["roles"]["positive"] == positive
    import sklearn.metrics as sk

    truth, score = (y, p) if positive == "1" else (1 - y, 1 - p)
    found = metrics(result)
    assert found["roc_auc"] == pytest.approx(sk.roc_auc_score(truth, score), rel=1e-12)
    assert found["precision"] == pytest.approx(sk.precision_score(truth, score > 0.5), rel=1e-12)
    assert found["log_loss"] == pytest.approx(sk.log_loss(truth, score), rel=1e-12)


def test_predicted_classes_alone(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("label,pred\ncat,cat\ndog,cat\nowl,owl\nowl,dog\n")
    result = cli("score", tmp_path / "p.csv", "-f", "json")
    assert result.json["metrics"]["accuracy"]["value"] == 0.5
    assert "log_loss" not in result.json["metrics"]
    assert result.json["input"]["roles"]["predicted"] == "pred"
    asked = cli("score", tmp_path / "p.csv", "--only", "log_loss", "--only", "accuracy")
    assert asked.out == "null\n0.5\n"
    assert "log_loss is undefined: requires scores" in asked.err


def test_predicted_classes_in_a_vector(cli: Cli, tmp_path: Path) -> None:
    np.save(tmp_path / "h.npy", np.array([0, 1, 2, 2]))
    np.save(tmp_path / "y.npy", np.array([0, 1, 2, 0]))
    assert cli("score", tmp_path / "h.npy", "-l", tmp_path / "y.npy", "--only", "accuracy").out == "0.75\n"


def test_stored_classes_win_and_disagreement_is_a_note(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("label,pred,prob_a,prob_b\na,b,0.9,0.1\nb,b,0.2,0.8\n")
    result = cli("score", tmp_path / "p.csv", "-f", "json")
    assert result.json["metrics"]["accuracy"]["value"] == 0.5
    assert result.json["notes"][0]["code"] == "prediction-differs-from-scores"


def test_raw_scores_rank_and_nothing_more(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("label,margin\n0,-3\n1,-1\n0,0.5\n1,4\n")
    result = cli("score", tmp_path / "p.csv", "--scores", "raw", "-f", "json", "-m", "default,log_loss")
    found = result.json["metrics"]
    assert found["roc_auc"]["value"] == 0.75
    assert found["accuracy"]["value"] == 0.5
    assert found["log_loss"] == {
        "value": None,
        "reason": "requires probabilities; the scores are raw",
        "better": "lower",
        "n": 4,
    }
    assert "brier" not in found
