"""Processes of this machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import active_children, get_context, parent_process
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from threading import Thread
from types import TracebackType
from typing import Any, Self

from msgspec import Struct

from evalcli.errors import UsageError
from evalcli.findings import use
from evalcli.memory import of_machine

AHEAD = 4
"""Tasks for each process that are begun at a time: one that kills its process takes few with it."""


class Kept(Struct, frozen=True):
    """Bytes in a file of the processes."""

    path: str


def _work(folder: str, function: Callable[..., Any], *arguments: Any) -> Any:
    """Work in one of the processes; bytes that it gives stay in a file."""
    given = (Path(found.path).read_bytes() if isinstance(found, Kept) else found for found in arguments)
    made = function(*given)
    if not isinstance(made, bytes):
        return made
    path = Path(folder, os.urandom(8).hex())
    path.write_bytes(made)
    return Kept(str(path))


def _end_with_parent(folder: str) -> None:
    """In one of the processes: end it, and remove the files, when the process that began it is killed."""
    parent = parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
        rmtree(folder, ignore_errors=True)
        os._exit(1)

    Thread(target=wait, daemon=True).start()


class LocalProcesses:
    """``count`` processes, begun afresh so that none shares state with this one."""

    reads_here = True

    def __init__(self, count: int) -> None:
        self.workers, self.room = count, AHEAD * count
        self._folder = TemporaryDirectory(prefix="evalcli-")
        self._others = {process.pid for process in active_children()}
        self._pool = self._begun()

    def _begun(self) -> ProcessPoolExecutor:
        context = get_context("spawn")
        return ProcessPoolExecutor(self.workers, context, _end_with_parent, (self._folder.name,))

    @property
    def memory(self) -> int | None:
        """Bytes of this machine, or of its container."""
        return of_machine()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:  # nobody waits for what is still going on
            for process in active_children():
                if process.pid not in self._others:
                    process.terminate()
        try:
            self._pool.shutdown(cancel_futures=True)
        finally:
            self._folder.cleanup()

    def submit(self, function: Callable[..., Any], /, *arguments: Any) -> Future[Any]:
        """Begin some work; bytes are handed on by files."""
        known = [argument.result() if isinstance(argument, Future) else argument for argument in arguments]
        work = partial(_work, self._folder.name, function, *known)
        try:
            return self._pool.submit(work)
        except BrokenProcessPool:  # a process died since
            self.renew()
            return self._pool.submit(work)

    def error_of(self, future: Future[Any], /) -> BaseException | None:
        """What the work raised."""
        return future.exception()

    def is_lost(self, future: Future[Any], /) -> bool:
        """Never: files outlive the processes."""
        return False

    def forget(self, futures: Sequence[Future[Any]], /) -> None:
        """Remove files."""
        for found in (future.result() for future in futures):
            if isinstance(found, Kept):
                Path(found.path).unlink(missing_ok=True)

    def require_there(self, error: Exception | None = None) -> None:
        """They are, as long as this process is."""

    def renew(self) -> None:
        """A pool of which a process died takes no more work; one that works goes on."""
        try:
            self._pool.submit(int)
        except BrokenProcessPool:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = self._begun()

    def versions(self, function: Callable[[], str], /) -> Mapping[str, str]:
        """They are of this program."""
        return {}


def open_executor(address: str) -> LocalProcesses:
    """The processes of ``local:N``, or as many as there are cores."""
    count = address.partition(":")[2]
    if not count:
        return LocalProcesses(os.cpu_count() or 1)
    if not count.isdecimal() or not 1 <= int(count) <= 1024:
        raise UsageError(f"--cluster {address}: not a number of processes", hint=use(cluster="local:2"))
    return LocalProcesses(int(count))
