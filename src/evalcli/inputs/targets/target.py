"""Selection of the target: classes, label sets or real values."""

from __future__ import annotations

from evalcli.inputs.labels import LabelSets, Reals
from evalcli.inputs.open import Inputs
from evalcli.inputs.options import Options
from evalcli.inputs.targets.base import Target
from evalcli.inputs.targets.classification import class_target
from evalcli.inputs.targets.multilabel import label_set_target
from evalcli.inputs.targets.regression import real_target


def find_target(inputs: Inputs, options: Options) -> Target:
    """Find the target for the labels; ambiguous data is a question."""
    truth = inputs.truth
    if isinstance(truth, Reals):
        return real_target(inputs, truth, options)
    if isinstance(truth, LabelSets):
        return label_set_target(inputs, truth, options)
    return class_target(inputs, truth, options)
