from __future__ import annotations

import platform
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest

from evalcli import __version__
from evalcli.cli.processor import describe
from evalcli.cli.version import details


def test_versions_of_what_results_depend_on() -> None:
    assert details().splitlines() == [
        f"evalcli {__version__}",
        f"Python {platform.python_version()}",
        f"NumPy {np.__version__}",
        f"pyarrow {pa.__version__}",
        describe(),
    ]


@pytest.mark.long
@pytest.mark.parametrize(("arguments", "lines"), [(["-V"], 1), (["--version", "--verbose"], 5)])
def test_it_is_printed_by_a_process(arguments: list[str], lines: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "evalcli", *arguments], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(f"evalcli {__version__}\n")
    assert len(done.stdout.splitlines()) == lines
