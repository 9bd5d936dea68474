"""A `Value` is a number that remembers how it was made; `backward` turns that memory into gradients."""

from __future__ import annotations

import math
import reprlib
from typing import SupportsFloat


class Value:
    """A scalar in a computation graph.

    Args:
        data: one real number; NumPy's and other libraries' scalars are taken, and kept as a float.
        label: the name to show for it, such as "b3".

    Raises:
        TypeError: data is not one real number.

    >>> b3 = Value(0.0, "b3")
    >>> squared_residual = (1 - (b3 - 1.5)) ** 2
    >>> squared_residual.backward()
    >>> b3
    Value(data=0.0, grad=-5.0, label='b3')
    """

    # Two operands at the most, each beside its local derivative: d value / d operand. Plain slots,
    # rather than tuples of them, make a node half as large and twice as fast.
    __slots__ = ("data", "grad", "label", "operation", "left", "d_left", "right", "d_right")
    __array_ufunc__ = None  # so that np.float64(2) * value is left to Value.__rmul__

    data: float
    grad: float
    label: str
    operation: str
    left: Value | None
    d_left: float
    right: Value | None
    d_right: float

    def __init__(self, data: SupportsFloat, label: str = "") -> None:
        if type(data) is float:
            self.data = data
        elif type(data) is int:
            self.data = float(data)
        else:
            self.data = _real_number(data)
        self.grad = 0.0
        self.label = label
        self.operation = ""
        self.left = self.right = None
        self.d_left = self.d_right = 0.0

    def __add__(self, other: SupportsFloat) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        return _result("+", self.data + other.data, self, 1.0, other, 1.0)

    def __sub__(self, other: SupportsFloat) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        return _result("-", self.data - other.data, self, 1.0, other, -1.0)

    def __mul__(self, other: SupportsFloat) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        return _result("*", self.data * other.data, self, other.data, other, self.data)

    def __truediv__(self, other: SupportsFloat) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        if other.data == 0.0:
            raise ZeroDivisionError(
                f"({_told(self)}) / ({_told(other)}): the divisor must not be 0"
            )
        data = self.data / other.data
        return _result("/", data, self, 1.0 / other.data, other, -data / other.data)

    def __pow__(self, other: SupportsFloat) -> Value:
        exponent = other if isinstance(other, Value) else Value(other)
        x, n = self.data, exponent.data
        try:
            if x < 0.0 and n % 1.0:
                raise ValueError("a negative base needs a whole exponent")
            data = x**n
        except (ValueError, ZeroDivisionError, OverflowError) as error:
            told = f"({_told(self)}) ** ({_told(exponent)}): {error.args[-1]}"
            raise type(error)(told) from None
        try:  # at 0 a root is vertical, and x**0 is level
            d_base = n * x ** (n - 1.0) if x or n >= 1.0 else math.inf if n else 0.0
        except OverflowError:
            d_base = n * data / x  # which has the right sign, and may be infinite
        if exponent is not other:
            d_exponent = 0.0  # a plain number: nobody asks for its gradient
        elif x > 0.0:
            d_exponent = data * math.log(x)
        else:
            d_exponent = math.nan if x else 0.0  # below 0, only whole exponents have a value
        return _result("**", data, self, d_base, exponent, d_exponent)

    def __neg__(self) -> Value:
        return _result("neg", -self.data, self, -1.0)

    def exp(self) -> Value:
        """e to the power of this value; an OverflowError above 709.78."""
        try:
            data = math.exp(self.data)
        except OverflowError:
            raise OverflowError(f"exp of {_told(self)}: it is too large for a float") from None
        return _result("exp", data, self, data)

    def log(self) -> Value:
        """The natural logarithm; a ValueError unless this value is above 0."""
        if self.data <= 0.0:
            raise ValueError(f"log of {_told(self)}: it needs a value above 0")
        return _result("log", math.log(self.data), self, 1.0 / self.data)

    def tanh(self) -> Value:
        """The hyperbolic tangent, between -1 and 1."""
        data = math.tanh(self.data)
        return _result("tanh", data, self, 1.0 - data * data)

    def sigmoid(self) -> Value:
        """1 / (1 + e^-x), between 0 and 1."""
        e = math.exp(-abs(self.data))  # at most 1, so that nothing here overflows
        data = 1.0 / (1.0 + e) if self.data > 0.0 else e / (1.0 + e)
        return _result("sigmoid", data, self, e / ((1.0 + e) * (1.0 + e)))

    def relu(self) -> Value:
        """This value where it is above 0, and 0 elsewhere; its derivative at 0 is 0."""
        if self.data <= 0.0:
            return _result("relu", 0.0, self, 0.0)
        return _result("relu", self.data, self, 1.0)

    def softplus(self) -> Value:
        """ln(1 + e^x), the lesson's activation; its derivative is the sigmoid."""
        e = math.exp(-abs(self.data))
        if self.data > 0.0:  # ln(1 + e^x) = x + ln(1 + e^-x)
            return _result("softplus", self.data + math.log1p(e), self, 1.0 / (1.0 + e))
        return _result("softplus", math.log1p(e), self, e / (1.0 + e))

    def backward(self) -> None:
        """Give every Value that this one was made from its gradient, d self / d value, by the chain rule.

        Leaves add it to the `grad` that they have, as PyTorch's do; the Values between start from 0.
        """
        order = topological_order(self)
        for node in order:
            if node.left is not None:
                node.grad = 0.0
        self.grad += 1.0
        for node in reversed(order):
            left, right = node.left, node.right
            if left is not None:
                left.grad += node.d_left * node.grad
                if right is not None:
                    right.grad += node.d_right * node.grad

    @property
    def operands(self) -> tuple[Value, ...]:
        """The Values that this one was made from: none, one or two."""
        return tuple(operand for operand in (self.left, self.right) if operand is not None)

    @property
    def local_derivatives(self) -> tuple[float, ...]:
        """d self / d operand for each of the operands, as it was in the forward pass."""
        return (self.d_left, self.d_right)[: len(self.operands)]

    def __radd__(self, other: SupportsFloat) -> Value:
        return Value(other) + self

    def __rsub__(self, other: SupportsFloat) -> Value:
        return Value(other) - self

    def __rmul__(self, other: SupportsFloat) -> Value:
        return Value(other) * self

    def __rtruediv__(self, other: SupportsFloat) -> Value:
        return Value(other) / self

    def __rpow__(self, other: SupportsFloat) -> Value:
        return Value(other) ** self

    def __float__(self) -> float:
        return self.data

    def __repr__(self) -> str:
        return f"Value(data={self.data!r}, grad={self.grad!r}, label={self.label!r})"


