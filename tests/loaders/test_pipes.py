from __future__ import annotations

import io
from pathlib import Path

import pytest

from evalcli.errors import InputError
from evalcli.loaders.pipes import piped, standard_input
from support.builders import GOOD
from support.command_line import Cli, Save, assert_refused


def test_all_that_comes_out_of_a_pipe() -> None:
    assert piped(io.BytesIO(b"a,b"), "<stdin>", None) == b"a,b"


def test_a_pipe_without_an_end() -> None:
    with pytest.raises(InputError, match="more than 1 MiB") as caught:
        piped(io.BytesIO(bytes(2 << 20)), "<stdin>", 1 << 20)
    assert (caught.value.code, "--max-bytes" in str(caught.value.hint)) == ("too-large", True)


@pytest.mark.parametrize("name", ["/dev/zero", "/dev/urandom"])
def test_a_device_without_an_end(name: str, cli: Cli, saved: Save) -> None:
    with Path(name).open("rb") as stream, pytest.raises(InputError, match="no end"):
        piped(stream, name, None)
    assert_refused(cli("score", name), "a device, which has no end", name)
    assert_refused(cli("score", saved("p.csv", GOOD), "--labels", name), "a device, which has no end", name)


def test_a_device_that_is_empty(cli: Cli) -> None:
    assert_refused(cli("score", "/dev/null"), "the input is empty")


def test_standard_input_that_is_closed(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(InputError, match="standard input is closed"):
        standard_input()
    assert_refused(cli("score", "-"), "standard input is closed")
    assert_refused(cli("show", "-"), "it is closed")


def test_standard_input_twice(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(GOOD.encode())))
    assert_refused(cli("score", "-", "-"), "the same file is given twice")
