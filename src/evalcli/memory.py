"""How much memory there is, and how it is used again."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

CGROUPS = (("memory.max", "memory.current"), ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"))
"""Limit and use in both versions of control groups, by which containers are limited."""


MALLOC = ((-3, 4 << 20), (-1, 32 << 20), (-2, 4 << 20))
"""Options of ``mallopt``: sizes from which memory is taken from the system alone, and given back; padding."""


def reuse_memory() -> None:
    """Let the C library keep what is freed, where it is glibc.

    It gives every array above 128 KiB back to the system at once and takes it anew, and to find and zero it
    can take half of the time of a run.
    """
    if sys.platform != "linux":
        return
    import ctypes

    with suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        for option, size in MALLOC:
            mallopt(option, size)


def give_back() -> None:
    """Give memory that is free back to the system, after work that needed more than what follows."""
    import pyarrow as pa

    pa.default_memory_pool().release_unused()
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


def available() -> int | None:
    """Bytes that the machine, or the control group of the process, leaves; None if neither can be told."""
    left = [
        left
        for left in (left_by_machine(), *(left_by_group(*names) for names in CGROUPS))
        if left is not None
    ]
    return max(min(left), 0) if left else None


def resident() -> int:
    """Bytes of the process in memory; 0 if it cannot be told."""
    import pyarrow as pa

    pa.default_memory_pool().release_unused()
    with suppress(OSError, ValueError, IndexError):
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def physical() -> int | None:
    """Bytes of the machine; None if it cannot be told."""
    with suppress(OSError, ValueError, AttributeError):
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return None


def left_by_machine() -> int | None:
    """Bytes that are free, or of the machine if that cannot be told."""
    with suppress(OSError, ValueError, IndexError):
        lines = Path("/proc/meminfo").read_text().splitlines()
        return next(int(line.split()[1]) << 10 for line in lines if line.startswith("MemAvailable:"))
    return physical()


def of_machine() -> int | None:
    """Bytes of the machine, or of the container that it is."""
    machine = physical()
    found = [] if machine is None else [machine]
    for limit, _ in CGROUPS:
        with suppress(OSError, ValueError):
            found.append(int(Path("/sys/fs/cgroup", limit).read_text()))
    return min(found, default=None)


def left_by_group(limit: str, used: str, folder: Path = Path("/sys/fs/cgroup")) -> int | None:
    """Bytes that a control group leaves; None without a limit."""
    with suppress(OSError, ValueError):
        return int((folder / limit).read_text()) - int((folder / used).read_text())
    return None
