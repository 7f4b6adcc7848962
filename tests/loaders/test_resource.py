from __future__ import annotations

import bz2
import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from support.command_line import Process


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, __import__("lzma").compress])
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
