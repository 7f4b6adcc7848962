"""One set of predictions, written as different people write it: names, orders, types, layouts, formats."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

ROWS = 120
WORDS = ("ash", "beech", "fir", "oak", "pine", "elm", "yew", "lime", "plum", "pear", "box", "alder")
NAMED = (
    "prob_{}", "{}_prob", "P (species={})", ".pred_{}", "Probability:Class={}", "prob({})", "{}", "probs.{}",
    "score_{}", "softmax-{}", "p_{}", "proba {}", "y_{}_score", "class {} probability",
)  # fmt: skip
NUMBERED = ("prob_{}", "p{}", "prediction_{}", "class_{}", "{}", "logit_{}", "score.{}", "f{}", "prob_c{}")
LISTS = ("probs", "probabilities", "logits", "scores", "softmax", "output", "y_prob", "log_probs")
LABELS = ("label", "target", "y_true", "truth", "Class", "Y", "gold", "ground_truth", " label")
STORED = ("pred", "prediction", "y_pred", "predicted_class", "Predicted", "yhat", ".pred_class")
FORMATS = ("csv", "tsv", "jsonl", "parquet", "csv;", "json", "csv lists")


@dataclass(frozen=True)
class Spelling:
    """Files, the accuracy that is in them, and a line that tells how they were written."""

    arguments: tuple[Path, ...]
    accuracy: float
    words: str


def spelled(seed: int, folder: Path) -> Spelling:
    """Write the data in some way."""
    rng = np.random.default_rng(seed)
    k = int(rng.choice([2, 3, 12]))
    y = rng.integers(0, k, ROWS)
    y[:k] = np.arange(k)
    logits = rng.normal(size=(ROWS, k)) + 1.6 * np.eye(k)[y]
    logits -= np.log(np.exp(logits).sum(axis=1, keepdims=True)) * rng.integers(0, 2)
    words = bool(rng.integers(0, 2))
    classes = [str(w) for w in sorted(WORDS[:k])] if words else [str(j) for j in range(k)]
    layout = str(rng.choice(["columns", "columns", "columns", "list", "stored", "both"]))
    table: dict[str, Any] = {}
    pattern = ""
    if layout in ("columns", "both"):
        pattern = str(rng.choice(NAMED if words else NUMBERED))
        scores = _on_a_scale(logits, pattern)
        for j in rng.permutation(k) if words or rng.integers(0, 2) else sorted(range(k), key=str):
            table[pattern.format(classes[j])] = scores[:, j]
    elif layout == "list":
        pattern = str(rng.choice(LISTS))
        table[pattern] = list(_on_a_scale(logits, pattern))
    predicted = logits.argmax(axis=1)
    if layout in ("stored", "both"):
        if layout == "stored":
            flipped = rng.random(ROWS) < 0.1
            predicted = np.where(flipped, (predicted + 1) % k, predicted)
        table[str(rng.choice(STORED))] = _named(predicted, classes, words, rng)
    accuracy = float((predicted == y).mean())
    label = str(rng.choice(LABELS))
    truth = _named(y, classes, words, rng)
    if rng.integers(0, 2):
        table["age"] = rng.integers(18, 80, ROWS)
    if rng.integers(0, 3) == 0:
        table["weight"] = rng.random(ROWS) * 1000
    if rng.integers(0, 3) == 0:
        table["comment"] = [f"text {j}, and more" for j in range(ROWS)]
    names = list(table)
    rng.shuffle(names)
    table = {name: table[name] for name in names}
    form = str(rng.choice(FORMATS))
    where = str(rng.choice(["same", "same", "order", "id", "shuffled id"]))
    told = f"k={k} words={words} {layout} {pattern!r} {label!r} {form} {where} columns={names}"
    ids = [f"row{j:04d}" for j in rng.permutation(ROWS)]
    if where == "same":
        at = int(rng.integers(0, len(table) + 1))
        items = list(table.items())
        return Spelling(
            (_saved(dict([*items[:at], (label, truth), *items[at:]]), form, folder / "p"),), accuracy, told
        )
    named = {"id": ids} if "id" in where else {}
    predictions = _saved({**named, **table}, form, folder / "p")
    labels = pd.DataFrame({**named, label: truth})
    if where == "shuffled id":
        labels = labels.sample(frac=1, random_state=seed)
    second = _saved(labels.to_dict("list"), str(rng.choice(["csv", "parquet", "jsonl"])), folder / "y")
    return Spelling((predictions, second), accuracy, told)


def _on_a_scale(logits: np.ndarray, pattern: str) -> np.ndarray:
    """As the name says."""
    if "logit" in pattern:
        return logits
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return np.log(shares) if "log_prob" in pattern else shares


def _named(codes: np.ndarray, classes: list[str], words: bool, rng: np.random.Generator) -> list[Any]:
    if words:
        return [classes[j] for j in codes]
    return [float(j) for j in codes] if rng.integers(0, 3) == 0 else [int(j) for j in codes]


def _saved(table: dict[str, Any], form: str, path: Path) -> Path:
    frame = pd.DataFrame(table)
    if form == "parquet":
        frame.to_parquet(path.with_suffix(".parquet"), index=False)
        return path.with_suffix(".parquet")
    if form in ("jsonl", "json"):
        path = path.with_suffix(f".{form}")
        rows = [{name: _plain(value) for name, value in row.items()} for row in frame.to_dict("records")]
        path.write_text("\n".join(map(json.dumps, rows)) if form == "jsonl" else json.dumps(rows))
        return path
    for name in frame.columns:
        if isinstance(frame[name].iloc[0], np.ndarray):
            as_json = form != "csv lists"
            frame[name] = [json.dumps(v.tolist()) if as_json else str(v) for v in frame[name]]
    sign = {"tsv": "\t", "csv;": ";"}.get(form, ",")
    path = path.with_suffix(".tsv" if form == "tsv" else ".csv")
    frame.to_csv(path, index=False, sep=sign, decimal="," if form == "csv;" else ".")
    return path


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    return value.item() if isinstance(value, np.generic) else value
