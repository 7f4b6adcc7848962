"""Rounding, in one place, for display only."""

from __future__ import annotations

from evalcli.report.score import Score


def number(value: float, *limits: float) -> str:
    """Four decimals below 1,000, four significant digits where that would show zeros.

    As many more as it takes to stand to each of ``limits`` as the value does: above, below or equal.

    >>> number(0.92942), number(1234.5), number(0.00001234)
    ('0.9294', '1234', '1.234e-05')
    >>> number(0.79999999, 0.8), number(0.8, 0.8)
    ('0.79999999', '0.8000')
    """
    size = abs(value)
    if size != 0 and (size < 5e-5 or size >= 1e6):
        text = f"{value:.4g}"
    else:
        text = f"{value:.4f}" if size < 1000 else f"{value:.0f}"
    digits = 4
    while digits < 17 and any(_side(float(text), limit) != _side(value, limit) for limit in limits):
        digits += 1
        text = f"{value:.{digits}g}"
    return text


def _side(value: float, limit: float) -> int:
    return (value > limit) - (value < limit)


def exact(value: float) -> str:
    """All digits, and no more.

    >>> exact(0.8), exact(100.0), exact(1e-7)
    ('0.8', '100', '1e-07')
    """
    return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else repr(value)


def change(value: float, *limits: float) -> str:
    """A difference with its sign."""
    text = number(value, *limits)
    return text if value < 0 else f"+{text}"


def value(score: Score, *limits: float) -> str:
    """The value, or a dash."""
    return "—" if score.value is None else number(score.value, *limits)


def plus_minus(score: Score) -> str:
    """How far the interval reaches at its wider side, or nothing.

    >>> from evalcli.report.score import Interval
    >>> plus_minus(Score(0.92, "higher", 500, interval=Interval(0.8931, 0.9402, "wilson")))
    '± 0.0269'
    """
    if score.interval is None or score.value is None:
        return ""
    return f"± {number(max(score.value - score.interval.low, score.interval.high - score.value))}"


def interval(score: Score) -> str:
    """Both ends in brackets, or nothing."""
    if score.interval is None:
        return ""
    return f"[{number(score.interval.low)}, {number(score.interval.high)}]"
