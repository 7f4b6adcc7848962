from __future__ import annotations

import subprocess
import sys

import pytest

from evalcli.cli.config_file import Invocation
from evalcli.cli.direct import run_typed


@pytest.mark.parametrize("words", [["--help"], ["config"], ["score", "--help"], ["score", "-qh"], ["scor"]])
def test_what_is_left_to_typer(words: list[str]) -> None:
    assert run_typed(words, Invocation(words)) is None


def test_a_command_that_is_typed_imports_no_typer() -> None:
    code = (
        "import sys\n"
        "from evalcli.cli.app import run\n"
        "assert run(['metrics', '--task', 'binary']) == 0\n"
        "assert 'typer' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


def test_options_are_kept_for_the_report_of_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    invocation = Invocation(["metrics", "accuracy", "--format", "json"])
    assert run_typed(invocation.arguments, invocation) == 0
    assert invocation.values == {"task": None, "plugin": None, "format": "json", "words": ["accuracy"]}
    assert '"accuracy"' in capsys.readouterr().out
