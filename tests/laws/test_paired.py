"""Intervals of changes cover and tests keep their level, as the table of docs/compare.md says."""

from __future__ import annotations

import json
import math

import pytest

from support.effort import sample
from support.paired_models import SCENARIOS, SIZES, TABLE, simulated

STORED = json.loads(TABLE.read_text())
LOW, HIGH = 0.93, 0.97
FEW = 100


def test_the_table_is_complete() -> None:
    assert set(STORED) == set(SCENARIOS)
    assert all(
        set(found) == set(map(str, SIZES)) for part in STORED.values() for found in part["metrics"].values()
    )


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_is_documented_holds(name: str) -> None:
    """With 200 rows and more, up to the noise of the simulations; where hardly any row differs, at least."""
    for metric, found in STORED[name]["metrics"].items():
        for n in SIZES:
            held, _, rejected, given = found[str(n)]
            if n < FEW:
                continue
            noise = 2.0 * math.sqrt(0.95 * 0.05 / given)
            differing = (1 - STORED[name]["agreement"]) * n
            assert held / given >= LOW - noise, (metric, n)
            if differing >= 20:
                assert held / given <= HIGH + noise, (metric, n)
            if name.endswith("no change"):
                assert rejected / given <= 0.06 + noise, (metric, n)


@pytest.mark.long
@pytest.mark.thorough
@pytest.mark.unmeasured
@pytest.mark.parametrize("name", list(SCENARIOS)[:: sample(5, 1)])
def test_simulations_agree_with_the_table(name: str) -> None:
    for n in SIZES if sample(0, 1) else SIZES[1:2]:
        for metric, (held, _, _, given) in simulated((name, n, sample(100, 500))).items():
            before, _, _, of = STORED[name]["metrics"][metric][str(n)]
            share = before / of
            noise = math.sqrt(max(share * (1 - share), 0.02) * (1 / given + 1 / of))
            assert abs(held / given - share) <= 4.0 * noise, (metric, n, held, given)
