from __future__ import annotations

from pathlib import Path

from support.command_line import Cli, assert_refused
from support.parts import parts_of, rows, shards

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
