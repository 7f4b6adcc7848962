"""One table, however it is written, gives one report; and every way of writing it is read."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from evalcli.errors import InputError
from evalcli.loaders.open import open_source
from support.builders import GOOD
from support.command_line import Cli, Save, assert_refused
from support.formats import TABLE, WRITERS, figures


@pytest.mark.parametrize("name", ["p.xyz", "p"])
def test_unknown_suffix(name: str, cli: Cli, saved: Save) -> None:
    assert cli("score", saved(name, GOOD)).code == 0
    path = saved(name, b"\x00\x01\x02" * 100)
    assert_refused(cli("score", path), "unrecognised file contents", "parquet")
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


def test_a_file_of_pytorch_is_told_how_to_convert(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "p.pt", "w") as archive:
        archive.writestr("p/data.pkl", b"\x80\x02}q\x00.")
    with pytest.raises(InputError, match="PyTorch") as caught:
        open_source(str(tmp_path / "p.pt"))
    assert (caught.value.code, "weights_only=True" in str(caught.value.hint)) == ("pickle", True)
    code = str(caught.value.hint).partition('"')[2].rpartition('"')[0]
    compile(code, "hint", "exec")
    assert repr(str(tmp_path / "p.pt")) in code


def test_an_array_of_json_is_known_by_its_first_object(tmp_path: Path) -> None:
    (tmp_path / "p.txt").write_text('[\n {"p": 0.5}]')
    assert open_source(str(tmp_path / "p.txt")).columns == ("p",)
    (tmp_path / "q.txt").write_text("[CLS],p\n1,0.5\n")
    assert open_source(str(tmp_path / "q.txt")).columns == ("[CLS]", "p")
