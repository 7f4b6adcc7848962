from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.feather as pf
import pyarrow.parquet as pq
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from pyarrow import ipc
from safetensors.numpy import save as save_tensors

from evalcli.engine.score import score
from evalcli.inputs.options import Options
from evalcli.inputs.pieces import Piece, scores_of
from evalcli.loaders.open import open_source
from evalcli.loaders.source import Source

EXACT: Any = {"float_precision": "round_trip"} if pd.__version__ < "3" else {}
"""For ``pandas.read_csv``: the nearest number of each text, which the default was not before version 3."""


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


def workbook(table: pa.Table, *more: pa.Table) -> bytes:
    book = openpyxl.Workbook()
    sheets = [book.active, *(book.create_sheet() for _ in more)]
    for sheet, part in zip(sheets, (table, *more), strict=True):
        for row in (part.column_names, *(row.values() for row in part.to_pylist())):
            sheet.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


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
    "records.json": lambda t: json.dumps(t.to_pylist()).encode(),
    "columns.json": lambda t: json.dumps(t.to_pydict(), indent=1).encode(),
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
    "p.xlsx": workbook,
    "no_suffix": csv,
    "wrong.csv": parquet,
    "wrong.parquet": csv,
    "wrong.npy": json_lines,
}


def figures(path: Path | tuple[str, ...], **options: Any) -> Any:
    names = (str(path),) if isinstance(path, Path) else path
    report = score(Options(names, scores="probabilities", **options)).to_json()
    return {key: report[key] for key in ("task", "classes", "metrics", "per_class", "confusion_matrix")}


TABLE = pa.table(
    {
        "label": ["0", "1", "2", "1", "0", "2"],
        "prob_0": [0.75, 0.25, 0.125, 0.5, 0.5, 0.25],
        "prob_1": [0.125, 0.5, 0.125, 0.375, 0.25, 0.25],
        "prob_2": [0.125, 0.25, 0.75, 0.125, 0.25, 0.5],
    }
)
finite = st.floats(-1e6, 1e6, width=32)
matrices = arrays(np.float32, array_shapes(min_dims=2, max_dims=2, max_side=20), elements=finite)


def read_table(source: Source, *columns: str) -> pa.Table:
    return pa.Table.from_batches(source.batches(columns, columns))


def read_matrix(path: Path, columns: list[str] | None = None) -> Any:
    source = open_source(str(path))
    chosen = columns or list(source.columns)
    batches = tuple(source.batches(chosen))
    rows = sum(batch.num_rows for batch in batches)
    is_matrix = chosen == ["values"] and pa.types.is_fixed_size_list(source.types["values"])
    width = source.types["values"].list_size if is_matrix else len(chosen)
    return scores_of(Piece(0, rows, batches), chosen, width, source.place).T
