"""What is scored: classes, label sets or real values; its names, and how rows of it become a block."""

from __future__ import annotations

from evalcli.inputs.labels import LabelSets, Reals
from evalcli.inputs.open import Inputs
from evalcli.inputs.options import Options
from evalcli.inputs.targets.classification import ClassTarget, class_target
from evalcli.inputs.targets.multilabel import LabelSetTarget, label_set_target
from evalcli.inputs.targets.regression import RealTarget, real_target

Target = ClassTarget | LabelSetTarget | RealTarget


def find_target(inputs: Inputs, options: Options) -> Target:
    """Decide on the task, and what belongs to it; in doubt a question."""
    truth = inputs.truth
    if isinstance(truth, Reals):
        return real_target(inputs, truth, options)
    if isinstance(truth, LabelSets):
        return label_set_target(inputs, truth, options)
    return class_target(inputs, truth, options)
