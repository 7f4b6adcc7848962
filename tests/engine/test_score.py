from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import sklearn.metrics as sk

from evalcli.engine.score import score
from evalcli.errors import InputError, UsageError
from evalcli.gate.judge import judge
from evalcli.gate.rules import asked_rules
from evalcli.inputs.options import Options

RNG = np.random.default_rng(12)
N = 60
TRUTH = RNG.integers(0, 3, N)
WEIGHT = RNG.integers(1, 4, N).astype(float)
SCORES = RNG.dirichlet([1, 1, 1], N)
SCORES[np.arange(N), TRUTH] += 0.3
SCORES /= SCORES.sum(axis=1, keepdims=True)
TABLE = pd.DataFrame(SCORES, columns=["prob_0", "prob_1", "prob_2"]).assign(label=TRUTH)


@pytest.fixture
def path(tmp_path: Path) -> str:
    TABLE.to_parquet(tmp_path / "p.parquet", index=False)
    return str(tmp_path / "p.parquet")


def references(**more: Any) -> dict[str, float]:
    predicted = SCORES.argmax(axis=1)
    areas = {"multi_class": "ovr", "average": "macro"}
    return {
        "accuracy": sk.accuracy_score(TRUTH, predicted, **more),
        "f1_macro": sk.f1_score(TRUTH, predicted, average="macro", **more),
        "mcc": sk.matthews_corrcoef(TRUTH, predicted, **more),
        "roc_auc_ovr_macro": sk.roc_auc_score(TRUTH, SCORES, **areas, **more),
        "log_loss": sk.log_loss(TRUTH, SCORES, **more),
    }


def test_a_report_agrees_with_scikit_learn(path: str) -> None:
    expected = references()
    report = score(Options(path, metrics=tuple(expected), intervals=False))
    assert {name: found.value for name, found in report.metrics.items()} == pytest.approx(expected, rel=1e-12)
    assert report.confusion == tuple(map(tuple, sk.confusion_matrix(TRUTH, SCORES.argmax(axis=1)).tolist()))


def test_weights(tmp_path: Path) -> None:
    TABLE.assign(sample_weight=WEIGHT).to_csv(tmp_path / "w.csv", index=False)
    expected = references(sample_weight=WEIGHT)
    report = score(Options(str(tmp_path / "w.csv"), metrics=tuple(expected), intervals=False))
    assert {name: found.value for name, found in report.metrics.items()} == pytest.approx(expected, rel=1e-10)


def test_only_has_no_rows_of_classes(path: str) -> None:
    report = score(Options(path, metrics=("f1_macro", "mcc"), intervals=False), only=("accuracy",))
    assert list(report.metrics) == ["accuracy"]
    assert not any(row.metrics for row in report.per_class.values())


def test_the_metrics_of_rules_are_computed_too(path: str) -> None:
    options = Options(path, metrics=("accuracy",), intervals=False)
    report = score(options, asked=asked_rules(fail_under=["mcc=0.99"]))
    assert set(report.metrics) == {"accuracy", "mcc"}
    assert report.gate is None


def test_a_sink_takes_every_row_in_order(path: str) -> None:
    batches: list[pa.RecordBatch] = []
    score(Options(path, metrics=("accuracy",), intervals=False), on_rows=batches.append)
    rows = pa.Table.from_batches(batches).to_pydict()
    assert rows["row"] == list(range(1, N + 1))
    assert rows["correct"] == (SCORES.argmax(axis=1) == TRUTH).tolist()


def test_a_watch_is_told_of_all_rows(path: str) -> None:
    told: list[tuple[int, int | None]] = []
    score(Options(path, intervals=False), on_progress=lambda done, rows, where: told.append((done, rows)))
    assert told[-1] == (N, N)


def test_a_single_row(tmp_path: Path) -> None:
    TABLE[:1].to_csv(tmp_path / "p.csv", index=False)
    options = Options(str(tmp_path / "p.csv"), classes=("0", "1", "2"), metrics=("accuracy", "mcc"))
    found = score(options).metrics
    assert found["accuracy"].value == float(SCORES[0].argmax() == TRUTH[0])
    assert found["mcc"].value is None
    assert found["mcc"].reason


def test_what_the_user_can_fix_is_an_error(path: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="confidence"):
        score(Options(path, confidence=95))
    TABLE.assign(prob_0=np.nan).to_csv(tmp_path / "p.csv", index=False)
    with pytest.raises(InputError):
        score(Options(str(tmp_path / "p.csv")))