def topological_order(root: Value) -> list[Value]:
    """Every Value that root was made from, operands first and root last, each of them once.

    >>> a, b = Value(2.0, "a"), Value(3.0, "b")
    >>> [value.label or value.operation for value in topological_order(a * b + b)]
    ['a', 'b', '*', '+']
    """
    order: dict[Value, None] = {}  # a dict keeps its order, and knows at once what is in it
    node, path = root, []  # the node at hand, and those above it on the way down from the root
    while True:
        if (left := node.left) is not None and left not in order:
            path.append(node)
            node = left
        elif (right := node.right) is not None and right not in order:
            path.append(node)
            node = right
        else:
            order[node] = None
            if not path:
                return list(order)
            node = path.pop()


def _result(
    operation: str,
    data: float,
    left: Value,
    d_left: float,
    right: Value | None = None,
    d_right: float = 0.0,
) -> Value:
    """The Value that an operation makes; it skips __init__, whose check its data does not need."""
    node = _new(Value)
    node.data = data
    node.grad = 0.0
    node.label = ""
    node.operation = operation
    node.left = left
    node.d_left = d_left
    node.right = right
    node.d_right = d_right
    return node


_new = object.__new__


def _real_number(data: object) -> float:
    try:
        number = data.item() if hasattr(data, "item") else data  # of an array, say
        if hasattr(number, "__float__") and not isinstance(number, Value):
            return float(number)
    except (TypeError, ValueError, RuntimeError):
        pass
    raise TypeError(f"a Value holds one real number, such as 0.5, not {reprlib.repr(data)}")


def _told(value: Value) -> str:
    return f"{value.label} = {value.data!r}" if value.label else repr(value.data)
