from __future__ import annotations

from pathlib import Path

import pytest

from evalcli.engine.stored_comparison import StoredComparison
from evalcli.engine.stored_content import read_content, write_content
from evalcli.engine.stored_pass import StoredPass
from evalcli.errors import InputError
from evalcli.findings import Place
from evalcli.loaders.resource import Resource
from support.command_line import Cli
from support.parts import parts_of


def test_content_of_another_kind(cli: Cli, tmp_path: Path) -> None:
    state, *_ = parts_of(cli, tmp_path)
    assert isinstance(read_content(Resource(str(state)), StoredPass), StoredPass)
    with pytest.raises(InputError, match="the state is of one model"):
        read_content(Resource(str(state)), StoredComparison)
    path = tmp_path / "odd.state"
    path.write_bytes(write_content({}, Place("p.csv")))  # type: ignore[arg-type]
    with pytest.raises(InputError, match="Place is no content of a state"):
        read_content(Resource(str(path)), StoredPass)
