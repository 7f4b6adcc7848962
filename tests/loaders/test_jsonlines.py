from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from evalcli.errors import InputError
from evalcli.findings import Place
from evalcli.loaders.open import open_source
from evalcli.loaders.source import Limits, Settings
from support.command_line import Cli
from support.inspecting import saved_table


def test_lines_without_values(cli: Cli, tmp_path: Path) -> None:
    refused = cli("score", saved_table(tmp_path, "{}\n{}\n", "l.jsonl"))
    assert (refused.code, "the file has no columns" in refused.err) == (2, True)


def test_fields_of_mixed_types_that_nobody_uses(cli: Cli, tmp_path: Path) -> None:
    rows = [{"label": "ab"[j % 2], "pred": "ab"[j % 2], "answer": j if j % 3 else str(j)} for j in range(60)]
    path = saved_table(tmp_path, "".join(json.dumps(row) + "\n" for row in rows), "l.jsonl")
    result = cli("score", path, "--only", "accuracy")
    assert result.out == "1.0\n"
    assert cli("inspect", path).code == 0
    refused = cli("score", path, "--pred-col", "answer")
    assert (refused.code, "values of different types" in refused.err, "column answer" in refused.err) == (
        2,
        True,
        True,
    )


@pytest.mark.parametrize("text", ["null", "\n \nnull\n", 'null\n{"a": 1}\n', "n", "3", '"x"', "true"])
def test_lines_that_are_no_objects(text: str, cli: Cli, tmp_path: Path) -> None:
    """Of one of them the parser falls over, and the process with it."""
    refused = cli("score", saved_table(tmp_path, text, "l.jsonl"))
    assert (refused.code, "row 1" in refused.err or "JSON Lines" in refused.err) == (2, True), refused.err


def test_a_segment_that_begins_with_null(tmp_path: Path) -> None:
    (tmp_path / "p.jsonl").write_text('{"a": 1}\n' * 3 + "null\n" + '{"a": 2}\n')
    source = open_source(str(tmp_path / "p.jsonl"), Settings(limits=Limits(head=64, segment=27)))
    with pytest.raises(InputError) as caught:
        list(source.batches(["a"]))
    assert caught.value.where == Place(source.path, row=4)


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
