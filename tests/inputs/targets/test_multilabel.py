from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sklearn.metrics as sk

from evalcli.blocks import ScoreKind
from evalcli.engine.score import score
from evalcli.findings import Place
from evalcli.inputs.labels import Labels
from evalcli.inputs.options import Options
from evalcli.inputs.targets.multilabel import LabelSetTarget
from evalcli.report.report import Report
from support.command_line import Cli, assert_refused
from support.questions import INDICATORS, NAMES, S, put, refused
from support.task_files import SETS, P, named, write_columns


def test_names_that_do_not_pair(cli: Cli, tmp_path: Path) -> None:
    y = put(tmp_path, "y.parquet", {name: INDICATORS[:, j] for j, name in enumerate(NAMES)})
    other = put(tmp_path, "o.parquet", {f"s{j}": S[:, j] for j in range(3)})
    refused(cli("score", other, "-l", y), "do not match by name", "--score-cols")
    told = cli("score", other, "-l", y, "--score-cols", "s0,s1,s2")
    assert told.code == 0
    assert "scores s0, s1, s2 are assumed to be labels cat, dog, ant, in this order" in told.err
    numbered = put(tmp_path, "n.parquet", {f"p_{j}": S[:, j] for j in range(3)})
    assert "order-assumed" in cli("score", numbered, "-l", y).err


def test_predicted_labels_have_no_areas(cli: Cli, tmp_path: Path) -> None:
    """Columns of whole numbers are predictions: a log loss of them would mean nothing."""
    said = (P > 0.5).astype(int)
    path = write_columns(tmp_path, {**named(said, "p_"), **named(SETS, "y_")})
    result = cli("score", path, "--label-cols", "y_*", "-f", "json", "-m", "default,log_loss,roc_auc")
    found = result.json["metrics"]
    assert result.json["input"]["roles"]["scores_as"] == "labels"
    assert found["f1_micro"]["value"] == pytest.approx(sk.f1_score(SETS, said, average="micro"), rel=1e-12)
    for name in ("log_loss", "roc_auc_macro"):
        assert found[name]["reason"] == "requires scores; the file contains predicted classes only"
    told = cli("score", path, "--label-cols", "y_*", "--scores", "probabilities", "--only", "roc_auc_macro")
    assert float(told.out) == pytest.approx(sk.roc_auc_score(SETS, said), rel=1e-12)
    odd = write_columns(tmp_path, {**named(said * 3, "p_"), **named(SETS, "y_")}, "odd")
    refused = cli("score", odd, "--label-cols", "y_*")
    assert refused.code == 2
    assert "whole numbers, but not only 0 and 1" in refused.err


ROWS, LABELS = 240, ("a", "b", "c", "d")


