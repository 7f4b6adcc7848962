"""Processes of this machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import active_children, get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

from msgspec import Struct

from evalcli.errors import UsageError
from evalcli.findings import use
from evalcli.memory import left_by_machine


class Kept(Struct, frozen=True):
    """Bytes in a file of the processes."""

    path: str


def _kept(folder: str, data: bytes) -> Kept:
    path = Path(folder, os.urandom(8).hex())
    path.write_bytes(data)
    return Kept(str(path))


def _work(folder: str, function: Callable[..., Any], *arguments: Any) -> Any:
    """Work in one of the processes; bytes that it gives stay in a file."""
    given = (Path(found.path).read_bytes() if isinstance(found, Kept) else found for found in arguments)
    made = function(*given)
    return _kept(folder, made) if isinstance(made, bytes) else made


class LocalProcesses:
    """``count`` processes, begun afresh so that none shares state with this one."""

    def __init__(self, count: int) -> None:
        self.workers = count
        self._folder = TemporaryDirectory(prefix="evalcli-")
        self._others = {process.pid for process in active_children()}
        self._pool = self._begun()

    def _begun(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self.workers, mp_context=get_context("spawn"))

    @property
    def memory(self) -> int | None:
        """Bytes of this machine that are free."""
        return left_by_machine()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:  # nobody waits for what is still going on
            for process in active_children():
                if process.pid not in self._others:
                    process.terminate()
        self._pool.shutdown(cancel_futures=True)
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

    def spread(self, data: bytes, /) -> Any:
        """Write bytes to a file."""
        return _kept(self._folder.name, data)

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
