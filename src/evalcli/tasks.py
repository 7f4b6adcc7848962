"""The kinds of task: what differs between them and is told by a word or a number; everyone else asks these.

Where their rows differ there is a module per kind: ``blocks`` and ``inputs/targets``.
"""

from __future__ import annotations

from msgspec import Struct


class Task(Struct, frozen=True, eq=False):
    """A kind of task, equal to another by its name.

    ``class_word``, ``classes_word``: what its rows are sorted into, one and several; empty if into nothing.
    ``headline``: the metric of a report in one line. ``defaults``: its metrics unless others are requested,
    in the order of the report; a final ``*`` stands for every parameter. ``auc``: how well scores rank,
    empty without scores. ``options``: those that have a meaning for it, of the options that not every kind
    has. ``has_positive``: whether a bare name is a value of one of two classes. ``several_labels``: whether a
    row may have several labels, or none.
    """

    name: str
    class_word: str
    classes_word: str
    headline: str
    defaults: tuple[str, ...]
    options: frozenset[str]
    auc: str = ""
    has_positive: bool = False
    several_labels: bool = False

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"Task({self.name!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Task) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)

    @property
    def has_classes(self) -> bool:
        """Whether the truth is one of a few classes, or some of a few labels."""
        return bool(self.class_word)

    @property
    def exclusive(self) -> bool:
        """Whether each row has exactly one class."""
        return self.has_classes and not self.several_labels


OF_CLASSES = frozenset({"average", "bins", "classes", "exclude_class", "scores", "zero_division"})
"""Options of all kinds whose rows are sorted into something."""
OF_ONE_CLASS = OF_CLASSES | {"explain_batches", "fold_names", "pred_col"}
BINARY = Task(
    name="binary",
    class_word="class",
    classes_word="classes",
    headline="f1",
    defaults=(
        *("accuracy", "balanced_accuracy", "precision", "recall", "specificity", "f1", "mcc"),
        *("roc_auc", "average_precision", "log_loss", "brier", "ece"),
    ),
    options=OF_ONE_CLASS | {"positive", "threshold"},
    auc="roc_auc",
    has_positive=True,
)
MULTICLASS = Task(
    name="multiclass",
    class_word="class",
    classes_word="classes",
    headline="f1_macro",
    defaults=(
        *("accuracy", "balanced_accuracy", "precision_macro", "recall_macro", "f1_macro", "f1_weighted"),
        *("mcc", "top_k_accuracy@2", "top_k_accuracy@3", "top_k_accuracy@5"),
        *("roc_auc_ovr_macro", "average_precision_macro", "log_loss", "brier", "ece"),
    ),
    options=OF_ONE_CLASS,
    auc="roc_auc_ovr_macro",
)
MULTILABEL = Task(
    name="multilabel",
    class_word="label",
    classes_word="labels",
    headline="f1_macro",
    defaults=(
        *("subset_accuracy", "hamming_loss", "precision_micro", "recall_micro"),
        *("f1_micro", "f1_macro", "f1_weighted", "f1_samples"),
        *("roc_auc_macro", "average_precision_macro", "label_ranking_average_precision"),
        *("log_loss", "brier", "ece_macro"),
    ),
    options=OF_CLASSES | {"label_sep", "threshold"},
    auc="roc_auc_macro",
    several_labels=True,
)
REGRESSION = Task(
    name="regression",
    class_word="",
    classes_word="",
    headline="mae",
    defaults=(
        *("mae", "rmse", "median_absolute_error", "max_error", "mape", "smape", "bias"),
        *("r2", "pearson", "spearman"),
        *("pinball@*", "interval_coverage@*", "interval_width@*"),
    ),
    options=frozenset({"pred_col"}),
)
CLASSES = (BINARY, MULTICLASS)
LABELS = (*CLASSES, MULTILABEL)
TASKS = {task.name: task for task in (*LABELS, REGRESSION)}
"""Every kind of task by its name, in the order of lists."""
AVERAGES_OF_CLASSES = ("macro", "micro", "weighted")
AVERAGES = (*AVERAGES_OF_CLASSES, "samples")
"""Averages over labels, and for multilabel data also over rows."""
