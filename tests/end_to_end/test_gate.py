"""Rules to verdict to message, JSON and exit code; undefined never passes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.command_line import Cli

pytestmark = pytest.mark.long


@pytest.mark.parametrize("name", ["nothing", "a figure"])
def test_a_gate_on_what_is_undefined_is_undecided(name: str, cli: Cli, tmp_path: Path) -> None:
    """One class in the labels: no AUC, and no verdict on it."""
    (tmp_path / "p.csv").write_text("label,prob_a,prob_b\nb,0.4,0.6\nb,0.2,0.8\n")
    arguments: list[Any] = ["score", tmp_path / "p.csv", "--fail-under", "roc_auc=0.5"]
    if name == "a figure":
        arguments += ["--fail-under", "recall=0.5"]
    for form in ("table", "json"):
        result = cli(*arguments, "-f", form)
        assert result.code == 3
        assert "the labels contain no row of" in (result.out + result.err)


@pytest.mark.parametrize(
    ("rules", "code", "words"),
    [
        (["--fail-under", "f1=0.7"], 0, ["passed: f1 = 0.7326 >= 0.7"]),
        (["--fail-under", "f1=0.74"], 1, ["failed: f1 = 0.7326 < 0.74"]),
        (["--fail-over", "log_loss=0.7"], 0, ["passed: log_loss = 0.6243 <= 0.7"]),
        (["--fail-over", "log_loss=0.6"], 1, ["failed: log_loss = 0.6243 > 0.6"]),
        (
            ["--fail-under", "accuracy=0.6577777777777778"],
            0,
            ["passed: accuracy = 0.6577777777777778 >= 0.6577777777777778"],
        ),
        (["--fail-under", "accuracy=0.6577777777777779"], 1, ["0.6577777777777778 < 0.6577777777777779"]),
        (["--fail-under", "roc_auc:0=0.5"], 3, ["undecided: roc_auc:0>=0.5", "only 1 is ranked"]),
        (["--fail-under", "f1=0.9", "--fail-under", "roc_auc:0=0.5"], 1, ["failed: f1", "undecided"]),
        (["--fail-under", "f1=0.9", "--fail-over", "ece=0.01"], 1, ["failed: f1", "failed: ece"]),
        (["--fail-under", "cohen_kappa=0.1"], 0, ["passed: cohen_kappa"]),
        (["--fail-under", "prevalence=0.1", "--fail-over", "prevalence=0.9"], 0, ["passed: prevalence"]),
    ],
)
def test_one_verdict_behind_message_json_and_exit_code(
    rules: list[str], code: int, words: list[str], cli: Cli, wnba: tuple[object, ...], tmp_path: Path
) -> None:
    result = cli("score", *wnba, *rules, "-o", tmp_path / "r.json")
    assert result.code == code
    for word in words:
        assert word in result.err
    gate = json.loads((tmp_path / "r.json").read_text())["gate"]
    assert gate["verdict"] == {0: "pass", 1: "fail", 3: "undecided"}[code]
    assert [rule["verdict"] for rule in gate["rules"]].count("pass") == result.err.count("passed: ")
    assert ("verdict: " in result.err) == (len(gate["rules"]) > 1)


def test_a_gate_that_passes_on_nan_elsewhere(cli: Cli, tmp_path: Path) -> None:
    """Truth of one class only: ROC AUC is undefined, which is no pass."""
    path = tmp_path / "p.csv"
    path.write_text("label,prob_a,prob_b\nb,0.1,0.9\nb,0.2,0.8\n")
    result = cli("score", path, "--fail-under", "roc_auc=0.5")
    assert result.code == 3
    assert "undecided: roc_auc>=0.5: roc_auc is undefined: the labels contain no row" in result.err
