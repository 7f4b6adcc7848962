from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from support.command_line import Cli, assert_refused
from support.parts import N, parts_of, rows, shards

OTHERS = ("--bins", "7", "--average", "weighted", "-m", "f1,ece,roc_auc_ovr_macro")
"""Options of parts that do not fit."""


def test_every_difference_is_named(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    first, *_ = parts_of(cli, tmp_path / "one")
    other = parts_of(cli, tmp_path / "two", "multiclass", *OTHERS)[2]
    seen = assert_refused(
        cli("merge", first, other),
        "bins: 15 and 7",
        "average: macro and weighted",
        "metrics: default and f1, ece, roc_auc_ovr_macro",
    )
    assert "classes" not in seen.split("try:")[0]
    binary = shards(cli, tmp_path / "two", rows("binary"), ("--task", "binary", "--threshold", "0.3"))[0]
    assert_refused(
        cli("merge", first, binary), "task: multiclass and binary", "classes: ash, fir, oak and 0, 1"
    )


def test_rankings_of_other_scores_do_not_fit(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "two").mkdir()
    first, second = parts_of(cli, tmp_path)[0], parts_of(cli, tmp_path / "two", "multiclass logits")[2]
    assert_refused(cli("merge", first, second), "scale of the scores: probabilities and logits")


def test_groups_of_uneven_parts_merge(cli: Cli, tmp_path: Path) -> None:
    """Of large groups a share of the rows is kept, of which each part has its own."""
    rng = np.random.default_rng(0)
    states, tables = [], []
    for number, (count, groups) in enumerate(((60_000, 300), (200_000, 50))):
        y = rng.integers(0, 2, count)
        table = pd.DataFrame({"y": y, "score": 1 / (1 + np.exp(-rng.normal(size=count) - y))})
        table["user"] = rng.integers(0, groups, count) + 1000 * number
        tables.append(table)
        path = tmp_path / f"p{number}.parquet"
        table.to_parquet(path)
        given = ("--label-col", "y", "--group", "user", "--first-row", str(60_000 * number))
        assert cli("score", path, *given, "--state", path.with_suffix(".state")).code == 0
        states.append(path.with_suffix(".state"))
    pd.concat(tables, ignore_index=True).to_parquet(tmp_path / "whole.parquet")
    whole = cli("score", tmp_path / "whole.parquet", *given[:-2], "-f", "json").json
    merged = cli("merge", *states, "-f", "json").json
    assert merged["input"]["rows"]["groups"] == whole["input"]["rows"]["groups"] == 350
    for name, score in whole["metrics"].items():
        found = merged["metrics"][name]
        assert found["value"] == pytest.approx(score["value"], rel=1e-12), name
        if "interval" in score:
            (low, high), (least, most) = score["interval"], found["interval"]
            assert most - least == pytest.approx(high - low, rel=0.5), name


def test_groups_are_the_same_in_every_type(cli: Cli, tmp_path: Path) -> None:
    table = rows("binary")
    states = []
    for number, kind in enumerate(("int64", "float64", "str")):
        path = tmp_path / f"p{number}.parquet"
        table.iloc[number * 200 : (number + 1) * 200].astype({"user": kind}).to_parquet(path)
        given = ("--task", "binary", "--unweighted", "--group", "user", "--state", path.with_suffix(".state"))
        assert cli("score", path, *given).code == 0
        states.append(path.with_suffix(".state"))
    merged = cli("merge", *states, "-f", "json").json
    assert merged["input"]["rows"]["groups"] == table["user"].nunique()


def test_rows_in_two_parts_are_found_beside_labels_without_prediction(cli: Cli, tmp_path: Path) -> None:
    table = rows("binary").assign(id=np.arange(N))
    table[["id", "label"]].sample(frac=1, random_state=1).to_csv(tmp_path / "y.csv", index=False)
    for number, some in enumerate((slice(0, 300), slice(299, N - 1))):
        table.iloc[some][["id", "score"]].to_csv(tmp_path / f"p{number}.csv", index=False)
    spread = ("score", tmp_path / "p*.csv", "--labels", tmp_path / "y.csv", "--cluster", "local:1")
    assert_refused(cli(*spread), "1 rows are in both, by their ids")
