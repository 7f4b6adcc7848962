from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, log_softmax, softmax

from support.command_line import Cli
from support.formats import EXACT

N = 500
RNG = np.random.default_rng(7)
IDS = np.array([f"r{j:04d}" for j in RNG.permutation(N)])


def rows(
    cli: Cli, folder: Path, predictions: pd.DataFrame, labels: pd.DataFrame, *more: object
) -> pd.DataFrame:
    """What ``--per-row`` writes, which is the same as CSV and as Parquet, for one thread and for two."""
    predictions.to_parquet(folder / "p.parquet")
    labels.to_parquet(folder / "y.parquet")
    found = []
    for name, jobs in (("rows.parquet", 1), ("rows.csv", 2), ("again.parquet", 2)):
        result = cli(
            "score",
            folder / "p.parquet",
            "-l",
            folder / "y.parquet",
            "--per-row",
            folder / name,
            "-j",
            jobs,
            *more,
        )
        assert result.code == 0, result.err
        path = folder / name
        found.append(pd.read_parquet(path) if name.endswith("t") else pd.read_csv(path, **EXACT))
    pd.testing.assert_frame_equal(found[0], found[2])
    numbers = [name for name in found[0] if pd.api.types.is_float_dtype(found[0][name])]
    pd.testing.assert_frame_equal(found[0][numbers], found[1][numbers], check_dtype=False, rtol=0, atol=0)
    return found[0]


