"""The page of the Python API: its names are the public ones, and its examples run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import evalcli
from support.paths import ROOT

PAGE = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_it_has_the_public_names_and_no_others() -> None:
    assert sorted(re.findall(r"^### `evalcli\.(\w+)`", PAGE, re.M)) == sorted(evalcli.__all__)
    for name in evalcli.__all__:
        assert getattr(evalcli, name).__doc__
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = evalcli.nothing


def test_its_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for example in EXAMPLES:
        exec(compile(example, "python.md", "exec"), names)
    assert len(EXAMPLES) == 6


def test_the_import_costs_nothing() -> None:
    code = "import sys, evalcli; assert not {'numpy', 'pyarrow', 'msgspec'} & set(sys.modules), sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_every_function_is_named() -> None:
    from evalcli import functional

    assert set(re.findall(r"`(\w+)`", PAGE)) >= set(functional.__all__)
