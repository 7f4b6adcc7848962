"""Short labels from bytes, compared with the parser: the same texts in the same order, or none."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalcli.errors import EvalcliError
from evalcli.inputs.labels import Labels, read_labels
from evalcli.loaders import delimited, short_records
from evalcli.loaders.open import open_source
from evalcli.loaders.short_records import short_texts
from evalcli.loaders.source import Limits, Settings

SEGMENT = 64


def read(data: bytes, delimiter: str = ",") -> list[str] | None:
    column = short_texts(pa.py_buffer(data), delimiter)
    return None if column is None else column.to_pylist()


@pytest.mark.parametrize(
    "text",
    [
        "1\n0\n2\n0\n",
        "1\n0\n2\n0",
        "1\r\n0\r\n2\r\n",
        "0.0\n1.0\n1.0\n",
        "cat\ndog\ncow\ncat\n",
        "01\n02\n01\n",
        "+1\n-1\n",
        "NA\nNO\n",
        "7\n12\n100\n9999\n7\n",
        "7",
    ],
)
def test_short_texts(text: str) -> None:
    assert read(text.encode()) == text.split()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "1\n\n2\n",
        "1\n\n",
        "a b\nc d\n",
        '"a"\n"b"\n',
        "é\na\n",
        "1,\n2,\n",
        "1\r0\r",
        "1\r\n0\n22\n",
        "7\n012\n",
        "7\n-12\n",
        "7\n12345\n",
        "cat\nhorse\n",
        "ab\nba\nbb\n",
        "\x001\n\x002\n",
    ],
)
def test_other_texts_are_left_to_the_parser(text: str) -> None:
    assert read(text.encode()) is None


def test_a_label_that_first_occurs_far_down() -> None:
    rows = ["0", "1"] * short_records.LOOK_AHEAD + ["7", "0"] + ["3"] * 5
    assert read("\n".join(rows).encode()) == rows
    assert read("\n".join([*rows, "10"]).encode()) == [*rows, "10"]
    words = ["aa", "ba"] * short_records.LOOK_AHEAD
    assert read("\n".join([*words, "ca"]).encode()) == [*words, "ca"]
    assert read("\n".join([*words, "ab"]).encode()) is None, "a byte that differs without the telling one"
    assert read("\n".join([*words, "bb", "cb"]).encode()) is None


def test_the_dictionary_is_in_the_order_of_the_first_rows() -> None:
    numbers = [str(j % 300) for j in range(40_000, 0, -7)]
    for rows in (["2", "0", "1"], numbers):
        column = short_texts(pa.py_buffer("\n".join(rows).encode()), ",")
        assert column is not None
        assert (column.dictionary.to_pylist(), column.to_pylist()) == (list(dict.fromkeys(rows)), rows)


def test_more_texts_than_a_byte_counts() -> None:
    rows = [chr(33 + j % 90) + chr(33 + j // 90) for j in range(200)]
    assert read("\n".join(r.replace(",", "x").replace('"', "y") for r in rows).encode()) is None


def labels_of(path: Path) -> Labels | str:
    """The labels of a file, or the message that refuses it."""
    try:
        source = open_source((str(path),), Settings(limits=Limits(head=SEGMENT, segment=SEGMENT)))
        (name,) = source.columns
        batches = source.batches([name], [name])
        return read_labels([batch.column(0) for batch in batches], source.place(name), ("null",))
    except (EvalcliError, ValueError) as error:
        return str(error)


PARTS = st.sampled_from(
    ["0", "1", "2", "10", "01", "1.0", "0.0", "-1", "a", "b", "ab", "NA", "", " ", '"1"', "é"]
)
FEW = st.lists(PARTS, min_size=1, max_size=3, unique=True)


@given(
    rows=FEW.flatmap(lambda few: st.lists(st.sampled_from(few), min_size=1, max_size=120)),
    more=st.lists(PARTS, max_size=2),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    header=st.sampled_from(["label", '"label"', "\ufefflabel", None]),
    last=st.booleans(),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_labels_are_those_of_the_parser(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    rows: list[str],
    more: list[str],
    end: str,
    header: str | None,
    last: bool,
) -> None:
    lines = [*([header] if header else []), *rows, *more]
    path = tmp_path / "labels.csv"
    path.write_bytes((end.join(lines) + end * last).encode())
    fast = labels_of(path)
    with monkeypatch.context() as patch:
        patch.setattr(delimited, "short_texts", lambda segment, delimiter: None)
        slow = labels_of(path)
    if isinstance(fast, str) or isinstance(slow, str):
        assert fast == slow
        return
    assert (fast.names, fast.codes.tolist()) == (slow.names, slow.codes.tolist())
