from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from itertools import combinations
from pathlib import PurePath

import pytest

from evalcli.loaders.formats import FORMATS, NAMES, SUFFIXES
from support import formats, mutants


@pytest.mark.parametrize("name", FORMATS)
def test_every_module_opens_files(name: str) -> None:
    assert callable(import_module(f"evalcli.loaders.{FORMATS[name].module}").open)


def test_no_two_formats_share_a_name_or_suffix() -> None:
    forms = FORMATS.values()
    names = [name for form in forms for name in (form.name, *form.aliases)]
    suffixes = [suffix for form in forms for suffix in form.suffixes]
    assert len(names) == len(set(names)) == len(NAMES)
    assert len(suffixes) == len(set(suffixes)) == len(SUFFIXES)
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in suffixes)


def test_every_name_and_suffix_leads_to_its_format() -> None:
    for name, form in FORMATS.items():
        assert NAMES[name] is form
        assert all(NAMES[other] is form for other in form.aliases)
        assert all(SUFFIXES[suffix] is form for suffix in form.suffixes)


def test_no_magic_bytes_begin_others() -> None:
    magic = [start for form in FORMATS.values() for start in form.magic]
    assert all(magic)
    for one, other in combinations(magic, 2):
        assert not one.startswith(other)
        assert not other.startswith(one)


def test_only_binary_formats_have_magic_bytes() -> None:
    assert not [form.name for form in FORMATS.values() if form.text and form.magic]


def test_what_a_file_contains_in_words() -> None:
    for form in FORMATS.values():
        assert form.contents
        assert form.read
        assert form.title


def test_every_format_is_written_and_broken_by_the_tests() -> None:
    """CONTRIBUTING.md: what has a row is taken up by the tests of all formats. NPY holds no labels."""

    def of(names: Iterable[str]) -> set[str]:
        suffixes = [PurePath(name.partition(".csv.")[0]).suffix for name in names]
        return {SUFFIXES[suffix].name for suffix in suffixes if suffix in SUFFIXES}

    assert of(formats.WRITERS) | {"npy"} == set(FORMATS)
    assert of(mutants.FORMATS) | {"csv", "tsv"} == set(FORMATS)
