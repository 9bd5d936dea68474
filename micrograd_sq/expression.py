"""A formula in a string as Values: Python's own parser reads it, but nothing is run but the engine."""

from __future__ import annotations

import ast
import math
import operator
import warnings
from collections.abc import Callable, Mapping

from micrograd_sq.engine import Value

FUNCTIONS: dict[str, Callable[[Value], Value]] = {
    "exp": Value.exp,
    "log": Value.log,
    "sqrt": Value.sqrt,
    "sin": Value.sin,
    "cos": Value.cos,
    "tanh": Value.tanh,
    "sigmoid": Value.sigmoid,
    "softplus": Value.softplus,
    "relu": Value.relu,
}
OPERATORS: dict[type[ast.AST], Callable[..., Value]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: lambda value: value,
}
HALF_A_LINE = 35  # of a long formula so much is shown to either side of a mistake


def value_of(formula: str, numbers: Mapping[str, float]) -> Value:
    """The Value of a formula: names, numbers, + - * / **, parentheses and the engine's functions.

    Args:
        formula: as one would write it in Python, in one line or several.
        numbers: a number for each name in it; a name is a leaf with that label.

    Raises:
        ValueError: a mistake in the formula, which is pointed at; a name that has no number, or a number that
            has no name; an operation that has no value.

    >>> result = value_of("(1 - softplus(w*x + b))**2", {"w": 2.0, "x": 0.5, "b": -1.0})
    >>> round(result.data, 4)
    0.0942
    """
    formula = " ".join(formula.split())
    if not formula.isascii() and "\\ud" in ascii(formula):  # what a shell made of bytes
        raise ValueError(f"the formula is not text in UTF-8: {formula!a}")
    if "#" in formula:
        raise _mistake(
            "a formula has no comments", formula, len(formula[: formula.index("#")].encode())
        )
    order = _in_order(_parsed(formula), formula)
    names = dict.fromkeys(node.id for node in order if isinstance(node, ast.Name))
    if missing := [name for name in names if name not in numbers]:
        raise ValueError(
            f"the formula has no number for {', '.join(missing)}; each of its names needs one; on the command "
            f"line that is --set {missing[0]}=0.5"
        )
    if unused := [name for name in numbers if name not in names]:
        raise ValueError(
            f"the formula has no {', '.join(unused)}; it has {', '.join(names) or 'no names'}"
        )
    leaves = {name: Value(number, name) for name, number in numbers.items()}
    values: dict[ast.expr, Value] = {}
    for node in order:
        try:
            values[node] = _made(node, values, leaves)
        except (ValueError, ArithmeticError) as error:  # noqa: PERF203 - each part has its place to point at
            raise _mistake(str(error), formula, node.col_offset) from None
    return values[order[-1]]


def _parsed(formula: str) -> ast.expr:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python's, of what is a mistake here in any case
            return ast.parse(formula, mode="eval").body
    except SyntaxError as error:
        column = len(formula[: max((error.offset or 1) - 1, 0)].encode())
        what = error.msg.partition("; use sys.")[0]  # which a formula cannot
        raise _mistake(f"the formula is not understood: {what}", formula, column) from None
    except (RecursionError, MemoryError):
        raise ValueError(
            f"the formula, of {len(formula):,} characters, is too long or too deeply nested"
        ) from None


def _in_order(root: ast.expr, formula: str) -> list[ast.expr]:
    """The parts of a formula, operands first; without recursion, for it may be deep."""
    order: list[ast.expr] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        order.append(node)
        waiting += _operands(node, formula)
    return order[::-1]


def _operands(node: ast.expr, formula: str) -> list[ast.expr]:
    """The parts that a part of a formula is made from; whatever else Python knows is a mistake here."""
    if isinstance(node, ast.Name):
        return []
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return []
    if isinstance(node, ast.UnaryOp) and type(node.op) in OPERATORS:
        return [node.operand]
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        return [node.left, node.right]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitXor):
        raise _mistake("a power is written **, not ^", formula, node.left.end_col_offset or 0)
    if isinstance(node, ast.Call):
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name in FUNCTIONS and len(node.args) == 1 and not node.keywords:
            return node.args
        known = f"the functions are {', '.join(FUNCTIONS)}, each of one operand"
        raise _mistake(known, formula, node.col_offset)
    made_of = "a formula is made of names, numbers, + - * / **, parentheses and functions"
    raise _mistake(made_of, formula, node.col_offset)


def _made(node: ast.expr, values: Mapping[ast.expr, Value], leaves: Mapping[str, Value]) -> Value:
    """The Value of a part, from those of its operands."""
    if isinstance(node, ast.Name):
        return leaves[node.id]
    if isinstance(node, ast.Call):
        assert isinstance(node.func, ast.Name)
        return FUNCTIONS[node.func.id](values[node.args[0]])
    if isinstance(node, ast.UnaryOp):
        return OPERATORS[type(node.op)](values[node.operand])
    if isinstance(node, ast.BinOp):
        exponent = _plain(node.right) if isinstance(node.op, ast.Pow) else None
        right = values[node.right] if exponent is None else exponent
        return OPERATORS[type(node.op)](values[node.left], right)
    assert isinstance(node, ast.Constant)
    if node.value == math.inf:  # as Python reads 1e400
        raise OverflowError("the number is too large for a float")
    return Value(node.value)  # type: ignore[arg-type]  # _operands lets nothing but numbers pass


def _plain(node: ast.expr) -> float | None:
    """The number that a part is as it stands, with its sign: an exponent, say."""
    sign = 1.0
    while isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        sign, node = -sign, node.operand
    return sign * _made(node, {}, {}).data if isinstance(node, ast.Constant) else None


def _mistake(message: str, formula: str, column: int) -> ValueError:
    """An error that points at a place in the formula, given in bytes, as `ast` has it."""
    place = len(formula.encode()[:column].decode(errors="ignore"))
    start = max(place - HALF_A_LINE, 0)
    shown = formula[start : place + HALF_A_LINE]
    before, after = "..." * (start > 0), "..." * (place + HALF_A_LINE < len(formula))
    caret = " " * (len(before) + place - start) + "^"
    return ValueError(f"{message}\n  {before}{shown}{after}\n  {caret}")
