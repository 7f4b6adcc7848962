from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from evalcli.gate.judge import judge
from evalcli.gate.rules import asked_rules
from evalcli.renderers.report import gate_grid, grids
from evalcli.renderers.tables import Grid, View
from evalcli.report.report import BATCH_AVERAGE, Batches, BatchFigure, ClassRow, Report
from evalcli.report.score import Interval, Score
from evalcli.report.verdict import Baseline
from support.builders import made_report
from support.command_line import Cli, Save


def texts(grid: Grid) -> list[list[str]]:
    return [[cell.text for cell in row] for row in grid.rows]


def test_many_classes_show_the_worst_first(cli: Cli, tmp_path: Path) -> None:
    k = 25
    y = np.repeat(np.arange(k), 20)
    wrong = np.tile(np.arange(20), k) < y % 7
    np.save(tmp_path / "h.npy", np.where(wrong, (y + 1) % k, y))
    np.save(tmp_path / "y.npy", y)
    out = cli("score", tmp_path / "h.npy", "-l", tmp_path / "y.npy").out
    assert "the 20 worst of 25 classes by f1" in out
    assert "all 25 classes: -o report.csv" in out
    assert "confusion matrix" not in out
    assert "the 10 most confused pairs of 25 classes" in out
    rows = [line.split() for line in out.split("class ")[1].split("\n\n")[0].splitlines()[2:22]]
    f1 = [float(row[8]) for row in rows]  # after support, precision and recall, with their intervals
    assert len(f1) == 20
    assert f1 == sorted(f1)


