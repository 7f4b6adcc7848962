from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pandas as pd

from support.command_line import Cli, Result

RNG = np.random.default_rng(0)
N, K = 300, 4


def softmax(z: Any) -> Any:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def good(k: int = K, n: int = N, seed: int = 0, strength: float = 3.0) -> tuple[Any, Any]:
    """Labels and probabilities of a model that is right most of the time and knows how sure it is."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, k, n)
    z = rng.normal(size=(n, k))
    z[np.arange(n), y] += strength
    return y, softmax(z * strength / 1.0 if strength > 1 else z)


def frame(p: Any, y: Any, prefix: str = "prob_", **more: Any) -> pd.DataFrame:
    names = [f"{prefix}{j}" for j in range(p.shape[1])]
    return pd.DataFrame(p, columns=names).assign(label=y, **more)


def saved_table(folder: Path, table: pd.DataFrame | str, name: str = "p.csv") -> Path:
    path = folder / name
    if isinstance(table, str):
        path.write_text(table)
    elif name.endswith(".parquet"):
        table.to_parquet(path, index=False)
    else:
        table.to_csv(path, index=False)
    return path


INSPECT_SCHEMA = json.loads((files("evalcli") / "schema" / "inspect-1.json").read_text())


def finding(result: Result, code: str) -> dict[str, Any]:
    jsonschema.validate(json.loads(result.out), INSPECT_SCHEMA)
    found = [f for f in json.loads(result.out)["findings"] if f["code"] == code]
    assert len(found) == 1, result.out
    return found[0]


def check(
    cli: Cli,
    arguments: tuple[object, ...],
    code: str,
    level: str,
    hint: tuple[str, ...] = (),
    **fields: Any,
) -> dict[str, Any]:
    """A finding has its level and fields, the exit code follows, ``score`` says it too, its option mends."""
    result = cli("inspect", *arguments, "-f", "json")
    found = finding(result, code)
    assert found["level"] == level
    for name, value in fields.items():
        assert found[name] == value, found
    assert result.code == (2 if level == "error" else 0)
    assert cli("inspect", *arguments, "--strict").code == {"error": 2, "warning": 1, "note": 0}[level]
    scored = cli("score", *arguments)
    assert (scored.code == 2) == (level == "error"), scored.err
    if level != "error":
        assert f"[{code}]" in scored.err
    if hint:
        assert hint[0] in str(found["try"]), found
        assert cli("score", *arguments, *hint).code == 0
        assert cli("inspect", *arguments, *hint).code == 0
    return found
