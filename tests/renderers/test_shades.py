from __future__ import annotations

from itertools import pairwise

import pytest

from evalcli.renderers.shades import GREY, INDEXED, RIGHT, WRONG, mixed, strength_of, style

SHARES = [j / 200 for j in range(1, 201)]
LEVELS = (0, 95, 135, 175, 215, 255)


def luminance(colour: tuple[int, ...]) -> float:
    """Of an sRGB colour, as WCAG 2 defines it."""
    light = [part / 255 for part in colour]
    light = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in light]
    return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]


def contrasts(colour: tuple[int, ...]) -> tuple[float, float]:
    """To black, and to white."""
    return (luminance(colour) + 0.05) / 0.05, 1.05 / (luminance(colour) + 0.05)


def indexed(index: int) -> tuple[int, ...]:
    """A colour of the cube or the greys of 256."""
    if index >= 232:
        return (8 + 10 * (index - 232),) * 3
    return tuple(LEVELS[(index - 16) // size % 6] for size in (36, 6, 1))


@pytest.mark.parametrize("colour", [RIGHT, WRONG])
def test_every_shade_is_legible_on_black_and_on_white(colour: tuple[int, int, int]) -> None:
    for share in SHARES:
        assert min(contrasts(mixed(colour, share))) >= 4.5, share
    for index in INDEXED[colour]:
        assert min(contrasts(indexed(index))) >= 4.5, index


@pytest.mark.parametrize("colour", [RIGHT, WRONG])
def test_a_larger_share_is_never_less_saturated(colour: tuple[int, int, int]) -> None:
    saturation = [max(c) - min(c) for c in (mixed(colour, share) for share in [0.0, *SHARES])]
    assert saturation == sorted(saturation)
    assert saturation[0] == 0
    assert saturation[-1] > 130
    grey, full = (indexed(index) for index in INDEXED[colour])
    assert max(grey) - min(grey) < max(full) - min(full)
    assert mixed(colour, 0.0) == GREY


@pytest.mark.parametrize("system", ["256", "standard"])
@pytest.mark.parametrize("sign", [1, -1])
def test_few_colours_go_one_way_as_well(system: str, sign: int) -> None:
    styles = [style(sign * share, system) for share in SHARES]
    assert sum(a != b for a, b in pairwise(styles)) == 2
    assert styles[-1] == f"bold {styles[len(SHARES) // 10 if sign < 0 else len(SHARES) // 4]}"
    assert "bold" not in styles[0]


def test_errors_count_more_than_hits() -> None:
    assert strength_of(-0.1) == pytest.approx(0.4)
    assert strength_of(0.1) == 0.1
    assert strength_of(-0.9) == strength_of(1.0) == 1.0
