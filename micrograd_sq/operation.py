"""An operation of your own: you give its value and its derivatives, and the engine differentiates it."""

from __future__ import annotations

import keyword
from collections.abc import Callable
from itertools import chain
from typing import Any

from micrograd_sq.engine import Value, make_node
from micrograd_sq.functions import named
from micrograd_sq.number import real_number, short_repr


class Operation:
    """An operation on one or two Values, called like a function.

    Args:
        name: the name in pictures, error messages and generated code.
        value: a function that computes the result from the operands' numbers. For generated code, value must be a
            function of Python's `math`, or use only arithmetic, `micrograd_sq.functions` and other operations. Your own
            function must not compare numbers: use `functions.gate` instead of `if`.
        derivatives: for each operand, a function from all operands to d value / d operand. The limits are the same.

    Raise a ValueError if name is not an identifier or is a keyword, or unless there are one or two derivatives. Raise a
    TypeError if value or a derivative is not a function.

    >>> import math
    >>> sinh = Operation("sinh", math.sinh, lambda x: cosh(x))
    >>> cosh = Operation("cosh", math.cosh, lambda x: sinh(x))
    >>> x = Value(0.0, "x")
    >>> sinh(x).backward()
    >>> x.grad
    1.0
    """

    def __init__(self, name: str, value: Callable[..., Any], *derivatives: Callable[..., Any]) -> None:
        if not (isinstance(name, str) and name.isidentifier()) or keyword.iskeyword(name):
            raise ValueError(f"name is {short_repr(name)}, but it must be an identifier such as 'cube', not a keyword")
        for rule in (value, *derivatives):
            if not callable(rule):
                raise TypeError(f"operation {name} got {short_repr(rule)}, but it needs functions, like lambda x: x*x")
        if len(derivatives) not in (1, 2):
            raise ValueError(f"operation {name} has {len(derivatives)} derivatives, but needs 1 or 2: one per operand")
        self.name = name
        self.value = value
        self.derivatives = derivatives

    def __call__(self, *operands: Any) -> Any:
        """Return a Value if an operand is a Value. For plain numbers and tracers, return a number or a tracer.

        Raise a TypeError for a wrong number of operands, or if value or a derivative does not return a real number.
        """
        if len(operands) != len(self.derivatives):
            takes = f"operation {self.name} has {len(self.derivatives)} derivative(s), one per operand"
            raise TypeError(f"{takes}, but it got {len(operands)} operand(s): pass one operand per derivative")
        if any(isinstance(operand, Value) for operand in operands):
            return self._apply([x if isinstance(x, Value) else Value(x) for x in operands])
        for operand in operands:
            if hasattr(operand, "trace_operation"):  # a tracer of generated code
                return operand.trace_operation(self, operands)
        return self._checked("value", self.value(*map(real_number, operands)))

    def _apply(self, values: list[Value]) -> Value:
        numbers = [value.data for value in values]
        try:
            data = self(*numbers)
            slopes = [self._checked("derivative", rule(*numbers)) for rule in self.derivatives]
        except (ValueError, ArithmeticError) as error:
            error.args = (f"{self.name} of {', '.join(map(named, values))}: {error}",)
            raise
        except AttributeError as error:
            mistake = f"operation {self.name} computes with plain numbers or tracers, not Values: {error}"
            raise TypeError(f"{mistake}. For x.exp() write exp(x) of micrograd_sq.functions") from error
        operands: Any = chain(*zip(values, slopes, strict=True))  # each with its local derivative
        return make_node(self, data, *operands)

    def _checked(self, part: str, number: Any) -> Any:
        if hasattr(number, "trace_operation"):
            return number
        try:
            return real_number(number)
        except TypeError:
            wrong = f"the {part} of operation {self.name} is {short_repr(number)}, but it must be one plain real number"
            raise TypeError(wrong) from None

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"<operation {self.name}>"
