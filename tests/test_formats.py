"""One table, however it is written, gives one report; and every way of writing it is read."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.feather as pf
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import ipc
from safetensors.numpy import save as save_tensors

from conftest import Result
from evalcli.engine.score import score
from evalcli.errors import AmbiguousInput, InputError, UsageError
from evalcli.inputs.options import Options
from evalcli.loaders import Settings, open_source

Cli = Callable[..., Result]


def csv(table: pa.Table, delimiter: str = ",", **options: Any) -> bytes:
    stream = io.BytesIO()
    pc.write_csv(table, stream, pc.WriteOptions(delimiter=delimiter, **options))
    return stream.getvalue()


def json_lines(table: pa.Table) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in table.to_pylist()).encode()


def parquet(table: pa.Table, **options: Any) -> bytes:
    stream = io.BytesIO()
    pq.write_table(table, stream, **options)
    return stream.getvalue()


def feather(table: pa.Table, compression: str = "lz4") -> bytes:
    stream = io.BytesIO()
    pf.write_feather(table, stream, compression)
    return stream.getvalue()


def arrow_stream(table: pa.Table) -> bytes:
    stream = io.BytesIO()
    with ipc.new_stream(stream, table.schema) as writer:
        writer.write_table(table, 3)
    return stream.getvalue()


def npz(table: pa.Table) -> bytes:
    stream = io.BytesIO()
    names = [name for name in table.column_names if name != "label"]
    np.savez(
        stream,
        probs=np.stack([table.column(name).to_numpy() for name in names], axis=1),
        label=np.array(table.column("label").to_pylist()),
    )
    return stream.getvalue()


def tensors(table: pa.Table) -> bytes:
    names = [name for name in table.column_names if name != "label"]
    return save_tensors(
        {
            "probs": np.stack([table.column(name).to_numpy() for name in names], axis=1),
            "label": np.array([int(label) for label in table.column("label").to_pylist()]),
        }
    )


def listed(table: pa.Table, kind: Any) -> pa.Table:
    names = [name for name in table.column_names if name != "label"]
    rows = np.stack([table.column(name).to_numpy() for name in names], axis=1)
    return pa.table({"label": table.column("label"), "probs": pa.array(rows.tolist(), kind(len(names)))})


WRITERS: dict[str, Callable[[pa.Table], bytes]] = {
    "p.csv": csv,
    "quoted.csv": lambda t: csv(t, quoting_style="all_valid"),
    "p.tsv": lambda t: csv(t, "\t"),
    "semicolons.csv": lambda t: csv(t, ";"),
    "bars.csv": lambda t: csv(t, "|"),
    "p.txt": lambda t: csv(t, "|"),
    "crlf.csv": lambda t: csv(t).replace(b"\n", b"\r\n"),
    "cr.csv": lambda t: csv(t).replace(b"\n", b"\r"),
    "bom.csv": lambda t: b"\xef\xbb\xbf" + csv(t),
    "utf16.csv": lambda t: csv(t).decode().encode("utf-16"),
    "utf16be.csv": lambda t: csv(t).decode().encode("utf-16-be"),
    "no-end.csv": lambda t: csv(t).rstrip(b"\n"),
    "blank.csv": lambda t: b"\n" + csv(t) + b"\n\n",
    "p.csv.gz": lambda t: gzip.compress(csv(t)),
    "p.csv.bz2": lambda t: bz2.compress(csv(t)),
    "p.csv.xz": lambda t: lzma.compress(csv(t)),
    "p.csv.zst": lambda t: pa.compress(csv(t), "zstd", asbytes=True),
    "packed-without-saying.csv": lambda t: gzip.compress(csv(t)),
    "p.jsonl": json_lines,
    "p.ndjson.gz": lambda t: gzip.compress(json_lines(t)),
    "p.parquet": parquet,
    "groups.parquet": lambda t: parquet(t, row_group_size=2),
    "zstd.parquet": lambda t: parquet(t, compression="zstd", use_dictionary=False),
    "plain.parquet": lambda t: parquet(t, compression="none", version="1.0"),
    "packed.parquet.gz": lambda t: gzip.compress(parquet(t)),
    "dictionary.parquet": lambda t: parquet(t.set_column(0, "label", t.column("label").dictionary_encode())),
    "list.parquet": lambda t: parquet(listed(t, lambda k: pa.list_(pa.float64()))),
    "large-list.parquet": lambda t: parquet(listed(t, lambda k: pa.large_list(pa.float64()))),
    "fixed-list.parquet": lambda t: parquet(listed(t, lambda k: pa.list_(pa.float64(), k))),
    "p.feather": feather,
    "zstd.feather": lambda t: feather(t, "zstd"),
    "raw.arrow": lambda t: feather(t, "uncompressed"),
    "p.arrows": arrow_stream,
    "views.arrow": lambda t: feather(
        t.set_column(0, "label", t.column("label").cast(pa.string_view())), "uncompressed"
    ),
    "list.feather": lambda t: feather(listed(t, lambda k: pa.list_(pa.float64(), k))),
    "list.jsonl": lambda t: json_lines(listed(t, lambda k: pa.list_(pa.float64()))),
    "p.npz": npz,
    "p.safetensors": tensors,
    "no_suffix": csv,
    "wrong.csv": parquet,
    "wrong.parquet": csv,
    "wrong.npy": json_lines,
}


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    n, k = draw(st.integers(4, 12)), draw(st.integers(2, 5))
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    rows = np.round(rng.dirichlet(np.ones(k), n), draw(st.integers(3, 17)))
    labels = [str(j % k) for j in range(n)]
    return pa.table({"label": labels, **{f"prob_{j}": rows[:, j] for j in range(k)}})


def figures(path: Path | tuple[str, ...], **options: Any) -> Any:
    names = (str(path),) if isinstance(path, Path) else path
    report = score(Options(names, scores="probabilities", **options)).to_json()
    return {key: report[key] for key in ("task", "classes", "metrics", "per_class", "confusion_matrix")}


@settings(max_examples=12)
@given(tables())
def test_one_table_in_every_format_gives_one_report(table: pa.Table) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "reference.csv").write_bytes(csv(table))
        expected = figures(Path(folder) / "reference.csv")
        for name, write in WRITERS.items():
            path = Path(folder) / name
            path.write_bytes(write(table))
            assert figures(path) == expected, name


TABLE = pa.table(
    {
        "label": ["0", "1", "2", "1", "0", "2"],
        "prob_0": [0.75, 0.25, 0.125, 0.5, 0.5, 0.25],
        "prob_1": [0.125, 0.5, 0.125, 0.375, 0.25, 0.25],
        "prob_2": [0.125, 0.25, 0.75, 0.125, 0.25, 0.5],
    }
)


@pytest.fixture
def expected(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("reference") / "p.csv"
    path.write_bytes(csv(TABLE))
    return figures(path)


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


def test_decimal_commas(expected: Any, tmp_path: Path, cli: Cli) -> None:
    path = tmp_path / "p.csv"
    path.write_bytes(csv(TABLE, ";").replace(b".", b","))
    assert figures(path, decimal=",") == expected
    refused = cli("score", path)
    assert (refused.code, "--decimal ," in refused.err) == (2, True)


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16-le", "utf-32"])
def test_declared_encodings(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    text = "label,prob_été,prob_hiver\nété,0.75,0.25\nhiver,0.5,0.5\n" * 1
    path.write_bytes(text.encode(encoding))
    found = figures(path, encoding=encoding)
    assert found["classes"] == ["été", "hiver"]
    with pytest.raises(UsageError, match="unknown encoding"):
        figures(path, encoding="latin-99")
    path.write_bytes(text.encode("cp1252"))
    with pytest.raises(InputError, match="the text is not UTF-8"):
        figures(path)


def test_text_that_is_not_what_was_declared(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_bytes(b"label,p\n" + b"a,0.5\n" * 50_000 + b"\xff\xff,1\n")
    with pytest.raises(InputError, match="the text is not shift_jis"):
        figures(path, encoding="shift-jis")


@pytest.mark.parametrize(
    ("text", "columns", "rows"),
    [
        ("0.25,0.75\n0.5,0.5\n", ("f0", "f1"), 2),  # sums to 1: a row
        ("3\n1\n2\n", ("f0",), 3),
        ("0,1,2\n0.5,0.25,0.25\n", ("0", "1", "2"), 1),  # the columns' numbers
        (",0,1\n0,0.5,0.5\n", ("index", "0", "1"), 1),
        ("p\n0.5\n", ("p",), 1),
        ("cat\ndog\n", ("cat",), 1),
        ("0.5,a\n0.25,b\n", ("0.5", "a"), 1),
    ],
)
def test_headers_are_found(text: str, columns: tuple[str, ...], rows: int, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(text)
    source = open_source(str(tmp_path / "p.csv"))
    assert source.columns == columns
    assert sum(batch.num_rows for batch in source.batches(columns[:1], columns[:1])) == rows


@pytest.mark.parametrize(
    "text", ["0\n1\n0\n", "0,1\n1,0\n0,1\n", "0.1,0.5,0.9\n1,2,3\n", "cat\ndog\ncat\n", "2020,2021\n1,2\n"]
)
def test_a_first_line_that_could_be_either_is_a_question(text: str, tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text(text)
    with pytest.raises(AmbiguousInput, match="names or values") as caught:
        open_source(str(path))
    assert "--no-header" in str(caught.value.mend)
    lines, width = len(text.splitlines()), len(text.splitlines()[0].split(","))
    named = open_source(str(path), Settings(header=True))
    assert named.columns == tuple(text.splitlines()[0].split(","))
    bare = open_source(str(path), Settings(header=False))
    assert bare.columns == tuple(f"f{j}" for j in range(width))
    assert sum(batch.num_rows for batch in bare.batches(bare.columns, bare.columns)) == lines


def test_a_header_that_is_plain_to_see_is_kept(tmp_path: Path) -> None:
    """--no-header is said for the labels; the predictions have a header all the same."""
    (tmp_path / "p.csv").write_bytes(csv(TABLE.drop(["label"])))
    (tmp_path / "y.csv").write_text("".join(f"{v}\n" for v in TABLE.column("label").to_pylist()))
    report = score(Options(str(tmp_path / "p.csv"), str(tmp_path / "y.csv"), header=False))
    assert report.input.read == 6
    assert report.classes == ("0", "1", "2")
    assert "header-found" in {note.code for note in report.notes}


def test_a_header_taken_for_a_row_shows_in_the_count(tmp_path: Path, cli: Cli) -> None:
    np.save(tmp_path / "p.npy", np.array([0, 1, 2]))
    (tmp_path / "y.csv").write_text("1\n0\n1\n2\n")
    refused = cli("score", tmp_path / "p.npy", "-l", tmp_path / "y.csv")
    assert (refused.code, "3 predictions, 4 labels" in refused.err, "--header" in refused.err) == (
        2,
        True,
        True,
    )
    assert cli("score", tmp_path / "p.npy", "-l", tmp_path / "y.csv", "--header").code == 0


def test_a_quote_late_in_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Line ends within quotes, far behind the lines that were looked at first."""
    monkeypatch.setattr("evalcli.loaders.text.SEGMENT_BYTES", 1 << 12)
    path = tmp_path / "p.csv"
    path.write_text("label,text,p\n" + "a,plain,0.5\n" * 9000 + 'b,"two\nlines",0.5\n' * 900 + "a,end,0.25\n")
    source = open_source(str(path))
    rows = pa.Table.from_batches(source.batches(["label", "p"], ["label"]))
    assert (rows.num_rows, rows.column("label")[-1].as_py()) == (9901, "a")


