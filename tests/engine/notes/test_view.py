from __future__ import annotations

from pathlib import Path

import pytest

from support.command_line import Cli
from support.inspecting import saved_table
from support.noting import classes, honest

BINARY = "label,score\n" + "1,0.9\n0,0.2\n" * 40


@pytest.mark.parametrize(
    ("text", "more", "code", "reason"),
    [
        (BINARY, ("-m", "accuracy"), "over-confident", "ece was not computed: score with --metrics ece"),
        (BINARY, (), "macro-far-from-weighted", "this check does not apply to binary data"),
        (BINARY[: 12 + 14 * 5], (), "constant-scores", "this check needs at least 50 rows"),
        ("label,pred\n" + "a,a\nb,a\n" * 40, (), "many-ties", "roc_auc is undefined: requires scores"),
        (BINARY.replace("0,0.2", "1,0.2"), (), "auc-below-chance", "roc_auc is undefined"),
        (BINARY.replace("0,0.2", "1,0.2"), (), "column-order", "every label is the same class"),
        (BINARY, ("--bins", "1"), "over-confident", "this check needs more than one bin"),
        (BINARY, ("--threshold", "0.4"), "tuned-on-these-rows", "a threshold given as a number"),
    ],
)
def test_why_a_note_was_not_looked_for(
    text: str, more: tuple[str, ...], code: str, reason: str, cli: Cli, tmp_path: Path
) -> None:
    report = cli("score", saved_table(tmp_path, text), *more, "-f", "json").json
    assert code not in {note["code"] for note in report["notes"]}
    assert report["not_looked_for"][code].startswith(reason)


def test_weighted_pairs_have_no_chance(cli: Cli, tmp_path: Path) -> None:
    text = "label,score,sample_weight\n" + "1,0.1,2\n0,0.8,1\n" * 40
    report = cli("score", saved_table(tmp_path, text), "-f", "json").json
    assert report["not_looked_for"]["auc-below-chance"] == "this check does not apply to weighted rows"


def test_what_a_rule_on_a_note_needs_is_computed(cli: Cli, tmp_path: Path) -> None:
    path = saved_table(tmp_path, BINARY)
    assert cli("score", path, "-m", "accuracy", "--fail-on", "auc-below-chance").code == 0
    stored = tmp_path / "r.json"
    cli("score", path, "-m", "accuracy", "-o", stored)
    result = cli("show", stored, "--fail-on", "auc-below-chance")
    assert (result.code, "roc_auc was not computed: score with --metrics roc_auc" in result.err) == (3, True)


def test_rows_of_columns_in_another_order_are_not_judged(cli: Cli, tmp_path: Path) -> None:
    import numpy as np

    y, p = honest(5)
    np.save(tmp_path / "y.npy", y)
    np.save(
        tmp_path / "p.npy",
        np.stack([column for name, column in classes(y, p).items() if "p_" in name])[::-1].T,
    )
    report = cli("score", tmp_path / "p.npy", "-l", tmp_path / "y.npy", "-f", "json").json
    assert "column-order" in {note["code"] for note in report["notes"]}
    assert report["not_looked_for"]["row-order"] == "the score columns seem to be in another order"
