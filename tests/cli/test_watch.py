from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from support.command_line import Cli
from support.training import words, written


def test_a_line_for_each_epoch_where_there_is_no_terminal(cli: Cli, tmp_path: Path) -> None:
    folder = written(tmp_path, epochs=3)
    result = cli(*words(folder), "--watch", "--until-epoch", "3", "--every", "0.01")
    lines = result.err.splitlines()
    assert [line.partition(":")[0] for line in lines[:6]] == [
        f"epoch {n} {split}" for n in (1, 2, 3) for split in ("train", "val")
    ]
    assert "epoch 3 is there" in lines


@pytest.mark.long
def test_a_table_that_is_redrawn_on_a_terminal(tmp_path: Path) -> None:
    folder = written(tmp_path, epochs=3)
    master, slave = pty.openpty()
    command = [
        sys.executable,
        "-m",
        "evalcli",
        *words(folder),
        "--watch",
        "--until-epoch",
        "3",
        "--every",
        "0.05",
    ]
    environment = {**os.environ, "COLUMNS": "100", "LINES": "30", "TERM": "xterm"}
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=slave, env=environment, check=True)
    os.close(slave)
    shown = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:
            break
        if not part:
            break
        shown += part
    os.close(master)
    text = shown.decode()
    assert text.count("f1_macro val") >= 3 and "\x1b[2K" in text, "drawn and wiped, again and again"
    assert "epoch 3 is there" in text and "epoch 3 val:" not in text
    assert b"95% interval" in done.stdout
