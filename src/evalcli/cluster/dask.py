"""A cluster of Dask (distributed), by the address of its scheduler."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

from evalcli.errors import InputError, UsageError
from evalcli.findings import as_hint
from evalcli.text import escape

PATIENCE = 10
"""Seconds after which a scheduler counts as not there."""


class DaskCluster:
    """The client of a scheduler."""

    def __init__(self, client: Any) -> None:
        self._client = client

    @property
    def workers(self) -> int:
        """Number of processes that are there now."""
        return len(self._client.scheduler_info()["workers"])

    @property
    def memory(self) -> int | None:
        """Bytes that the smallest worker may use; None if one has no limit."""
        limits = [facts["memory_limit"] for facts in self._client.scheduler_info(-1)["workers"].values()]
        return min(limits) if limits and all(limits) else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def submit(self, function: Callable[..., Any], /, *arguments: Any) -> Any:
        """Begin some work; futures among the arguments are results, where they lie."""
        return self._client.submit(function, *arguments, pure=False)

    def spread(self, data: bytes, /) -> Any:
        """Send bytes to every worker."""
        return self._client.scatter(data, broadcast=True)

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
        return DaskCluster(connect(address, timeout=PATIENCE, set_as_default=False))
    except (OSError, TimeoutError, ValueError, asyncio.CancelledError) as error:
        raise InputError(
            "the scheduler of the cluster does not answer",
            where=escape(address),
            found=escape(str(error).splitlines()[0]) if str(error) else f"nothing for {PATIENCE} seconds",
            hint="check the address, and that the scheduler runs",
            code="no-cluster",
        ) from None
