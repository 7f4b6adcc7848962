from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evalcli.loaders.open import open_source


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
