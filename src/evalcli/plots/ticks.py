"""Numbers at the axes of a chart of characters: round ones, in as many decimals as tell them apart."""

from __future__ import annotations

import math

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
BAR, CORNER = "│", "└"


def ticks(low: float, high: float, most: int, whole: bool = False) -> list[tuple[float, str]]:
    """At most so many round values between two ends, and their texts. ``whole``: whole numbers only.

    >>> [text for _, text in ticks(0.305, 0.73, 5)]
    ['0.4', '0.5', '0.6', '0.7']
    >>> [text for _, text in ticks(1, 12, 5, whole=True)]
    ['5', '10']
    """
    if not high > low:
        return [(low, f"{low:g}")]
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    power = max(power, 1.0) if whole else power
    steps = [step * power for step in (*STEPS, *(10 * step for step in STEPS))]
    fitting = [step for step in steps if (high - low) / step < most and (not whole or step >= 1)]
    step = next((step for step in fitting if not whole or step.is_integer()), steps[-1])
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    digits += 0 if math.isclose(round(step, digits), step) else 1
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [(i * step, f"{i * step:,.{digits}f}") for i in range(first, last + 1)]


def labelled(
    chart: str, across: tuple[float, float], up: tuple[float, float], width: int, whole: bool
) -> str:
    """A chart of uniplot with these numbers at its axes, in place of its own, which are rounded."""
    lines = chart.splitlines()
    bottom = next(i for i, line in enumerate(lines) if line.startswith(CORNER))
    rows = [i for i, line in enumerate(lines[:bottom]) if line.startswith(BAR)]
    texts: dict[int, str] = {}
    for value, text in ticks(*up, max(len(rows) // 3, 2)):
        share = 0.5 if up[0] == up[1] else (up[1] - value) / (up[1] - up[0])
        texts[min(int(share * len(rows)), len(rows) - 1)] = text
    for place, i in enumerate(rows):
        body = lines[i].rpartition(BAR)[0]
        lines[i] = f"{body}{BAR} {texts[place]}" if place in texts else f"{body}{BAR}"
    below = [" "] * (width + 12)
    for value, text in ticks(*across, max(width // 12, 2), whole):
        share = 0.5 if across[0] == across[1] else (value - across[0]) / (across[1] - across[0])
        start = max(1 + round(share * (width - 1)) - len(text) // 2, 0)
        below[start : start + len(text)] = text
    lines[bottom + 1] = "".join(below).rstrip()
    return "\n".join(lines)


__all__ = ["labelled", "ticks"]
