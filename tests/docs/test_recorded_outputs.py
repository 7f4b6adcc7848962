from __future__ import annotations

import os
import re

import pytest

from support.command_line import Cli
from support.paths import GOLDEN, ROOT

CIFAR10 = [
    "fixtures/cifar10/probabilities.npy",
    "--labels",
    "fixtures/cifar10/labels.npy",
    "--classes",
    "fixtures/cifar10/classes.txt",
]
WNBA = ["fixtures/wnba/games.csv", "--label-col", "prob1_outcome", "--score-cols", "prob1"]
COMMANDS = {
    "cifar10.txt": CIFAR10,
    "cifar10.json": [*CIFAR10, "--format", "json"],
    "wnba.txt": [*WNBA, "--threshold", "0.6", "--metrics", "default,roc_auc:0"],
    "wnba-gate.json": [*WNBA, "--format", "json", "--fail-under", "f1=0.8", "--fail-over", "log_loss=0.7"],
    "governors.txt": [
        "fixtures/governors/final_forecasts.csv",
        *("--label-col", "actual_voteshare", "--pred-col", "projected_voteshare"),
        *("--metrics", "default,kendall,mean_gamma_deviance"),
    ],
    "world_cup.txt": ["fixtures/world_cup/advancement.csv", "--score-cols", "sixteen,quarter,semi,cup,win"],
    "batches.txt": [*CIFAR10, "--metrics", "f1,recall", "--explain-batches", "32"],
    "only.txt": [*WNBA, "--only", "f1", "--only", "roc_auc:0"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_golden(name: str, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = cli("score", *COMMANDS[name])
    found = f"{result.out}--- standard error, exit code {result.code}\n{result.err}"
    # the last digits of a sum are the processor's
    found = re.sub(r"(\d\.\d{12})\d+", r"\1", found)
    if os.environ.get("EVALCLI_WRITE_GOLDEN"):
        (GOLDEN / name).write_text(found, encoding="utf-8")
    assert found == (GOLDEN / name).read_text(encoding="utf-8")
