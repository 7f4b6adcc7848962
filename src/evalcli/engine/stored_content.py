"""Contents of state files, written as plain data beside arrays and read again, of every kind."""

from __future__ import annotations

from functools import cache
from typing import ClassVar, TypeVar

from msgspec import Struct

from evalcli.blocks import Array
from evalcli.errors import InputError
from evalcli.findings import run
from evalcli.loaders.resource import Resource
from evalcli.report.json_values import JsonObject, object_at
from evalcli.states.file import damaged, read_state, write_state
from evalcli.states.tree import Types
from evalcli.statistics import Mapper


class Content(Struct, frozen=True, eq=False):
    """What a state file may hold. ``what``: in words; ``command``: makes its report."""

    what: ClassVar[str]
    command: ClassVar[str]


T = TypeVar("T", bound=Content)
MODULES = (
    *("evalcli.definitions", "evalcli.findings", "evalcli.metrics.context", "evalcli.inputs.tally"),
    *("evalcli.report.provenance", "evalcli.report.state_facts", "evalcli.gate.rule_text"),
    "evalcli.engine.plan",
    *("evalcli.engine.stored_pass", "evalcli.engine.stored_comparison"),
    *("evalcli.engine.notes.view", "evalcli.engine.notes.registry"),
    *("evalcli.blocks.base", "evalcli.blocks.classification", "evalcli.blocks.multilabel"),
    "evalcli.blocks.regression",
    *(
        f"evalcli.statistics.{name}"
        for name in (
            *("batch_averages", "calibration", "confusion", "curves", "joint_table", "label_ranks"),
            *("losses", "moments", "ranked_rows", "recalibration", "regression", "row_count"),
            *("row_losses", "row_sample", "score_bins", "score_ranking", "truth_rank"),
        )
    ),
)
"""Whose types a file may hold."""


@cache
def _types() -> Types:
    return Types(MODULES)


def write_content(head: JsonObject, content: Content, mapper: Mapper = map) -> bytes:
    """The bytes of a state file; ``head``: what a reader may want to know without the sums."""
    arrays: list[Array] = []

    def keep(array: Array) -> int:
        arrays.append(array)
        return len(arrays) - 1

    tree = _types().plain(content, keep)
    return write_state({**head, "content": tree}, arrays, mapper)


def read_content(resource: Resource, kind: type[T], mapper: Mapper = map) -> T:
    """The content of a state file. Raises an ``InputError`` if it is none, damaged, or of another kind."""
    header, arrays = read_state(resource, mapper)
    try:
        content = _types().value(object_at(header, "content"), arrays)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, RecursionError) as error:
        raise damaged(resource.place, str(error)) from None
    if isinstance(content, kind):
        return content
    if not isinstance(content, Content):
        raise damaged(resource.place, f"{type(content).__name__} is no content of a state")
    raise InputError(
        f"the state is of {content.what}",
        where=resource.place,
        hint=run("evalcli", content.command, resource.name, words="for its report"),
        code="other-states",
    )
