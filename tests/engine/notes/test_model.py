from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sklearn.metrics as sk

from support.command_line import Cli
from support.inspecting import K, check, frame, good, saved_table
from support.paths import FIXTURES


def test_rounding_errors(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    p[[3, 4]] = [[1.00002, -0.00002, 0, 0]] * 2
    check(cli, (saved_table(tmp_path, frame(p, y)),), "rounded-scores", "note", count=4)


def test_logits_called_probabilities(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    check(cli, (saved_table(tmp_path, frame(np.log(p) + 3, y)),), "logits-under-prob-name", "warning")


def test_classes_that_are_no_label(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    path = saved_table(tmp_path, frame(p[y != 3], y[y != 3]))
    assert "3" in check(cli, (path,), "absent-classes", "warning")["message"]


@pytest.mark.parametrize("prefix", ["prob", "p_", "softmax_", "Prob-"])
def test_logits_under_any_such_name(prefix: str, cli: Cli, tmp_path: Path) -> None:
    y, p = good(2) if prefix == "prob" else good()
    z = np.log(p)
    table = pd.DataFrame({"label": y, "prob": z[:, 1] - z[:, 0]}) if prefix == "prob" else frame(z, y, prefix)
    check(cli, (saved_table(tmp_path, table),), "logits-under-prob-name", "warning")


def test_labels_that_exclude_each_other(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    table = pd.concat(
        [frame(p, y).drop(columns="label"), pd.DataFrame(np.eye(K, dtype=int)[y]).add_prefix("is_")], axis=1
    )
    path = saved_table(tmp_path, table)
    arguments = (path, "--label-cols", "is_*", "--score-cols", "prob_*")
    check(cli, arguments, "exclusive-labels", "warning", ("--task", "multiclass"))


N = 4000


def rng() -> np.random.Generator:
    return np.random.default_rng(12)


def softmax(z: Any) -> Any:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def honest(k: int, shares: Any = None, n: int = N) -> tuple[Any, Any]:
    """Labels drawn from the probabilities that are given."""
    draw = rng()
    p = softmax(draw.normal(size=(n, k)) * 2 + np.log(np.ones(k) if shares is None else shares))
    y = (draw.random(n)[:, None] > p.cumsum(axis=1)).sum(axis=1).clip(max=k - 1)
    return y, p


def classes(y: Any, p: Any) -> dict[str, Any]:
    return {"label": y, **{f"p_{j}": np.ascontiguousarray(p[:, j]) for j in range(p.shape[1])}}


def notes(cli: Cli, folder: Path, columns: dict[str, Any], *arguments: str) -> dict[str, str]:
    pq.write_table(pa.table(columns), folder / "p.parquet")
    result = cli("score", folder / "p.parquet", *arguments, "-f", "json")
    assert result.code == 0, result.err
    found = {note["code"]: note["message"] for note in result.json["notes"]}
    assert result.err == "".join(f"note: {message} [{code}]\n" for code, message in found.items())
    return found


def figures(message: str) -> list[float]:
    return [float(text) for text in re.findall(r"-?\d+\.\d+", message)]


@pytest.mark.parametrize("k", [2, 3, 10])
def test_nothing_to_say_of_honest_probabilities(k: int, cli: Cli, tmp_path: Path) -> None:
    assert notes(cli, tmp_path, classes(*honest(k))) == {}


def test_nothing_to_say_of_honest_labels_and_values(cli: Cli, tmp_path: Path) -> None:
    draw = rng()
    p = draw.random((N, 3))
    y = draw.random((N, 3)) < p
    columns = {**{f"y_{j}": y[:, j] for j in range(3)}, **{f"p_{j}": p[:, j] for j in range(3)}}
    assert notes(cli, tmp_path, columns, "--label-cols", "y_*") == {}
    value = draw.normal(size=N)
    assert notes(cli, tmp_path, {"label": value, "pred": value + draw.normal(size=N) / 2}) == {}


def test_accuracy_that_the_largest_class_reaches_alone(cli: Cli, tmp_path: Path) -> None:
    y = np.where(rng().random(N) < 0.95, 0, 1)
    p = np.clip(rng().normal(0.06, 0.02, N), 0.001, 0.4)
    found = notes(cli, tmp_path, classes(y, np.stack([1 - p, p], axis=1)))
    share = (y == 0).mean()
    assert figures(found["class-imbalance"])[:2] == pytest.approx([share, share], abs=5e-5)
    assert "no better than always saying '0'" in found["class-imbalance"]
    assert "balanced_accuracy 0.5000, mcc undefined" in found["class-imbalance"]
    assert found["never-predicted"] == "1 of 2 classes are never predicted: 1"


def test_hardly_better_than_the_largest_class(cli: Cli, tmp_path: Path) -> None:
    y = np.array([0] * 900 + [1] * 100)
    said = np.array([0] * 900 + [0] * 95 + [1] * 5)
    found = notes(cli, tmp_path, {"label": y, "pred": said})
    assert "accuracy 0.9050 is hardly better than always saying '0' (0.9000)" in found["class-imbalance"]
    mcc = sk.matthews_corrcoef(y, said)
    assert f"balanced_accuracy 0.5250, mcc {mcc:.4f}" in found["class-imbalance"]


def test_scores_of_the_wrong_class(cli: Cli, tmp_path: Path) -> None:
    y, p = honest(2)
    found = notes(cli, tmp_path, {"label": y, "score": np.ascontiguousarray(p[:, 0])})
    auc = sk.roc_auc_score(y, p[:, 0])
    assert figures(found["auc-below-chance"])[0] == pytest.approx(auc, abs=5e-5)
    assert "scores of the wrong class?" in found["auc-below-chance"]


def test_chance_is_no_wrong_class(cli: Cli, tmp_path: Path) -> None:
    """Below 0.5, but by no more than chance may be."""
    draw = rng()
    for seed in range(20):
        y = np.random.default_rng(seed).integers(0, 2, 60)
        p = draw.random(60)
        assert "auc-below-chance" not in notes(cli, tmp_path, {"label": y, "score": p})


def test_many_ties(cli: Cli, tmp_path: Path) -> None:
    y, p = honest(2)
    p = np.round(p * 4) / 4
    found = notes(cli, tmp_path, classes(y, p))
    tied = (p[y == 1, 1][:, None] == p[y == 0, 1]).mean()
    assert figures(found["many-ties"])[0] == pytest.approx(100 * tied, abs=0.05)
    assert "many-ties" not in notes(cli, tmp_path, classes(*honest(2)))


@pytest.mark.parametrize(("power", "code"), [(3.0, "over-confident"), (0.4, "under-confident")])
@pytest.mark.parametrize("k", [3, 10])
def test_confidence(power: float, code: str, k: int, cli: Cli, tmp_path: Path) -> None:
    y, p = honest(k)
    skewed = p**power / (p**power).sum(axis=1, keepdims=True)
    found = notes(cli, tmp_path, classes(y, skewed))
    assert figures(found[code]) == pytest.approx(
        [skewed.max(axis=1).mean(), (skewed.argmax(axis=1) == y).mean()], abs=5e-5
    )


def test_binary_probabilities_that_promise_too_much(cli: Cli, tmp_path: Path) -> None:
    y, p = honest(2)
    high = p[:, 1] ** 0.5
    found = notes(cli, tmp_path, {"label": y, "score": high})
    assert figures(found["over-confident"]) == pytest.approx([high.mean(), y.mean()], abs=5e-5)


@pytest.mark.parametrize(("power", "code"), [(3.0, "over-confident"), (0.3, "under-confident")])
def test_binary_probabilities_right_on_average_alone(
    power: float, code: str, cli: Cli, tmp_path: Path
) -> None:
    y, p = honest(2)
    odds = (p[:, 1] / p[:, 0]) ** power
    found = notes(cli, tmp_path, {"label": y, "score": odds / (1 + odds)})
    assert list(found) == [code]
    assert "0 and 1, by 0." in found[code]


def test_few_rows_behind_the_weights(cli: Cli, tmp_path: Path) -> None:
    y, p = honest(2)
    weight = np.where(np.arange(N) < 5, 1e6, 1.0)
    found = notes(cli, tmp_path, {**classes(y, p), "w": weight}, "--weight-col", "w")
    kish = weight.sum() ** 2 / (weight**2).sum()
    assert f"the 4,000 rows tell as much as {kish:,.1f} equal ones" in found["few-effective-rows"]


def test_predictions_that_are_the_truth(cli: Cli, tmp_path: Path) -> None:
    value = rng().normal(size=N)
    assert list(notes(cli, tmp_path, {"label": value, "pred": value})) == ["perfect-prediction"]


def test_macro_far_from_weighted(cli: Cli, tmp_path: Path) -> None:
    y = np.array([0] * 900 + [1] * 50 + [2] * 50)
    said = y.copy()
    said[900:940], said[950:985] = 0, 1
    found = notes(cli, tmp_path, {"label": y, "pred": said})
    macro, weighted = (sk.f1_score(y, said, average=kind) for kind in ("macro", "weighted"))
    worst = sk.f1_score(y, said, average=None).min()
    assert figures(found["macro-far-from-weighted"]) == pytest.approx([macro, weighted, worst], abs=5e-5)
    assert "rare classes do worse" in found["macro-far-from-weighted"]


def test_stored_classes_that_are_not_the_argmax(cli: Cli, tmp_path: Path) -> None:
    y, p = honest(3)
    said = p.argmax(axis=1)
    said[:17] = (said[:17] + 1) % 3
    found = notes(cli, tmp_path, {**classes(y, p), "pred": said})
    assert found["prediction-differs-from-scores"].startswith("17 of 4,000 stored predicted classes")


def test_worse_than_the_mean(cli: Cli, tmp_path: Path) -> None:
    y = rng().normal(size=N) + 5
    found = notes(cli, tmp_path, {"label": y, "pred": -y})
    r2 = sk.r2_score(y, -y)
    assert figures(found["worse-than-the-mean"])[0] == pytest.approx(r2, abs=5e-4)
    flat = notes(cli, tmp_path, {"label": y, "pred": np.full(N, 5.25)})
    assert flat["constant-prediction"] == "every predicted value is 5.25"


def test_the_real_files_get_the_notes_that_they_deserve(cli: Cli) -> None:
    folder = FIXTURES / "cifar10"
    arguments = ("--labels", folder / "labels.npy", "--classes", folder / "classes.txt", "-f", "json")
    assert cli("score", folder / "probabilities.npy", *arguments).json["notes"] == []
    labels = "sixteen,quarter,semi,cup,win"
    cup = cli("score", FIXTURES / "world_cup" / "advancement.csv", "--score-cols", labels, "-f", "json").json
    codes = {note["code"] for note in cup["notes"]}
    assert codes == {"clipped-probabilities", "macro-far-from-weighted"}


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ("a,0.9,0.1\n" * 9 + "b,0.8,0.2\n", "class-imbalance"),
        ("a,0.9,0.1\nb,0.8,0.2\n", "never-predicted"),
        ("a,0.9,0.1\na,0.2,0.8\n", "absent-classes"),
        ("a,1,0\nb,1,0\n", "clipped-probabilities"),
        ("a,7,0\nb,1,3\n", "logits-under-prob-name"),
        ("a,1.00001,0\nb,0,1\n", "rounded-scores"),
    ],
)
def test_notes(rows: str, code: str, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("label,prob_a,prob_b\n" + rows)
    result = cli("score", tmp_path / "p.csv", "-f", "json")
    assert code in [note["code"] for note in result.json["notes"]]
    assert f"[{code}]" in result.err
    assert cli("score", tmp_path / "p.csv", "-q").err == ""
