"""The kinds of task, and those that share what they have."""

from __future__ import annotations

TASKS = ("binary", "multiclass", "multilabel", "regression")
BINARY = frozenset({"binary"})
MULTICLASS = frozenset({"multiclass"})
MULTILABEL = frozenset({"multilabel"})
REGRESSION = frozenset({"regression"})
CLASSES = BINARY | MULTICLASS
LABELS = CLASSES | MULTILABEL
