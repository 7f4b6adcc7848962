from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from evalcli.renderers.slices import ordered, slices
from evalcli.renderers.tables import Grid, View
from evalcli.report.report import Report
from evalcli.report.score import Interval, Score
from evalcli.report.slices import Slice
from support.builders import made_report
from support.command_line import Cli

VALUES = {"a": (0.5, 40), "b": (0.25, 60), "c": (None, 50), "d": (0.75, 10)}


def part(name: str | None, value: float | None, n: int, column: str = "s") -> Slice:
    reason = "nothing to divide by" if value is None else None
    return Slice(
        {column: name}, n, {"accuracy": Score(value, "higher", n, reason, interval_reason="few")}, n < 30
    )


def report(parts: tuple[Slice, ...]) -> Report:
    made = made_report({"accuracy": 0.5})
    options = {**made.input.options, "min_n": 30}
    return replace(made, slices=parts, input=replace(made.input, by=(("s",),), options=options))


def grid(view: View, parts: tuple[Slice, ...] | None = None) -> Grid:
    parts = parts or tuple(part(name, *values) for name, values in VALUES.items())
    (found,) = slices(report(parts), ("s",), view, {})
    return found


def names(found: Grid) -> str:
    return "".join(row[0].text for row in found.rows)


@pytest.mark.parametrize(
    ("sort", "order", "title"),
    [
        (None, "abcd", "4 slices by s"),
        ("name", "abcd", "4 slices by s"),
        ("value", "badc", "4 slices by s, worst accuracy first"),
        ("n", "bcad", "4 slices by s, largest first"),
    ],
)
def test_the_title_follows_the_order(sort: str | None, order: str, title: str) -> None:
    found = grid(View(sort=sort))
    assert (names(found), found.title) == (order, title)


def test_a_loss_is_worst_where_it_is_largest() -> None:
    parts = [
        Slice({"s": name}, 9, {"log_loss": Score(v, "lower", 9)}) for name, v in (("a", 0.1), ("b", 0.3))
    ]
    assert [one.by["s"] for one in ordered(parts, "value", "log_loss")] == ["b", "a"]


@pytest.mark.parametrize(("count", "rows"), [(100, 100), (101, 20)])
def test_of_too_many_slices_the_worst_are_shown(count: int, rows: int) -> None:
    parts = tuple(part(f"{j}", j / count, 40) for j in range(count - 1, -1, -1))
    found = grid(View(), parts)
    assert len(found.rows) == rows
    if rows == 20:
        assert found.title == "the worst 20 of 101 slices by s, worst accuracy first"
        assert found.rows[0][0].text == "0"
        assert found.foot[-1] == "all 101 slices: -o report.csv"
        assert grid(View(sort="name"), parts).title == "the first 20 of 101 slices by s"
        assert grid(View(sort="n"), parts).title == "the largest 20 of 101 slices by s, largest first"


def test_empty_columns_go_and_reasons_stay() -> None:
    found = grid(View())
    assert found.columns == ("s", "rows", "accuracy", "vs overall", "")
    assert found.foot == ("no interval for s=a, s=b, s=d: few",)
    remarks = [row[-1].text for row in found.rows]
    assert remarks == ["", "", "undefined: nothing to divide by", "fewer than 30 rows"]
    one = replace(VALUES_OF_A, metrics={"accuracy": replace(VALUES_OF_A.metrics["accuracy"], interval=ENDS)})
    assert grid(View(), (one,)).columns == ("s", "rows", "accuracy", "interval", "vs overall")


VALUES_OF_A = part("a", 0.5, 40)
ENDS = Interval(0.4, 0.6, "wilson")


def test_long_values_are_cut_and_none_has_a_word() -> None:
    parts = (part("x" * 80, 0.5, 40), part(None, 0.5, 40))
    for width, most in ((None, 60), (100, 30)):
        found = grid(View(width=width), parts)
        assert len(found.rows[0][0].text) == most
        assert found.rows[1][0].text == "(no value)"


def test_a_narrow_terminal_shows_fewer_columns(
    cli: Cli, sliced: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    for width, columns in ((60, 0), (200, 4)):
        monkeypatch.setenv("COLUMNS", str(width))
        out = cli("score", sliced, "--by", "s", "-m", "accuracy,recall,f1,mcc,precision").out
        line = next(line for line in out.splitlines() if "vs overall" in line)
        found = [name for name in ("recall", "accuracy", "mcc", "precision") if name in line]
        assert len(found) == columns


def test_a_slice_that_the_baseline_lacks_says_so(cli: Cli, sliced: Path, tmp_path: Path) -> None:
    base = tmp_path / "b.json"
    arguments = ("score", sliced, "--by", "s", "--baseline", base, "--max-drop", "f1=0.1", "--min-n", "1")
    assert cli("score", sliced, "--by", "s", "-o", base).code == 0
    stored = json.loads(base.read_text())
    stored["slices"] = [one for one in stored["slices"] if one["by"]["s"] != "a"]
    base.write_text(json.dumps(stored))
    out = cli(*arguments).out
    assert "f1 vs baseline" in out
    assert re.search(r"^a +200 .* — +not in the baseline$", out, re.M)
    assert re.search(r"^b +100 .* \+0\.0000$", out, re.M)
    base.write_text(json.dumps({**stored, "slices": []}))
    out = cli(*arguments).out
    assert "vs baseline" not in out
    assert "none of these slices is in the baseline" in out
