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
    score(Options(path, intervals=False), on_progress=lambda done, rows: told.append((done, rows)))
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
