from __future__ import annotations

import csv
import io

from evalcli.renderers.formats import names_of, render
from evalcli.renderers.history import remarks
from evalcli.report.history import Best, Epoch, Gap, History
from evalcli.report.score import Interval, Score


def _history() -> History:
    def epoch(number: int, split: str, value: float | None) -> Epoch:
        interval = None if value is None else Interval(value - 0.1, value + 0.1, "w")
        score = Score(value, "higher", 10, interval=interval)
        return Epoch(number, split, {}, (), {}, "1", metrics={"f1": score})

    values = ((1, "val", 0.5), (1, "train", 0.6), (2, "val", 0.7), (2, "train", 0.9), (3, "val", None))
    return History(
        version="1",
        command=(),
        title="run/{epoch}",
        epochs=tuple(epoch(*value) for value in values),
        shown=("f1",),
        best=Best("f1", "higher", "val", 2, 0.7, (0.6, 0.8), (1, 2), 1, True, 0.01),
        gaps=(Gap("f1", 2, 0.2, (0.1, 0.3)),),
        overfits=3,
        notes=("a plateau",),
    )


def test_a_line_for_each_epoch_and_what_it_is() -> None:
    lines = render(_history(), "table").decode().splitlines()
    assert lines[0] == "run/{epoch} · 3 epochs of train, val"
    assert "f1 train" in lines[2] and "95% interval" in lines[2]
    first = "1 0.6000 0.5000 [0.4000, 0.6000] not told from the best, take this"
    assert lines[4].split() == first.split()
    assert lines[5].endswith("best") and lines[6].split() == ["3", "—", "overfits"]


def test_sentences_say_what_the_curves_show() -> None:
    said = list(remarks(_history()))
    assert said[0] == "best: epoch 2, f1 0.7000 [0.6000, 0.8000] on val"
    assert "epochs 1, 2; take epoch 1" in said[1] and "too good" in said[2]
    assert said[3] == "training minus val at epoch 2: f1 +0.2000 [+0.1000, +0.3000]"
    assert said[4].startswith("overfits from epoch 3") and said[5] == "note: a plateau"


def test_tidy_rows() -> None:
    assert names_of("history") == ("table", "json", "markdown", "html", "csv", "tsv")
    rows = list(csv.DictReader(io.StringIO(render(_history(), "csv").decode())))
    assert len(rows) == 5 and rows[2] == {
        "epoch": "2", "split": "val", "metric": "f1", "class": "", "value": "0.7", "low": "0.6",
        "high": "0.7999999999999999", "n": "10",
    }  # fmt: skip
    assert render(_history(), "tsv").count(b"\t") == 6 * 7


def test_markdown_has_the_table_and_the_sentences() -> None:
    text = render(_history(), "markdown").decode()
    assert text.startswith("### evalcli: run/{epoch}") and "| 2 |" in text.replace("|  2 |", "| 2 |")
    assert "- best: epoch 2, f1 0.7000" in text