def test_a_stray_quote_ends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evalcli.loaders.text.SEGMENT_BYTES", 1 << 12)
    monkeypatch.setattr("evalcli.loaders.text.LONGEST_RECORD", 1 << 14)
    path = tmp_path / "p.csv"
    path.write_text("label,size,p\n" + "a,5,0.5\n" * 9000 + 'b,5" disk,0.5\n' + "a,5,0.25\n" * 9000)
    source = open_source(str(path))
    assert sum(batch.num_rows for batch in source.batches(["p"])) == 18001


def test_line_numbers_count_through_segments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evalcli.loaders.text.SEGMENT_BYTES", 1 << 10)
    path = tmp_path / "p.csv"
    for bad, what in (("a,high\n", "a score is not a number"), ("a\n", "a line with 1 fields")):
        path.write_text("label,p\n" + "a,0.5\n" * 5000 + bad + "a,0.5\n" * 50)
        with pytest.raises(InputError, match=what) as caught:
            list(open_source(str(path)).batches(["p"]))
        assert "line 5002" in str(caught.value.where)
    path = tmp_path / "p.jsonl"
    path.write_text('{"p": 0.5}\n' * 5000 + '{"p": "high"}\n')
    with pytest.raises(InputError, match="different types") as caught:
        list(open_source(str(path)).batches(["p"]))
    assert str(caught.value.where).endswith("column p, row 5001")


