"""A few thousand rows as typed arrays, validated once; one class for each kind of target."""

from evalcli.blocks.base import Array, ScoreKind, concatenate, take_rows
from evalcli.blocks.classification import ClassBlock
from evalcli.blocks.multilabel import LabelSetBlock
from evalcli.blocks.regression import RealBlock

Block = ClassBlock | LabelSetBlock | RealBlock

__all__ = [
    "Array",
    "Block",
    "ClassBlock",
    "LabelSetBlock",
    "RealBlock",
    "ScoreKind",
    "concatenate",
    "take_rows",
]
