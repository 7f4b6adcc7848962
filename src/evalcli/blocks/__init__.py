"""A few thousand rows as typed arrays, validated once; one class for each kind of target."""

from evalcli.blocks.base import Array, ScoreKind, taken, together
from evalcli.blocks.classes import ClassBlock
from evalcli.blocks.label_sets import LabelSetBlock
from evalcli.blocks.reals import RealBlock

Block = ClassBlock | LabelSetBlock | RealBlock

__all__ = ["Array", "Block", "ClassBlock", "LabelSetBlock", "RealBlock", "ScoreKind", "taken", "together"]
