"""Files in the layouts of well-known tools, as people have reported them: the right number, or a question."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn import metrics as sk

from support.command_line import Cli, assert_refused

N = 160
RNG = np.random.default_rng(29)
NAMES = np.array(["ash", "beech", "fir"])
Y = RNG.integers(0, 3, N)
LOGITS = RNG.normal(size=(N, 3)) + 1.5 * np.eye(3)[Y]
P = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)
B = (Y > 0).astype(int)
Q = 1 / (1 + np.exp(-(RNG.normal(size=N) + 2 * B - 1)))


def values(cli: Cli, *arguments: object) -> dict[str, Any]:
    result = cli("score", *arguments, "--no-intervals", "-f", "json")
    assert result.code == 0, result
    return {name: score["value"] for name, score in result.json["metrics"].items()}


def assert_multiclass(found: dict[str, Any], predicted: np.ndarray | None = None) -> None:
    predicted = P.argmax(axis=1) if predicted is None else predicted
    assert found["accuracy"] == pytest.approx(sk.accuracy_score(Y, predicted))
    assert found["f1_macro"] == pytest.approx(sk.f1_score(Y, predicted, average="macro"))
    assert found["roc_auc_ovr_macro"] == pytest.approx(sk.roc_auc_score(Y, P, multi_class="ovr"))
    assert found["log_loss"] == pytest.approx(sk.log_loss(Y, P), rel=1e-6)


def assert_binary(found: dict[str, Any], predicted: np.ndarray) -> None:
    assert found["accuracy"] == pytest.approx(sk.accuracy_score(B, predicted))
    assert found["f1"] == pytest.approx(sk.f1_score(B, predicted))
    assert found["roc_auc"] == pytest.approx(sk.roc_auc_score(B, Q))


def test_tidymodels(cli: Cli, tmp_path: Path) -> None:
    predicted = np.where(RNG.random(N) < 0.1, 0, P.argmax(axis=1))
    table = pd.DataFrame({"id": "Fold1", ".pred_class": NAMES[predicted]})
    for j in (2, 0, 1):
        table[f".pred_{NAMES[j]}"] = P[:, j]
    table.assign(species=NAMES[Y], **{".row": range(N)}).to_csv(tmp_path / "p.csv", index=False)
    assert_multiclass(values(cli, tmp_path / "p.csv", "--label-col", "species"), predicted)


def test_spark(cli: Cli, tmp_path: Path) -> None:
    vector = pa.struct([("type", pa.int8()), ("size", pa.int32()), ("indices", pa.list_(pa.int32())),
                        ("values", pa.list_(pa.float64()))])  # fmt: skip
    rows = [{"type": 1, "size": None, "indices": None, "values": row} for row in P.tolist()]
    features = [{"type": 1, "size": None, "indices": None, "values": [1.0, 2.0]}] * N
    table = pa.table({
        "label": Y.astype(float), "features": pa.array(features, vector),
        "probability": pa.array(rows, vector), "prediction": P.argmax(axis=1).astype(float),
    })  # fmt: skip
    pq.write_table(table, tmp_path / "part-00000.parquet")
    assert_multiclass(values(cli, tmp_path / "part-00000.parquet"))


def test_spacy_and_other_objects_of_scores(cli: Cli, tmp_path: Path) -> None:
    names = NAMES[::-1].tolist()
    rows = [
        {
            "text": f"document {j}",
            "cats": dict(zip(names, p[::-1].tolist(), strict=True)),
            "label": NAMES[y],
        }
        for j, (p, y) in enumerate(zip(P, Y, strict=True))
    ]
    (tmp_path / "p.jsonl").write_text("\n".join(map(json.dumps, rows)))
    assert_multiclass(values(cli, tmp_path / "p.jsonl"))
    for chosen in ("cats", "cats.*"):
        assert_multiclass(values(cli, tmp_path / "p.jsonl", "--score-cols", chosen))


def test_lists_of_label_and_score(cli: Cli, tmp_path: Path) -> None:
    rows = [
        {"truth": NAMES[y], "output": [{"label": NAMES[k], "score": p[k]} for k in np.argsort(-p)]}
        for p, y in zip(P, Y, strict=True)
    ]
    (tmp_path / "p.json").write_text(json.dumps(rows))
    assert_multiclass(values(cli, tmp_path / "p.json"))


def test_batch_transform_with_its_input(cli: Cli, tmp_path: Path) -> None:
    rows = [
        {"features": RNG.random(4).tolist(), "label": int(b), "SageMakerOutput": {"score": float(q)}}
        for b, q in zip(B, Q, strict=True)
    ]
    (tmp_path / "test.jsonl.out").write_text("\n".join(map(json.dumps, rows)))
    assert_binary(values(cli, tmp_path / "test.jsonl.out"), (Q > 0.5).astype(int))


def test_classes_of_one_threshold_beside_scores_and_another(cli: Cli, tmp_path: Path) -> None:
    table = pd.DataFrame({"predict": (Q > 0.3).astype(int), "p0": 1 - Q, "p1": Q})
    table.to_csv(tmp_path / "p.csv", index=False)
    pd.DataFrame({"churn": B}).to_csv(tmp_path / "y.csv", index=False)
    files = (tmp_path / "p.csv", "--labels", tmp_path / "y.csv")
    assert_binary(values(cli, *files), (Q > 0.3).astype(int))
    assert_binary(values(cli, *files, "--threshold", "0.8"), (Q >= 0.8).astype(int))
    header = cli("score", *files, "--threshold", "0.8").out.splitlines()[0]
    assert "classes from p0, p1 at 0.8; predict not used" in header


def test_a_score_of_the_predicted_class_beside_it(cli: Cli, tmp_path: Path) -> None:
    predicted = (Q > 0.5).astype(int)
    table = pd.DataFrame(
        {"prediction_label": predicted, "prediction_score": np.maximum(Q, 1 - Q), "target": B}
    )
    table.to_csv(tmp_path / "p.csv", index=False)
    found = cli("score", tmp_path / "p.csv", "-f", "json")
    assert found.json["metrics"]["accuracy"]["value"] == pytest.approx(sk.accuracy_score(B, predicted))
    assert "roc_auc" not in found.json["metrics"]
    assert "score-not-used" in found.err


def test_probabilities_of_classes_1_and_minus_1(cli: Cli, tmp_path: Path) -> None:
    lines = ["labels 1 -1", *(f"{1 if q > 0.5 else -1} {q} {1 - q}" for q in Q)]
    (tmp_path / "test.out").write_text("\n".join(lines) + "\n")
    (tmp_path / "y.txt").write_text("\n".join(str(2 * b - 1) for b in B) + "\n")
    found = values(cli, tmp_path / "test.out", "--labels", tmp_path / "y.txt", "--score-cols", "1,-1")
    assert_binary(found, (Q > 0.5).astype(int))


def test_columns_sorted_as_text(cli: Cli, tmp_path: Path) -> None:
    y = RNG.integers(0, 12, N)
    p = RNG.dirichlet(np.ones(12), N) + np.eye(12)[y] * 0.2
    p /= p.sum(axis=1, keepdims=True)
    columns = sorted(f"prediction_{j}" for j in range(12))
    table = pd.DataFrame({"target": y, **{c: p[:, int(c.rpartition("_")[2])] for c in columns}})
    table.to_csv(tmp_path / "p.csv", index=False)
    assert values(cli, tmp_path / "p.csv")["accuracy"] == pytest.approx(
        sk.accuracy_score(y, p.argmax(axis=1))
    )


@pytest.mark.parametrize("orient", ["records", "columns", "index", "split", "table"])
def test_documents_of_a_data_frame(orient: str, cli: Cli, tmp_path: Path) -> None:
    pd.DataFrame({"y_true": B, "y_prob": Q}).to_json(tmp_path / "p.json", orient=orient, double_precision=15)
    assert_binary(values(cli, tmp_path / "p.json"), (Q > 0.5).astype(int))


def test_marks_of_token_classification(cli: Cli, tmp_path: Path) -> None:
    truth = np.where(RNG.random(N) < 0.2, -100, Y)
    np.save(tmp_path / "p.npy", P.argmax(axis=1))
    np.save(tmp_path / "y.npy", truth)
    files = (tmp_path / "p.npy", "--labels", tmp_path / "y.npy")
    assert_refused(cli("score", *files), "-100", "--ignore-label -100", "--null-values -100")
    kept = truth != -100
    found = values(cli, *files, "--ignore-label", "-100")
    assert found["accuracy"] == pytest.approx(sk.accuracy_score(Y[kept], P.argmax(axis=1)[kept]))


def test_names_of_classes_beside_the_arrays(cli: Cli, tmp_path: Path) -> None:
    order = [2, 0, 1]
    np.savez(tmp_path / "p.npz", probs=P[:, order], labels=NAMES[Y], classes=NAMES[order])
    assert_multiclass(values(cli, tmp_path / "p.npz"))
    np.savez(tmp_path / "q.npz", probs=P, labels=NAMES[Y], classes=np.array(["x", "y", "z"]))
    assert_refused(
        cli("score", tmp_path / "q.npz"), "the class names in the file do not match the labels", "--classes"
    )


def test_masked_logits(cli: Cli, tmp_path: Path) -> None:
    scores = LOGITS.copy()
    masked = (Y + 1) % 3
    rows = np.arange(0, N, 3)
    scores[rows, masked[rows]] = -np.inf
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    np.savez(tmp_path / "p.npz", logits=scores, labels=Y)
    found = values(cli, tmp_path / "p.npz")
    assert found["accuracy"] == pytest.approx(sk.accuracy_score(Y, scores.argmax(axis=1)))
    loss = -np.mean(np.log(shares[np.arange(N), Y]))
    assert found["log_loss"] == pytest.approx(loss)


def test_a_gate_on_the_average_of_two_classes(cli: Cli, tmp_path: Path) -> None:
    predicted = (Q > 0.4).astype(int)
    pd.DataFrame({"y_true": B, "y_pred": predicted, "y_prob": Q}).to_csv(tmp_path / "p.csv", index=False)
    macro = sk.f1_score(B, predicted, average="macro")
    found = values(
        cli, tmp_path / "p.csv", "-m", "f1_macro,f1_weighted,precision_micro,cohen_kappa_quadratic"
    )
    assert found["f1_macro"] == pytest.approx(macro)
    assert found["f1_weighted"] == pytest.approx(sk.f1_score(B, predicted, average="weighted"))
    assert found["precision_micro"] == pytest.approx(sk.accuracy_score(B, predicted))
    kappa = sk.cohen_kappa_score(B, predicted, weights="quadratic")
    assert found["cohen_kappa_quadratic"] == pytest.approx(kappa)
    rule = ("--average", "macro", "--fail-under", f"f1={macro + 0.001}")
    assert cli("score", tmp_path / "p.csv", *rule).code == 1


def test_averages_without_one_class(cli: Cli, tmp_path: Path) -> None:
    predicted = P.argmax(axis=1)
    pd.DataFrame({"y_true": NAMES[Y], "y_pred": NAMES[predicted]}).to_csv(tmp_path / "p.csv", index=False)
    found = values(cli, tmp_path / "p.csv", "--exclude-class", "ash", "-m", "f1_micro,f1_macro,accuracy")
    for average in ("micro", "macro"):
        wanted = sk.f1_score(Y, predicted, labels=[1, 2], average=average)
        assert found[f"f1_{average}"] == pytest.approx(wanted)
    assert found["accuracy"] == pytest.approx(sk.accuracy_score(Y, predicted))