def gappy(folder: Path, logits: bool = False) -> tuple[Any, Any, Any]:
    """Truth, NaN where missing, probabilities and weights; in ``p.csv``. Row 5 has no label at all."""
    rng = np.random.default_rng(21)
    truth = (rng.random((ROWS, 4)) < 0.4).astype(float)
    z = rng.normal(size=(ROWS, 4)) + truth
    truth[rng.random((ROWS, 4)) < 0.4] = np.nan
    truth[5] = np.nan
    weight = rng.integers(1, 5, ROWS).astype(float)
    p = 1 / (1 + np.exp(-z))
    columns = {f"y_{name}": truth[:, j] for j, name in enumerate(LABELS)}
    columns |= {f"p_{name}": (z if logits else p)[:, j] for j, name in enumerate(LABELS)}
    pd.DataFrame({**columns, "w": weight, "g": np.arange(ROWS) // 3}).to_csv(folder / "p.csv", index=False)
    return truth, p, weight


def gappy_report(folder: Path, **more: Any) -> Report:
    options = {"label_cols": ("y_*",), "missing": "drop", "metrics": ("all",), **more}
    return score(Options(str(folder / "p.csv"), **options))


@pytest.mark.parametrize("logits", [False, True], ids=["probabilities", "logits"])
@pytest.mark.parametrize("weighted", [False, True], ids=["rows", "weights"])
def test_each_label_is_scored_over_its_own_rows(weighted: bool, logits: bool, tmp_path: Path) -> None:
    truth, p, weight = gappy(tmp_path, logits)
    names = [
        f"{m}:{c}" for m in ("precision", "recall", "f1", "roc_auc", "average_precision") for c in LABELS
    ]
    report = gappy_report(tmp_path, metrics=("all", *names), weight_col="w" if weighted else None)
    functions = {
        "precision": lambda y, s, w: sk.precision_score(y, s > 0.5, sample_weight=w),
        "recall": lambda y, s, w: sk.recall_score(y, s > 0.5, sample_weight=w),
        "f1": lambda y, s, w: sk.f1_score(y, s > 0.5, sample_weight=w),
        "roc_auc": lambda y, s, w: sk.roc_auc_score(y, s, sample_weight=w),
        "average_precision": lambda y, s, w: sk.average_precision_score(y, s, sample_weight=w),
    }
    ones = weight if weighted else np.ones(ROWS)
    known = ~np.isnan(truth)
    parts = [(truth[k, j], p[k, j], ones[k]) for j, k in enumerate(known.T)]
    support = [float(y @ w) for y, _, w in parts]
    for name, function in functions.items():
        values = [function(*part) for part in parts]
        for label, value, (y, _, w) in zip(LABELS, values, parts, strict=True):
            found = report.metrics[f"{name}:{label}"]
            assert found.value == pytest.approx(value, rel=1e-9), (name, label)
            assert found.interval is not None
            assert found.interval.low <= value <= found.interval.high
            if name == "roc_auc":  # as sure as the rarer side is
                sides = [w[y == side] for side in (0, 1)]
                assert found.n == round(min(np.sum(side) ** 2 / np.sum(side**2) for side in sides))
        assert report.metrics[f"{name}_macro"].value == pytest.approx(np.mean(values), rel=1e-9)
        expected = np.average(values, weights=support)
        assert report.metrics[f"{name}_weighted"].value == pytest.approx(expected, rel=1e-9)
        assert report.metrics[f"{name}_macro"].interval is not None
        y, s, w = (np.concatenate(part) for part in zip(*parts, strict=True))
        assert report.metrics[f"{name}_micro"].value == pytest.approx(function(y, s, w), rel=1e-9)
    assert [row.support for row in report.per_class.values()] == support
    cells = np.concatenate([y for y, _, _ in parts]), np.concatenate([s for _, s, _ in parts])
    w = np.concatenate([w for _, _, w in parts])
    assert report.metrics["log_loss"].value == pytest.approx(sk.log_loss(*cells, sample_weight=w), rel=1e-6)
    assert report.metrics["brier"].value == pytest.approx(np.average((cells[0] - cells[1]) ** 2, weights=w))
    for name in ("subset_accuracy", "hamming_loss", "f1_samples", "roc_auc_samples", "coverage_error"):
        assert "it needs all labels of a row" in str(report.metrics[name].reason)
    assert report.metrics["ece_macro"].interval is not None


@pytest.mark.parametrize("more", [{"group": "g"}, {"weight_col": "w", "group": "g"}, {"by": ("g",)}])
def test_missing_labels_in_groups_and_slices(more: dict[str, Any], tmp_path: Path) -> None:
    gappy(tmp_path)
    report = gappy_report(tmp_path, metrics=("roc_auc_macro", "f1_macro", "roc_auc:a", "log_loss"), **more)
    plain = gappy_report(tmp_path, metrics=("roc_auc_macro",))
    if "weight_col" not in more:
        assert report.metrics["roc_auc_macro"].value == plain.metrics["roc_auc_macro"].value
    for name, found in report.metrics.items():
        assert found.interval is not None, name
        assert found.interval.low < (found.value or 0.0) < found.interval.high


def test_intervals_of_missing_labels_are_as_wide_as_their_rows_make_them(tmp_path: Path) -> None:
    """The interval of a label is that of a file with this label and its rows alone."""
    truth, p, _ = gappy(tmp_path)
    report = gappy_report(tmp_path, metrics=("roc_auc:a", "f1:a", "precision:a"))
    known = ~np.isnan(truth[:, 0])
    alone = pd.DataFrame({"label": truth[known, 0].astype(int), "prob_1": p[known, 0]})
    alone.to_csv(tmp_path / "one.csv", index=False)
    one = score(Options(str(tmp_path / "one.csv"), metrics=("roc_auc", "f1", "precision")))
    for name, expected in one.metrics.items():
        found = report.metrics[f"{name}:a"]
        assert (found.value, found.n if name == "roc_auc" else None) == pytest.approx(
            (expected.value, expected.n if name == "roc_auc" else None)
        )
        assert found.interval is not None
        assert expected.interval is not None
        assert (found.interval.low, found.interval.high) == pytest.approx(
            (expected.interval.low, expected.interval.high)
        )


def test_missing_labels_are_counted_or_refused(cli: Cli, tmp_path: Path) -> None:
    truth, _, _ = gappy(tmp_path)
    missing = np.isnan(truth)
    odd = missing.any(axis=1) & ~missing.all(axis=1)
    cells, rows, none = missing[odd].sum(), odd.sum(), missing.all(axis=1).sum()
    common = ("score", tmp_path / "p.csv", "--label-cols", "y_*", "-q")
    message = assert_refused(
        cli(*common), f"{rows} of {ROWS} rows lack some of their 4 labels ({cells} in all)"
    )
    assert f"and {none} have no label" in message
    assert "--missing drop to score each label" in message
    report = gappy_report(tmp_path)
    assert report.input.dropped == {"missing_label": none}
    (note,) = [note for note in report.notes if note.code == "label-gaps"]
    own = (~missing).sum(axis=0)
    assert f"{own.min()} to {own.max()} of {ROWS - none}" in note.message
    assert note.count == rows
    assert cli(*common, "--missing", "drop", "--fail-on", "label-gaps").code == 1
    inspected = cli("inspect", tmp_path / "p.csv", "--label-cols", "y_*")
    assert inspected.code == 2
    assert "[label-gaps]" in inspected.out
    assert "try: --missing drop" in inspected.out


def test_rows_with_missing_labels_one_by_one(cli: Cli, tmp_path: Path) -> None:
    truth, p, _ = gappy(tmp_path)
    told = ("--label-cols", "y_*", "--missing", "drop", "--per-row", tmp_path / "rows.parquet")
    assert cli("score", tmp_path / "p.csv", *told).code == 0
    rows = pd.read_parquet(tmp_path / "rows.parquet")
    at = rows["row"].to_numpy() - 1
    known = ~np.isnan(truth[at])
    right = ((truth[at] == (p[at] > 0.5)) | ~known).all(axis=1)
    assert rows["correct"].tolist() == right.tolist()
    assert rows["rank"].isna().all()
    losses = -np.where(truth[at] == 1, np.log(p[at]), np.log1p(-p[at]))
    expected = [loss[cells].mean() for loss, cells in zip(losses, known, strict=True)]
    assert rows["loss"].to_numpy() == pytest.approx(expected)


def test_thresholds_of_labels_with_missing_ones(cli: Cli, tmp_path: Path) -> None:
    truth, p, _ = gappy(tmp_path)
    told = ("--label-cols", "y_*", "--missing", "drop", "-f", "json")
    found = cli("threshold", tmp_path / "p.csv", *told).json["points"]
    for j, label in enumerate(found.values()):
        known = ~np.isnan(truth[:, j])
        y, s = truth[known, j], p[known, j]
        best = max(sk.f1_score(y, s >= t) for t in s)
        (chosen,) = [point for point in label["points"] if point["chosen"]]
        assert chosen["f1"]["value"] == pytest.approx(best)
        assert sum(chosen[kind] for kind in ("tp", "fp", "fn", "tn")) == len(y)


def test_one_label_per_row_and_others_missing_are_no_classes(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("y_a,y_b,p_a,p_b\n1,,0.9,0.2\n,1,0.3,0.6\n1,,0.4,0.5\n,1,0.1,0.2\n")
    report = gappy_report(tmp_path)
    assert report.task == "multilabel"


def label_sets(
    thresholds: list[float] | None = None, available: tuple[str, ...] = ("scores",)
) -> LabelSetTarget:
    return LabelSetTarget(
        names=("b", "a"),
        matrix=np.array([[1, 0, -1], [0, 1, 1]], np.int8),
        columns=("p_b", "p_a"),
        width=2,
        thresholds=None if thresholds is None else tuple(thresholds),
        available=frozenset(available),
    )


def test_the_thresholds_that_were_given() -> None:
    assert label_sets().threshold is None
    assert label_sets([0.25, 0.25]).threshold == 0.25
    assert label_sets([0.25, np.nan]).threshold == {"b": 0.25}
    assert label_sets([0.25, 0.5]).threshold == {"b": 0.25, "a": 0.5}


def test_label_sets_need_all_their_scores() -> None:
    target = label_sets()
    assert target.needed(False, ()) is target
    assert target.not_used(("p_b",)) == ()
    assert (target.score_columns, target.prediction_column) == (("p_b", "p_a"), None)
    assert target.scores_as(ScoreKind.LOGITS) == "logits"
    assert label_sets(available=()).scores_as(ScoreKind.RAW) == "labels"


def test_rows_of_the_truth_by_the_name_of_their_label() -> None:
    rows = [label_sets().portable(row) for row in label_sets().truth_rows()]
    assert [row.tolist() for row in rows] == [[0, 1, 1], [1, 0, -1]]
    assert all(row.dtype == np.int8 for row in rows)


def test_label_sets_have_no_predicted_classes() -> None:
    with pytest.raises(TypeError, match="only classes"):
        label_sets().codes_of(Labels(np.array([0]), ("a",), Place("p.csv")), 0)
