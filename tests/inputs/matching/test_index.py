from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from evalcli.inputs.matching.index import Hashed, Table
from evalcli.inputs.matching.keys import Texts, keys_of
from support.matching import PLACE, found, index

numbers = st.integers(-(2**63), 2**63 - 1) | st.integers(-50, 50)
words = (
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
    | st.integers(-(10**20), 10**20).map(str)
    | st.sampled_from(["007", "7", "-0", "0", "1.0", "1e3", "+5", " 7", "7 ", "\x00", "é", "e\u0301"])
)


@given(st.lists(numbers, unique=True, min_size=1), st.lists(numbers), st.integers(1, 4))
def test_numbers_are_found(ids: list[int], others: list[int], parts: int) -> None:
    where = index(ids, parts)
    expected = {value: row for row, value in enumerate(ids)}
    asked = [*others, *reversed(ids)]
    assert found(where, asked) == [expected.get(value, -1) for value in asked]
    assert found(where, [str(v) for v in asked]) == [expected.get(value, -1) for value in asked]
    assert where.repeated() == (0, [])
    assert [where.name(row) for row in range(len(ids))] == [str(v) for v in ids]


@given(st.lists(words, unique=True, min_size=1), st.lists(words), st.integers(1, 4))
def test_texts_are_found(ids: list[str], others: list[str], parts: int) -> None:
    where = index(ids, parts)
    expected = {value: row for row, value in enumerate(ids)}
    asked = [*others, *reversed(ids)]
    assert found(where, asked) == [expected.get(value, -1) for value in asked]
    assert where.repeated() == (0, [])


@given(st.lists(st.integers(0, 12) | st.sampled_from(["a", "b", "07"]), min_size=1))
def test_copies_are_counted(drawn: list[Any]) -> None:
    for ids in (drawn, [v for v in drawn if isinstance(v, int)], [str(v) for v in drawn]):
        if not ids or (ids is drawn and len(set(map(type, ids))) > 1):
            continue
        seen: set[Any] = set()
        copies = [row for row, value in enumerate(ids) if value in seen or seen.add(value)]  # type: ignore[func-returns-value]
        count, rows = index(ids).repeated()
        assert (count, rows) == (len(copies), copies[:5])
        assert [index(ids).name(row) for row in rows] == [str(ids[row]) for row in rows]


def test_many_of_one_hash_are_told_apart() -> None:
    """Whatever the hash, ids are compared by value."""

    def hashes(keys: Any) -> Any:
        return np.full(len(keys), 2**63, np.uint64)

    for ids in ([f"name-{j}" for j in range(40)], [j * 10**12 for j in range(40)]):
        where = index(ids, hashes=hashes)
        assert isinstance(where, Hashed)
        assert found(where, [*reversed(ids), ids[0]]) == [*range(39, -1, -1), 0]
        assert where.repeated() == (0, [])
        assert index([*ids, ids[3]], hashes=hashes).repeated() == (1, [40])


def test_a_range_that_is_filled_is_a_table() -> None:
    assert isinstance(index(list(range(1000, 2000))), Table)
    assert isinstance(index([0, 10**15]), Hashed)
    assert isinstance(keys_of(pa.array(["1", "2"]), PLACE, 0), np.ndarray)
    assert isinstance(keys_of(pa.array(["1", "02"]), PLACE, 0), Texts)


@given(st.lists(st.integers(0, 200), min_size=1, max_size=60, unique=True), st.data())
def test_numbers_depend_on_the_id_alone(ids: list[int], data: st.DataObject) -> None:
    """Whichever index the other ids make of it."""
    some = data.draw(st.lists(st.sampled_from(ids), min_size=1, unique=True))
    far = [*some, 2**40]
    numbers = [dict(zip(rows, index(rows).numbers().tolist(), strict=True)) for rows in (ids, some, far)]
    assert all(one[key] == numbers[0][key] for one in numbers for key in some)
    assert len(set(numbers[0].values())) == len(ids)
