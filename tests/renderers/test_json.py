from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalcli.renderers import json as as_json
from support.command_line import Cli

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(values)
def test_json_says_what_the_standard_library_says(value: object) -> None:
    assert json.loads(as_json._text(value, "\n")) == value


def test_json_refuses_what_is_no_number() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        as_json._text({"value": float("nan")}, "\n")


def test_a_row_of_the_matrix_is_one_line(cli: Cli, cifar10: tuple[object, ...]) -> None:
    out = cli("score", *cifar10, "-f", "json").out
    assert "      [937, 1, 14, 7, 4, 0, 0, 2, 31, 4],\n" in out


def test_json_defuses_commands_and_keeps_the_names(cli: Cli, tmp_path: Path) -> None:
    table = pa.table({"label": ["##[error]a", "##vso[b"], "pred": ["##[error]a", "##vso[b"]})
    pq.write_table(table, tmp_path / "p.parquet")
    result = cli("score", tmp_path / "p.parquet", "-f", "json")
    assert "##[" not in result.out
    assert "##vso[" not in result.out
    assert result.json["classes"] == ["##[error]a", "##vso[b"]
