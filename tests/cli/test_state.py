from __future__ import annotations

from pathlib import Path

import pytest

from evalcli.cli.options.state import StateOptions
from evalcli.cli.state import for_state, write_to, writer
from evalcli.errors import UsageError
from evalcli.inputs.options import Options, check_options

OPTIONS = Options(("p.csv",))


def test_states_are_kept_where_they_are_written() -> None:
    found = for_state(OPTIONS, StateOptions(state="x.state", first_row=3))
    assert (found.stored, found.first_row) == (True, 3)
    assert for_state(OPTIONS, StateOptions()) == OPTIONS
    for given in ({"first_row": 3}, {"first_row": -1, "state": "x.state"}):
        with pytest.raises(UsageError, match="--first-row"):
            check_options(for_state(OPTIONS, StateOptions(**given)))  # type: ignore[arg-type]


def test_it_is_written(tmp_path: Path) -> None:
    paths = [tmp_path / "a.state", tmp_path / "b.state"]
    write_to([str(path) for path in paths], b"x")
    assert [path.read_bytes() for path in paths] == [b"x", b"x"]
    assert writer(StateOptions()) is None
