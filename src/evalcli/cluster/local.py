"""Processes of this machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children, get_context
from types import TracebackType
from typing import Any, Self

from evalcli.errors import UsageError
from evalcli.findings import use


class LocalProcesses:
    """``count`` processes, begun afresh so that none shares state with this one."""

    keeps = False

    def __init__(self, count: int) -> None:
        self.workers = count
        self._others = {process.pid for process in active_children()}
        self._pool = self._begun()

    def _begun(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self.workers, mp_context=get_context("spawn"))

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

    def submit(self, function: Callable[..., Any], /, *arguments: Any) -> Future[Any]:
        """Begin some work."""
        try:
            return self._pool.submit(function, *arguments)
        except BrokenProcessPool:  # a process died since
            self.renew()
            return self._pool.submit(function, *arguments)

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
