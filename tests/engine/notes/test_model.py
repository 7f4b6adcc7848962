from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import sklearn.metrics as sk

from support.command_line import Cli
from support.inspecting import check, frame, good, saved_table
from support.noting import N, classes, figures, honest, notes, rng
from support.paths import FIXTURES


def test_classes_that_are_no_label(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    path = saved_table(tmp_path, frame(p[y != 3], y[y != 3]))
    assert "3" in check(cli, (path,), "absent-classes", "warning")["message"]


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
    assert "no better than always predicting '0'" in found["class-imbalance"]
    assert "balanced_accuracy 0.5000, mcc undefined" in found["class-imbalance"]
    assert found["never-predicted"] == "1 of 2 classes are never predicted, so their recall is 0: 1"


def test_hardly_better_than_the_largest_class(cli: Cli, tmp_path: Path) -> None:
    y = np.array([0] * 900 + [1] * 100)
    said = np.array([0] * 900 + [0] * 95 + [1] * 5)
    found = notes(cli, tmp_path, {"label": y, "pred": said})
    assert "accuracy 0.9050 is barely better than always predicting '0' (0.9000)" in found["class-imbalance"]
    mcc = sk.matthews_corrcoef(y, said)
    assert f"balanced_accuracy 0.5250, mcc {mcc:.4f}" in found["class-imbalance"]


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
    assert f"{'more' if code == 'over-confident' else 'less'} extreme than the outcomes" in found[code]


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


def test_worse_than_the_mean(cli: Cli, tmp_path: Path) -> None:
    y = rng().normal(size=N) + 5
    found = notes(cli, tmp_path, {"label": y, "pred": -y})
    r2 = sk.r2_score(y, -y)
    assert figures(found["worse-than-the-mean"])[0] == pytest.approx(r2, abs=5e-4)
    flat = notes(cli, tmp_path, {"label": y, "pred": np.full(N, 5.25)})
    assert flat["constant-prediction"] == "every predicted value is 5.25: correlations are undefined"


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
