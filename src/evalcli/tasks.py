"""The kinds of task, and groups of tasks with common properties."""

from __future__ import annotations

TASKS = ("binary", "multiclass", "multilabel", "regression")
BINARY = frozenset({"binary"})
MULTICLASS = frozenset({"multiclass"})
MULTILABEL = frozenset({"multilabel"})
REGRESSION = frozenset({"regression"})
CLASSES = BINARY | MULTICLASS
LABELS = CLASSES | MULTILABEL
AVERAGES_OF_CLASSES = ("macro", "micro", "weighted")
AVERAGES = (*AVERAGES_OF_CLASSES, "samples")
"""Averages over labels, and for multilabel data also over rows."""
