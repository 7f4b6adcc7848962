from __future__ import annotations

import io

import pandas as pd
import pytest

from evalcli.errors import UsageError
from evalcli.report.comparison import FlippedRows
from evalcli.writers.flips import flips_as

ROWS = FlippedRows(["r1", 'r"2'], ["a", "b"], ["a", "b"], ["b,c", "a"], [0.9, None], [0.8, 0.7])


@pytest.mark.parametrize("form", ["csv", "tsv", "parquet"])
def test_rows_are_written_in_every_format(form: str) -> None:
    data = io.BytesIO(flips_as(form, [("new", ROWS)]))
    frame = (
        pd.read_parquet(data) if form == "parquet" else pd.read_csv(data, sep="\t" if form == "tsv" else ",")
    )
    assert frame["id"].tolist() == ROWS.ids
    assert frame["new"].tolist() == ROWS.new
    assert frame["old_confidence"].isna().tolist() == [False, True]


def test_what_cannot_be_written_is_refused() -> None:
    with pytest.raises(UsageError, match="no flips"):
        flips_as("csv", [])
