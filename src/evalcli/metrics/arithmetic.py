"""Arithmetic over metrics: a small language, parsed by ``ast`` and evaluated from a list of what is allowed.

Numbers, names, names with a class or a number in quotes, ``+ - * / **``, parentheses and a few functions.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterator, Mapping

import numpy as np
from msgspec import Struct

from evalcli.errors import UsageError
from evalcli.statistics.base import Floats
from evalcli.text import join_names

Ends = tuple[float, float]
LONGEST, MOST_NODES, LARGEST = 2000, 500, 1e300
OPERATORS: Mapping[type[ast.operator], Callable[[Floats, Floats], Floats]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
}
FUNCTIONS: Mapping[str, Callable[..., Floats]] = {
    "min": lambda *parts: np.asarray(np.minimum.reduce(np.broadcast_arrays(*parts))),
    "max": lambda *parts: np.asarray(np.maximum.reduce(np.broadcast_arrays(*parts))),
    "sqrt": np.sqrt,
    "log": np.log,
    "exp": np.exp,
    "abs": np.abs,
}
SEVERAL = ("min", "max")
"""Functions of any number of arguments; the others have one."""
ALLOWED = f"numbers, metrics, + - * / **, parentheses, {', '.join(FUNCTIONS)}"


class Arithmetic(Struct, frozen=True, eq=False):
    """A formula that was read. ``names``: of the metrics in it, each once."""

    text: str
    tree: ast.expr
    names: tuple[str, ...]

    @property
    def plain(self) -> str:
        """The formula without needless brackets."""
        return ast.unparse(self.tree)

    def value(self, values: Mapping[str, Floats]) -> Floats:
        """Its value for values of the names, which broadcast; NaN where it is no finite number."""
        with np.errstate(all="ignore"):
            found = np.asarray(_value(self.tree, values), np.float64)
        return np.where(np.isfinite(found), found, np.nan)

    def ends(self, ranges: Mapping[str, Ends]) -> Ends:
        """Limits of its value, from those of the names: it may be within narrower ones."""
        low, high = _ends(self.tree, ranges)
        return (-math.inf if math.isnan(low) else low, math.inf if math.isnan(high) else high)


def read_formula(text: str, name: str) -> Arithmetic:
    """Parse a formula. Raises a ``UsageError`` that says what is not allowed in it, and where.

    >>> read_formula("2*precision*recall / (precision + recall)", "mine").names
    ('precision', 'recall')
    """
    if len(text) > LONGEST:
        raise _refused(name, f"the formula has more than {LONGEST:,} characters", None)
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        nodes = list(_nodes(tree, name, text))
    except SyntaxError as error:
        where = text[max((error.offset or 1) - 1, 0) :][:20]
        raise _refused(name, "the formula cannot be read", f"near {where!r}" if where else None) from None
    except (ValueError, MemoryError, RecursionError):
        raise _refused(name, "the formula cannot be read", None) from None
    if len(nodes) > MOST_NODES:
        raise _refused(name, f"the formula has more than {MOST_NODES} parts", None)
    names = tuple(dict.fromkeys(filter(None, map(_name_in, nodes))))
    if not names:
        raise _refused(name, "the formula names no metric", text)
    return Arithmetic(text, tree, names)


def _refused(name: str, what: str, found: str | None) -> UsageError:
    quoted = "; a class is named in quotes: 'recall:cat'" if found and ":" in found else ""
    return UsageError(f"{name}: {what}", found=found, hint=f"a formula has {ALLOWED}{quoted}")


def _name_in(node: ast.expr) -> str | None:
    """The metric that a node is."""
    if isinstance(node, ast.Name):
        return node.id
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _nodes(node: ast.expr, name: str, text: str) -> Iterator[ast.expr]:
    """A node and those below it; refuses all that is not allowed."""
    yield node
    match node:
        case ast.BinOp(left, operator, right) if type(operator) in OPERATORS:
            parts = [left, right]
        case ast.UnaryOp(ast.USub() | ast.UAdd(), operand):
            parts = [operand]
        case ast.Call(ast.Name(function), arguments, []) if function in FUNCTIONS:
            if not arguments or (len(arguments) > 1) != (function in SEVERAL):
                wanted = "two or more" if function in SEVERAL else "one"
                raise _refused(name, f"{function}() takes {wanted} in a formula", ast.unparse(node))
            parts = arguments
        case ast.Name() | ast.Constant(str()):
            parts = []
        case ast.Constant(int() | float() as number) if not isinstance(number, bool):
            if not abs(number) <= LARGEST:
                raise _refused(name, "a number in the formula is too large", None)
            parts = []
        case _:
            raise _refused(name, f"{_word(node)} is not allowed in a formula", _shown(node, text))
    for part in parts:
        yield from _nodes(part, name, text)


def _shown(node: ast.expr, text: str) -> str:
    return (ast.get_source_segment(text.strip(), node) or text)[:60]


def _word(node: ast.expr) -> str:
    words = {
        ast.Compare: "a comparison",
        ast.Call: f"another function than {join_names(FUNCTIONS)}",
        ast.Attribute: "a dot",
        ast.Subscript: "an index",
        ast.BoolOp: "and, or",
    }
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitXor):
        return "^ (a power is **)"
    return words.get(type(node), "such an expression")


def _value(node: ast.expr, values: Mapping[str, Floats]) -> Floats:
    match node:
        case ast.BinOp(left, operator, right):
            return OPERATORS[type(operator)](_value(left, values), _value(right, values))
        case ast.UnaryOp(sign, operand):
            inner = _value(operand, values)
            return -inner if isinstance(sign, ast.USub) else inner
        case ast.Call(ast.Name(function), arguments):
            return FUNCTIONS[function](*(_value(part, values) for part in arguments))
        case ast.Constant(int() | float() as number):
            return np.float64(number)  # type: ignore[return-value]  # a scalar broadcasts as an array
    return values[str(_name_in(node))]


def _ends(node: ast.expr, ranges: Mapping[str, Ends]) -> Ends:
    """Interval arithmetic."""
    match node:
        case ast.BinOp(left, operator, right):
            return _ends_of_two(operator, _ends(left, ranges), _ends(right, ranges))
        case ast.UnaryOp(sign, operand):
            low, high = _ends(operand, ranges)
            return (-high, -low) if isinstance(sign, ast.USub) else (low, high)
        case ast.Call(ast.Name("abs"), [operand]):
            low, high = _ends(operand, ranges)
            return (0.0 if low <= 0 <= high else min(abs(low), abs(high))), max(abs(low), abs(high))
        case ast.Call(ast.Name(function), arguments):
            parts = [_ends(part, ranges) for part in arguments]
            inside = [(max(a, 0.0), max(b, 0.0)) if function in ("sqrt", "log") else (a, b) for a, b in parts]
            with np.errstate(all="ignore"):
                low, high = (
                    float(FUNCTIONS[function](*map(np.float64, side))) for side in zip(*inside, strict=True)
                )
            return low, high
        case ast.Constant(int() | float() as number):
            return float(number), float(number)
    return ranges[str(_name_in(node))]


def _ends_of_two(operator: ast.operator, left: Ends, right: Ends) -> Ends:
    if isinstance(operator, ast.Div):
        if right[0] < 0 < right[1]:
            return -math.inf, math.inf
        # a limit that is 0 is one from the side of the others
        right = tuple(math.copysign(end, 1.0 if right[1] > 0 else -1.0) if end == 0 else end for end in right)  # type: ignore[assignment]
    if isinstance(operator, ast.Pow) and left[0] < 0:
        return -math.inf, math.inf
    with np.errstate(all="ignore"):
        corners = [
            float(OPERATORS[type(operator)](np.float64(a), np.float64(b)))  # type: ignore[arg-type]
            for a, b in ((left[0], right[0]), (left[0], right[1]), (left[1], right[0]), (left[1], right[1]))
        ]
    if isinstance(operator, (ast.Mult, ast.Div)) and 0.0 in (*left, *right):  # of a limit that is not reached
        corners = [0.0 if math.isnan(corner) else corner for corner in corners]
    return (-math.inf, math.inf) if any(map(math.isnan, corners)) else (min(corners), max(corners))
