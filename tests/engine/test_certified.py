"""Areas from counts in bins, through the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from support.command_line import Cli, assert_refused
from support.parts import KINDS, assert_same_figures, compared, rows, shards

RANKED = ["binary", "binary float32", "binary logits", "multiclass", "multiclass logits", "multilabel"]
NAMES = {
    ("--label-cols",): "default,roc_auc_weighted,roc_auc_micro,average_precision_micro",
    ("multiclass",): "default,roc_auc_ovr_weighted,roc_auc_ovr_micro,average_precision_micro",
}
CERTIFIED = ("--ranking", "certified")


def every(report: dict[str, Any]) -> dict[str, Any]:
    of_classes = {
        f"{name}:{cls}": score
        for cls, row in report["per_class"].items()
        for name, score in row.items()
        if name != "support"
    }
    return {**report["metrics"], **of_classes}


@pytest.mark.parametrize("kind", RANKED)
def test_every_area_is_as_near_as_it_says(kind: str, cli: Cli, tmp_path: Path) -> None:
    rows(kind).to_parquet(tmp_path / "p.parquet")
    given = ("score", tmp_path / "p.parquet", *KINDS[kind], "--format", "json")
    names = NAMES.get(KINDS[kind][:1] or (kind.split(maxsplit=1)[0],), "default")
    exact, counted = (every(cli(*given, "-m", names, *how).json) for how in ((), CERTIFIED))
    areas = 0
    for name, score in counted.items():
        if "largest_error" not in score:
            assert_same_figures(score, exact[name], name)
            continue
        areas += 1
        assert abs(score["value"] - exact[name]["value"]) <= score["largest_error"] < 1e-3, name
        if "interval" in exact[name]:
            (low, high), (least, most) = score["interval"], exact[name]["interval"]
            assert (low, high) == pytest.approx((least, most), abs=3 * score["largest_error"] + 1e-3), name
    assert areas >= 2


@pytest.mark.parametrize("kind", RANKED)
def test_merged_is_whole(kind: str, cli: Cli, tmp_path: Path) -> None:
    table, options = rows(kind), (*KINDS[kind], "--unweighted", *CERTIFIED)
    table.to_parquet(tmp_path / "whole.parquet")
    whole = cli("score", tmp_path / "whole.parquet", *options, "--format", "json").json
    merged = cli("merge", *shards(cli, tmp_path, table, options), "--format", "json").json
    assert_same_figures(compared(merged), compared(whole))
    shown = cli("show", tmp_path / "part-0.state").out
    assert "ranking          certified" in shown
    exact = shards(cli, tmp_path, table, options[:-2])
    part = tmp_path / "counted.state"
    assert cli("score", tmp_path / "whole.parquet", *options, "--state", part).code == 0
    assert_refused(cli("merge", exact[0], part), "ranking: exact and certified")


def test_what_has_no_bound_says_so(cli: Cli, tmp_path: Path) -> None:
    table = rows("binary")
    table.to_parquet(tmp_path / "p.parquet")
    given = ("score", tmp_path / "p.parquet", "--task", "binary", *CERTIFIED)
    report = cli(*given, "-m", "roc_auc,roc_auc@0.1,recall_at_precision@0.7,ks", "--format", "json").json
    values = {name: score["value"] for name, score in report["metrics"].items()}
    assert values["roc_auc"] is not None
    assert values["roc_auc@0.1"] is None
    assert "give no bound" in report["metrics"]["recall_at_precision@0.7"]["reason"]
    formula = cli(*given, "--define", "twice = 2*roc_auc - 1", "--format", "json").json["metrics"]["twice"]
    assert formula["value"] is None
    assert_refused(cli(*given, "--weight-col", "importance"), "--ranking certified is not for weighted rows")
    assert_refused(cli(*given, "--group", "user"), "--ranking certified is not for groups of rows")
    assert_refused(cli(*given, "-m", "accuracy"), "no metric ranks scores")
    assert_refused(cli(*given[:-1], "some"), "--ranking")


def test_other_data_is_refused(cli: Cli, tmp_path: Path) -> None:
    rows("multiclass").to_parquet(tmp_path / "p.parquet")
    given = ("score", tmp_path / "p.parquet", *CERTIFIED)
    assert_refused(cli(*given, "-m", "roc_auc_ovo_macro"), "pairs of classes")
    rows("multilabel gaps").to_parquet(tmp_path / "g.parquet")
    gaps = cli("score", tmp_path / "g.parquet", *KINDS["multilabel gaps"], *CERTIFIED)
    assert_refused(gaps, "--ranking certified is not for missing labels")
    rows("regression").to_parquet(tmp_path / "r.parquet")
    assert_refused(cli("score", tmp_path / "r.parquet", *CERTIFIED), "no metric ranks scores")


def test_a_limit_within_the_error_is_undecided(cli: Cli, tmp_path: Path) -> None:
    rows("binary").to_parquet(tmp_path / "p.parquet")
    given = ("score", tmp_path / "p.parquet", "--task", "binary", *CERTIFIED)
    score = cli(*given, "--format", "json").json["metrics"]["roc_auc"]
    near = cli(*given, "--fail-under", f"roc_auc={score['value'] + score['largest_error'] / 2:.12f}")
    assert (near.code, "score with --ranking exact" in near.err) == (3, True)
    assert cli(*given, "--fail-under", f"roc_auc={score['value'] - 3 * score['largest_error']}").code == 0
    note = next(line for line in near.err.splitlines() if "certified-ranking" in line)
    assert "65,536 bins" in note


def test_slices_are_counted_apart(cli: Cli, tmp_path: Path) -> None:
    rows("binary").to_parquet(tmp_path / "p.parquet")
    given = ("score", tmp_path / "p.parquet", "--task", "binary", "--by", "site", "--format", "json")
    exact, counted = (cli(*given, *how).json["slices"] for how in ((), CERTIFIED))
    for one, other in zip(exact, counted, strict=True):
        score = other["metrics"]["roc_auc"]
        assert abs(score["value"] - one["metrics"]["roc_auc"]["value"]) <= score["largest_error"]


def test_ties_within_a_bin_do_not_exceed_the_bound(cli: Cli, tmp_path: Path) -> None:
    """Positives that are tied count more than each by itself."""
    steps = 80 - 1.5 * np.arange(40)
    positive = np.concatenate([np.full(10, 100.0), np.repeat(steps + 0.002, 2)])
    negative = np.concatenate([np.full(10, 90.0), steps])
    table = pd.DataFrame({"score": np.concatenate([positive, negative])})
    table["label"] = np.repeat([1, 0], [len(positive), len(negative)])
    table.to_csv(tmp_path / "p.csv", index=False)
    given = ("score", tmp_path / "p.csv", "--scores", "raw", "-m", "average_precision", "--format", "json")
    exact, counted = (cli(*given, *how).json["metrics"]["average_precision"] for how in ((), CERTIFIED))
    assert abs(counted["value"] - exact["value"]) <= counted["largest_error"]
