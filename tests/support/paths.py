"""Where things are."""

from __future__ import annotations

from pathlib import Path

TESTS = Path(__file__).parents[1]
ROOT = TESTS.parent
FIXTURES = ROOT / "fixtures"
DATA = TESTS / "data"
GAME_COLUMNS = ("--label-col", "prob1_outcome", "--score-cols", "prob1")
GAMES = FIXTURES / "wnba" / "games.csv"
GOLDEN = TESTS / "golden"
