"""The kinds of task, and those that share what they have."""

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
"""Averages over labels: of several labels per row also over the rows."""
