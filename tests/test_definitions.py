from __future__ import annotations

import math

from evalcli.definitions import Definition, names_of


def test_a_range_without_a_limit() -> None:
    assert Definition("a", "fn").limits is None
    assert Definition("a", "fn", range=(None, 1.0)).limits == (-math.inf, 1.0)
    assert Definition("a", "fn", range=(0.0, None)).limits == (0.0, math.inf)


def test_names_are_known_before_formulas_are_read() -> None:
    assert names_of(["a = fn", " b=fp", "nothing"]) == ("a", "b", "nothing")
    assert names_of(None, "costs.csv") == ("cost",)
