"""Rows that flipped, as a table: id, truth, and prediction and confidence of both models."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from evalcli.errors import UsageError
from evalcli.findings import omit
from evalcli.writers.rows import DELIMITERS

if TYPE_CHECKING:
    from evalcli.report.comparison import FlippedRows


def flips_as(form: str, flips: Iterable[tuple[str, FlippedRows]]) -> bytes:
    """The rows of every model, in a format."""
    import pyarrow as pa

    parts = [
        pa.table(
            {
                "model": pa.array([name] * len(rows.ids), pa.string()),
                "id": pa.array(rows.ids, pa.string()),
                "truth": pa.array(rows.truth, pa.string()),
                "old": pa.array(rows.old, pa.string()),
                "new": pa.array(rows.new, pa.string()),
                "old_confidence": pa.array(rows.old_confidence, pa.float64()),
                "new_confidence": pa.array(rows.new_confidence, pa.float64()),
            }
        )
        for name, rows in flips
    ]
    if not parts:
        raise UsageError("there are no flips: rows have no single class", hint=omit("broken", "fixed"))
    table, sink = pa.concat_tables(parts), pa.BufferOutputStream()
    if form == "parquet":
        import pyarrow.parquet as pq

        pq.write_table(table, sink)
    else:
        from pyarrow import csv

        csv.write_csv(table, sink, csv.WriteOptions(delimiter=DELIMITERS[form], quoting_style="needed"))
    return bytes(sink.getvalue())