def ranks(scores: np.ndarray[Any, Any], truth: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Rank of the true class by a stable sort: ties to the lowest index."""
    order = np.argsort(-scores, axis=1, kind="stable")
    return np.argmax(order == truth[:, None], axis=1) + 1


@pytest.mark.parametrize("kind", ["probabilities", "logits", "ties"])
def test_classes(kind: str, cli: Cli, tmp_path: Path) -> None:
    names = np.array(["cat", "dog", "emu", "fox"])
    scores = RNG.normal(size=(N, 4)) * 3
    if kind == "ties":
        scores = np.round(scores)
    p = softmax(scores, axis=1)
    shown, prefix = (p, "p") if kind == "probabilities" else (scores, "logit")
    truth = RNG.integers(0, 4, N)
    labels = pd.DataFrame({"id": IDS, "label": names[truth]}).sample(frac=1, random_state=1)
    predictions = pd.DataFrame({"id": IDS, **{f"{prefix}_{c}": shown[:, j] for j, c in enumerate(names)}})
    found = rows(cli, tmp_path, predictions, labels)
    assert list(found) == ["row", "id", "truth", "predicted", "confidence", "loss", "rank", "correct"]
    predicted = np.argmax(shown, axis=1)
    np.testing.assert_array_equal(found["row"], np.arange(N) + 1)
    np.testing.assert_array_equal(found["id"], IDS)
    np.testing.assert_array_equal(found["truth"], names[truth])
    np.testing.assert_array_equal(found["predicted"], names[predicted])
    np.testing.assert_allclose(found["confidence"], p.max(axis=1), rtol=1e-12)
    np.testing.assert_allclose(found["loss"], -log_softmax(scores, axis=1)[np.arange(N), truth], rtol=1e-9)
    np.testing.assert_array_equal(found["rank"], ranks(shown, truth))
    np.testing.assert_array_equal(found["correct"], predicted == truth)


@pytest.mark.parametrize("positive", ["no", "yes"])
@pytest.mark.parametrize("kind", ["p", "logit"])
@pytest.mark.parametrize("threshold", [None, 0.3])
def test_one_score_of_binary_data(
    positive: str, kind: str, threshold: float | None, cli: Cli, tmp_path: Path
) -> None:
    logit = np.round(RNG.normal(size=N), 1)  # some of them 0: as likely as not
    p = expit(logit)
    truth = RNG.integers(0, 2, N)
    labels = pd.DataFrame({"label": np.where(truth, positive, "yes" if positive == "no" else "no")})
    predictions = pd.DataFrame({"score": p if kind == "p" else logit})
    told = ["--positive", positive, *(["--threshold", threshold] if threshold is not None else [])]
    found = rows(cli, tmp_path, predictions, labels, *told)
    assert list(found) == ["row", "truth", "predicted", "confidence", "loss", "rank", "correct"]
    claimed = p > 0.5 if threshold is None else p >= threshold
    np.testing.assert_array_equal(found["predicted"] == positive, claimed)
    np.testing.assert_array_equal(found["truth"] == positive, truth == 1)
    np.testing.assert_allclose(found["confidence"], np.where(claimed, p, 1 - p), rtol=1e-12)
    np.testing.assert_allclose(found["loss"], -np.log(np.where(truth, p, 1 - p)), rtol=1e-9)
    first = int(positive == "yes")  # index of the positive class: names sort as no, yes
    both = np.stack([1 - p, p], axis=1) if first else np.stack([p, 1 - p], axis=1)
    both[logit == 0] = 0.5
    np.testing.assert_array_equal(found["rank"], ranks(both, np.where(truth, first, 1 - first)))
    np.testing.assert_array_equal(found["correct"], claimed == truth)


def test_stored_classes_alone(cli: Cli, tmp_path: Path) -> None:
    labels = pd.DataFrame({"label": RNG.integers(0, 3, N)})
    predictions = pd.DataFrame({"pred": RNG.integers(0, 3, N)})
    found = rows(cli, tmp_path, predictions, labels)
    assert found[["confidence", "loss", "rank"]].isna().all().all()
    np.testing.assert_array_equal(found["correct"], labels["label"] == predictions["pred"])
    errors = tmp_path / "errors.csv"
    assert cli("score", tmp_path / "p.parquet", "-l", tmp_path / "y.parquet", "--errors", errors).code == 0
    wrong = pd.read_csv(errors)
    np.testing.assert_array_equal(wrong["row"], found["row"][~found["correct"]])  # as they came


def test_raw_scores_have_a_rank_only(cli: Cli, tmp_path: Path) -> None:
    truth = RNG.integers(0, 3, N)
    scores = RNG.normal(size=(N, 3))
    predictions = pd.DataFrame({f"score_{j}": scores[:, j] for j in range(3)})
    found = rows(cli, tmp_path, predictions, pd.DataFrame({"label": truth}), "--scores", "raw")
    assert found[["confidence", "loss"]].isna().all().all()
    np.testing.assert_array_equal(found["rank"], ranks(scores, truth))
    errors = tmp_path / "errors.parquet"
    common = ("score", tmp_path / "p.parquet", "-l", tmp_path / "y.parquet", "--scores", "raw")
    assert cli(*common, "--errors", errors).code == 0
    wrong = pd.read_parquet(errors)
    assert wrong["rank"].is_monotonic_decreasing
    assert set(wrong["row"]) == set(found["row"][~found["correct"]])


def test_scores_are_read_for_the_rows_even_where_no_metric_needs_them(cli: Cli, tmp_path: Path) -> None:
    truth = RNG.integers(0, 2, N)
    p = RNG.random(N)
    predictions = pd.DataFrame({"prob_0": 1 - p, "prob_1": p, "pred": (p > 0.5).astype(int)})
    found = rows(cli, tmp_path, predictions, pd.DataFrame({"label": truth}), "--only", "accuracy")
    np.testing.assert_allclose(found["loss"], -np.log(np.where(truth, p, 1 - p)), rtol=1e-9)


def test_label_sets(cli: Cli, tmp_path: Path) -> None:
    names = np.array(["a", "b", "c"])
    truth = RNG.integers(0, 2, (N, 3)).astype(bool)
    p = RNG.random((N, 3))
    labels = pd.DataFrame(truth.astype(int), columns=[f"y_{c}" for c in names])
    predictions = pd.DataFrame(p, columns=[f"prob_{c}" for c in names])
    found = rows(cli, tmp_path, predictions, labels)
    claimed = p > 0.5
    assert [list(row) for row in found["truth"]] == [list(names[row]) for row in truth]
    assert [list(row) for row in found["predicted"]] == [list(names[row]) for row in claimed]
    np.testing.assert_allclose(found["confidence"], np.where(claimed, p, 1 - p).min(axis=1))
    np.testing.assert_allclose(found["loss"], -np.log(np.where(truth, p, 1 - p)).mean(axis=1), rtol=1e-9)
    lowest = np.where(truth, p, np.inf).min(axis=1)
    np.testing.assert_array_equal(found["rank"], (p >= lowest[:, None]).sum(axis=1))
    np.testing.assert_array_equal(found["correct"], (claimed == truth).all(axis=1))
    text = pd.read_csv(tmp_path / "rows.csv", keep_default_na=False)
    assert list(text["truth"]) == ["|".join(names[row]) for row in truth]


def test_real_values(cli: Cli, tmp_path: Path) -> None:
    y = RNG.normal(size=N)
    guess = y + RNG.normal(size=N)
    guess[:5] = y[:5]
    labels = pd.DataFrame({"label": y, "sample_weight": RNG.random(N)})
    found = rows(cli, tmp_path, pd.DataFrame({"prediction": guess}), labels)
    assert list(found) == ["row", "truth", "predicted", "error", "loss", "weight"]
    np.testing.assert_array_equal(found["error"], guess - y)
    np.testing.assert_array_equal(found["loss"], np.abs(guess - y))
    np.testing.assert_array_equal(found["weight"], labels["sample_weight"])
    errors = tmp_path / "errors.csv"
    assert cli("score", tmp_path / "p.parquet", "-l", tmp_path / "y.parquet", "--errors", errors).code == 0
    wrong = pd.read_csv(errors)
    assert len(wrong) == N - 5
    assert wrong["loss"].is_monotonic_decreasing
    quantiles = pd.DataFrame({"q_0.1": guess - 1, "q_0.9": guess + 1})
    found = rows(cli, tmp_path, quantiles, labels.drop(columns="sample_weight"))
    off = [(level, y - guess - shift) for level, shift in ((0.1, -1), (0.9, 1))]
    pinball = np.mean([np.maximum(level * d, (level - 1) * d) for level, d in off], axis=0)
    np.testing.assert_allclose(found["loss"], pinball, rtol=1e-12)
    assert found["predicted"].isna().all()


def test_rows_left_out_are_left_out_here_too(cli: Cli, tmp_path: Path) -> None:
    labels = pd.DataFrame({"id": np.arange(N), "label": RNG.integers(0, 2, N)}).iloc[5:]
    p = RNG.random(N)
    p[50:60] = np.nan
    predictions = pd.DataFrame({"id": np.arange(N), "score": p}).sample(frac=1, random_state=3)
    found = rows(cli, tmp_path, predictions, labels, "--missing", "drop", "--on-extra", "drop")
    kept = predictions.reset_index(drop=True)
    kept = kept[kept["score"].notna() & (kept["id"] >= 5)]
    np.testing.assert_array_equal(found["id"], kept["id"])
    np.testing.assert_array_equal(found["row"], kept.index + 1)
    truth = labels.set_index("id")["label"].loc[kept["id"]].to_numpy()
    np.testing.assert_array_equal(found["truth"].astype(int), truth)


def test_shards_whose_ids_have_several_types(cli: Cli, tmp_path: Path) -> None:
    shards = tmp_path / "shards"
    shards.mkdir()
    for number, kind in enumerate(("int16", "int32", "int64")):
        ids = pd.Series(np.arange(3) + 3 * number).astype(kind)
        pd.DataFrame({"id": ids, "label": [0, 1, 1], "score": [0.2, 0.6, 0.4]}).to_parquet(
            shards / f"{number}.parquet"
        )
    for name in ("r.parquet", "r.csv"):
        assert cli("score", shards, "--per-row", tmp_path / name).code == 0
    np.testing.assert_array_equal(pd.read_parquet(tmp_path / "r.parquet")["id"], np.arange(9))
