from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from support.command_line import Cli
from support.inspecting import RNG, K, N, good, saved_table, softmax
from support.paths import FIXTURES

pytestmark = pytest.mark.long

HEALTHY: dict[str, Callable[[], Any]] = {
    "good": good,
    "weak": lambda: good(strength=0.5),
    "guessing": lambda: (RNG.integers(0, K, N), softmax(0.3 * RNG.normal(size=(N, K)))),
    "binary": lambda: good(2),
    "many classes": lambda: good(100, 3000),
    "few rows": lambda: good(3, 12),
    "half floats": lambda: (good()[0], good()[1].astype(np.float16)),
    "three digits": lambda: (good(strength=1.5)[0], np.round(good(strength=1.5)[1], 3)),
}


@pytest.mark.parametrize("name", HEALTHY)
@pytest.mark.parametrize("words", [False, True])
def test_healthy_files_are_clean(name: str, words: bool, cli: Cli, tmp_path: Path) -> None:
    y, p = HEALTHY[name]()
    k = p.shape[1]
    names = [f"class{j:03d}" for j in range(k)] if words else list(map(str, range(k)))
    table = pd.DataFrame(p, columns=[f"prob_{n}" for n in names]).assign(
        label=np.array(names)[y], id=range(len(y))
    )
    found = cli("inspect", saved_table(tmp_path, table, "p.parquet"), "--strict", "-f", "json")
    assert (found.code, found.json["verdict"]) == (0, "clean"), found.out


def test_the_real_files_are_clean(cli: Cli, cifar10: tuple[object, ...], wnba: tuple[object, ...]) -> None:
    imdb = FIXTURES / "imdb"
    for arguments in (cifar10, wnba, (imdb / "probabilities.npy", "-l", imdb / "labels.npy")):
        found = cli("inspect", *arguments, "--strict")
        assert found.code == 0, found.out
        assert found.out.endswith("clean: nothing suspicious\n")
