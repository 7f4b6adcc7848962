"""A cluster of Dask (distributed), by the address of its scheduler."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import CancelledError
from types import TracebackType
from typing import Any, Self

from evalcli.cluster.executor import Spread
from evalcli.errors import InputError, UsageError
from evalcli.findings import as_hint
from evalcli.text import escape

LOGGERS = ("distributed", "tornado")
"""Who prints tracebacks of connections, of which one message is enough."""
PATIENCE = 10
"""Seconds after which a scheduler counts as not there."""


class DaskCluster:
    """The client of a scheduler."""

    reads_here = False
    room = 1000

    def __init__(self, client: Any, address: str = "") -> None:
        self._client, self._address = client, address
        self._sent: dict[int, Any] = {}
        self._silenced: list[tuple[logging.Logger, bool]] = []

    @property
    def _workers(self) -> list[Mapping[str, Any]]:
        return list(self._client.scheduler_info(n_workers=-1)["workers"].values())

    @property
    def workers(self) -> int:
        """Number of processes that are there now."""
        return len(self._workers)

    @property
    def memory(self) -> int | None:
        """Bytes that the smallest worker may use; None if one has no limit."""
        limits = [facts["memory_limit"] for facts in self._workers]
        return min(limits) if limits and all(limits) else None

    def __enter__(self) -> Self:
        for name, logger in logging.root.manager.loggerDict.items():
            if isinstance(logger, logging.Logger) and name.partition(".")[0] in LOGGERS:
                self._silenced.append((logger, logger.disabled))
                logger.disabled = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()
        for logger, disabled in self._silenced:
            logger.disabled = disabled

    def submit(self, function: Callable[..., Any], /, *arguments: Any) -> Any:
        """Begin some work; a future among the arguments is its result, on the worker that has it."""
        given = (self._handle(one) if isinstance(one, Spread) else one for one in arguments)
        return self._client.submit(function, *given, pure=False)

    def _handle(self, spread: Spread) -> Any:
        """The bytes on the workers; sent again if all workers that had them died."""
        known = self._sent.get(id(spread))
        if known is None or known.status != "finished":
            known = self._sent[id(spread)] = self._client.scatter(spread.data, broadcast=True)
        return known

    def error_of(self, future: Any, /) -> BaseException | None:
        """What the work raised; lost results have no error of their own."""
        if future.status == "error":
            error: BaseException = future.exception()
            return error
        return None if future.status == "finished" else CancelledError(f"its result is {future.status}")

    def is_lost(self, future: Any, /) -> bool:
        """Whether a result died with its worker."""
        return bool(future.status != "finished")

    def forget(self, futures: Sequence[Any], /) -> None:
        """Nothing: a result without a future is forgotten."""

    def require_there(self, error: Exception | None = None) -> None:
        """Refuse to wait for a scheduler that is gone; ``error``: what a call of it raised."""
        from distributed.comm.core import CommClosedError

        lost = isinstance(error, CommClosedError | CancelledError)
        if lost or self._client.status not in ("running", "connecting", "newly-created"):
            raise InputError(
                "the scheduler of the cluster has gone",
                where=escape(self._address),
                found=f"the connection is {'lost' if lost else self._client.status}",
                hint="start it again, and score again",
                code="no-cluster",
            )

    def renew(self) -> None:
        """The scheduler replaces workers, or does without."""

    def versions(self, function: Callable[[], str], /) -> Mapping[str, str]:
        """What a function gives in each worker."""
        found: dict[str, str] = {}
        for worker, version in self._client.run(function, on_error="return").items():
            if isinstance(version, ImportError) or "ModuleNotFoundError" in str(version):
                found[worker] = "none"
            elif not isinstance(version, Exception):  # a worker that is gone has no release
                found[worker] = str(version)
        return found


def open_executor(address: str) -> DaskCluster:
    """Connect to a scheduler."""
    try:
        from distributed import Client
    except ImportError:
        raise UsageError(
            f"--cluster {escape(address)} needs distributed, which is not installed",
            hint=as_hint("pip install 'evalcli[dask]'"),
            code="no-cluster",
        ) from None
    connect: Any = Client
    try:
        return DaskCluster(connect(address, timeout=PATIENCE, set_as_default=False), address)
    except (OSError, TimeoutError, ValueError, asyncio.CancelledError) as error:
        raise InputError(
            "the scheduler of the cluster does not answer",
            where=escape(address),
            found=escape(str(error).splitlines()[0]) if str(error) else f"nothing for {PATIENCE} seconds",
            hint="check the address, and that the scheduler runs",
            code="no-cluster",
        ) from None
