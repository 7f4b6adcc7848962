"""Selection of the target: classes, label sets or real values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from evalcli.inputs.open import Inputs
from evalcli.inputs.options import Options
from evalcli.inputs.targets.base import Target
from evalcli.inputs.targets.classification import class_target
from evalcli.inputs.targets.multilabel import label_set_target
from evalcli.inputs.targets.regression import real_target
from evalcli.tasks import BINARY, MULTICLASS, MULTILABEL, REGRESSION, Task

TARGETS: dict[Task, Callable[[Inputs, Any, Options], Target]] = {
    BINARY: class_target,
    MULTICLASS: class_target,
    MULTILABEL: label_set_target,
    REGRESSION: real_target,
}


def find_target(inputs: Inputs, options: Options) -> Target:
    """Find the target for the labels; ambiguous data is a question."""
    return TARGETS[options.asked_task or inputs.truth.usual_task](inputs, inputs.truth, options)
