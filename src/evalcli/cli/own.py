"""Metrics of one's own, as commands are given them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evalcli.definitions import Definition


def load_plugins(paths: Sequence[str] | None) -> None:
    """Load the files of ``--plugin``."""
    if paths:
        from evalcli.metrics.plugins import load_files

        load_files(paths)


def definitions_by_name(texts: Sequence[str] | None) -> dict[str, Definition]:
    """The definitions of ``--define``."""
    if not texts:
        return {}
    from evalcli.inputs.options import definition_of

    return {definition.name: definition for definition in map(definition_of, texts)}
