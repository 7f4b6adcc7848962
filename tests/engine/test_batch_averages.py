from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sklearn.metrics as sk

from support.command_line import Cli, Result

PARTS = (("precision", sk.precision_score), ("recall", sk.recall_score), ("f1", sk.f1_score))


def data(k: int, n: int = 77) -> tuple[Any, Any]:
    """Some classes are rare, so that batches lack them."""
    rng = np.random.default_rng(k)
    y = np.minimum(rng.geometric(0.5, n) - 1, k - 1)
    z = rng.normal(size=(n, k))
    z[np.arange(n), y] += 1.5
    return y, np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)


def figures(result: Result) -> dict[tuple[str, str], tuple[float, float]]:
    assert result.code == 0, result.err
    return {
        (figure["metric"], figure["habit"]): (figure["wrong"], figure["right"])
        for figure in result.json["batches"]["figures"]
    }


@pytest.mark.parametrize("size", [1, 8, 32, 77, 1000])
@pytest.mark.parametrize("k", [2, 5])
def test_means_over_batches(k: int, size: int, cli: Cli, tmp_path: Path) -> None:
    y, p = data(k)
    np.save(tmp_path / "p.npy", p)
    np.save(tmp_path / "y.npy", y)
    arguments = ("score", tmp_path / "p.npy", "-l", tmp_path / "y.npy", "--explain-batches", size)
    found = figures(cli(*arguments, "-f", "json", "-m", "accuracy"))
    cuts = range(0, len(y), size)
    said = p.argmax(axis=1)
    average = {"average": "binary" if k == 2 else "macro", "zero_division": 0}
    for name, function in PARTS:
        wrong = np.mean([function(y[a : a + size], said[a : a + size], **average) for a in cuts])
        key = name if k == 2 else f"{name}_macro"
        right = function(y, said, **average)
        assert found[key, "mean over batches"] == pytest.approx((wrong, right), rel=1e-12), name
    wrong = np.mean([sk.accuracy_score(y[a : a + size], said[a : a + size]) for a in cuts])
    assert found["accuracy", "mean over batches"] == pytest.approx(
        (wrong, sk.accuracy_score(y, said)), rel=1e-12
    )
    losses = -np.log(p[np.arange(len(y)), y])
    wrong = np.mean([losses[a : a + size].mean() for a in cuts])
    assert found["log_loss", "mean over batches"] == pytest.approx((wrong, losses.mean()), rel=1e-9)
    if size >= len(y):
        assert all(
            wrong == pytest.approx(right) for (_, habit), (wrong, right) in found.items() if "mean" in habit
        )


def test_rounding_in_place_of_the_argmax(cli: Cli, tmp_path: Path) -> None:
    y, p = data(5)
    np.save(tmp_path / "p.npy", p)
    np.save(tmp_path / "y.npy", y)
    arguments = ("score", tmp_path / "p.npy", "-l", tmp_path / "y.npy", "--explain-batches", 32, "-f", "json")
    found = figures(cli(*arguments))
    rounded, one_hot, said = np.round(p).astype(int), np.eye(5, dtype=int)[y], p.argmax(axis=1)
    assert (rounded.sum(axis=1) == 0).any()
    habit = "round() in place of argmax"
    wrong = sk.accuracy_score(one_hot, rounded)  # a row that rounds to no class at all is wrong
    assert found["accuracy", habit] == pytest.approx((wrong, sk.accuracy_score(y, said)), rel=1e-12)
    for name, function in PARTS:
        wrong = function(one_hot, rounded, average="macro", zero_division=0)
        right = function(y, said, average="macro", zero_division=0)
        assert found[f"{name}_macro", habit] == pytest.approx((wrong, right), rel=1e-12), name


def test_the_table_shows_both_figures(cli: Cli, tmp_path: Path) -> None:
    y, p = data(5)
    np.save(tmp_path / "p.npy", p)
    np.save(tmp_path / "y.npy", y)
    result = cli("score", tmp_path / "p.npy", "-l", tmp_path / "y.npy", "--explain-batches", 32)
    assert "averaged over 3 batches of 32 rows (last: 13)" in result.out
    found = figures(
        cli("score", tmp_path / "p.npy", "-l", tmp_path / "y.npy", "--explain-batches", 32, "-fjson")
    )
    wrong, right = found["f1_macro", "mean over batches"]
    line = next(
        line for line in result.out.split("averaged over")[1].splitlines() if line.startswith("f1_macro")
    )
    assert line.split()[-3:] == [f"{wrong:.4f}", f"{right:.4f}", f"{wrong - right:+.4f}"]


def test_predicted_classes_have_no_loss(cli: Cli, tmp_path: Path) -> None:
    rows = "".join(f"{'abc'[j % 3]},{'abc'[j % 2]}\n" for j in range(20))
    (tmp_path / "p.csv").write_text("label,pred\n" + rows)
    found = figures(cli("score", tmp_path / "p.csv", "--explain-batches", 6, "-f", "json"))
    assert {metric for metric, _ in found} == {"accuracy", "precision_macro", "recall_macro", "f1_macro"}


@pytest.mark.parametrize("size", ["0", "-1", "x"])
def test_sizes_that_are_none(size: str, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("label,pred\na,a\nb,b\n")
    assert cli("score", tmp_path / "p.csv", "--explain-batches", size).code == 2


def test_rounding_is_of_the_scores_whatever_is_stored(cli: Cli, tmp_path: Path) -> None:
    y, p = data(5)
    columns = {
        "label": y,
        "pred": np.roll(y, 1),
        **{f"p_{j}": np.ascontiguousarray(p[:, j]) for j in range(5)},
    }
    pq.write_table(pa.table(columns), tmp_path / "p.parquet")
    found = figures(cli("score", tmp_path / "p.parquet", "--explain-batches", 32, "-f", "json"))
    wrong, right = found["accuracy", "round() in place of argmax"]
    assert wrong == pytest.approx(sk.accuracy_score(np.eye(5)[y], np.round(p)))
    assert right == pytest.approx(sk.accuracy_score(y, p.argmax(axis=1)))


def test_an_infinite_loss_has_no_figures(cli: Cli, tmp_path: Path) -> None:
    """A batch with an outcome that was impossible; the log loss of all rows is undefined."""
    path = tmp_path / "p.csv"
    path.write_text("label,logit\n0,inf\n1,0.5\n0,-2\n1,3\n")
    found = figures(
        cli("score", path, "--scores", "logits", "-m", "accuracy", "--explain-batches", "2", "-f", "json")
    )
    assert {name for name, _ in found} == {"accuracy", "precision", "recall", "f1"}
