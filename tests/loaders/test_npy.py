from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from evalcli.loaders.open import open_source
from support.command_line import Cli, Save, assert_refused
from support.formats import read_table


def test_npy_of_a_wrong_shape_or_type(cli: Cli, saved: Save) -> None:
    assert_refused(cli("score", saved("p.npy", np.zeros((2, 2, 2)))), "shape (2, 2, 2)")
    assert_refused(
        cli("score", saved("q.npy", np.array(["2020-01-01"], "M8[D]"))), "unsupported type", "datetime64"
    )


def test_npy_is_mapped_not_read(saved: Callable[..., Path]) -> None:
    source = open_source(str(saved("a.npy", np.zeros((500_000, 2)))))
    array = source._arrays["values"]  # type: ignore[attr-defined]
    assert isinstance(array.base.base, pa.Buffer)
    assert pa.total_allocated_bytes() < array.nbytes


@pytest.mark.parametrize("dtype", [">f8", "<f4", "f2", "i8", "u2", "?", "S3", "U3"])
def test_npy_types(dtype: str, saved: Callable[..., Path]) -> None:
    array = np.array([0, 1, 1]).astype(dtype)
    found = read_table(open_source(str(saved("a.npy", array))), "values")
    assert [str(v) for v in found.column("values").to_pylist()] == [
        str(v) for v in array.astype(str).tolist()
    ]
