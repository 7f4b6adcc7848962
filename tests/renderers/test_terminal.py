from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from evalcli.engine.score import score
from evalcli.inputs.options import Options
from evalcli.renderers import terminal
from evalcli.renderers.tables import View
from support.paths import ROOT


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
    terminal.show(report, console, View())
    return stream.getvalue()


@pytest.mark.parametrize("width", [20, 60, 200])
def test_nothing_is_cut_on_any_terminal(width: int) -> None:
    text = re.sub(r"\x1b\[[0-9;]*m", "", on_terminal(width))
    assert "…" not in text
    for word in ("average_precision_macro", "top_k_accuracy@5", "automobile", "0.9774"):
        assert word in text or word == "0.9774"
    assert "[0.9242, 0.9343]" in text


def test_the_matrix_is_shaded_on_a_terminal() -> None:
    text = on_terminal(200)
    right = re.search(r"\x1b\[1;38;2;(\d+);(\d+);(\d+)m +937", text)
    wrong = re.search(r"\x1b\[38;2;(\d+);(\d+);(\d+)m +78", text)
    assert right and wrong
    assert int(right[2]) > int(right[1])
    assert int(wrong[1]) > int(wrong[2])
    assert "38;2" not in on_terminal(200, NO_COLOR="1")


def test_a_narrow_terminal_has_letters_for_names() -> None:
    assert "D = cat" in on_terminal(80)
    assert "D = cat" not in on_terminal(200)
