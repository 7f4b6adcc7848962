from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from evalcli.errors import AmbiguousInput
from evalcli.loaders.open import open_source
from evalcli.loaders.source import Settings

ROWS = "a\t0.5\t0.5\nb\t0.25\t0.75\na\tNA\t1\n"


@pytest.mark.parametrize(
    ("lines", "edit"),
    [
        (["a b\tcontinuous\tcontinuous", "class\tmeta\tmeta"], "sed '2,3d'"),
        (["discrete\tc\tc"], "sed '2d'"),
        (["\t%\t%"], "sed '2d'"),
    ],
)
def test_lines_below_the_names_that_are_no_rows(
    lines: list[str], edit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("p.tab").write_text("\n".join(["y\tprob_a\tprob_b", *lines, ROWS]))
    with pytest.raises(AmbiguousInput, match=r"lines? 2 .*header") as caught:
        open_source("p.tab")
    assert edit in str(caught.value.hint)
    command = str(caught.value.hint).split(", and")[0]
    subprocess.run(command, shell=True, check=True)
    source = open_source("rows.tab")
    assert sum(batch.num_rows for batch in source.batches(["prob_a"])) == 3


@pytest.mark.parametrize("first", ["a\tNA\t\n", "a\tNaN\tnan\n", "a\t0.5\thigh\n", "a\t0.5\t0.5\n"])
def test_rows_are_rows(first: str, tmp_path: Path) -> None:
    (tmp_path / "p.tab").write_text("y\tprob_a\tprob_b\n" + first + ROWS)
    assert open_source(str(tmp_path / "p.tab")).columns == ("y", "prob_a", "prob_b")


def test_a_text_for_missing_values_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "p.tab").write_text("y\tprob\na\tn/k\n" + "a\t0.5\n" * 3)
    with pytest.raises(AmbiguousInput) as caught:
        open_source(str(tmp_path / "p.tab"))
    assert "--null-values n/k" in str(caught.value.hint)
    source = open_source(str(tmp_path / "p.tab"), Settings(null_values=("n/k",)))
    assert sum(batch.num_rows for batch in source.batches(["prob"])) == 4
