"""Colours of shares on a terminal: grey to green or red, as legible on black as on white."""

from __future__ import annotations

AMPLIFIED = 4
"""Factor for errors: a quarter of a class that is wrong is as strong as all of it that is right."""
GREY, RIGHT, WRONG = (118, 118, 118), (0, 137, 0), (235, 0, 0)
"""Colours of the same brightness, halfway between black and white in perception."""
INDEXED = {RIGHT: (243, 29), WRONG: (243, 131)}
"""Grey and colour of that brightness among 256."""
NAMED = {RIGHT: "green", WRONG: "red"}
BOLD, PLAIN = 0.5, 0.1
"""Strength from which a share is bold; and coloured, if the terminal has few colours."""
LINEAR = 2.4


def style(shade: float, system: str | None) -> str:
    """The style of a cell for a terminal with ``truecolor``, ``256``, ``standard`` or no colours.

    >>> style(1.0, "256"), style(-0.01, "256"), style(-0.25, "standard")
    ('bold color(29)', 'color(243)', 'bold red')
    """
    strength = strength_of(shade)
    colour = RIGHT if shade > 0 else WRONG
    bold = "bold " if strength >= BOLD else ""
    if system == "truecolor":
        return f"{bold}rgb({','.join(map(str, mixed(colour, strength)))})"
    if system == "256":
        return f"{bold}color({INDEXED[colour][strength >= PLAIN]})"
    return f"{bold}{NAMED[colour]}" if strength >= PLAIN else ""


def strength_of(shade: float) -> float:
    """Strength from 0 to 1; errors count more than hits."""
    return min(1.0, shade if shade > 0 else -AMPLIFIED * shade)


def mixed(colour: tuple[int, int, int], strength: float) -> tuple[int, ...]:
    """Grey and a colour, mixed in linear light, which keeps the brightness."""
    return tuple(
        round(_encoded((1.0 - strength) * _light(grey) + strength * _light(part)))
        for grey, part in zip(GREY, colour, strict=True)
    )


def _light(part: int) -> float:
    """The linear light of an sRGB value (IEC 61966-2-1)."""
    share = part / 255
    return float(share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** LINEAR)


def _encoded(light: float) -> float:
    return 255 * (12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / LINEAR) - 0.055)
