"""Formulas in strings. Python's parser reads a formula, and only the engine computes its Value."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from micrograd_sq.engine import Value, topological_order

FUNCTIONS: dict[str, Callable[[Value], Value]] = {
    name: getattr(Value, name) for name in "exp log sqrt sin cos tanh sigmoid softplus relu".split()
}
CONSTANTS = {"pi": math.pi, "e": math.e}
OPERATORS: dict[type[ast.AST], Callable[..., Value]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: lambda value: value,
}
SHOWN = 35  # characters of a formula on each side of a mistake


def value_of(formula: str, numbers: Mapping[str, float]) -> Value:
    """Return the Value of a formula with names, numbers, + - * / **, parentheses and the engine's functions.

    Each name becomes a leaf with its number in `numbers`. `pi` and `e` are constants if they have no number. Raise a
    ValueError for a mistake in the formula, an undefined result, or a name that only the formula or `numbers` has.

    >>> result = value_of("(1 - softplus(w*x + b))**2", {"w": 2.0, "x": 0.5, "b": -1.0})
    >>> round(result.data, 4)
    0.0942
    """
    formula = " ".join(formula.split())
    try:
        root = ast.parse(formula, mode="eval").body
    except SyntaxError as error:
        column = len(formula[: max((error.offset or 1) - 1, 0)].encode())
        raise _mistake(f"the formula is not understood: {error.msg}", formula, column) from None
    parts = list(ast.walk(root))
    called = [part.func for part in parts if isinstance(part, ast.Call)]
    found = [part for part in parts if isinstance(part, ast.Name) and part not in called]
    names = dict.fromkeys(name.id for name in sorted(found, key=lambda name: name.col_offset))
    if missing := [name for name in names if name not in numbers and name not in CONSTANTS]:
        example = f"Give each name a number, for example --set {missing[0]}=0.5"
        raise ValueError(f"the formula has no number for {', '.join(missing)}. {example}")
    if unused := [name for name in numbers if name not in names]:
        remedy = f"set only {', '.join(names)}" if names else "set no numbers"
        raise ValueError(f"the formula has no name {', '.join(unused)}: {remedy}")
    return _value(root, {name: Value(numbers[name], name) for name in numbers}, formula)


def _value(node: ast.expr, leaves: Mapping[str, Value], formula: str) -> Value:
    """Return the Value of one part of a formula. The keys of `leaves` are names. Raise a ValueError for a mistake."""
    mistake = partial(_mistake, formula=formula, column=node.col_offset)
    parts: list[ast.expr] = []
    match node:
        case ast.Name(id=name):
            return leaves[name] if name in leaves else Value(CONSTANTS[name])
        case ast.Constant(value=int() | float() as number):
            operation: Callable[..., Value] = partial(Value, number)
        case ast.UnaryOp(op=sign, operand=operand) if type(sign) in OPERATORS:
            operation, parts = OPERATORS[type(sign)], [operand]
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in OPERATORS:
            operation, parts = OPERATORS[type(sign)], [left, right]
        case ast.Call(func=ast.Name(id=name), args=[part], keywords=[]) if name in FUNCTIONS:
            operation, parts = FUNCTIONS[name], [part]
        case ast.Call():
            names = f"the functions are {', '.join(FUNCTIONS)}, and each takes one argument"
            raise mistake(f"{names}. A product needs *: write 2*(x + 1), not 2(x + 1)")
        case ast.BinOp(op=ast.BitXor()):
            raise mistake("a power is written **, not ^: write x**2, for example")
        case _:
            raise mistake("a formula has only names, numbers, + - * / **, parentheses and functions of one argument")
    operands: list[Any] = [_value(part, leaves, formula) for part in parts]
    if operation is operator.pow and not any(v.label for v in topological_order(operands[1])):
        operands[1] = operands[1].data  # An exponent without names is a plain number, as in Python.
    try:
        return operation(*operands)
    except (ValueError, ArithmeticError) as error:
        raise mistake(str(error)) from None


def _mistake(message: str, formula: str, column: int) -> ValueError:
    """Return a ValueError that shows the formula and points at a column, which `ast` counts in bytes."""
    place = len(formula.encode()[:column].decode(errors="ignore"))
    start = max(place - SHOWN, 0)
    return ValueError(f"{message}\n  {formula[start : place + SHOWN]}\n  {' ' * (place - start)}^")
