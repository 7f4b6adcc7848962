"""Blocks: a few thousand rows as typed, validated arrays; one class per kind of target."""

from evalcli.blocks.base import Array, Block, ScoreKind, concatenate, take_rows
from evalcli.blocks.classification import ClassBlock
from evalcli.blocks.distinct import distinct, starts_of_runs
from evalcli.blocks.multilabel import LabelSetBlock
from evalcli.blocks.regression import RealBlock
from evalcli.blocks.score_store import ScoreStore

__all__ = [
    "Array",
    "Block",
    "ClassBlock",
    "LabelSetBlock",
    "RealBlock",
    "ScoreKind",
    "ScoreStore",
    "concatenate",
    "distinct",
    "starts_of_runs",
    "take_rows",
]
