"""The power of a gate as a table."""

from __future__ import annotations

from evalcli.renderers import numbers
from evalcli.renderers.sentences import WORDS
from evalcli.renderers.tables import Cell, Grid, View, count, without_empty_columns
from evalcli.renderers.text import lines
from evalcli.report.power import PowerReport, RulePower
from evalcli.text import escape


def render(report: PowerReport, view: View) -> bytes:
    """Every rule, how often its verdict would be another one, and the rows that would settle it."""
    heads = ("rule", "value", "verdict", "rows", "other verdict", f"rows for {percent(report.flake)}", "")
    grid = Grid("", heads, frozenset({0, 2, 6}), tuple(_row(rule, view) for rule in report.rules))
    head = f"{escape(report.title)} · {report.task} · {report.rows:,} rows"
    text = [head, *lines(without_empty_columns(grid)), ""]
    return "\n".join(text).encode("utf-8", "backslashreplace")


def percent(share: float) -> str:
    """A chance as a percentage of two digits.

    >>> percent(0.01), percent(0.1234), percent(1e-9)
    ('1 %', '12 %', '<0.01 %')
    """
    return "<0.01 %" if share < 1e-4 else f"{100 * share:.2g} %"


def _row(rule: RulePower, view: View) -> tuple[Cell, ...]:
    needed = "—" if rule.needed is None else rounded(rule.needed)
    why = rule.reason or (
        "no number of rows is enough: the value is the limit" if rule.needed is None else ""
    )
    return (
        Cell(escape(rule.rule)),
        Cell(
            "—" if rule.value is None else numbers.number(rule.value, rule.limit or 0.0, digits=view.digits)
        ),
        Cell(WORDS[rule.verdict], shade={"pass": 1.0, "fail": -1.0}.get(rule.verdict)),
        Cell(count(rule.rows)),
        Cell("—" if rule.chance is None else percent(rule.chance)),
        Cell("" if rule.reason else needed),
        Cell(escape(why), dim=True),
    )


def rounded(rows: int) -> str:
    """Rows to two digits, rounded up.

    >>> rounded(5412), rounded(87)
    ('5,500', '87')
    """
    digits = max(len(str(rows)) - 2, 0)
    return f"{-(-rows // 10**digits) * 10**digits:,}"


__all__ = ["percent", "render", "rounded"]
