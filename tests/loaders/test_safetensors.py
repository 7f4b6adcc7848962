from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from evalcli.loaders.open import open_source
from support.command_line import Cli
from support.formats import TABLE, tensors


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
