"""Rounding, in one place, for display only."""

from __future__ import annotations

from evalcli.report import Score


def number(value: float) -> str:
    """Four decimals below 1,000, four significant digits where that would show zeros.

    >>> number(0.92942), number(1234.5), number(0.00001234)
    ('0.9294', '1234', '1.234e-05')
    """
    size = abs(value)
    if size != 0 and (size < 5e-5 or size >= 1e6):
        return f"{value:.4g}"
    return f"{value:.4f}" if size < 1000 else f"{value:.0f}"


def value(score: Score) -> str:
    """The value, or a dash."""
    return "—" if score.value is None else number(score.value)


def interval(score: Score) -> str:
    """Both ends in brackets, or nothing."""
    if score.interval is None:
        return ""
    return f"[{number(score.interval.low)}, {number(score.interval.high)}]"
