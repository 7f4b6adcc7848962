from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest

from evalcli.errors import InputError
from evalcli.loaders.resource import Resource
from support.command_line import Process


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
@pytest.mark.parametrize("damage", ["cut", "garbage", "flip"])
def test_damaged_packing(
    pack: Callable[[bytes], bytes], damage: str, process: Process, tmp_path: Path
) -> None:
    data = bytearray(pack(b"label,p\n" + b"1,0.5\n0,0.25\n" * 100))
    if damage == "cut":
        del data[-4:]
    elif damage == "garbage":
        data += b"garbage"
    else:
        data[len(data) // 2] ^= 0xFF
    (tmp_path / "p.csv.gz").write_bytes(data)
    result = process("score", tmp_path / "p.csv.gz")
    assert (result.code, "Traceback" in result.err) in ((0, False), (2, False)), result


@pytest.mark.parametrize(
    ("behind", "read"),
    [
        (b"", True),
        (bytes(8), True),
        (b"garbage", False),
        (bytes(8) + b"more", False),
        (b"\xfd7zXZ\x00", False),
    ],
)
def test_what_follows_xz_data(behind: bytes, read: bool, tmp_path: Path) -> None:
    text = b"label,p\n" + b"1,0.5\n" * 200_000
    (tmp_path / "p.csv.xz").write_bytes(lzma.compress(text) + behind)
    resource = Resource(str(tmp_path / "p.csv.xz"))
    if read:
        assert resource.buffer.to_pybytes() == text
        return
    with pytest.raises(InputError, match="cannot be decompressed"):
        resource.buffer  # noqa: B018


def test_several_streams_of_xz_data(tmp_path: Path) -> None:
    (tmp_path / "p.xz").write_bytes(lzma.compress(b"a") + bytes(4) + lzma.compress(b"") + lzma.compress(b"b"))
    assert Resource(str(tmp_path / "p.xz")).buffer.to_pybytes() == b"ab"
    (tmp_path / "p.xz").write_bytes(lzma.compress(b"a" * 100)[:-9])
    with pytest.raises(InputError, match="cannot be decompressed"):
        Resource(str(tmp_path / "p.xz")).buffer  # noqa: B018
