from __future__ import annotations

import io
from pathlib import Path

import pytest

from evalcli.whole import TooLargeError, read_whole
from support.builders import GOOD
from support.command_line import Cli, Save, assert_refused


def test_all_bytes_or_none(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"x" * 1000)
    assert read_whole(path) == read_whole(str(path)) == read_whole(io.BytesIO(b"x" * 1000)) == b"x" * 1000
    assert read_whole(path, 1000) == b"x" * 1000
    with pytest.raises(TooLargeError):
        read_whole(path, 999)


@pytest.mark.parametrize(
    "options",
    [
        ("score", "{p}", "--classes", "/dev/zero"),
        ("score", "{p}", "--config", "/dev/zero"),
        ("score", "{p}", "--threshold", "@/dev/zero"),
        ("show", "/dev/zero"),
    ],
)
def test_a_device_without_an_end(options: tuple[str, ...], cli: Cli, saved: Save) -> None:
    path = str(saved("p.csv", GOOD))
    assert_refused(cli(*(option.format(p=path) for option in options)), "more than 256 MiB")
