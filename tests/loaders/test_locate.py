from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest

from evalcli.loaders.open import open_source
from support.builders import GOOD
from support.command_line import Cli, Save, assert_refused


def test_missing_file_names_its_neighbour(cli: Cli, saved: Save) -> None:
    path = saved("predictions.csv", GOOD)
    assert_refused(
        cli("score", path.with_name("prediction.csv")), "no such file", "did you mean", "predictions.csv"
    )
    assert_refused(cli("score", path, "--labels", path.with_name("y.csv")), "no such file", "y.csv")
    assert_refused(cli("score", path.parent / "none" / "p.csv"), "no such file")


def test_a_folder_without_data(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "p.csv").mkdir()
    assert_refused(cli("score", tmp_path / "p.csv"), "no prediction file in the folder")


@pytest.mark.parametrize("name", ["p.csv", "p.npy", "p.parquet"])
def test_empty_file(name: str, cli: Cli, saved: Save) -> None:
    assert_refused(cli("score", saved(name, b"")), "the file is empty", name)


@pytest.mark.parametrize("form", ["csv", "tsv", "npy", "parquet"])
def test_standard_input_is_recognised(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    table = pa.table({"label": [0, 1], "p": [0.25, 0.75]})
    stream = io.BytesIO()
    if form == "parquet":
        pq.write_table(table, stream)
    elif form == "npy":
        np.save(stream, np.array([[0.25, 0.75]]))
    else:
        pc.write_csv(table, stream, pc.WriteOptions(delimiter="\t" if form == "tsv" else ","))
    stdin = io.TextIOWrapper(io.BytesIO(stream.getvalue()))
    monkeypatch.setattr("sys.stdin", stdin)
    source = open_source("-")
    assert source.path == "<stdin>"
    assert source.columns == (("values",) if form == "npy" else ("label", "p"))
    assert len(source.files[0].sha256()) == 64
