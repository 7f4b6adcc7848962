"""``evalcli --version --verbose``: what a report of a bug or of a slow run should name."""

from __future__ import annotations

import platform

from evalcli import __version__
from evalcli.cli import processor


def details() -> str:
    """Versions of what results and their speed depend on, and how AVX-512 is used."""
    import numpy as np
    import pyarrow as pa

    lines = [
        f"evalcli {__version__}",
        f"Python {platform.python_version()}",
        f"NumPy {np.__version__}",
        f"pyarrow {pa.__version__}",
        processor.describe(),
    ]
    return "\n".join(lines)
