"""The command line; this module sets up streams and signals, and ends the process with an exit code."""

from __future__ import annotations

import gc
import io
import os
import signal
import sys
from contextlib import suppress
from typing import Any

STOPPED = {"SIGTERM": "terminated", "SIGHUP": "hung up", "SIGQUIT": "quit"}
"""Signals that end a run as Ctrl-C does, so that no partial file is left, and the message printed then."""


class _BestEffortStream(io.TextIOBase):
    """Standard error; a closed pipe or a full disk does not change the exit code."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write what can be written."""
        with suppress(OSError, ValueError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush what can be flushed."""
        with suppress(OSError, ValueError):
            self._stream.flush()

    def isatty(self) -> bool:
        """Whether the stream is a terminal."""
        return bool(self._stream.isatty())

    def fileno(self) -> int:
        """The file descriptor of the stream."""
        return int(self._stream.fileno())


class _Signals:
    """The signal that ended the run, if one did."""

    def __init__(self) -> None:
        self.caught: signal.Signals | None = None

    def install(self) -> None:
        """Handle the signals that are not ignored; nohup, e.g., ignores SIGHUP."""
        for name in STOPPED:
            number = getattr(signal, name, None)  # not every system has them
            if number is not None and signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, self._stop)

    def release(self) -> None:
        """Restore the default handlers."""
        for name in STOPPED:
            if hasattr(signal, name) and signal.getsignal(getattr(signal, name)) == self._stop:
                signal.signal(getattr(signal, name), signal.SIG_DFL)

    def _stop(self, number: int, frame: object) -> None:
        self.caught = signal.Signals(number)
        self.release()  # the next one does not wait
        raise KeyboardInterrupt


def _open_streams() -> None:
    """Replace standard streams that the caller closed, so that no opened file gets their descriptors."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest that is free: this one
    if sys.stdin is None:
        sys.stdin = io.TextIOWrapper(io.BytesIO())
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, io.StringIO())
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # UTF-8 unless it is a terminal
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")
    sys.stderr = _BestEffortStream(sys.stderr)


def main() -> None:
    """Run the command line; only this function handles signals and broken pipes, and exits."""
    # NumPy reads both once, when it is imported. Its BLAS would start threads for every dot product, which
    # compete with those of the blocks; AVX-512 sorting is several times slower than AVX2 where storing
    # compressed vectors is microcoded, as on Zen 4.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("NPY_DISABLE_CPU_FEATURES", "X86_V4 AVX512_ICL AVX512_SPR AVX512_SKX")
    _open_streams()
    signals = _Signals()
    signals.install()
    gc.set_threshold(100_000)  # imports make many objects and little garbage
    try:
        from evalcli.cli.app import run
        from evalcli.memory import reuse_memory

        reuse_memory()
        code = run(sys.argv[1:])
        signals.release()  # there is nothing left to clean up
    except KeyboardInterrupt:  # while importing, or at the very end
        code = 130
    stopped = code == 130
    if stopped:
        caught = signals.caught
        print(STOPPED[caught.name] if caught else "interrupted", file=sys.stderr)
        code = 128 + caught if caught else code
    try:
        sys.stdout.flush()
    except OSError:  # already reported, or a closed pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if stopped:
        # all is cleaned up; Python would end by SIGINT itself if the signal came within exec(), where
        # dataclasses are made
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)
