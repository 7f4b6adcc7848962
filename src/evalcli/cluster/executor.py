"""What a run needs of a cluster, and the clusters by the addresses that they are typed with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from importlib import import_module
from typing import Any, Protocol

from evalcli.errors import UsageError
from evalcli.findings import Blank, use

LOCAL = "local"
ADDRESSES = ("tcp://", "tls://", "ws://", "wss://", "ucx://")


class Future(Protocol):
    """A result that is worked on, as in ``concurrent.futures``."""

    def result(self) -> Any:
        """The result, once it is there; raises what the work raised."""
        ...

    def exception(self) -> BaseException | None:
        """What the work raised, once it has ended."""
        ...

    def add_done_callback(self, function: Callable[[Any], Any], /) -> Any:
        """Call a function when the work has ended."""
        ...


class Executor(AbstractContextManager["Executor"], Protocol):
    """Processes that functions and their arguments are sent to.

    ``workers``: how many there are now. Bytes that work gives stay away from this process until they are
    asked for, and a future of them may be an argument of further work.
    """

    @property
    def workers(self) -> int:
        """Number of processes."""
        ...

    @property
    def memory(self) -> int | None:
        """Bytes that the smallest process may use, if it is known."""
        ...

    def submit(self, function: Callable[..., Any], /, *arguments: Any) -> Future:
        """Begin some work. An argument may be a future, or what ``spread`` gave."""
        ...

    def spread(self, data: bytes, /) -> Any:
        """Send bytes to all processes once; the result is an argument that stands for them."""
        ...

    def renew(self) -> None:
        """Replace processes that died, if nobody else does."""
        ...

    def versions(self, function: Callable[[], str], /) -> Mapping[str, str]:
        """What a function gives in each worker that is there, by the worker's name."""
        ...


def open_executor(address: str) -> Executor:
    """The cluster at an address: ``local``, ``local:4``, or that of a scheduler of Dask.

    Raises a ``UsageError`` for another address, a missing library, or a scheduler that does not answer.
    """
    if address.partition(":")[0] == LOCAL:
        module = "local"
    elif address.startswith(ADDRESSES):
        module = "dask"
    else:
        raise UsageError(
            f"--cluster {address!r} is no address of a cluster",
            hint=use("for processes of this machine", cluster="local:2")
            | use("for a scheduler of Dask", cluster=Blank("tcp://HOST:8786")),
        )
    opened: Executor = import_module(f"evalcli.cluster.{module}").open_executor(address)
    return opened
