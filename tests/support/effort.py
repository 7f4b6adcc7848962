"""How much is tried: a sample in every run, all of it by `make slow`; and what need not be measured."""

from __future__ import annotations

import os

SLOW = os.environ.get("EVALCLI_SLOW") == "1"
COVERAGE = "COVERAGE_PROCESS_CONFIG"
"""Tells a process that is started to measure its coverage, which makes it twice as slow."""


def sample(few: int, many: int) -> int:
    """How many of something: few in every run, many by `make slow`."""
    return many if SLOW else few


def untraced() -> dict[str, str]:
    """The environment of a process whose coverage is not measured."""
    return {name: value for name, value in os.environ.items() if name != COVERAGE}
