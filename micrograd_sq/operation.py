"""An operation of your own: its value and its derivatives are given, and the engine does the rest."""

from __future__ import annotations

import keyword
from collections.abc import Callable
from typing import Any

from micrograd_sq.checks import real_number, short_repr
from micrograd_sq.engine import Value, named, result


class Operation:
    """An operation on one or two Values, which is called as a function is.

    To be pickled, it must be made of functions with names: Python pickles no lambda.

    Args:
        name: what pictures, errors and straight-line code call it.
        value: computes it from its operands' numbers. It is either a function of Python's `math`, or made of
            arithmetic, of `micrograd_sq.functions` and of other operations: straight-line code is what it
            does with symbols in place of the numbers, so it must not ask how large they are (but for
            `functions.gate`).
        derivatives: for each operand the local derivative, d value / d operand, as a function of all operands.
            They too are made of arithmetic, functions and operations.

    Raises:
        ValueError: a name that Python would not take, or not one or two derivatives.
        TypeError: something that is no function.

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
        if not (isinstance(name, str) and name.isidentifier()) or keyword.iskeyword(name):
            raise ValueError(
                f"an operation's name is {name!r}, but it must be made of letters, digits and _, such as "
                "my_operation, and be no keyword of Python's"
            )
        for rule in (value, *derivatives):
            if not callable(rule):
                raise TypeError(f"operation {name} takes functions of its operands, not {rule!r}")
        if len(derivatives) not in (1, 2):
            raise ValueError(
                f"operation {name} has {len(derivatives)} derivatives, but it needs one for each "
                "operand, of which there are one or two"
            )
        self.name = name
        self.value = value
        self.derivatives = derivatives

    def __call__(self, *operands: Any) -> Any:
        """A Value, if one of the operands is a Value; of plain numbers, the number.

        Raises:
            TypeError: more or fewer operands than derivatives, or something that is no number.
            ValueError, ArithmeticError: what the value or a derivative raised, with the operands' names.
        """
        if len(operands) != len(self.derivatives):
            raise TypeError(
                f"operation {self.name} has {len(self.derivatives)} derivative(s), one for each operand, "
                f"but it got {len(operands)} operand(s)"
            )
        if any(isinstance(operand, Value) for operand in operands):
            return self._of_values([x if isinstance(x, Value) else Value(x) for x in operands])
        for operand in operands:
            if hasattr(operand, "write_down"):  # a symbol, which stands in for a number
                return operand.write_down(self, operands)
        return self._checked("value", self.value(*map(real_number, operands)))

    def _of_values(self, values: list[Value]) -> Value:
        numbers = [value._number for value in values]
        try:
            data = self(*numbers)
            slopes = [self._checked("derivative", rule(*numbers)) for rule in self.derivatives]
        except (ValueError, ArithmeticError) as error:
            error.args = (f"{self.name} of {', '.join(map(named, values))}: {error}",)
            raise
        except AttributeError as error:
            raise TypeError(
                f"operation {self.name} gets plain numbers, or what stands in for them: {error}. Use "
                "micrograd_sq.functions, such as exp(x) for x.exp()"
            ) from error
        made_from: list[Any] = [each for pair in zip(values, slopes, strict=True) for each in pair]
        return result(self, data, *made_from)

    def _checked(self, what: str, made: Any) -> Any:
        if hasattr(made, "write_down"):
            return made
        try:
            return real_number(made)
        except TypeError:
            raise TypeError(
                f"the {what} of operation {self.name} is {short_repr(made)}, but it must be one real number"
            ) from None

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"<operation {self.name}>"
