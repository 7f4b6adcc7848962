from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest

from support.command_line import Cli, assert_refused
from support.parts import parts_of


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b"id,label\n1,2\n", "another kind of file"),
        (b"ARROW1\x00\x00 and then nothing", "the state file is damaged"),
    ],
)
def test_files_that_are_no_states(content: bytes, words: str, cli: Cli, tmp_path: Path) -> None:
    states = parts_of(cli, tmp_path)
    (tmp_path / "odd.state").write_bytes(content)
    assert_refused(cli("merge", *states, tmp_path / "odd.state"), words, "odd.state")


def test_damaged_states_are_named(cli: Cli, tmp_path: Path) -> None:
    states = parts_of(cli, tmp_path)
    data = states[2].read_bytes()
    for place in range(60, len(data), max(len(data) // 40, 1)):
        changed = bytearray(data)
        changed[place] ^= 0x41
        (tmp_path / "odd.state").write_bytes(changed)
        result = cli("merge", *states[:2], tmp_path / "odd.state", "-o", tmp_path / "r.json")
        if result.code:
            assert_refused(result, "odd.state")
        else:  # padding, which no one reads
            (tmp_path / "fine.state").write_bytes(data)
            fine = cli("merge", *states[:2], tmp_path / "fine.state", "--format", "json")
            found = json.loads((tmp_path / "r.json").read_text())
            assert found["metrics"] == fine.json["metrics"]
    (tmp_path / "odd.state").write_bytes(data[:-200])
    assert_refused(
        cli("merge", *states[:2], tmp_path / "odd.state"), "the state file is damaged", "odd.state"
    )


def test_a_later_format_is_refused_with_both_numbers(cli: Cli, tmp_path: Path) -> None:
    state = parts_of(cli, tmp_path)[0]
    with pa.ipc.open_file(state) as reader:
        table = reader.read_all()
    (key, header), *_ = table.schema.metadata.items()
    later = table.replace_schema_metadata({key.replace(b"1", b"7"): header})
    with pa.ipc.new_file(tmp_path / "later.state", later.schema) as writer:
        writer.write_table(later)
    words = ("written by a later release", "format 7; this release reads up to 1")
    assert_refused(cli("merge", tmp_path / "later.state"), *words)
    assert_refused(cli("show", tmp_path / "later.state"), *words)


def test_a_changed_header_is_damage(cli: Cli, tmp_path: Path) -> None:
    """Which stands in the file twice; the last is read."""
    states = parts_of(cli, tmp_path)
    data = states[0].read_bytes()
    place = data.rindex(b'"mean":') + len(b'"mean":')
    other = b"7" if data[place : place + 1] != b"7" else b"3"
    for changed in (
        data[:place] + other + data[place + 1 :],
        data.replace(b'"read":150', b'"read":950'),
    ):
        (tmp_path / "odd.state").write_bytes(changed)
        refused = cli("merge", tmp_path / "odd.state", states[1])
        assert_refused(refused, "the state file is damaged", "odd.state")
