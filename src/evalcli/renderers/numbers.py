"""Rounding, in one place, for display only."""

from __future__ import annotations

from evalcli.report.score import Score

DECIMALS = 4
MOST_SIGNIFICANT = 17


def number(value: float, *limits: float, digits: int | None = None) -> str:
    """Four decimals below 1,000, four significant digits where that would show zeros; or ``digits`` of them.

    As many more as the text needs to be above, below or equal to each of ``limits``, as the value is.

    >>> number(0.92942), number(1234.5), number(0.00001234)
    ('0.9294', '1234', '1.234e-05')
    >>> number(0.79999999, 0.8), number(0.8, 0.8)
    ('0.79999999', '0.8000')
    >>> number(0.92942, digits=2), number(1234.5678, digits=2), number(0.00123, digits=2)
    ('0.93', '1234.57', '0.0012')
    """
    decimals = DECIMALS if digits is None else digits
    size = abs(value)
    if size != 0 and (size < 0.5 * 10.0**-decimals or size >= (1e6 if digits is None else 1e15)):
        text = f"{value:.{max(decimals, 1)}g}"
    elif digits is None and size >= 1000:
        text = f"{value:.0f}"
    else:
        text = f"{value:.{decimals}f}"
    enough = decimals
    while enough < MOST_SIGNIFICANT and any(
        _side(float(text), limit) != _side(value, limit) for limit in limits
    ):
        enough += 1
        text = f"{value:.{enough}g}"
    return text


def _side(value: float, limit: float) -> int:
    return (value > limit) - (value < limit)


def exact(value: float) -> str:
    """All digits, and no more.

    >>> exact(0.8), exact(100.0), exact(1e-7)
    ('0.8', '100', '1e-07')
    """
    return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else repr(value)


def change(value: float, *limits: float, digits: int | None = None) -> str:
    """A difference with its sign."""
    text = number(value, *limits, digits=digits)
    return text if value < 0 else f"+{text}"


def value(score: Score, *limits: float, digits: int | None = None) -> str:
    """The value, or a dash."""
    return "—" if score.value is None else number(score.value, *limits, digits=digits)


def bare(value: float, digits: int | None = None) -> str:
    """In full precision, or with ``digits`` decimals.

    >>> bare(0.8090909090909091), bare(0.8090909090909091, 2)
    ('0.8090909090909091', '0.81')
    """
    return repr(value) if digits is None else number(value, digits=digits)


def percent(share: float | None, digits: int | None = None) -> str:
    """A share in per cent, with one decimal or as exact as ``digits`` of the share; a dash without a share.

    >>> percent(0.937), percent(0.0), percent(None), percent(2 / 3, 2)
    ('93.7', '0.0', '—', '67')
    """
    return "—" if share is None else f"{100 * share:.{1 if digits is None else max(digits - 2, 0)}f}"


def plus_minus(score: Score, digits: int | None = None) -> str:
    """Half the width of the interval if both sides are equal as shown; otherwise both ends, or nothing.

    >>> from evalcli.report.score import Interval
    >>> plus_minus(Score(0.92, "higher", 500, interval=Interval(0.8931, 0.9402, "wilson")))
    '[0.8931, 0.9402]'
    >>> plus_minus(Score(0.92, "higher", 500, interval=Interval(0.8931, 0.9402, "wilson")), digits=1)
    '[0.9, 0.9]'
    >>> plus_minus(Score(0.5, "higher", 500, interval=Interval(0.46, 0.54, "wilson")))
    '± 0.0400'
    """
    if score.interval is None or score.value is None:
        return ""
    below, above = score.value - score.interval.low, score.interval.high - score.value
    sides = number(below, digits=digits), number(above, digits=digits)
    return f"± {sides[0]}" if sides[0] == sides[1] else interval(score, digits)


def interval(score: Score, digits: int | None = None) -> str:
    """Both ends in brackets, or nothing."""
    if score.interval is None:
        return ""
    low, high = (number(end, digits=digits) for end in (score.interval.low, score.interval.high))
    return f"[{low}, {high}]"
