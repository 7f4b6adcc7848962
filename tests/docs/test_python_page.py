"""The page of the Python API: its names are the public ones, and its examples run."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import evalcli
from support.paths import ROOT

PAGE = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
LOOPS = (ROOT / "docs" / "loops.md").read_text(encoding="utf-8")
COMPARE = (ROOT / "docs" / "compare.md").read_text(encoding="utf-8")
CUSTOM = (ROOT / "docs" / "custom.md").read_text(encoding="utf-8")
FILE = re.compile(r"<!-- file: (\w+)\.py -->\n```python\n(.*?)```", re.DOTALL)
"""Examples that are parts of a file."""


def examples(page: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", page, re.DOTALL)


def test_it_has_the_public_names_and_no_others() -> None:
    assert sorted(re.findall(r"^### `evalcli\.(\w+)`", PAGE, re.M)) == sorted(evalcli.__all__)
    for name in evalcli.__all__:
        assert getattr(evalcli, name).__doc__
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = evalcli.nothing


@pytest.mark.parametrize(
    ("page", "count"), [(PAGE, 8), (LOOPS, 6), (COMPARE, 1)], ids=["python", "loops", "compare"]
)
def test_the_examples_run(page: str, count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for example in examples(page):
        exec(compile(example, "page.md", "exec"), names)
    assert len(examples(page)) == count


def test_rows_of_several_processes_are_those_of_one() -> None:
    names: dict[str, Any] = {}
    for example in examples(LOOPS):
        exec(compile(example, "loops.md", "exec"), names)
    together = names["evalcli"].evaluate(names["y"], names["model"](names["x"]), metrics="f1_macro")
    assert float(names["whole"].report()["f1_macro"]) == pytest.approx(float(together["f1_macro"]), abs=1e-12)


def test_the_import_costs_nothing() -> None:
    code = "import sys, evalcli; assert not {'numpy', 'pyarrow', 'msgspec'} & set(sys.modules), sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_every_function_is_named() -> None:
    from evalcli import functional

    assert set(re.findall(r"`(\w+)`", PAGE)) >= set(functional.__all__)


def test_metrics_of_ones_own(tmp_path: Path) -> None:
    """The files and the examples of the page, in a process of their own."""
    for name, part in FILE.findall(CUSTOM):
        with (tmp_path / f"{name}.py").open("a", encoding="utf-8") as file:
            file.write(part + "\n\n")
    examples_of_page = "\n".join(examples(FILE.sub("", CUSTOM)))
    (tmp_path / "example.py").write_text(examples_of_page, encoding="utf-8")
    subprocess.run([sys.executable, "example.py"], cwd=tmp_path, check=True)
    (tmp_path / "preds.csv").write_text("y,p\n" + "0,0.2\n1,0.7\n" * 30)
    options = ["--plugin", "my_metrics.py", "-m", "false_discoveries,typical_probability", "--format", "json"]
    command = [sys.executable, "-m", "evalcli", "score", "preds.csv", "--label-col", "y", "--score-cols", "p"]
    ran = subprocess.run([*command, *options], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert list(json.loads(ran.stdout)["metrics"]) == ["false_discoveries", "typical_probability"]
