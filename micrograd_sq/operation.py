"""An operation of your own: its value and its derivatives are given, and the engine does the rest."""

from __future__ import annotations

import keyword
from collections.abc import Callable
from typing import Any

from micrograd_sq.engine import Value, named, real_number, result


class Operation:
    """An operation on one or two Values, which is called as a function is.

    Args:
        name: what pictures, errors and straight-line code call it.
        value: computes it from its operands' numbers. It is either a function of Python's `math`, or made of
            arithmetic, of `micrograd_sq.functions` and of other operations: straight-line code is what it
            does with symbols in place of the numbers, so it must not ask how large they are.
        derivatives: for each operand the local derivative, d value / d operand, as a function of all operands.
            They too are made of arithmetic, functions and operations.

    Raises:
        ValueError: a name that is no name of Python's, or not one or two derivatives.

    >>> import math
    >>> sin = Operation("sin", math.sin, lambda x: cos(x))
    >>> cos = Operation("cos", math.cos, lambda x: -sin(x))
    >>> x = Value(0.0, "x")
    >>> sin(x).backward()
    >>> x.grad
    1.0
    """

    def __init__(
        self, name: str, value: Callable[..., Any], *derivatives: Callable[..., Any]
    ) -> None:
        if not name.isidentifier() or keyword.iskeyword(name):
            raise ValueError(f"an operation's name is one of Python's names, not {name!r}")
        if len(derivatives) not in (1, 2):
            raise ValueError(
                f"operation {name!r} has {len(derivatives)} derivatives, but it needs one for each "
                "operand, of which there are one or two"
            )
        self.name = name
        self.value = value
        self.derivatives = derivatives

    def __call__(self, *operands: Any) -> Any:
        """A Value, if one of the operands is a Value; of plain numbers, the number.

        Raises:
            TypeError: more or fewer operands than derivatives, or one that is no number.
            ValueError, ArithmeticError: what the value or a derivative raised, with the operands' names.
        """
        if len(operands) != len(self.derivatives):
            raise TypeError(f"{self.name} takes {len(self.derivatives)} operand(s): {operands!r}")
        if any(isinstance(operand, Value) for operand in operands):
            return self._of_values([x if isinstance(x, Value) else Value(x) for x in operands])
        for operand in operands:
            if hasattr(operand, "apply"):  # it stands in for a number in straight-line code
                return operand.apply(self, operands)
        return real_number(self.value(*map(real_number, operands)))

    def _of_values(self, values: list[Value]) -> Value:
        numbers = [value._data for value in values]
        try:
            data = self(*numbers)
            slopes = [derivative(*numbers) for derivative in self.derivatives]
        except (ValueError, ArithmeticError) as error:
            text = f"{self.name} of {', '.join(map(named, values))}: {error.args[-1]}"
            raise type(error)(text) from error
        slopes = [x if hasattr(x, "apply") else real_number(x) for x in slopes]
        made_from: list[Any] = [each for pair in zip(values, slopes, strict=True) for each in pair]
        return result(self, data, *made_from)

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"<operation {self.name}>"
