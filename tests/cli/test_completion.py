"""What a shell offers, asked as a shell asks: through the installed script and its environment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.paths import FIXTURES, GAMES

SCRIPT = Path(sys.executable).parent / "evalcli"


def offered(*words: object) -> list[str]:
    """Completions of the last word."""
    line = ["evalcli", *map(str, words)]
    done = subprocess.run(
        [SCRIPT],
        env={
            **os.environ,
            "_EVALCLI_COMPLETE": "complete_bash",
            "COMP_WORDS": " ".join(line),
            "COMP_CWORD": str(len(line) - 1),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == 0
    return done.stdout.split()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["sc"], {"score"}),
        (["score", "--fail-u"], {"--fail-under"}),
        (["show", "--base"], {"--baseline", "--baseline-missing"}),
        (["score", GAMES, "--label-col", "prob1_"], {"prob1_outcome"}),
        (["score", GAMES, "--score-cols", "prob1,prob2_"], {"prob1,prob2_outcome"}),
        (["score", "--metrics", "roc_auc_ovr_m"], {"roc_auc_ovr_macro", "roc_auc_ovr_micro"}),
        (["score", "--metrics", "f1,log_l"], {"f1,log_loss"}),
        (["score", "--task", "bin"], {"binary"}),
        (["score", "--task", "regression", "--metrics", "roc"], set()),
        (["score", "--task", "regression", "--metrics", "mean_g"], {"mean_gamma_deviance"}),
        (["score", "--fail-under", "top_k"], {"top_k_accuracy="}),
        (["score", "--max-drop", "mcc"], {"mcc="}),
        (["score", "--fail-on", "never"], {"never-predicted"}),
        (["score", "--allow", "labels"], {"labels-changed"}),
        (["score", "--format", "mark"], {"markdown"}),
        (["score", "none.csv", "--label-col", "x"], set()),
        (["score", "--metrics", "f1,sens"], {"f1,sens", "f1,sensitivity", "f1,sensitivity_at_fpr"}),
        (["score", "--fail-under", "aur"], {"auroc="}),
        (["score", "--task", "regression", "--metrics", "sens"], set()),
        (["explain", "never"], {"never-predicted"}),
        (["metrics", "kapp"], {"kappa"}),
        (["score", "--ci", "g"], {"github"}),
    ],
)
def test_completions(words: list[object], expected: set[str]) -> None:
    assert set(offered(*words)) == expected


def test_columns_of_the_labels_too() -> None:
    folder = FIXTURES / "governors"
    found = offered("score", GAMES, "--labels", folder / "final_forecasts.csv", "--label-col", "p")
    assert {"prob1", "probwin", "party"} <= set(found)
