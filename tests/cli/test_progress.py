from __future__ import annotations

import contextlib
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import numpy as np


def test_a_bar_for_long_work_on_a_terminal_alone(tmp_path: Path) -> None:
    """Patience is shortened so that a short run counts as long; rows, rate and time left are shown."""
    for part in range(3):
        np.save(tmp_path / f"p{part}.npy", np.random.default_rng(part).random(1_000_000))
    np.save(tmp_path / "y.npy", np.arange(3_000_000) % 2)
    code = (
        "import sys\nfrom evalcli.cli import progress\nprogress.PATIENCE = progress.BETWEEN = 0.0\n"
        "from evalcli.cli.app import run\nsys.exit(run(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", code, "score", tmp_path / "p*.npy", "-l", tmp_path / "y.npy"]
    leader, follower = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "120"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=follower, env=environment) as child:
        os.close(follower)
        seen = b""
        with contextlib.suppress(OSError):  # Linux ends a terminal with EIO
            while more := os.read(leader, 65536):
                seen += more
        os.close(leader)
        assert child.stdout is not None
        out = child.stdout.read()
        assert child.wait(60) == 0
    assert re.search(rb"[0-9,]+ rows .*rows/s file [123] of 3.*[0-9]:[0-9]{2}", seen), seen
    assert b"rows/s" not in out
    quiet = subprocess.run([*command], capture_output=True, check=True)
    assert b"rows/s" not in quiet.stderr + quiet.stdout
