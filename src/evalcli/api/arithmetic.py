"""Metrics of one's own as formulas: text, or operators on names, which hold no state."""

from __future__ import annotations

from math import inf, isfinite, isinf, isnan
from typing import cast

from evalcli.api.errors import as_arguments
from evalcli.definitions import Better, Definition
from evalcli.metrics.arithmetic import read_formula
from evalcli.metrics.own import require_name

Number = int | float


class Expression:
    """A formula over metrics: ``2 * m.precision + m["recall:cat"]``.

    ``+ - * / **`` and ``-`` give further ones; two are equal only if they are the same object. Text of it is
    a formula for ``metric`` and for ``--define``.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"<formula {self._text}>"

    def __add__(self, other: Expression | Number) -> Expression:
        return _joined(self, "+", other)

    def __radd__(self, other: Number) -> Expression:
        return _joined(other, "+", self)

    def __sub__(self, other: Expression | Number) -> Expression:
        return _joined(self, "-", other)

    def __rsub__(self, other: Number) -> Expression:
        return _joined(other, "-", self)

    def __mul__(self, other: Expression | Number) -> Expression:
        return _joined(self, "*", other)

    def __rmul__(self, other: Number) -> Expression:
        return _joined(other, "*", self)

    def __truediv__(self, other: Expression | Number) -> Expression:
        return _joined(self, "/", other)

    def __rtruediv__(self, other: Number) -> Expression:
        return _joined(other, "/", self)

    def __pow__(self, other: Expression | Number) -> Expression:
        return _joined(self, "**", other)

    def __rpow__(self, other: Number) -> Expression:
        return _joined(other, "**", self)

    def __neg__(self) -> Expression:
        return Expression(f"(-{self})")

    def __bool__(self) -> bool:
        raise TypeError("a formula has no value before a report is made")


def _joined(left: Expression | Number, sign: str, right: Expression | Number) -> Expression:
    """Both sides in brackets; NotImplemented, as Python asks, for anything but numbers and formulas."""
    for side in (left, right):
        if isinstance(side, bool) or not isinstance(side, (Expression, int, float)):
            return NotImplemented
    return Expression(f"({_text(left)} {sign} {_text(right)})")


def _text(side: Expression | Number) -> str:
    if isinstance(side, Expression):
        return str(side)
    if not isfinite(side):
        raise ValueError(f"{side} is no number of a formula")
    return str(side) if side >= 0 else f"({side})"


class Names:
    """Names of metrics in formulas: ``m.f1_macro``, or ``m["recall:cat"]`` with a class or a number."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Expression:
        if name.startswith("_"):
            raise AttributeError(name)
        return Expression(name)

    def __getitem__(self, name: str) -> Expression:
        if not isinstance(name, str):
            raise TypeError(f'a metric is named by text, e.g. m["recall:cat"], not by {type(name).__name__}')
        return Expression(name if name.isidentifier() else repr(name))

    def __repr__(self) -> str:
        return "<names of metrics: m.f1_macro, m['recall:cat']>"


m = Names()
"""Names of metrics in formulas: ``m.precision``, ``m["recall:cat"]``, and the counts ``m.tp``, ``m.fp``,
``m.fn``, ``m.tn``, ``m.n`` and ``m.support``."""


def metric(
    formula: str | Expression,
    *,
    name: str,
    better: Better | None = None,
    range: tuple[float | None, float | None] | None = None,
) -> Definition:
    """A metric of one's own, for ``metrics=[...]``: a formula over metrics and counts.

    ``formula``: text such as "5*fn + fp", or operators on ``m``. ``better``, ``range``: found from the
    formula if they are not given; None in a range is no limit. Raises a ``UsageError`` for a formula that
    cannot be read, or a name that is taken.
    """
    if better not in (None, "higher", "lower", "none"):
        raise ValueError(f'better={better!r}: one of "higher", "lower", "none"')
    if range is not None:
        low, high = (side if end is None else end for side, end in zip((-inf, inf), range, strict=True))
        if isnan(low) or isnan(high) or not low < high:
            raise ValueError(f"range={range!r}: the lowest value, then the highest; None: no limit")
    ends = None if range is None else tuple(None if end is None or isinf(end) else end for end in range)
    with as_arguments():
        read = read_formula(str(formula), name)
    text = read.text if isinstance(formula, str) else read.plain
    definition = Definition(name, text, better, cast(tuple[float | None, float | None] | None, ends))
    with as_arguments():
        require_name(definition)
    return definition


__all__ = ["Expression", "Names", "m", "metric"]
