"""One table, however it is written, gives one report; and every way of writing it is read."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from evalcli.loaders.open import open_source
from support.builders import GOOD
from support.command_line import Cli, Save, assert_refused
from support.formats import TABLE, WRITERS, figures


@pytest.mark.parametrize("name", ["p.xlsx", "p"])
def test_unknown_suffix(name: str, cli: Cli, saved: Save) -> None:
    assert cli("score", saved(name, GOOD)).code == 0
    path = saved(name, b"\x00\x01\x02" * 100)
    assert_refused(cli("score", path), "cannot tell the format", "--input-format")
    assert_refused(cli("score", path, "--input-format", "xlsx"), "unknown input format 'xlsx'", "parquet")


@pytest.mark.parametrize("name", WRITERS)
def test_standard_input_tells_its_format(
    name: str, expected: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(WRITERS[name](TABLE))))
    assert figures(("-",)) == expected


@pytest.mark.parametrize(
    ("name", "form"),
    [("wrong.csv", "parquet"), ("wrong.parquet", "delimited text"), ("wrong.npy", "JSON Lines")],
)
def test_the_content_decides_with_a_note(name: str, form: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(WRITERS[name](TABLE))
    (remark,) = open_source(str(tmp_path / name)).remarks
    assert (remark.code, form in remark.message) == ("format-by-content", True)
