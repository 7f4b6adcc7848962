from __future__ import annotations

import io

import numpy as np
import pytest
from rich.console import Console

import evalcli
from evalcli.api.report import Report

RNG = np.random.default_rng(5)
TRUTH = RNG.integers(0, 2, 200)
REPORT = evalcli.evaluate(TRUTH, np.clip(TRUTH * 0.3 + RNG.random(200) * 0.7, 0, 1), by={"part": TRUTH})


def test_scores_by_name() -> None:
    assert REPORT["f1"] is REPORT.metrics["f1"]
    assert REPORT["recall:1"] == REPORT.per_class["1"].metrics["recall"]
    assert REPORT["accuracy@part=0"] == REPORT.slices[0].metrics["accuracy"]
    assert "f1" in REPORT
    assert "f7" not in REPORT
    assert [*REPORT] == [*REPORT.metrics]


def test_an_unknown_name_is_a_key_error_with_the_nearest() -> None:
    with pytest.raises(KeyError, match="did you mean 'accuracy'"):
        REPORT["acuracy"]


def test_it_is_short_in_a_list_and_whole_when_printed() -> None:
    assert repr(REPORT).startswith("<Report: binary, 200 rows, f1 0.")
    assert str(REPORT) == REPORT.to_text()
    assert "confusion matrix" in str(REPORT)
    assert all(f"[{note.code}]" in str(REPORT) for note in REPORT.notes)
    assert "--" not in "".join(str(note.hint) for note in REPORT.notes)


def test_other_forms() -> None:
    assert REPORT.to_markdown(digits=2).startswith("### evalcli: arrays")
    frame = REPORT.to_pandas()
    assert set(frame["metric"]) >= {"f1", "roc_auc"}
    assert Report.from_json(REPORT.to_json()) == REPORT
    html = REPORT._repr_html_()
    assert html == REPORT.to_html()
    assert "<table>" in html


def test_rich_prints_it_in_colour() -> None:
    stream = io.StringIO()
    Console(file=stream, force_terminal=True, color_system="truecolor", width=100).print(REPORT)
    assert "\x1b[" in stream.getvalue()
    assert "accuracy" in stream.getvalue()
