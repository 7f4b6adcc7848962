"""Numbers within objects are columns with dotted names, in every format that has objects."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.feather as pf
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalcli.errors import InputError
from evalcli.findings import Place
from evalcli.loaders.nested import Nested
from evalcli.loaders.open import open_source
from evalcli.loaders.source import Source
from support.command_line import Cli
from support.formats import read_table

Rows = list[dict[str, Any]]


def parquet(table: pa.Table) -> bytes:
    stream = io.BytesIO()
    pq.write_table(table, stream, row_group_size=3)
    return stream.getvalue()


def feather(table: pa.Table) -> bytes:
    stream = io.BytesIO()
    pf.write_feather(table, stream, chunksize=3)
    return stream.getvalue()


WRITERS: dict[str, Callable[[Rows], bytes]] = {
    "p.jsonl": lambda rows: "".join(json.dumps(row) + "\n" for row in rows).encode(),
    "p.json": lambda rows: json.dumps(rows).encode(),
    "p.parquet": lambda rows: parquet(pa.Table.from_pylist(rows)),
    "p.feather": lambda rows: feather(pa.Table.from_pylist(rows)),
}


def stored(rows: Rows, name: str) -> Rows:
    """The rows as a file holds them: old versions of PyArrow sort the fields of a struct that they infer."""
    return rows if "json" in name else pa.Table.from_pylist(rows).to_pylist()


def flat(row: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, value in row.items():
        out |= flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {f"{prefix}{name}": value}
    return out


def opened(folder: Path, name: str, data: bytes) -> Source:
    (folder / name).write_bytes(data)
    return open_source(str(folder / name))


numbers = st.floats(-1e6, 1e6)
kinds = (numbers, st.text("abcä", max_size=3), st.lists(numbers, min_size=1, max_size=3), st.booleans())
names = st.text("abc_ä", min_size=1, max_size=3)


@st.composite
def shapes(draw: st.DrawFn, depth: int = 3) -> dict[str, Any]:
    keys = draw(st.lists(names, min_size=1, max_size=3, unique=True))
    leaf = st.sampled_from(kinds)
    inner = leaf if not depth else st.one_of(leaf, shapes(depth - 1))
    return {key: draw(inner) for key in keys}


def values_of(draw: st.DrawFn, shape: Any) -> Any:
    if isinstance(shape, dict):
        return {name: values_of(draw, inner) for name, inner in shape.items()}
    return draw(shape)


@st.composite
def tables(draw: st.DrawFn) -> Rows:
    shape = draw(shapes())
    return [values_of(draw, shape) for _ in range(draw(st.integers(2, 8)))]


@settings(max_examples=40)
@given(tables(), st.data())
def test_fields_are_columns(rows: Rows, data: st.DataObject) -> None:
    expected = [flat(row) for row in rows]
    some = data.draw(st.lists(st.sampled_from(list(expected[0])), min_size=1, unique=True))
    with tempfile.TemporaryDirectory() as folder:
        for name, write in WRITERS.items():
            source = opened(Path(folder), name, write(rows))
            assert source.columns == tuple(flat(stored(rows, name)[0])), name
            assert read_table(source, *source.columns).to_pylist() == expected, name
            chosen = [{key: row[key] for key in some} for row in expected]
            assert read_table(source, *some).to_pylist() == chosen, name


@settings(max_examples=40)
@given(st.lists(st.dictionaries(names, st.one_of(st.none(), numbers), min_size=1, max_size=4), min_size=1))
def test_maps_and_named_scores_are_columns_of_their_keys(maps: list[dict[str, Any]]) -> None:
    """Keys of the first rows; in any order, and not in every row."""
    rows: list[dict[str, Any] | None] = [*maps, None]
    known = list(dict.fromkeys(key for row in maps for key in row))
    pairs = [None if row is None else list(row.items()) for row in rows]
    named = [None if row is None else [{"label": k, "score": v} for k, v in row] for row in pairs]
    expected = [{f"m.{key}": (row or {}).get(key) for key in known} for row in rows]
    listed = pa.list_(pa.struct([("label", pa.string()), ("score", pa.float64())]))
    for array in (pa.array(pairs, pa.map_(pa.string(), pa.float64())), pa.array(named, listed)):
        table = pa.table({"m": array})
        with tempfile.TemporaryDirectory() as folder:
            for name, data in (("p.parquet", parquet(table)), ("p.feather", feather(table))):
                source = opened(Path(folder), name, data)
                assert source.columns == tuple(expected[0]), name
                assert read_table(source, *source.columns).to_pylist() == expected, name
                last = source.columns[-1]
                assert read_table(source, last).column(0).to_pylist() == [row[last] for row in expected]


def test_scores_of_a_pipeline_in_any_order(tmp_path: Path, cli: Cli) -> None:
    rows: Rows = []
    for j in range(40):
        p = (j + 0.5) / 40
        scores = [{"label": "POS", "score": p}, {"label": "NEG", "score": 1 - p}]
        rows.append({"y": "POS" if j % 3 else "NEG", "out": scores[:: 1 if j % 2 else -1]})
    for name in ("p.jsonl", "p.json", "p.parquet", "p.feather"):
        source = opened(tmp_path, name, WRITERS[name](rows))
        assert source.columns == ("y", "out.NEG", "out.POS")
        table = read_table(source, *source.columns)
        assert table.column("out.POS").to_pylist() == [(j + 0.5) / 40 for j in range(40)]
        scored = cli("score", str(tmp_path / name), "--score-cols", "out.*", "--only", "accuracy")
        assert scored.code == 0, scored.err


def test_whole_scores_come_first(tmp_path: Path) -> None:
    """Numbers within objects are floats whatever the first lines hold."""
    lines = [{"o": {"score": 1, "id": 7}, "s": [{"label": "a", "score": 1}]}] * 9000
    lines += [{"o": {"score": 0.5, "id": 2**53 + 1}, "s": [{"label": "a", "score": 0.25}]}]
    source = opened(tmp_path, "p.jsonl", WRITERS["p.jsonl"](lines))
    assert source.types["o.score"] == pa.int64()
    batches = source.batches(["o.score", "s.a", "o.id"], text=["o.id"])
    assert pa.Table.from_batches(batches).to_pylist()[-1] == {"o.score": 0.5, "s.a": 0.25, "o.id": 2**53 + 1}


def test_text_within_objects_stays_text(tmp_path: Path) -> None:
    lines: Rows = [{"meta": {"day": "2020-01-01", "code": "01"}, "p": 0.5}]
    for name in ("p.jsonl", "p.json", "p.parquet"):
        source = opened(tmp_path, name, WRITERS[name](lines))
        assert read_table(source, "meta.day", "meta.code").to_pylist() == [
            {"meta.day": "2020-01-01", "meta.code": "01"}
        ]


def test_fields_of_mixed_types_leave_the_others_alone(tmp_path: Path) -> None:
    lines = [{"o": {"score": 0.5, "x": 1}}, {"o": {"score": 1, "x": "a"}}]
    source = opened(tmp_path, "p.jsonl", WRITERS["p.jsonl"](lines))
    assert read_table(source, "o.score").column(0).to_pylist() == [0.5, 1.0]


def test_a_message_names_the_field_and_the_row(tmp_path: Path) -> None:
    lines: Rows = [{"o": {"score": 0.5}}] * 20_000 + [{"o": {"score": "high"}}]
    source = opened(tmp_path, "p.jsonl", WRITERS["p.jsonl"](lines))
    with pytest.raises(InputError) as caught:
        list(source.batches(["o.score"]))
    assert caught.value.where == Place(source.path, "o.score", 20_001)


def test_names_with_dots(tmp_path: Path) -> None:
    lines: Rows = [{"o": {"a.b": 0.5, "c": {"d.e": 1.5}}, "x.y": 2.5}]
    for name, write in WRITERS.items():
        source = opened(tmp_path, name, write(lines))
        assert read_table(source, "o.c.d.e", "o.a.b", "x.y").to_pylist() == [
            {"o.c.d.e": 1.5, "o.a.b": 0.5, "x.y": 2.5}
        ]
    with pytest.raises(InputError) as caught:
        opened(tmp_path, "p.jsonl", b'{"o": {"a": 1}, "o.a": 2}\n')
    assert caught.value.code == "column-twice"


def test_a_name_that_the_first_rows_do_not_have(tmp_path: Path) -> None:
    kind = pa.map_(pa.string(), pa.float64())
    table = pa.table({"m": pa.array([[("a", 0.5)]] * 2000 + [[("b", 1.0)]], kind)})
    source = opened(tmp_path, "p.parquet", parquet(table))
    with pytest.raises(InputError) as caught:
        list(source.batches(["m.a"]))
    assert (caught.value.code, caught.value.where) == ("new-name", Place(source.path, "m", 2001))


def test_a_name_twice_in_a_row(tmp_path: Path) -> None:
    rows: Rows = [{"m": [{"name": "a", "prob": 0.5}, {"name": "b", "prob": 0.5}]}]
    rows += [{"m": [{"name": "b", "prob": 0.5}, {"name": "b", "prob": 0.1}]}]
    source = opened(tmp_path, "p.jsonl", WRITERS["p.jsonl"](rows))
    with pytest.raises(InputError) as caught:
        list(source.batches(["m.a"]))
    assert (caught.value.found, caught.value.where) == ("b", Place(source.path, "m", 2))


def test_lists_of_other_objects_are_left_alone(tmp_path: Path) -> None:
    rows: Rows = [{"spans": [{"start": 1, "end": 2}], "p": 0.5}] * 2
    source = opened(tmp_path, "p.jsonl", WRITERS["p.jsonl"](rows))
    assert source.columns == ("spans", "p")
    assert read_table(source, "p").column(0).to_pylist() == [0.5, 0.5]


def test_objects_without_fields(tmp_path: Path) -> None:
    source = opened(tmp_path, "p.jsonl", b'{"o": {}, "p": 1}\n{"o": {}, "p": 0}\n')
    assert source.columns == ("o", "p")


def test_too_many_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evalcli.loaders.nested.MOST_KEYS", 3)
    pairs = [[(str(j), 0.5)] for j in range(5)]
    table = pa.table({"m": pa.array(pairs, pa.map_(pa.string(), pa.float64()))})
    with pytest.raises(InputError) as caught:
        opened(tmp_path, "p.parquet", parquet(table))
    assert caught.value.code == "too-large"


def test_several_files_and_all_that_is_told_of_them(tmp_path: Path) -> None:
    rows: Rows = [{"o": {"a": 0.5}}, {"o": {"a": 0.25}}]
    opened(tmp_path, "1.parquet", parquet(pa.Table.from_pylist(rows)))
    opened(tmp_path, "2.parquet", parquet(pa.Table.from_pylist(rows[:1])))
    source = open_source(str(tmp_path / "*.parquet"))
    assert read_table(source, "o.a").column(0).to_pylist() == [0.5, 0.25, 0.5]
    assert (source.rows, source.place("o.a", 2).row, source.remarks) == (3, 1, ())
    assert [file.rows for file in source.files] == [2, 1]


def test_a_plain_file_is_not_wrapped(tmp_path: Path) -> None:
    for name, write in WRITERS.items():
        assert not isinstance(opened(tmp_path, name, write([{"a": 1.5, "b": [1.0]}])), Nested)


def test_nulls_of_the_whole_object(tmp_path: Path) -> None:
    rows: Rows = [{"o": {"a": 0.5, "b": {"c": 1.0}}}, {"o": None}, {"o": {"a": None, "b": None}}]
    for name, write in WRITERS.items():
        source = opened(tmp_path, name, write(rows))
        assert read_table(source, "o.b.c").column(0).to_pylist() == [1.0, None, None]


def test_types_that_few_functions_know(tmp_path: Path) -> None:
    inner = pa.array(["x", "y"]).dictionary_encode()
    struct = pa.StructArray.from_arrays([inner, pa.array(["u", "v"], pa.string_view())], ["d", "v"])
    source = opened(tmp_path, "p.feather", feather(pa.table({"o": struct})))
    assert read_table(source, "o.d", "o.v").to_pylist() == [
        {"o.d": "x", "o.v": "u"},
        {"o.d": "y", "o.v": "v"},
    ]


def test_sliced_maps(tmp_path: Path) -> None:
    kind = pa.map_(pa.string(), pa.float64())
    table = pa.table({"m": pa.array([[("a", float(j))] if j % 3 else None for j in range(30)], kind)})
    source = opened(tmp_path, "p.feather", feather(table.slice(5, 20)))
    found = read_table(source, "m.a").column(0).to_pylist()
    assert found == [float(j) if j % 3 else None for j in range(5, 25)]
    assert np.isfinite([value for value in found if value is not None]).all()


def test_maps_without_a_key(tmp_path: Path) -> None:
    kind = pa.map_(pa.string(), pa.float64())
    table = pa.table({"m": pa.array([[], None], kind), "p": [0.5, 0.25]})
    source = opened(tmp_path, "p.feather", feather(table))
    assert source.columns == ("m", "p")
    assert read_table(source, "p").column(0).to_pylist() == [0.5, 0.25]


def test_objects_that_are_missing_in_a_list_of_names(tmp_path: Path) -> None:
    rows: Rows = [{"m": [{"label": "a", "score": 0.5}, None]}] * 2
    source = opened(tmp_path, "p.jsonl", WRITERS["p.jsonl"](rows))
    assert source.columns == ("m.a",)
    with pytest.raises(InputError, match="a name that the first rows do not have"):
        list(source.batches(["m.a"]))


def test_bytes_that_are_no_text(tmp_path: Path, cli: Cli) -> None:
    struct = pa.array([{"a": b"\xff\xfe", "p": 0.5}] * 2)
    source = opened(tmp_path, "p.feather", feather(pa.table({"y": [0, 1], "o": struct})))
    assert read_table(source, "o.p").column(0).to_pylist() == [0.5, 0.5]
    with pytest.raises(InputError) as caught:
        list(source.batches(["o.a"]))
    assert (caught.value.code, caught.value.where) == ("unreadable", Place(source.path, "o.a"))
    assert cli("inspect", source.path, "--label-col", "y", "--score-cols", "o.p").code == 0


def test_names_of_fields_that_are_not_utf_8(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        opened(tmp_path, "p.jsonl", b'{"o": {"\xff": 1}}\n{"o": {"\xff": 1}}\n')
    assert caught.value.code == "encoding"
