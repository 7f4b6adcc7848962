from __future__ import annotations

import sys

import pytest

from support.paths import ROOT

sys.path.insert(0, str(ROOT / "docs"))

import generate

DOCUMENTS = generate.documents()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_generated_files_are_up_to_date(path: object) -> None:
    assert path.read_text(encoding="utf-8") == DOCUMENTS[path], "run `make docs`"


def test_the_readme_shows_real_output() -> None:
    assert len(generate.BLOCK.findall((ROOT / "README.md").read_text())) == 6
