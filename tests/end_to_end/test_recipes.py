"""The recipes of docs/ci.md: each of their commands is run, as a shell would, where its files are."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from support.effort import untraced
from support.paths import FIXTURES, ROOT

pytestmark = pytest.mark.long

PAGE = (ROOT / "docs" / "ci.md").read_text()
BLOCKS = re.findall(r"^```(yaml|make)\n(.*?)^```$", PAGE, re.M | re.S)
INDENTED = re.findall(r"(?:^    .*\n)+", re.sub(r"^```.*?^```$", "", PAGE, flags=re.M | re.S), re.M)


def commands() -> list[str]:
    """Every command line of the page that is not shown with its output."""
    found = [text for block in INDENTED for text in re.split(r"(?<!\\)\n", block)]
    for kind, block in BLOCKS:
        if kind == "yaml":
            found += [line for text in texts(yaml.safe_load(block)) for line in re.split(r"(?<!\\)\n", text)]
        else:
            found += [
                line for line in block.replace("$@", "report.json").splitlines() if line.startswith("\t")
            ]
    return [line.strip() for line in found if "evalcli " in line and "pip install" not in line]


def texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inner for text in texts(one)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Predictions, labels and a baseline as the page names them."""
    place = tmp_path_factory.mktemp("recipes")
    folder = FIXTURES / "cifar10"
    names = (folder / "classes.txt").read_text().split()
    p = np.load(folder / "probabilities.npy")
    table = pd.DataFrame(p, columns=[f"prob_{name}" for name in names])
    table.to_parquet(place / "preds.parquet")
    pd.DataFrame({"label": np.array(names)[np.load(folder / "labels.npy")]}).to_csv(
        place / "y.csv", index=False
    )
    outputs = "-o report.json -o main.json"
    assert run(f"evalcli score preds.parquet --labels y.csv -q {outputs}", place).returncode == 0
    return place


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Path:
    """A copy of them."""
    return shutil.copytree(made, tmp_path, dirs_exist_ok=True)


def run(command: str, place: Path) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-c", command],
        cwd=place,
        env={**untraced(), "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def test_there_are_commands_of_every_kind() -> None:
    found = commands()
    assert len(found) >= 10
    assert len(BLOCKS) == 5
    assert {command.split()[1] for command in found if command.startswith("evalcli")} == {"score", "show"}


@pytest.mark.parametrize("command", dict.fromkeys(commands()))
def test_a_command_of_the_page(command: str, place: Path) -> None:
    done = run(command, place)
    assert done.returncode == 0, done.stderr
    assert "error" not in done.stderr
    for path in re.findall(r"(?:-o|--errors|--per-row) (\S+)", command):
        assert (place / path).stat().st_size > 0


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_the_makefile(place: Path) -> None:
    rules = next(block for kind, block in BLOCKS if kind == "make")
    (place / "Makefile").write_text(rules)
    (place / "report.json").unlink()
    done = run("make gate", place)
    assert done.returncode == 0, done.stderr
    assert "verdict: pass" in done.stderr
    assert run("make gate EVALCLI=1 && sed -i s/f1=0.8/f1=0.95/ Makefile && make gate", place).returncode == 2
