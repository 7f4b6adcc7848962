"""The command line; this module sets up streams and signals, and ends the process with an exit code.

It imports little, so that the version is printed at once.
"""

from __future__ import annotations

import _thread
import atexit
import gc
import io
import os
import signal
import sys
import time
import warnings
from contextlib import suppress

from evalcli import __version__

TYPE_CHECKING = False  # importing typing takes longer than printing the version
if TYPE_CHECKING:
    from typing import Any, NoReturn

VERSION = (["--version"], ["-V"], ["-v"])
"""Command lines that are answered without importing anything else."""
STOPPED = {"SIGINT": "interrupted", "SIGTERM": "terminated", "SIGHUP": "hung up", "SIGQUIT": "quit"}
"""Signals that end a run as Ctrl-C does, so that no partial file is left, and the message printed then."""
SIGNALLED = 128
"""Added to the number of a signal: the exit code of a process that it ended."""
AGAIN = 0.02
"""Seconds after which a signal is given again whose exception was lost."""


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
        self._handled: list[signal.Signals] = []
        self._main = _thread.get_ident()

    def install(self) -> None:
        """Handle the signals that are not ignored; nohup, e.g., ignores SIGHUP."""
        for name in STOPPED:
            number = getattr(signal, name, None)  # not every system has them
            if number is not None and signal.getsignal(number) in (
                signal.SIG_DFL,
                signal.default_int_handler,
            ):
                self._handled.append(number)
        self._handle()
        sys.unraisablehook = self._lost

    def release(self) -> None:
        """Restore the default handlers: the next signal does not wait."""
        for number in self._handled:
            signal.signal(number, signal.SIG_DFL)

    def _handle(self) -> None:
        for number in self._handled:
            signal.signal(number, self._stop)

    def _stop(self, number: int, frame: object) -> None:
        self.caught = signal.Signals(number)
        self.release()
        raise KeyboardInterrupt

    def _lost(self, unraisable: Any) -> None:
        """What an exception in a callback calls, e.g. of a lock of an import, from which none gets out."""
        if self.caught is None or unraisable.exc_type is not KeyboardInterrupt:
            sys.__unraisablehook__(unraisable)
            return
        self._handle()
        _thread.start_new_thread(self._again, ())

    def _again(self) -> None:
        time.sleep(AGAIN)  # the callback has ended by then
        if self.caught is None:
            return
        if hasattr(signal, "pthread_kill"):  # which also wakes a thread that waits
            signal.pthread_kill(self._main, self.caught)
        else:
            _thread.interrupt_main(self.caught)


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


def _code() -> int:
    """The exit code of the command line, which is run."""
    if sys.argv[1:] in VERSION:
        print(f"evalcli {__version__}")
        return 0
    from evalcli.cli import processor

    # NumPy reads both once, when it is imported. Its BLAS would start threads for every dot product, which
    # compete with those of the blocks.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault(processor.VARIABLE, processor.to_disable())
    if sys.argv[1:2] in VERSION and sys.argv[2:] == ["--verbose"]:
        from evalcli.cli.version import details

        print(details())
        return 0
    from evalcli.cli.app import run

    if not sys.warnoptions:  # e.g. of characters that the font of a picture lacks
        warnings.simplefilter("ignore", UserWarning)
    return run(sys.argv[1:])


def _exit(code: int) -> NoReturn:
    """End the process.

    Everything is written, and handlers of others run, e.g. of a measurement of coverage; but objects, the
    interpreter and Arrow are not taken apart one by one, which takes longer than reading a small file.
    """
    traced = sys.gettrace() or sys.getprofile() or sys.flags.inspect
    # after an interrupt within ``exec``, Python ends with a code of its own
    if traced and code <= SIGNALLED:  # somebody waits for the end of ``main``
        sys.exit(code)
    atexit._run_exitfuncs()
    sys.stderr.flush()
    os._exit(code)


def main() -> None:
    """Run the command line; only this function handles signals and broken pipes, and exits."""
    _open_streams()
    signals = _Signals()
    signals.install()
    gc.set_threshold(100_000)  # imports make many objects and little garbage
    try:
        code = _code()
    except KeyboardInterrupt:  # while importing, or at the very end
        code = SIGNALLED + signal.SIGINT
    signals.release()  # there is nothing left to clean up
    if code > SIGNALLED:
        caught = signals.caught or signal.SIGINT
        print(STOPPED[caught.name], file=sys.stderr)
        code = SIGNALLED + caught
    try:
        sys.stdout.flush()
    except OSError:  # already reported, or a closed pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    _exit(code)
