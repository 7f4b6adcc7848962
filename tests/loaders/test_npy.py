from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.lib.format as nf
import pyarrow as pa
import pytest

from evalcli.loaders.open import open_source
from support.command_line import Cli, Save, assert_refused
from support.formats import read_table


def test_npy_of_a_wrong_shape_or_type(cli: Cli, saved: Save) -> None:
    assert_refused(cli("score", saved("p.npy", np.zeros((2, 2, 2)))), "shape (2, 2, 2)")
    assert_refused(
        cli("score", saved("q.npy", np.array(["2020-01-01"], "M8[D]"))),
        "unsupported array type",
        "datetime64",
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


def test_a_header_of_version_3(saved: Callable[..., Path]) -> None:
    stream = io.BytesIO()
    nf.write_array(stream, np.array([0.25, 0.75]), version=(3, 0))
    found = read_table(open_source(str(saved("a.npy", stream.getvalue()))), "values")
    assert found.column("values").to_pylist() == [0.25, 0.75]


def test_bytes_behind_the_array(saved: Callable[..., Path], cli: Cli) -> None:
    stream = io.BytesIO()
    np.save(stream, np.zeros(3))
    one = stream.getvalue()
    path = saved("a.npy", one + one)
    (remark,) = open_source(str(path)).remarks
    assert (remark.code, f"{len(one)} bytes" in remark.message) == ("bytes-behind", True)
    assert open_source(str(saved("b.npy", one))).remarks == ()
    with zipfile.ZipFile(path.with_name("c.npz"), "w") as archive:
        archive.writestr("p.npy", one + b"more")
    (remark,) = open_source(str(path.with_name("c.npz"))).remarks
    assert (remark.code, "4 bytes" in remark.message) == ("bytes-behind", True)


def test_a_header_of_python_2(saved: Callable[..., Path]) -> None:
    """No warning of NumPy reaches the user; in tests it would be an error."""
    text = "{'descr': '<f8', 'fortran_order': False, 'shape': (2L,), }"
    header = text.ljust(117) + "\n"
    data = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode()
    found = read_table(open_source(str(saved("a.npy", data + np.array([1.0, 2.0]).tobytes()))), "values")
    assert found.column("values").to_pylist() == [1.0, 2.0]


def test_records_are_columns(saved: Callable[..., Path]) -> None:
    kind = [("label", "U1"), ("größe", "f4"), ("probs", "f8", (2,))]
    records = np.array([("a", 0.5, (0.25, 0.75)), ("b", 1.5, (1, 0))], kind)
    stream = io.BytesIO()
    nf.write_array(stream, records, version=(3, 0))
    source = open_source(str(saved("a.npy", stream.getvalue())))
    assert source.columns == ("label", "größe", "probs")
    assert read_table(source, *source.columns).to_pylist() == [
        {"label": "a", "größe": 0.5, "probs": [0.25, 0.75]},
        {"label": "b", "größe": 1.5, "probs": [1.0, 0.0]},
    ]


def test_records_that_hold_something_else(cli: Cli, saved: Save) -> None:
    nested = np.zeros(2, [("a", [("b", "f8")])])
    assert_refused(cli("score", saved("p.npy", nested)), "unsupported array type", "column a")
