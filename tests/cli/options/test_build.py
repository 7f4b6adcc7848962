from __future__ import annotations

import pytest

from support.command_line import Cli, Save


@pytest.mark.parametrize("size", ["0", "-1", "1X", "", "many"])
def test_sizes(size: str, cli: Cli, saved: Save) -> None:
    assert "is not a size" in cli("score", saved("p.csv", "label,p\n1,1\n"), "--max-bytes", size).err
