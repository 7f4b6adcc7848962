"""Arguments as scikit-learn's functions take them: labels as class indices, weights, scores."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from evalcli.blocks import Array
from evalcli.cached import cached_property
from evalcli.errors import InputError, UsageError
from evalcli.findings import Place
from evalcli.loaders.given import array_of, require_rows

MOST_NUMBERS = 1 << 16
"""Size of a range of integers that is counted, not sorted."""


class Undefined(UsageError):
    """A value that is not defined for these rows, if the caller prefers an error to NaN."""

    code = "undefined"


class Labels(Struct, frozen=True, eq=False, dict=True):
    """True and predicted labels as they were given, (n,); of label sets whether each row has each, (k, n).

    ``weight``: (n,) or None. ``sets``: whether rows have label sets.
    """

    y_true: Array
    y_pred: Array
    weight: Array | None = None
    sets: bool = False

    @cached_property
    def _indexed(self) -> tuple[Array, Array, Array]:
        if self.sets:
            return np.arange(len(self.y_true)), self.y_true, self.y_pred
        return indexed(self.y_true, self.y_pred)

    @property
    def values(self) -> Array:
        """The labels in ascending order, (k,)."""
        return self._indexed[0]

    @property
    def truth(self) -> Array:
        """Indices of the true labels, (n,), or sets, (k, n)."""
        return self._indexed[1]

    @property
    def predicted(self) -> Array:
        """Indices of the predicted labels, (n,), or sets, (k, n)."""
        return self._indexed[2]

    @property
    def n(self) -> int:
        """Number of rows."""
        return int(self.y_true.shape[-1])

    @property
    def k(self) -> int:
        """Number of labels."""
        return len(self.values)

    def indices(self, labels: object) -> list[int]:
        """Index of each of some labels; -1 if it does not occur. Of label sets each must be a column."""
        wanted = array_of("labels", labels)
        if (
            wanted.ndim != 1
            or not len(wanted)
            or (wanted.dtype.kind == "U") != (self.values.dtype.kind == "U")
        ):
            raise InputError(
                "labels must be labels of the kind that y_true has",
                where=Place("labels"),
                found=f"shape {wanted.shape}, {wanted.dtype}; y_true has {self.values.dtype}",
                hint="give a list of labels of y_true",
                code="classes-differ",
            )
        known = {value: index for index, value in enumerate(self.values.tolist())}
        found = [known.get(label, -1) for label in wanted.tolist()]
        if self.sets and -1 in found:
            raise InputError(
                "labels of label sets are the numbers of their columns",
                where=Place("labels"),
                found=f"{wanted.tolist()}, with {self.k} columns",
                hint=f"whole numbers from 0 to {self.k - 1}",
                code="unknown-label",
            )
        return found


def labels_of(y_true: object, y_pred: object, sample_weight: object = None) -> Labels:
    """Both arguments, (n,) of labels or (n, k) of 0 and 1.

    Raises an ``InputError`` if they are neither, or differ in shape.
    """
    truth, predicted = array_of("y_true", y_true), array_of("y_pred", y_pred)
    weight = weight_of(sample_weight)
    require_alike(truth, predicted, weight, "of scores, the predicted class is y_score.argmax(axis=1)")
    if truth.ndim == 2:
        return Labels(_set(truth, "y_true"), _set(predicted, "y_pred"), weight, True)
    for name, values in (("y_true", truth), ("y_pred", predicted)):
        require_labels(name, values)
    if (truth.dtype.kind in "US") != (predicted.dtype.kind in "US"):
        raise InputError(
            "y_true and y_pred are labels of different kinds",
            where=Place("y_pred"),
            found=f"{truth.dtype} and {predicted.dtype}",
            hint="give the same labels to both, e.g. names[y_pred]",
            code="classes-differ",
        )
    return Labels(truth, predicted, weight)


def indexed(truth: Array, predicted: Array) -> tuple[Array, Array, Array]:
    """The distinct values of both, in ascending order, and their indices."""
    parts = [part for part in (truth, predicted) if len(part)]
    if parts and all(part.dtype.kind in "iub" for part in parts):
        low, high = min(int(part.min()) for part in parts), max(int(part.max()) for part in parts)
        if high - low < MOST_NUMBERS:
            if high - low == 1:  # both occur
                places = [(part == high).view(np.int8) for part in (truth, predicted)]
                return np.array([low, high], np.result_type(truth, predicted)), places[0], places[1]
            shifted = [part.astype(np.intp) - low for part in (truth, predicted)]
            present = sum(np.bincount(part, minlength=high - low + 1) for part in shifted)
            found = np.flatnonzero(present)
            if len(found) == high - low + 1:
                places = shifted
            else:
                table = np.cumsum(np.asarray(present) > 0) - 1
                places = [table[part] for part in shifted]
            values = (found + low).astype(np.result_type(truth, predicted))
            return values, places[0], places[1]
    joined = np.concatenate([truth, predicted])
    if joined.dtype.kind == "f" and all(part.dtype.kind in "iu" for part in parts):
        raise InputError(  # int64 and uint64 have no common type
            "labels above 2**63 and negative ones, or of both int64 and uint64, cannot be compared",
            where=Place("y_pred"),
            found=f"{truth.dtype} and {predicted.dtype}",
            hint="give both the same type: y_pred.astype(y_true.dtype)",
            code="array-type",
        )
    values, codes = np.unique(joined, return_inverse=True)
    return values, codes[: len(truth)], codes[len(truth) :]


def weight_of(sample_weight: object) -> Array | None:
    """Weights as float64, (n,)."""
    if sample_weight is None:
        return None
    weight = array_of("sample_weight", sample_weight)
    if (
        weight.ndim > 1
        or weight.dtype.kind not in "fiub"
        or not np.isfinite(weight).all()
        or (weight < 0).any()
    ):
        raise InputError(
            "sample_weight must be one number from 0 up for each row",
            where=Place("sample_weight"),
            found=f"shape {weight.shape}, {weight.dtype}",
            hint="give an array of shape (n,)",
            code="weights",
        )
    return weight.astype(np.float64)


def _set(values: Array, name: str) -> Array:
    if values.dtype.kind not in "fiub" or not np.isin(values, (0, 1)).all():
        raise InputError(
            f"{name} has several columns, so each must be 0 or 1",
            where=Place(name),
            found=f"shape {values.shape}, {values.dtype}",
            hint="one label per row is an array of shape (n,)",
            code="array-shape",
        )
    return np.ascontiguousarray(values.T.astype(np.bool_))


def require_aligned(arrays: dict[str, Array], weight: Array | None) -> None:
    """Refuse arrays with different numbers of rows, without rows, or without any weight."""
    arrays = arrays | ({} if weight is None else {"sample_weight": weight})
    require_rows(arrays, list(arrays))
    name, first = next(iter(arrays.items()))
    if not len(first):
        raise InputError("there are no rows", where=Place(name), hint="give at least one row", code="no-rows")
    if weight is not None and not weight.any():
        raise InputError(
            "every row has the weight 0",
            where=Place("sample_weight"),
            hint="give some row a weight above 0",
            code="weights",
        )


def require_alike(truth: Array, predicted: Array, weight: Array | None, hint: str) -> None:
    """Refuse true and predicted values of different shapes as well."""
    require_aligned({"y_true": truth, "y_pred": predicted}, weight)
    if truth.shape != predicted.shape:
        raise InputError(
            "y_true and y_pred must have the same shape",
            where=Place("y_pred"),
            found=f"y_true {truth.shape}, y_pred {predicted.shape}",
            hint=hint,
            code="array-shape",
        )


def require_finite(name: str, values: Array, hint: str) -> None:
    """Refuse text, NaN and infinity."""
    if values.dtype.kind not in "fiub" or not np.isfinite(values).all():
        raise InputError(
            f"{name} must be finite numbers",
            where=Place(name),
            found="text" if values.dtype.kind in "US" else "NaN or infinity",
            hint=hint,
            code="not-finite",
        )


def require_labels(name: str, values: Array) -> None:
    """Refuse numbers that are no labels: fractions, infinity, and missing ones."""
    if values.dtype.kind != "f":
        return
    odd = ~np.isfinite(values) | (values != np.rint(values))
    if odd.any():
        raise InputError(
            f"{name} must be labels, and contains numbers that are not whole",
            where=Place(name),
            found=str(values[np.flatnonzero(odd)[0]]),
            hint="of scores, the predicted class is y_score.argmax(axis=1), or (y_score > 0.5).astype(int)",
            code="array-type",
        )


def defined(value: float | None, reason: str | None, undefined: str) -> float:
    """A value, or what is wanted where it is undefined: NaN, or an error with the reason."""
    if undefined not in ("nan", "raise"):
        raise UsageError(f"undefined={undefined!r} is unknown", hint="'nan' or 'raise'")
    if value is not None and not np.isnan(value):
        return float(value)
    if undefined == "raise":
        raise Undefined(f"the value is undefined: {reason}", hint="undefined='nan' gives NaN instead")
    return float("nan")