def test_areas_leave_excluded_classes_out(path: str) -> None:
    names = ("roc_auc_ovr_macro", "roc_auc_ovr_weighted", "roc_auc_ovo_macro", "average_precision_macro")
    report = score(
        Options(path, metrics=(*names, "roc_auc_ovr_micro", "accuracy"), exclude_class=("1",), hashes=True)
    )
    kept = [0, 2]
    areas = [sk.roc_auc_score(c == TRUTH, SCORES[:, c]) for c in kept]
    support = [np.count_nonzero(c == TRUTH) for c in kept]
    rows = TRUTH != 1
    pair = [sk.roc_auc_score(TRUTH[rows] == c, SCORES[rows, c]) for c in kept]
    precision = [sk.average_precision_score(c == TRUTH, SCORES[:, c]) for c in kept]
    expected = {
        "roc_auc_ovr_macro": np.mean(areas),
        "roc_auc_ovr_weighted": np.average(areas, weights=support),
        "roc_auc_ovo_macro": np.mean(pair),
        "average_precision_macro": np.mean(precision),
        "accuracy": sk.accuracy_score(TRUTH, SCORES.argmax(axis=1)),
    }
    for name, value in expected.items():
        found = report.metrics[name]
        assert found.value == pytest.approx(value, rel=1e-12), name
        assert found.interval is not None
        assert found.interval.low < found.value < found.interval.high
        assert found.excluded_classes == (() if name == "accuracy" else ("1",))
    assert "none can be excluded" in str(report.metrics["roc_auc_ovr_micro"].reason)
    assert report.input.options["exclude_class"] == ["1"]


def test_labels_leave_excluded_ones_out(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    truth, scores = rng.random((N, 4)) < 0.4, rng.random((N, 4))
    columns = {f"y_{c}": truth[:, c].astype(int) for c in range(4)}
    table = pd.DataFrame(columns | {f"p_{c}": scores[:, c] for c in range(4)})
    table.to_csv(tmp_path / "p.csv", index=False)
    kept = [0, 1, 3]
    told, said = truth[:, kept], scores[:, kept] > 0.5
    expected = {
        f"f1_{kind}": sk.f1_score(told, said, average=kind, zero_division=0)
        for kind in ("macro", "micro", "weighted", "samples")
    }
    expected["roc_auc_macro"] = sk.roc_auc_score(told, scores[:, kept])
    mixed = told.any(axis=1) & ~told.all(axis=1)
    expected["roc_auc_samples"] = sk.roc_auc_score(told[mixed], scores[mixed][:, kept], average="samples")
    names = (*expected, "ece_macro", *(f"precision:{c}" for c in range(4)))
    options = Options(str(tmp_path / "p.csv"), label_cols=("y_*",), metrics=names, exclude_class=("2",))
    report = score(options)
    for name, value in expected.items():
        assert report.metrics[name].value == pytest.approx(value, rel=1e-9), name
        assert report.metrics[name].excluded_classes == ("2",)
        assert report.metrics[name].interval is not None, name
    assert report.metrics["precision:2"].value is not None
    table.drop(columns=["y_2", "p_2"]).to_csv(tmp_path / "w.csv", index=False)
    alone = score(Options(str(tmp_path / "w.csv"), label_cols=("y_*",), metrics=("ece_macro",)))
    found, same = report.metrics["ece_macro"], alone.metrics["ece_macro"]
    assert (found.value, found.interval) == (same.value, same.interval)


def test_a_gate_on_averages_of_two_classes(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    truth, p = rng.integers(0, 2, N), rng.random(N)
    pd.DataFrame({"label": truth, "prob_1": p}).to_csv(tmp_path / "p.csv", index=False)
    rules = asked_rules(fail_under=["f1_macro=0.99", "f1=0.01"])
    report = score(Options(str(tmp_path / "p.csv"), metrics=("accuracy",)), asked=rules)
    assert list(report.metrics) == ["accuracy", "f1_macro", "f1"]
    found = report.metrics["f1_macro"]
    assert found.value == pytest.approx(sk.f1_score(truth, p > 0.5, average="macro"))
    assert found.interval is not None
    assert found.interval.method == "table-bootstrap"
    gate = judge(report, rules).gate
    assert gate is not None
    assert [rule.verdict for rule in gate.rules] == ["fail", "pass"]
    averaged = score(Options(str(tmp_path / "p.csv"), average="macro"), asked=asked_rules(["f1=0.99"]))
    assert averaged.headline == "f1_macro"
    again = judge(averaged, asked_rules(["f1=0.99"])).gate
    assert again is not None
    assert (again.rules[0].metric, again.rules[0].verdict) == ("f1_macro", "fail")