def test_a_json_array_is_told_apart(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text(json.dumps(TABLE.to_pylist()))
    with pytest.raises(InputError, match="a JSON array") as caught:
        open_source(str(tmp_path / "p.json"))
    assert "lines=True" in str(caught.value.mend)


def test_json_keeps_text_and_numbers(tmp_path: Path) -> None:
    (tmp_path / "p.jsonl").write_text(
        '{"label": "2020-01-01", "p": NaN, "id": 9007199254740993}\n{"label": "01", "p": 1, "id": 2}\n'
    )
    source = open_source(str(tmp_path / "p.jsonl"))
    rows = pa.Table.from_batches(source.batches(["label", "p", "id"], ["label"], ["id"])).to_pylist()
    assert rows[0]["label"] == "2020-01-01"
    assert rows[0]["id"] == 9007199254740993
    assert np.isnan(rows[0]["p"])
    assert rows[1] == {"label": "01", "p": 1.0, "id": 2}


@pytest.mark.parametrize(
    "array",
    [
        np.asfortranarray(np.arange(12.0).reshape(4, 3)),
        np.arange(12.0).reshape(4, 3).astype(">f4"),
        np.arange(12.0).reshape(4, 3).astype(np.float16),
        np.arange(4.0).reshape(4, 1),
        np.array(["a", "bb", "é", ""]),
        np.array([b"a", b"bb"]),
        np.array([True, False]),
    ],
)
def test_arrays_of_every_kind(array: Any, tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", array)
    np.savez_compressed(tmp_path / "a.npz", values=array)
    for name in ("a.npy", "a.npz"):
        source = open_source(str(tmp_path / name))
        (batch,) = source.batches(["values"])
        flat = array[:, 0] if array.shape[1:] == (1,) else array
        found = batch.column(0).to_pylist()
        expected = [v.decode() if isinstance(v, bytes) else v for v in flat.tolist()]
        assert [np.float64(v).tolist() if array.dtype.kind == "f" else v for v in found] == expected


def test_tensors_of_half_precision(tmp_path: Path) -> None:
    """bfloat16 is the upper half of a float32."""
    values = np.array([[1.5, -2.0], [0.25, 3.0]], np.float32)
    upper = (values.view(np.uint32) >> 16).astype(np.uint16)
    header = json.dumps({"logits": {"dtype": "BF16", "shape": [2, 2], "data_offsets": [0, 8]}}).encode()
    path = tmp_path / "p.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header + upper.tobytes())
    (batch,) = open_source(str(path)).batches(["logits"])
    assert batch.column(0).to_pylist() == values.tolist()


def test_safetensors_is_an_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Cli) -> None:
    (tmp_path / "p.safetensors").write_bytes(tensors(TABLE))
    monkeypatch.setitem(__import__("sys").modules, "safetensors", None)
    refused = cli("score", tmp_path / "p.safetensors")
    assert (refused.code, "evalcli[safetensors]" in refused.err) == (2, True)


def test_the_index_that_pandas_writes_is_no_score(expected: Any, tmp_path: Path) -> None:
    frame = TABLE.to_pandas()
    frame.index = pd.Index([7, 5, 3, 1, 0, 9])
    frame.to_parquet(tmp_path / "p.parquet")
    frame.to_csv(tmp_path / "p.csv")
    assert figures(tmp_path / "p.parquet") == expected
    assert figures(tmp_path / "p.csv") == expected


def test_exotic_arrow_types(tmp_path: Path) -> None:
    score_column = pa.DictionaryArray.from_arrays(pa.array([0, 1, 0]), pa.array([0.25, 0.75]))
    table = pa.table(
        {
            "label": pa.array(["a", "b", "a"]).cast(pa.binary_view()),
            "ends": pa.RunEndEncodedArray.from_arrays([2, 3], [0.5, 1.0]),
            "views": pa.array([[1.0], None, [3.0, 4.0]], pa.list_view(pa.float64())),
            "scores": score_column,
        }
    )
    (tmp_path / "p.arrow").write_bytes(feather(table, "uncompressed"))
    source = open_source(str(tmp_path / "p.arrow"))
    (batch,) = source.batches(source.columns)
    assert batch.to_pydict() == {
        "label": ["a", "b", "a"],
        "ends": [0.5, 0.5, 1.0],
        "views": [[1.0], None, [3.0, 4.0]],
        "scores": [0.25, 0.75, 0.25],
    }


def shards() -> Iterator[pa.Table]:
    yield from (TABLE.slice(start, 1) for start in range(6))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twelve shards whose names sort otherwise than their numbers, and what writers leave beside them."""
    for number, part in enumerate([*shards(), *(TABLE.slice(0, 0) for _ in range(6))]):
        pq.write_table(part, tmp_path / f"part-{number}.parquet")
    (tmp_path / "_SUCCESS").write_text("")
    (tmp_path / ".part-0.parquet.crc").write_bytes(b"crc")
    (tmp_path / "README.md").write_text("about")
    return tmp_path


def test_shards_come_in_the_order_of_their_numbers(folder: Path, expected: Any) -> None:
    assert figures(folder) == expected
    assert figures((str(folder / "part-*.parquet"),)) == expected
    assert figures((str(folder / "part-?.parquet"), str(folder / "part-1?.parquet"))) == expected
    source = open_source(str(folder / "part-*.parquet"))
    assert [Path(file.path).name for file in source.files][:3] == [f"part-{j}.parquet" for j in range(3)]
    assert [file.rows for file in source.files] == [1] * 6 + [0] * 6
    assert Path(source.place("label", 4).file).name == "part-4.parquet"
    assert source.place("label", 4).row == 1


def test_partitions_are_columns(tmp_path: Path, expected: Any) -> None:
    for region, rows in (("eu", (0, 3)), ("us%2Fwest", (3, 3))):
        (tmp_path / f"region={region}").mkdir()
        pc.write_csv(TABLE.slice(*rows), tmp_path / f"region={region}" / "part.csv")
    source = open_source(str(tmp_path))
    assert source.columns == (*TABLE.column_names, "region")
    found = pa.Table.from_batches(source.batches(["region"]))
    assert found.column("region").to_pylist() == ["eu"] * 3 + ["us/west"] * 3
    assert figures(tmp_path) == expected


def test_shards_that_do_not_fit(tmp_path: Path) -> None:
    pc.write_csv(TABLE, tmp_path / "a.csv")
    pc.write_csv(TABLE.rename_columns(["label", "prob_0", "prob_1", "prob_x"]), tmp_path / "b.csv")
    with pytest.raises(InputError, match="same columns") as caught:
        open_source([str(tmp_path / "a.csv"), str(tmp_path / "b.csv")])
    assert "no prob_2" in str(caught.value.seen)
    np.save(tmp_path / "a.npy", np.zeros((2, 3)))
    np.save(tmp_path / "b.npy", np.zeros((2, 4)))
    with pytest.raises(InputError, match="different widths"):
        open_source(str(tmp_path / "*.npy"))
    with pytest.raises(InputError, match="several formats"):
        open_source(str(tmp_path))
    with pytest.raises(InputError, match="no file matches"):
        open_source(str(tmp_path / "*.parquet"))


def test_shards_of_different_precision_are_one_type(tmp_path: Path) -> None:
    pq.write_table(pa.table({"p": pa.array([0.1, 0.2], pa.float32())}), tmp_path / "a.parquet")
    pq.write_table(pa.table({"p": pa.array([0.3], pa.float64())}), tmp_path / "b.parquet")
    source = open_source(str(tmp_path / "*.parquet"))
    assert {str(batch.schema.types[0]) for batch in source.batches(["p"])} == {"double"}


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('label,prob_cat,prob_dog,size 5"\ndog,.9,.1,a\ndog,.8,.2,3" pipe\ncat,.7,.3,b\ndog,.2,.8,c\n', 4),
        ("label,prob\r1,.1\n0,.2\n1,.9\n", 3),
        ("label,prob\r1,.1\r0,.2\r1,.9\n", 3),
        ('"la\nbel",prob\n1,.1\n0,.2\n', 2),
        ('"label","a ""quoted"" name",prob\n1,x,.1\n0,y,.2\n', 2),
        ("label,a\u2028b,prob\n1,x,.1\n0,y,.2\n", 2),
    ],
)
def test_no_row_is_eaten_by_the_header(text: str, rows: int, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_bytes(text.encode())
    source = open_source(str(tmp_path / "p.csv"))
    assert sum(batch.num_rows for batch in source.batches(source.columns[-1:], source.columns[-1:])) == rows


@given(st.lists(st.tuples(st.text("ab\n\r\"',;5 ", max_size=6), st.floats(0, 1)), min_size=1, max_size=60))
def test_quoted_values_in_any_place(rows: list[tuple[str, float]]) -> None:
    """What Python's writer writes is read back, in segments that end anywhere."""
    import csv as python

    stream = io.StringIO(newline="")
    writer = python.writer(stream, lineterminator="\r\n")
    writer.writerow(["text", "p"])
    writer.writerows(rows)
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("evalcli.loaders.text.SEGMENT_BYTES", 64)
        path = Path(folder) / "p.csv"
        path.write_bytes(stream.getvalue().encode())
        found = pa.Table.from_batches(open_source(str(path)).batches(["text", "p"], ["text"])).to_pydict()
    assert found["p"] == [p for _, p in rows]
    assert found["text"] == [text for text, _ in rows]


def test_a_long_line_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evalcli.loaders.text.SEGMENT_BYTES", 1 << 10)
    monkeypatch.setattr("evalcli.loaders.text.LONGEST_RECORD", 1 << 17)
    (tmp_path / "p.csv").write_text("label,p\n1,0.5\n0,0.5\n1," + "9" * (1 << 18) + "\n")
    with pytest.raises(InputError, match="a line of more than"):
        list(open_source(str(tmp_path / "p.csv")).batches(["p"]))


def test_types_are_found_below_a_very_wide_header(tmp_path: Path) -> None:
    names = [f"prob_{j:020d}" for j in range(5000)]
    row = ",".join(["0.000200000000000000001"] * 5000)
    (tmp_path / "p.csv").write_text(",".join([*names, "weight"]) + f"\n{row},1\n{row},2\n")
    source = open_source(str(tmp_path / "p.csv"))
    assert set(map(str, source.types.values())) == {"double", "int64"}


@pytest.mark.parametrize("weight", ["x", "heavy"])
def test_a_weight_that_is_none_is_refused(weight: str, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(f"label,prob,weight\n1,.9,1\n0,.8,{weight}\n1,.7,5\n0,.1,1\n")
    refused = cli("score", tmp_path / "p.csv")
    assert (refused.code, "called a weight does not hold numbers" in refused.err) == (2, True)
    assert cli("score", tmp_path / "p.csv", "--unweighted").code == 0


def test_weights_that_begin_far_down(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("label,prob,weight\n" + "1,.9,\n" * 20_000 + "0,.8,100\n" * 20_000)
    refused = cli("score", tmp_path / "p.csv")
    assert (refused.code, "20,000 with no weight" in refused.err) == (2, True)


@pytest.mark.parametrize(
    "text",
    ['id,label,prob\n0,1,"0,9"\n1,0,"0,2"\n', "label;prob\n1;0,9\n0;0,2\n", "label,prob\n1,90%\n0,n.d.\n"],
)
def test_text_called_prob_is_no_class(text: str, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(text)
    refused = cli("score", tmp_path / "p.csv")
    assert (refused.code, "holds text, not numbers" in refused.err) == (2, True)


@pytest.mark.parametrize("form", ["parquet", "feather", "arrows"])
def test_a_column_name_that_stands_twice(form: str, tmp_path: Path) -> None:
    table = pa.Table.from_arrays(
        [pa.array([0, 1]), pa.array([1, 0]), pa.array([0.1, 0.9])], ["y", "y", "prob"]
    )
    if form == "parquet":
        pq.write_table(table, tmp_path / "p.parquet")
    else:
        (tmp_path / f"p.{form}").write_bytes(arrow_stream(table) if form == "arrows" else feather(table))
    with pytest.raises(InputError, match="a column name stands twice"):
        open_source(str(next(tmp_path.iterdir())))


def test_bytes_that_are_no_text_are_not_merged(cli: Cli, tmp_path: Path) -> None:
    np.save(tmp_path / "y.npy", np.array([b"a\xe8", b"a\xe9"]))
    refused = cli("score", tmp_path / "y.npy", "-l", tmp_path / "y.npy")
    assert (refused.code, "not UTF-8" in refused.err) == (2, True)
    table = pa.table({"label": pa.array([b"a\xe8", b"a\xe9"], pa.binary(2)), "pred": ["a", "b"]})
    pq.write_table(table, tmp_path / "p.parquet")
    refused = cli("score", tmp_path / "p.parquet")
    assert (refused.code, "not UTF-8" in refused.err) == (2, True)


def test_other_spellings_of_one_number_are_one_class(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("label,pred\n1,1\n1.0,1\n0,0\n1,1\n")
    report = cli("score", tmp_path / "p.csv", "-f", "json").json
    assert (report["classes"], report["metrics"]["accuracy"]["value"]) == (["0", "1"], 1.0)


@pytest.mark.parametrize("other", [pa.array([2**63 + 5], pa.uint64()), pa.array([2.0**60])])
def test_shards_with_ids_of_different_types(other: pa.Array, cli: Cli, tmp_path: Path) -> None:
    pq.write_table(
        pa.table({"id": pa.array([1, 2]), "label": [0, 1], "prob": [0.1, 0.9]}), tmp_path / "a.parquet"
    )
    pq.write_table(pa.table({"id": other, "label": [1], "prob": [0.9]}), tmp_path / "b.parquet")
    assert cli("score", tmp_path / "a.parquet", tmp_path / "b.parquet").code == 0
    assert cli("score", tmp_path / "a.parquet", tmp_path / "b.parquet", "--id-col", "id").code in (0, 2)


def test_arrays_of_other_shapes_are_left_alone(tmp_path: Path) -> None:
    np.savez(
        tmp_path / "p.npz",
        probs=np.full((4, 2), 0.5),
        label=np.array([0, 1, 1, 0]),
        images=np.zeros((4, 3, 3)),
        classes=np.array(["a", "b"]),
        losses=np.zeros(900),
        when=np.array(["2020-01-01"], "M8[D]"),
        step=np.array(7),
    )
    source = open_source(str(tmp_path / "p.npz"))
    assert source.columns == ("probs", "label")
    assert "images, classes, losses, when, step" in source.remarks[0].message


@pytest.mark.parametrize("delimiter", ["é", "ab", "\n", '"'])
def test_delimiters_that_are_none(delimiter: str, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("label,p\n1,0.5\n")
    with pytest.raises(UsageError, match="one ASCII character"):
        open_source(str(tmp_path / "p.csv"), Settings(delimiter=delimiter))


@pytest.mark.parametrize("encoding", ["zlib", "rot13", "hex", ""])
def test_codecs_that_are_no_encodings(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("label,p\n1,0.5\n")
    with pytest.raises(UsageError, match="unknown encoding"):
        open_source(str(tmp_path / "p.csv"), Settings(encoding=encoding))
