"""The same predictions in 200 spellings: each is read right or is a question, never a wrong number."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.command_line import Cli
from support.spellings import spelled

SEEDS, AT_ONCE = 200, 20
QUESTIONS = 0.15
"""Share of the spellings that may be a question."""


def read(seed: int, cli: Cli, folder: Path) -> bool:
    """Whether a spelling is read right; what is neither that nor a question fails."""
    spelling = spelled(seed, folder)
    labels = [argument for path in spelling.arguments[1:] for argument in ("--labels", path)]
    result = cli("score", spelling.arguments[0], *labels, "--only", "accuracy", "--no-intervals")
    if result.code == 2:
        assert "try:" in result.err, (spelling, result)
        assert cli("score", spelling.arguments[0], *labels, "-f", "json").json["error"]["code"], spelling
        return False
    assert result.code == 0, (spelling, result)
    assert float(result.out) == pytest.approx(spelling.accuracy), (spelling, result)
    return True


@pytest.mark.parametrize("start", range(0, SEEDS, AT_ONCE))
def test_spellings_are_read_right_or_asked_about(start: int, cli: Cli, tmp_path: Path) -> None:
    outcomes = []
    for seed in range(start, start + AT_ONCE):
        folder = tmp_path / str(seed)
        folder.mkdir()
        outcomes.append(read(seed, cli, folder))
    assert outcomes.count(False) <= 2 * QUESTIONS * AT_ONCE
