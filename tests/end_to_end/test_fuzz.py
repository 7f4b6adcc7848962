"""Thousands of broken files of every format: each run ends with a report or a message, in time and memory."""

from __future__ import annotations

import subprocess
import sys

import pytest

from support.effort import sample, untraced
from support.mutants import FORMATS, mutate, seed_file
from support.paths import TESTS

pytestmark = pytest.mark.long

MUTANTS = sample(50, 1000)


@pytest.mark.thorough
@pytest.mark.parametrize("name", FORMATS)
def test_mutants(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "support.mutants", name, "0", str(MUTANTS)],
        cwd=TESTS,
        env=untraced(),
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    last = done.stderr.strip().splitlines()[-30:]
    assert (done.returncode, done.stdout) == (0, ""), f"{done.stdout}\n{last}"


def test_mutants_differ() -> None:
    """Not a fuzz test that changes nothing."""
    data = seed_file("p.csv")
    assert len({mutate(data, seed) for seed in range(200)}) > 150