def test_an_undefined_metric_says_why(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("label,p\n1,0.25\n1,0.5\n")
    out = cli("score", tmp_path / "p.csv").out
    assert re.search(r"^roc_auc +— +undefined: the labels contain no row of '1', or no other$", out, re.M)


def test_excluded_and_absent_classes_are_told_apart(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(
        "label,prob_a,prob_b,prob_O,prob_x\n" + "a,1,0,0,0\nb,0,1,0,0\nO,0,0,1,0\n"
    )
    common = ("score", tmp_path / "p.csv", "-m", "f1_macro")
    assert re.search(r"^f1_macro .* without 1 absent class$", cli(*common).out, re.M)
    excluded = cli(*common, "--exclude-class", "O").out
    assert re.search(r"^f1_macro .* without O and 1 absent class$", excluded, re.M)


def classes(*ends: tuple[float, float, float]) -> Report:
    rows = {
        f"c{j}": ClassRow(9, {"recall": Score(value, "higher", 9, interval=Interval(low, high, "wilson"))})
        for j, (low, value, high) in enumerate(ends)
    }
    return replace(made_report({"accuracy": 0.5}), classes=tuple(rows), per_class=rows)


def test_brackets_unless_both_sides_are_equal_in_every_row() -> None:
    *_, equal = grids(classes((0.4, 0.5, 0.6), (0.2, 0.3, 0.4)), View())
    assert [row[2] for row in texts(equal)] == ["0.5000 ± 0.1000", "0.3000 ± 0.1000"]
    *_, unequal = grids(classes((0.4, 0.5, 0.6), (0.2065, 1.0, 1.0)), View())
    assert [row[2] for row in texts(unequal)] == ["0.5000 [0.4000, 0.6000]", "1.0000 [0.2065, 1.0000]"]
    *_, narrow = grids(classes((0.4, 0.5, 0.6), (0.2065, 1.0, 1.0)), View(width=30))
    assert [row[2] for row in texts(narrow)] == ["0.5000", "1.0000"]


def test_a_missing_interval_of_a_class_has_its_reason_below(cli: Cli, saved: Save) -> None:
    lines = ["label,pred", *["a,a", "b,b", "a,b", "b,a"] * 10, "c,c"]
    out = cli("score", saved("p.csv", "\n".join([*lines, ""]))).out
    report = cli("score", saved("p.csv", "\n".join([*lines, ""])), "-f", "json").json
    reasons = {
        score["interval_reason"]
        for row in report["per_class"].values()
        for score in row.values()
        if isinstance(score, dict) and score.get("interval_reason")
    }
    for reason in reasons:
        assert re.search(f"^no interval for .*: {re.escape(reason)}$", out, re.M)


def test_no_intervals_no_reasons_no_column(cli: Cli, saved: Save) -> None:
    out = cli("score", saved("p.csv", "label,pred\n" + "a,a\nb,b\na,b\n" * 20), "--no-intervals").out
    assert "95% interval" not in out
    assert "no interval for" not in out


def test_brief_is_the_metrics_gate_and_slices(cli: Cli, sliced: Path) -> None:
    common = ("score", sliced, "--by", "s", "--fail-under", "accuracy=0.1", "--explain-batches", "32")
    out = cli(*common, "--brief").out
    assert "3 slices by s" in out
    assert "passed    accuracy>=0.1" in out
    for word in ("per class", "confusion matrix", "averaged over"):
        assert word not in out
    plain = cli("score", sliced, "--brief").out
    assert "per class" in cli("score", sliced).out
    assert plain == cli("score", sliced).out.split("\n\nper class")[0] + "\n"


def test_what_pools_all_slices_stays_away(cli: Cli, sliced: Path, tmp_path: Path) -> None:
    common = ("score", sliced, "--by", "s", "-o", tmp_path / "r.md", "-o", tmp_path / "r.json")
    out = cli(*common).out
    line = "metrics per class and the confusion matrix of all slices together: score without --by"
    for text in (out, (tmp_path / "r.md").read_text()):
        assert line in text
        assert "**per class**" not in text
        assert "\nper class\n" not in text
        assert "rows truth" not in text
    stored = cli("show", tmp_path / "r.json", "-f", "json").json
    assert stored["confusion_matrix"]["counts"]
    assert stored["per_class"]["0"]["recall"]
    asked = cli(*common, "--normalize", "true").out
    assert "rows truth" in asked
    assert "metrics per class of all slices together: score without --by" in asked


def test_a_baseline_that_lacks_a_metric_says_so() -> None:
    report = made_report({"accuracy": 0.5, "log_loss": None, "f1_macro": 0.5, "ece": 0.5})
    baseline = Baseline("b.json", "compared", values={"accuracy": 0.4, "f1_macro": None, "log_loss": 0.5})
    first, *_ = grids(judge(report, asked_rules(max_drop=["accuracy=0.1"]), baseline), View())
    assert [(row[0], *row[2:]) for row in texts(first)] == [
        ("accuracy", "0.4000", "+0.1000", ""),
        ("log_loss", "0.5000", "—", "undefined: nothing to divide by"),
        ("f1_macro", "—", "—", "undefined in the baseline"),
        ("ece", "—", "—", "not in the baseline"),
    ]


def test_digits_of_every_table_and_never_too_few_for_a_rule(cli: Cli, sliced: Path) -> None:
    out = cli("score", sliced, "--by", "s", "--digits", "2", "--fail-under", "accuracy=0.7869").out
    values = re.findall(r"(?<![\w.=>])[01]\.\d+", out)
    assert {len(value) for value in values if not value.startswith("0.786")} == {4}
    assert "0.78689" in out  # the value of the rule, which differs from 0.7869
    assert cli("score", sliced, "--digits", "2", "-f", "table").err == cli("score", sliced).err


def test_batches_and_other_shortcuts_are_tables_of_their_own() -> None:
    figures = (
        BatchFigure("accuracy", BATCH_AVERAGE, 0.75, 0.7),
        BatchFigure("f1", BATCH_AVERAGE, None, 0.7),
        BatchFigure("accuracy", "round() in place of argmax", 0.5, 0.7),
    )
    report = replace(made_report({"accuracy": 0.7}), batches=Batches(32, 15, 2, figures))
    _, averages, rounded = grids(report, View(digits=2))
    assert averages.title == "averaged over 15 batches of 32 rows (last: 2)"
    assert averages.columns == ("metric", "batch average", "all rows", "difference")
    assert texts(averages) == [["accuracy", "0.75", "0.70", "+0.05"], ["f1", "—", "0.70", "—"]]
    assert rounded.title == "computed as round() in place of argmax"
    assert texts(rounded) == [["accuracy", "0.50", "0.70", "-0.20"]]
    one = replace(report, batches=Batches(32, 1, 32, figures))
    assert [grid.title for grid in grids(one, View())][1] == "averaged over 1 batch of 32 rows"


def test_columns_of_a_gate_without_drops() -> None:
    judged = judge(made_report({"accuracy": 0.5}), asked_rules(fail_under=["accuracy=0.4"]))
    assert judged.gate is not None
    assert gate_grid(judged.gate, 20).columns == ("verdict", "rule", "value")


@pytest.mark.parametrize("width", [80, 100])
def test_long_names_of_classes_are_cut_on_a_terminal(width: int) -> None:
    names = [f"a very long name of a class that goes on and on, number {j}" for j in range(4)]
    report = made_report({}, {"recall": dict.fromkeys(names, 0.5), "f1": dict.fromkeys(names, 0.5)})
    *_, cut = grids(report, View(width=width))
    if width == 80:
        assert cut.width <= width
        assert all(len(row[0]) == 30 and "…" in row[0] for row in texts(cut))
        assert len({row[0] for row in texts(cut)}) == 4
    *_, full = grids(report, View())
    assert [row[0] for row in texts(full)] == names
