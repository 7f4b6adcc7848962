"""AVX-512 is switched off for NumPy on the processors where it makes sorting slow: Zen 4.

There, storing compressed vectors is microcoded, so that this sort is several times slower than that of AVX2.
"""

from __future__ import annotations

import os
from itertools import pairwise

VARIABLE = "NPY_DISABLE_CPU_FEATURES"
"""Environment variable that NumPy reads once, when it is imported. A value of the user wins."""
AVX512 = "X86_V4 AVX512_ICL AVX512_SPR AVX512_SKX"
ZEN_4_FAMILY = 25
ZEN_4_MODELS = (range(0x10, 0x20), range(0x60, 0x80), range(0xA0, 0xB0))
HEAD = 500
"""Bytes of /proc/cpuinfo that have the vendor, family and model of the first core."""


def to_disable() -> str:
    """The features to switch off unless the user says so: AVX-512 where it is slow, or none."""
    return AVX512 if is_zen_4(identity()) else ""


def describe() -> str:
    """In one line, whether AVX-512 is switched off, and why."""
    disabled = os.environ.get(VARIABLE)
    if not disabled:
        return "AVX-512: used if the processor has it"
    if disabled == to_disable():
        return "AVX-512: off, since it is slow on this processor (Zen 4)"
    return f"AVX-512: as in {VARIABLE}={disabled}"


def identity() -> str:
    """What the system says of its processor: the head of /proc/cpuinfo, or a variable of Windows."""
    try:
        with open("/proc/cpuinfo", "rb") as file:  # noqa: PTH123 - pathlib takes longer to import than this
            return file.read(HEAD).decode("ascii", "replace")
    except OSError:
        return os.environ.get("PROCESSOR_IDENTIFIER", "")


def is_zen_4(text: str) -> bool:
    """Whether this is the identity of such a processor.

    >>> is_zen_4("AMD64 Family 25 Model 97 Stepping 2, AuthenticAMD")
    True
    """
    words = text.replace(":", " ").casefold().split()
    numbers = {
        name: int(number)
        for name, number in pairwise(words)
        if name in ("family", "model") and number.isdecimal()
    }
    known = "authenticamd" in words and numbers.get("family") == ZEN_4_FAMILY
    return known and any(numbers.get("model", -1) in models for models in ZEN_4_MODELS)
