"""Real processes: streams, pipes, terminals, signals, exit codes."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from support.command_line import Process
from support.paths import FIXTURES, GAME_COLUMNS, GAMES, ROOT

pytestmark = pytest.mark.long

UNKNOWN = b"undecided: recall:x>=0.1: 'recall:x': no class 'x'; the classes are "


UNKNOWN += b"0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 188 more\n"


def test_result_on_stdout_verdict_on_stderr(process: Process) -> None:
    result = process("score", GAMES, *GAME_COLUMNS, "--format", "json", "--fail-under", "f1=0.5")
    assert result.code == 0
    assert result.json["metrics"]["f1"]["value"] > 0.7
    assert result.err == "passed: f1 = 0.7326 >= 0.5\n"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--fail-under", "f1=0.5"], 0),
        (["--fail-under", "f1=90%"], 1),
        (["--fail-under", "f0=0.9"], 2),
        (["--fail-under", "roc_auc:0=0.9"], 3),
    ],
)
def test_exit_codes(arguments: list[str], code: int, process: Process) -> None:
    result = process("score", GAMES, *GAME_COLUMNS, "-q", *arguments)
    assert result.code == code
    assert "Traceback" not in result.err


def test_the_console_script_is_installed() -> None:
    script = Path(sys.executable).parent / "evalcli"
    done = subprocess.run([script, "--version"], capture_output=True, text=True, check=True)
    assert re.fullmatch(r"evalcli \d+\.\d+\.\d+\n", done.stdout)


def test_standard_input(process: Process) -> None:
    result = process("score", "-", *GAME_COLUMNS, "--only", "f1", stdin=GAMES.read_bytes())
    assert (result.code, result.out) == (0, "0.7326388888888888\n")
    assert process("score", "-", *GAME_COLUMNS, stdin=b"").err.startswith("error: the input is empty")


def test_arrays_on_standard_input(process: Process) -> None:
    folder = FIXTURES / "cifar10"
    result = process(
        "score",
        "-",
        "--labels",
        folder / "labels.npy",
        "--only",
        "accuracy",
        stdin=(folder / "probabilities.npy").read_bytes(),
    )
    assert (result.code, result.out) == (0, "0.9294\n")


@pytest.mark.parametrize(("rule", "code"), [("accuracy=0.5", 0), ("recall:x=0.1", 3)])
def test_a_closed_pipe_ends_quietly_and_the_verdict_stands(rule: str, code: int, tmp_path: Path) -> None:
    k = 200
    for name in ("p", "y"):
        np.save(tmp_path / f"{name}.npy", np.tile(np.arange(k), 2))
    arguments = ["score", tmp_path / "p.npy", "--labels", tmp_path / "y.npy", "--format", "json", "-q"]
    arguments += ["--fail-under", rule]
    with subprocess.Popen(
        [sys.executable, "-m", "evalcli", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        assert child.stdout.readline() == b"{\n"
        child.stdout.close()
        assert child.stderr.read() == (UNKNOWN if code else b"")
        assert child.wait(60) == code


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_no_bug() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "evalcli", "score", GAMES, *GAME_COLUMNS],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.startswith("error: the report could not be written\n  where: standard output\n")


def test_closed_streams_do_no_harm(tmp_path: Path) -> None:
    command = (
        f"{sys.executable} -m evalcli score {GAMES} {' '.join(GAME_COLUMNS)} -o {tmp_path}/r.json >&- 2>&-"
    )
    assert subprocess.run(["sh", "-c", command], check=False).returncode == 0
    assert (tmp_path / "r.json").stat().st_size > 1000


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("score - <&-", 2),
        ("show - <&-", 2),
        ("score {} <&- >&- 2>&-", 0),
        ("score {} -q -o json:/dev/stdout >&-", 0),
        ("score {} -q -o json:/dev/stderr 2>&-", 0),
        ("score {} -q --per-row - >&-", 0),
        ("inspect {} >&-", 0),
        ("threshold {} >&-", 0),
        ("--help >&-", 0),
    ],
)
def test_no_file_takes_the_place_of_a_closed_stream(command: str, code: int, tmp_path: Path) -> None:
    """What is opened first would be descriptor 0, 1 or 2, and a report written to it."""
    path = tmp_path / "p.csv"
    text = "label,prob\n" + "".join(f"{i % 2},{(i * 7 % 10) / 10}\n" for i in range(100))
    path.write_text(text)
    whole = f"{sys.executable} -m evalcli {command.format(path)}"
    done = subprocess.run(["sh", "-c", whole], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == code, done.stderr
    assert "bug" not in done.stderr
    assert path.read_text() == text


STOPPED = [
    pytest.param(signal.SIGINT, "interrupted", id="SIGINT"),
    pytest.param(signal.SIGTERM, "terminated", id="SIGTERM"),
    pytest.param(signal.SIGHUP, "hung up", id="SIGHUP"),
    pytest.param(signal.SIGQUIT, "quit", id="SIGQUIT"),
]


@pytest.mark.parametrize(("number", "word"), STOPPED)
def test_interrupt(number: signal.Signals, word: str, tmp_path: Path) -> None:
    """Ctrl-C while reading, or what else stops a run: a word, its exit code, no traceback, no report."""
    report, rows = tmp_path / "r.json", tmp_path / "rows.csv"
    with subprocess.Popen(
        [sys.executable, "-m", "evalcli", "score", "-", "--output", report, "--per-row", rows],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as child:
        assert child.stdin is not None
        assert child.stderr is not None
        # more than a pipe holds: once it is written, the child is reading
        child.stdin.write(b"label,p\n" + b"1,0.5\n" * 100_000)
        child.stdin.flush()
        for _ in range(60):  # a signal between two reads is not seen before the next one
            child.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(1)
                break
        assert child.returncode == 128 + number
        assert child.stderr.read().decode() == f"{word}\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("number", "word"), STOPPED)
def test_a_run_that_is_stopped_leaves_no_temporary_file(
    number: signal.Signals, word: str, tmp_path: Path
) -> None:
    """While rows are written beside the file that they are for, which stays as it was."""
    rows = tmp_path / "rows.csv"
    rows.write_text("earlier\n")
    for name in ("p", "y"):
        np.save(tmp_path / f"{name}.npy", np.tile(np.arange(1000), 2000))
    command = [sys.executable, "-m", "evalcli", "score", tmp_path / "p.npy", "--labels", tmp_path / "y.npy"]
    with subprocess.Popen(
        [*command, "--per-row", rows], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stderr is not None
        while not list(tmp_path.glob(".rows.csv.*")):
            assert child.poll() is None
            time.sleep(0.005)
        child.send_signal(number)
        assert child.wait(60) == 128 + number
        assert child.stderr.read() == f"{word}\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["p.npy", "rows.csv", "y.npy"]
    assert rows.read_text() == "earlier\n"


def test_a_signal_that_is_ignored_stays_ignored(tmp_path: Path) -> None:
    """As nohup has it: the terminal goes, the run goes on."""
    command = [sys.executable, "-m", "evalcli", "score", "-", "--only", "accuracy"]
    with subprocess.Popen(
        ["sh", "-c", "trap '' HUP; exec \"$@\"", "sh", *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as child:
        assert child.stdin is not None
        child.stdin.write(b"label,p\n" + b"1,0.9\n0,0.1\n" * 100_000)
        child.stdin.flush()
        child.send_signal(signal.SIGHUP)
        out, _ = child.communicate(timeout=60)
    assert (child.returncode, out) == (0, b"1.0\n")


def terminal(*arguments: object, **variables: str) -> str:
    """What a command writes to a terminal."""
    leader, follower = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "evalcli", *map(str, arguments)],
        stdout=follower,
        stderr=follower,
        env={**os.environ, "TERM": "xterm-256color", **variables},
    ) as child:
        os.close(follower)
        seen = b""
        while True:
            try:
                more = os.read(leader, 65536)
            except OSError:  # Linux ends a terminal with EIO
                break
            if not more:
                break
            seen += more
        os.close(leader)
        assert child.wait(60) == 0
    return seen.decode()


def test_colour_on_a_terminal_alone(process: Process) -> None:
    command = ("score", GAMES, *GAME_COLUMNS)
    assert "\x1b[" in terminal(*command)
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", terminal(*command, NO_COLOR="1"))
    assert "\x1b[" not in process(*command).out
    assert "\x1b[" in process(*command, FORCE_COLOR="1").out


def test_a_narrow_terminal_cuts_no_name() -> None:
    seen = terminal("score", GAMES, *GAME_COLUMNS, COLUMNS="24")
    for name in ("balanced_accuracy", "average_precision", "[0.6128, 0.7001]"):
        assert name in seen


@pytest.mark.parametrize("path", ["<(cat {})", "/dev/stdin < <(cat {})"])
def test_other_pipes(path: str) -> None:
    """A file that can be read once and has no suffix."""
    command = (
        f"{sys.executable} -m evalcli score {path.format(GAMES)} {' '.join(GAME_COLUMNS)} --only accuracy"
    )
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("0.6577777777777778\n", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize(("rule", "code"), [("f1=0.7", 0), ("f1=0.9", 1), ("recall:9=0.7", 3), ("ff=1", 2)])
def test_standard_error_that_cannot_be_written_changes_no_exit_code(rule: str, code: int) -> None:
    command = [sys.executable, "-m", "evalcli", "score", GAMES, *GAME_COLUMNS, "--fail-under", rule]
    with Path("/dev/full").open("wb") as full:
        assert subprocess.run(command, stdout=subprocess.DEVNULL, stderr=full, check=False).returncode == code


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "cp1252"])
def test_any_locale_gets_utf8(encoding: str, process: Process, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("label,pred\n漢字,漢字\nb,漢字\nb,b\n", encoding="utf-8")
    for form in ("table", "json", "markdown", "junit"):
        result = process(
            "score", tmp_path / "p.csv", "--fail-under", "f1=0.99", "-f", form, PYTHONIOENCODING=encoding
        )
        assert result.code == 1
        assert "漢字" in result.out


def test_a_log_that_is_open_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    log.write_text("earlier\n")
    command = f"{sys.executable} -m evalcli score {GAMES} {' '.join(GAME_COLUMNS)} -q --only f1"
    command += f" -o json:/dev/stdout >> {log}"
    assert subprocess.run(["sh", "-c", command], check=False).returncode == 0
    text = log.read_text()
    assert text.startswith("earlier\n{")
    assert text.endswith("0.7326388888888888\n")


def test_a_temporary_file_holds_what_memory_does_not_and_is_gone_at_the_end(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    np.save(tmp_path / "p.npy", rng.random(6_000_000).astype(np.float32))
    np.save(tmp_path / "y.npy", (rng.random(6_000_000) < 0.3).astype(np.int8))
    folder = tmp_path / "temporary"
    folder.mkdir()
    command = [sys.executable, "-m", "evalcli", "score", tmp_path / "p.npy", "--labels", tmp_path / "y.npy"]

    def scored(*more: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, "--format", "json", *more],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "TMPDIR": str(folder), **variables},
        )

    found = re.search(r"--memory (\d+)M", scored("--memory", "1M").stderr)
    assert found is not None
    limited, free = scored("--memory", f"{found[1]}M"), scored()
    reports = [json.loads(done.stdout) for done in (limited, free)]
    for report in reports:
        del report["evalcli"]
    assert reports[0] == reports[1]
    assert list(folder.iterdir()) == []
    folder.rmdir()  # nothing can be written there, and nothing has to be
    assert scored().returncode == 0


@pytest.mark.parametrize(("number", "word"), STOPPED)
def test_a_signal_within_a_callback_stops_the_run(number: signal.Signals, word: str, tmp_path: Path) -> None:
    """Python drops an exception in a callback, e.g. of a lock of an import; the signal is given again."""
    (tmp_path / "sitecustomize.py").write_text(
        "import builtins, signal, sys, time, weakref\n"
        "class Thing: pass\n"
        "def gone(_):\n"
        f"    signal.raise_signal({int(number)})\n"
        "    time.sleep(0)\n"
        "def audit(event, arguments):\n"
        "    if event == 'import' and arguments[0] == 'numpy' and not audit.done:\n"
        "        audit.done = True\n"
        "        thing = Thing()\n"
        "        kept = weakref.ref(thing, gone)\n"
        "        del thing\n"
        "        time.sleep(10)\n"
        "audit.done = False\n"
        "sys.addaudithook(audit)\n"
    )
    run = subprocess.run(
        [sys.executable, "-m", "evalcli", "score", "-"],
        check=False,
        input="label,p\n1,0.5\n",
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(tmp_path), str(ROOT / "src")))},
        timeout=60,
    )
    assert run.returncode == 128 + number
    assert run.stderr == f"{word}\n"
