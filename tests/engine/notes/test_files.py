from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from support.command_line import Cli
from support.inspecting import RNG, K, check, frame, good, saved_table


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (sorted(map(str, range(12))), "sorted as text"),
        ([str(j) for j in range(11, -1, -1)], "reversed"),
        ([*map(str, range(1, 12)), "0"], "each off by one"),
        (["0", "1", "3", "2", *map(str, range(4, 12))], "'2' contains '3'"),
    ],
)
def test_columns_in_another_order(order: list[str], words: str, cli: Cli, tmp_path: Path) -> None:
    """The columns contain the classes in ``order`` and are read in the order of their numbers."""
    y, p = good(12, 1500)
    np.save(tmp_path / "p.npy", p[:, list(map(int, order))])
    np.save(tmp_path / "y.npy", y)
    arguments = (tmp_path / "p.npy", "-l", tmp_path / "y.npy")
    found = check(cli, arguments, "column-order", "warning")
    assert words in found["message"]
    mended = cli("score", *arguments, "--classes", ",".join(order))
    assert "column-order" not in mended.err
    before, after = (
        cli("score", *arguments, "--only", "accuracy", *more).out
        for more in ((), ("--classes", ",".join(order)))
    )
    assert f"accuracy {float(before):.4f}, but {float(after):.4f}" in found["message"]


@pytest.mark.parametrize("k", [2, K, 50])
def test_rows_in_another_order(k: int, cli: Cli, tmp_path: Path) -> None:
    y, p = good(k, 1000)
    np.save(tmp_path / "p.npy", p)
    np.save(tmp_path / "y.npy", np.random.default_rng(7).permutation(y))
    found = check(cli, (tmp_path / "p.npy", "-l", tmp_path / "y.npy"), "row-order", "warning")
    assert "--id-col" in found["try"]


def test_real_values_in_another_order(cli: Cli, tmp_path: Path) -> None:
    y = RNG.normal(size=500)
    np.save(tmp_path / "p.npy", y + 0.1)
    np.save(tmp_path / "y.npy", RNG.permutation(y))
    check(cli, (tmp_path / "p.npy", "-l", tmp_path / "y.npy"), "row-order", "warning")


def test_labels_of_mixed_types(cli: Cli, tmp_path: Path) -> None:
    path = saved_table(tmp_path, "label,pred\n" + "0,0\n1,1\nNA,1\n" * 30)
    check(cli, (path,), "mixed-types", "warning", count=3)
    nulled = cli("score", path, "--null-values", "NA", "--missing", "drop", "-f", "json").json
    assert (nulled["classes"], nulled["input"]["rows"]["dropped"]) == (["0", "1"], {"missing_label": 30})


def test_order_of_weighted_rows(cli: Cli, tmp_path: Path) -> None:
    y, p = good(5, 1000)
    np.save(tmp_path / "p.npy", p[:, ::-1])
    labels = saved_table(tmp_path, pd.DataFrame({"label": y, "weight": RNG.random(1000) + 0.5}), "y.csv")
    check(cli, (tmp_path / "p.npy", "-l", labels), "column-order", "warning")
    shuffled = saved_table(tmp_path, pd.read_csv(labels).sample(frac=1, random_state=0), "z.csv")
    np.save(tmp_path / "q.npy", p)
    check(cli, (tmp_path / "q.npy", "-l", shuffled), "row-order", "warning")


def test_named_columns_in_another_order(cli: Cli, tmp_path: Path) -> None:
    y, p = good(3, 500)
    names = np.array(["cat", "dog", "fox"])
    table = pd.DataFrame(p, columns=["prob_dog", "prob_fox", "prob_cat"]).assign(label=names[y])
    found = check(cli, (saved_table(tmp_path, table),), "column-order", "warning")
    assert "in file order they seem to contain cat,dog,fox" in found["try"]


def test_numbered_columns_that_hold_another_order(cli: Cli, tmp_path: Path) -> None:
    y, p = good(12, 1500)
    order = sorted(range(12), key=str)
    table = pd.DataFrame({f"prob_{j}": p[:, place] for place, j in enumerate(order)}).assign(label=y)
    path = saved_table(tmp_path, table)
    found = check(cli, (path,), "column-order", "warning")
    assert "in file order they seem to contain 0,1,2,3,4,5,6,7,8,9,10,11" in found["try"]


@pytest.mark.parametrize(
    ("auc", "n", "base"),
    [(0.4, 200, 0.5), (0.7, 100, 0.5), (1.0, 60, 0.5), (0.7, 300, 0.2), (1.0, 500, 0.03)],
)
def test_weak_models_are_no_mistake(auc: float, n: int, base: float, cli: Cli, tmp_path: Path) -> None:
    """Twenty of each, binary and calibrated: none looks shuffled."""
    for seed in range(20):
        rng = np.random.default_rng(seed)
        y = (rng.random(n) < base).astype(int)
        y[:2] = [0, 1]
        z = rng.normal(size=n) + auc * y
        p = 1 / (1 + np.exp(-(auc * z - auc**2 / 2 + np.log(base / (1 - base)))))
        np.save(tmp_path / "p.npy", p)
        np.save(tmp_path / "y.npy", y)
        codes = {
            f["code"]
            for f in cli("inspect", tmp_path / "p.npy", "-l", tmp_path / "y.npy", "-f", "json").json[
                "findings"
            ]
        }
        assert not codes & {"row-order", "column-order", "which-scale"}, seed


def test_guessing_with_confidence_is_no_mistake_of_two_columns(cli: Cli, tmp_path: Path) -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        p = rng.random(200)
        path = saved_table(tmp_path, frame(np.stack([p, 1 - p], axis=1), rng.integers(0, 2, 200)))
        assert "column-order" not in cli("score", path).err, seed
