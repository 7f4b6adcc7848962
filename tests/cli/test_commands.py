from __future__ import annotations

import shlex
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evalcli.cli.commands import COMMANDS, DOCS, EXAMPLES
from evalcli.cli.group import group_of
from evalcli.errors import EXIT_CODES
from support import training
from support.command_line import Cli
from support.paths import ROOT

SHOWN = [(name, example) for name, facts in COMMANDS.items() for _, example in facts.examples]
ALL = [*SHOWN, *(("evalcli", example) for _, example in EXAMPLES)]


@pytest.fixture
def files(here: Path, cli: Cli) -> Path:
    """The files that the examples name."""
    rng = np.random.default_rng(0)
    label = rng.integers(0, 2, 300)
    prob = np.clip(0.25 + 0.5 * label + rng.normal(0, 0.15, 300), 0.01, 0.99).round(3)
    rows = zip(label, prob, rng.choice(["eu", "us"], 300), strict=True)
    (here / "preds.csv").write_text("label,prob,region\n" + "".join(f"{y},{p},{r}\n" for y, p, r in rows))
    np.save(here / "preds.npy", prob)
    np.save(here / "labels.npy", label)
    (here / "y.csv").write_text("id,label\n" + "".join(f"{i},{y}\n" for i, y in enumerate(label)))
    for name, noise in (("old.csv", 0.0), ("new.csv", 0.002)):
        scores = np.clip(prob + noise, 0.01, 0.99).round(3)
        (here / name).write_text("id,prob\n" + "".join(f"{i},{p}\n" for i, p in enumerate(scores)))
    training.written(here / "run", epochs=2, rows=60)
    for epoch in (1, 2):
        scores = np.load(here / "run" / "val" / f"epoch-{epoch}.npy")
        columns = {"label": rng.integers(0, 3, 60), **{str(k): scores[:, k] for k in range(3)}}
        pq.write_table(pa.table(columns), here / "run" / f"val-{epoch}.parquet")
    for name in ("report.json", "main.json"):
        assert cli("score", "preds.csv", "-o", name).code == 0
    for number, part in enumerate(np.split(np.arange(300), 2)):
        lines = (here / "preds.csv").read_text().splitlines()
        (here / f"p{number}.csv").write_text("\n".join([lines[0], *(lines[row + 1] for row in part), ""]))
        for state in (f"part-{number}.state", f"parts/{number}.state"):
            assert cli("score", f"p{number}.csv", "--state", state, "-q").code == 0
    return here


@pytest.mark.parametrize(("name", "example"), ALL)
def test_every_example_runs(name: str, example: str, files: Path, cli: Cli) -> None:
    tool, command, *arguments = shlex.split(example)
    assert tool == "evalcli"
    assert name in (command, "evalcli")
    result = cli(command, *arguments)
    code = 3 if "--not-worse" in example else 0  # 300 rows leave half a per cent open
    assert (result.code, "error" in result.err) == (code, False), result.err
    assert result.out


def test_every_command_has_an_example_and_docs() -> None:
    assert set(COMMANDS) == set(group_of().commands)
    for facts in COMMANDS.values():
        assert facts.examples
        assert facts.docs
    assert len(COMMANDS["score"].examples) == 3


@pytest.mark.parametrize("page", sorted({*DOCS, *(d for facts in COMMANDS.values() for d in facts.docs)}))
def test_the_pages_exist(page: str) -> None:
    assert (ROOT / page).is_file()


def test_exit_codes_are_those_of_the_process() -> None:
    for facts in COMMANDS.values():
        assert set(facts.codes) <= {code.value for code in EXIT_CODES}
