"""What a run needs of a cluster, and the clusters by the addresses that they are typed with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from importlib import import_module
from typing import Any, Protocol

from msgspec import Struct

from evalcli.errors import UsageError
from evalcli.findings import Blank, use

LOCAL = "local"
ADDRESSES = ("tcp://", "tls://", "ws://", "wss://", "ucx://")


class Spread(Struct, frozen=True, eq=False):
    """Bytes that are sent to the processes once, however many tasks have them as an argument."""

    data: bytes


class Future(Protocol):
    """A result that is worked on, as in ``concurrent.futures``."""

    def result(self) -> Any:
        """The result, once it is there; raises what the work raised."""
        ...

    def add_done_callback(self, function: Callable[[Any], Any], /) -> Any:
        """Call a function when the work has ended."""
        ...


class Executor(AbstractContextManager["Executor"], Protocol):
    """Processes that functions and their arguments are sent to.

    ``workers``: how many there are now. ``room``: tasks that are begun at a time. ``reads_here``: whether
    they see the files of this process. Bytes that work gives stay away from this process until they are
    asked for, and a future of them may be an argument of further work.
    """

    reads_here: bool
    room: int

    @property
    def workers(self) -> int:
        """Number of processes."""
        ...

    @property
    def memory(self) -> int | None:
        """Bytes that the smallest process may use, if it is known."""
        ...

    def submit(self, function: Callable[..., Any], /, *arguments: Any) -> Future:
        """Begin some work. An argument may be a future of bytes, or bytes to spread."""
        ...

    def error_of(self, future: Any, /) -> BaseException | None:
        """What work that has ended raised; a ``CancelledError`` if its result is lost."""
        ...

    def is_lost(self, future: Any, /) -> bool:
        """Whether a result that was there is there no more."""
        ...

    def forget(self, futures: Sequence[Any], /) -> None:
        """Give up results that nobody needs."""
        ...

    def require_there(self, error: Exception | None = None) -> None:
        """Raise an ``InputError`` if the cluster is gone; ``error``: what a call of it raised, if one did."""
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
