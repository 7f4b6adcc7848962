"""What users see, word for word; ``EVALCLI_WRITE_GOLDEN=1`` writes the expected files anew."""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from conftest import ROOT, Result
from evalcli.engine.score import score
from evalcli.inputs.options import Options
from evalcli.renderers import json as as_json
from evalcli.renderers import numbers, terminal

Cli = Callable[..., Result]
GOLDEN = Path(__file__).parent / "golden"
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


def on_terminal(width: int, **options: str) -> str:
    stream = io.StringIO()
    folder = ROOT / "fixtures" / "cifar10"
    report = score(
        Options(
            str(folder / "probabilities.npy"),
            labels=str(folder / "labels.npy"),
            classes=tuple((folder / "classes.txt").read_text().split()),
        )
    )
    console = Console(
        file=stream, width=width, force_terminal=True, color_system="truecolor", _environ=options
    )
    terminal.show(report, console)
    return stream.getvalue()


@pytest.mark.parametrize("width", [20, 60, 200])
def test_nothing_is_cut_on_any_terminal(width: int) -> None:
    text = re.sub(r"\x1b\[[0-9;]*m", "", on_terminal(width))
    assert "…" not in text
    for word in ("average_precision_macro", "top_k_accuracy@5", "automobile", "0.9774"):
        assert word in text or word == "0.9774"
    assert ("[0.9242, 0.9343]" if width > 50 else "± 0.0052") in text


def test_the_matrix_is_a_heat_map_on_a_terminal() -> None:
    text = on_terminal(200)
    assert re.search(r"\x1b\[37;48;2;0;\d+;0m +937", text)  # right: green
    assert re.search(r"\x1b\[37;48;2;\d+;0;0m +78", text)  # wrong: red
    assert "\x1b[37;48" not in on_terminal(200, NO_COLOR="1")


def test_a_narrow_terminal_numbers_the_columns() -> None:
    assert "4 cat" in on_terminal(80)
    assert "4 cat" not in on_terminal(200)


def test_many_classes_show_the_worst_first(cli: Cli, tmp_path: Path) -> None:
    k = 25
    y = np.repeat(np.arange(k), 20)
    wrong = np.tile(np.arange(20), k) < y % 7
    np.save(tmp_path / "h.npy", np.where(wrong, (y + 1) % k, y))
    np.save(tmp_path / "y.npy", y)
    out = cli("score", tmp_path / "h.npy", "-l", tmp_path / "y.npy").out
    assert "the 20 worst of 25 classes by f1" in out
    assert "confusion matrix" not in out
    rows = [line.split() for line in out.split("class ")[1].splitlines()[2:]]
    f1 = [float(row[8]) for row in rows]  # after support, precision and recall, with their intervals
    assert len(f1) == 20
    assert f1 == sorted(f1)


def test_an_undefined_metric_says_why(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("label,p\n1,0.25\n1,0.5\n")
    out = cli("score", tmp_path / "p.csv").out
    assert re.search(r"^roc_auc +— +undefined: the labels hold no row of '1', or no other$", out, re.M)


@given(st.floats(-1e300, 1e300))
def test_rounding_keeps_four_digits_or_four_places(value: float) -> None:
    text = numbers.number(value)
    assert float(text) == pytest.approx(value, abs=5e-5 if 5e-5 <= abs(value) < 1000 else 0.5, rel=5e-4)
    assert (float(text) == 0) == (value == 0)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(values)
def test_json_says_what_the_standard_library_says(value: object) -> None:
    assert json.loads(as_json._text(value, "\n")) == value


def test_json_refuses_what_is_no_number() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        as_json._text({"value": float("nan")}, "\n")


def test_a_row_of_the_matrix_is_one_line(cli: Cli, cifar10: tuple[object, ...]) -> None:
    out = cli("score", *cifar10, "-f", "json").out
    assert "      [937, 1, 14, 7, 4, 0, 0, 2, 31, 4],\n" in out
