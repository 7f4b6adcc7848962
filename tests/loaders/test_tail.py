from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalcli.loaders.open import open_source
from evalcli.loaders.tail import Tail, may_be_cut


def trimmed(text: bytes, size: int) -> tuple[bytes, Tail]:
    """Cut into segments of some lines."""
    lines = text.splitlines(keepends=True)
    parts = [pa.py_buffer(b"".join(lines[j : j + size])) for j in range(0, len(lines), size)]
    tail = Tail(",")
    return b"".join(part.to_pybytes() for part in tail.trimmed(iter(parts))), tail


@given(
    st.lists(st.sampled_from([b"1,2\n", b"1,,\n", b",,\n", b" \n", b"\n", b'"",2\r\n', b"x" * 99 + b"\n"])),
    st.sampled_from([b"1,2\n", b"1,,\r\n", b",0"]),
    st.lists(st.sampled_from([b",,\n", b" , \r\n", b"\n", b" \t\n"])),
    st.integers(1, 4),
)
def test_lines_without_values_are_left_out_at_the_end_alone(
    rows: list[bytes], last: bytes, empty: list[bytes], size: int
) -> None:
    if not last.endswith(b"\n"):
        empty = []
    text, tail = trimmed(b"".join(rows) + last + b"".join(empty), size)
    assert text == b"".join(rows) + last
    assert tail.empty_rows == sum(b"," in line for line in empty)
    assert tail.open_line == (b"" if last.endswith(b"\n") else last)


@pytest.mark.parametrize(
    ("value", "others", "cut"),
    [
        ("0.2", ["0.25", "0.5000", "0.75"], True),
        ("0.25", ["0.25", "0.5000", "0.75"], False),
        ("0.2", ["0.25"], False),  # too few to tell
        ("", ["a", "b", "c"], True),
        ("ca", ["cat", "dog", "cat"], True),
        ("cat", ["cat", "catfish", "dog"], False),
        ("eel", ["cat", "dog", "dog"], False),
        ('"ca"', ["cat", "dog", "dog"], False),
    ],
)
def test_values_that_may_be_cut(value: str, others: list[str], cut: bool) -> None:
    assert may_be_cut(value, others) == cut


@pytest.mark.parametrize(
    ("end", "codes"),
    [
        ("1,0.25\n", []),
        ("1,0.25", []),
        ("1,0.2", ["last-line-open"]),
        ("1,0.2\n", []),
        ("1,0.25\n,\n,\n", ["empty-rows"]),
        ("1,0.25\n\n\n", []),
    ],
)
def test_remarks_on_the_end(end: str, codes: list[str], tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("label,prob\n" + "1,0.25\n0,0.75\n" * 3 + end)
    source = open_source(str(tmp_path / "p.csv"))
    for _ in range(2):
        assert sum(batch.num_rows for batch in source.batches(["label", "prob"])) == 7
        assert [remark.code for remark in source.remarks] == codes
