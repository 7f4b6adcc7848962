from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

import evalcli
from evalcli.api.report import Report
from evalcli.errors import UsageError

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


def test_names_as_in_a_dictionary() -> None:
    assert REPORT.get("f1") == REPORT["f1"]
    assert REPORT.get("f7") is None
    assert {"f1", "recall:1", "accuracy@part=0"} <= set(REPORT.keys())
    assert f"{REPORT['f1']:.3f}" == format(float(REPORT["f1"]), ".3f")


@pytest.mark.parametrize("suffix", [".json", ".md", ".txt", ".csv"])
def test_it_is_saved_by_its_suffix(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"report{suffix}"
    REPORT.save(path)
    assert "accuracy" in path.read_text(encoding="utf-8")
    if suffix == ".json":
        assert Report.from_json(json.loads(path.read_text(encoding="utf-8"))) == REPORT


def test_an_unknown_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no known suffix"):
        REPORT.save(tmp_path / "report.docx")


def test_other_results_are_tables_as_well(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("label,p\n" + "1,0.9\n0,0.2\n1,0.4\n0,0.6\n" * 20)
    inspection, thresholds = evalcli.inspect(path), evalcli.threshold(path)
    assert "label" in str(inspection)
    assert "threshold" in str(thresholds)
    thresholds.save(tmp_path / "t.json")
    inspection.save(tmp_path / "i.json")
    found = evalcli.score(path, threshold=f"@{tmp_path / 't.json'}")
    assert found.input.threshold == next(iter(thresholds.thresholds.values()))
    assert "--" not in "".join(str(finding.hint) for finding in inspection.findings)
