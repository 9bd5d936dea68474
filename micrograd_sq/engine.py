"""A `Value` is a number that remembers how it was made; `backward` turns that memory into gradients."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, SupportsFloat

from micrograd_sq.checks import real_number, short_repr
from micrograd_sq.copying import CopiedInOrder
from micrograd_sq.functions import (
    exp,
    gate,
    log,
    power,
    relu,
    safe_base,
    sigmoid,
    slope_of_power,
    slope_of_sigmoid,
    softplus,
    tanh,
    unchecked_power,
)
from micrograd_sq.number import Number


class Value(Number, CopiedInOrder):
    """A scalar in a computation graph.

    Args:
        data: one real number; NumPy's and other libraries' scalars are taken, and kept as a float.
        label: the name to show for it, such as "b3".

    Raises:
        TypeError: data is not one real number, or the label no string.
        OverflowError: a float cannot be as large as data.

    >>> b3 = Value(0.0, "b3")
    >>> squared_residual = (1 - (b3 - 1.5)) ** 2
    >>> squared_residual.backward()
    >>> b3
    Value(data=0.0, grad=-5.0, label='b3')
    """

    # Two operands at the most, each beside its local derivative: d value / d operand. Plain slots,
    # rather than tuples of them, make a node half as large and twice as fast.
    __slots__ = ("_number", "grad", "_label", "operation", "left", "d_left", "right", "d_right", "__weakref__")  # fmt: skip

    _number: float  # `data` without a detour; in straight-line code, what stands in for it
    grad: float
    _label: str
    operation: (
        Any  # its name, such as "+"; ("**", 2.0) for a power with a plain exponent; or an Operation
    )
    left: Value  # None in a leaf, which has no operands
    d_left: float
    right: Value  # None where there are not two
    d_right: float

    def __init__(self, data: SupportsFloat, label: str = "") -> None:
        self._number = data if type(data) is float else real_number(data)
        self.grad = 0.0
        self._label = label if type(label) is str else text(label)
        self.operation = ""
        self.left = self.right = None  # type: ignore[assignment]  # as said above
        self.d_left = self.d_right = 0.0

    @property
    def data(self) -> float:
        """The number, a float whoever sets it; a TypeError for anything but one real number."""
        return self._number

    @data.setter
    def data(self, number: SupportsFloat) -> None:
        self._number = real_number(number)

    @property
    def label(self) -> str:
        """The name to show for it; a TypeError for anything but a string."""
        return self._label

    @label.setter
    def label(self, name: str) -> None:
        self._label = name if type(name) is str else text(name)

    # Each operation: its value, and beside each operand the local derivative towards it. A plain
    # number becomes a leaf; at NotImplemented, Python lets an array do it, entry by entry.

    def __add__(self, other: SupportsFloat) -> Value:
        if type(other) is not Value and (other := operand(other)) is NotImplemented:
            return NotImplemented
        return result("+", self._number + other._number, self, 1.0, other, 1.0)

    def __sub__(self, other: SupportsFloat) -> Value:
        if type(other) is not Value and (other := operand(other)) is NotImplemented:
            return NotImplemented
        return result("-", self._number - other._number, self, 1.0, other, -1.0)

    def __mul__(self, other: SupportsFloat) -> Value:
        if type(other) is not Value and (other := operand(other)) is NotImplemented:
            return NotImplemented
        return result("*", self._number * other._number, self, other._number, other, self._number)

    def __truediv__(self, other: SupportsFloat) -> Value:
        if type(other) is not Value and (other := operand(other)) is NotImplemented:
            return NotImplemented
        try:
            data, d_left = self._number / other._number, 1.0 / other._number
        except ZeroDivisionError:
            raise ZeroDivisionError(
                f"({named(self)}) / ({named(other)}): the divisor must not be 0"
            ) from None
        return result("/", data, self, d_left, other, -data / other._number)

    def __pow__(self, other: SupportsFloat) -> Value:
        x, n = self._number, other._number if isinstance(other, Value) else plain(other)
        if n is NotImplemented:
            return NotImplemented
        try:
            data = power(x, n)
        except (ValueError, ArithmeticError) as error:
            exponent = named(other) if isinstance(other, Value) else n
            raise type(error)(f"({named(self)}) ** ({exponent}): {error.args[-1]}") from None
        if isinstance(other, Value):
            d_exponent = data * log(safe_base(x))  # x^n ln x
            return result("**", data, self, slope_of_power(x, n), other, d_exponent)
        return result(with_number("**", n), data, self, slope_of_power(x, n))

    def __neg__(self) -> Value:
        return result("neg", -self._number, self, -1.0)

    def __pos__(self) -> Value:
        return self

    def __abs__(self) -> Value:
        return self.relu() + (-self).relu()

    def exp(self) -> Value:
        """e to the power of this value; an OverflowError above 709.78."""
        try:
            data = exp(self._number)
        except OverflowError:
            raise OverflowError(f"exp of {named(self)}: it is too large for a float") from None
        return result("exp", data, self, data)

    def log(self) -> Value:
        """The natural logarithm; a ValueError unless this value is above 0."""
        try:
            data = log(self._number)
        except ValueError:
            raise ValueError(f"log of {named(self)}: it needs a value above 0") from None
        return result("log", data, self, 1.0 / self._number)

    def tanh(self) -> Value:
        """The hyperbolic tangent, 2 sigmoid(2x) - 1, between -1 and 1.

        Its derivative is 1 - tanh(x)^2, a subtraction that loses digits where tanh(x) is close to 1; from the
        sigmoid's slope it comes without.
        """
        x = self._number
        return result("tanh", tanh(x), self, 4.0 * slope_of_sigmoid(2.0 * x))

    def sigmoid(self) -> Value:
        """1 / (1 + e^-x), between 0 and 1; its derivative is sigmoid(x) (1 - sigmoid(x))."""
        return result("sigmoid", sigmoid(self._number), self, slope_of_sigmoid(self._number))

    def softplus(self) -> Value:
        """ln(1 + e^x); its derivative is the sigmoid."""
        return result("softplus", softplus(self._number), self, sigmoid(self._number))

    def relu(self) -> Value:
        """This value where it is above 0, and 0 elsewhere; its derivative at 0 is 0."""
        return result("relu", relu(self._number), self, gate(self._number, 1.0))

    def backward(self) -> None:
        """Give every Value that this one was made from its gradient, d self / d value, by the chain rule.

        Leaves add it to the `grad` that they have, as PyTorch's do: set it to 0 before the next time. The Values
        between start from 0. After a change of data make the graph anew: it keeps the numbers that it was made with.

        It writes into the Values below: let one thread at a time go backward through graphs that have a Value in
        common, a parameter, say. To build on common Values, to draw or compile a graph, and to call what
        `value_and_grad` made, threads need not wait; or give each a copy of its own, by `copy.deepcopy`.
        """
        order = topological_order(self)
        for node in order:
            if node.left is not None:
                node.grad = 0.0
        self.grad += 1.0  # d self / d self
        # In reverse, so that a Value's gradient is complete before it is sent on to its operands. There
        # it is added: each use is one more way to the result, and the changes along them add up.
        for node in reversed(order):
            if node.d_left != 0.0:  # else there is no operand, or nothing to send it
                node.left.grad += node.d_left * node.grad
            if node.d_right != 0.0:
                node.right.grad += node.d_right * node.grad

    @property
    def operands(self) -> tuple[Value, ...]:
        """The Values that this one was made from: none, one or two."""
        if self.right is not None:
            return (self.left, self.right)
        return () if self.left is None else (self.left,)

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

    def __repr__(self) -> str:
        return f"Value(data={self._number!r}, grad={self.grad!r}, label={self._label!r})"

    # What follows is here because derivatives are made of it, so that they can be differentiated again.

    def gate(self, other: SupportsFloat) -> Value:
        """The other value where this one is above 0, and 0 elsewhere."""
        other = other if isinstance(other, Value) else Value(other)
        x = self._number
        return result("gate", gate(x, other._number), self, 0.0, other, gate(x, 1.0))

    def safe_base(self) -> Value:
        """This value, but 1 in place of 0, and nan below; there its derivative is 0."""
        return result("safe_base", safe_base(self._number), self, gate(self._number, 1.0))

    def slope_of_sigmoid(self) -> Value:
        """sigmoid(x) (1 - sigmoid(x)); its derivative has the factor 1 - 2 sigmoid(x), which is -tanh(x/2)."""
        x = self._number
        data = slope_of_sigmoid(x)
        return result("slope_of_sigmoid", data, self, -data * tanh(0.5 * x))

    def slope_of_power(self, other: SupportsFloat) -> Value:
        """n x^(n - 1), the derivative of x^n: at 0 its limit, infinite for a root."""
        x, n = self._number, other._number if isinstance(other, Value) else real_number(other)
        data, d_base = slope_of_power(x, n), n * slope_of_power(x, n - 1.0)
        if isinstance(other, Value):
            base = safe_base(x)  # n x^(n - 1) ln x + x^(n - 1), where the last is x^n / x
            d_exponent = data * log(base) + unchecked_power(x, n) / base
            return result("slope_of_power", data, self, d_base, other, d_exponent)
        return result(with_number("slope_of_power", n), data, self, d_base)


def topological_order(root: Value) -> list[Value]:
    """Every Value that root was made from, operands first and root last, each of them once.

    >>> a, b = Value(2.0, "a"), Value(3.0, "b")
    >>> [value.label or value.operation for value in topological_order(a * b + b)]
    ['a', 'b', '*', '+']
    """
    if not isinstance(root, Value):  # but the list of a network's outputs, say
        raise TypeError(f"a graph is that of one Value, not of {short_repr(root)}")
    # No recursion, for a graph may be deeper than Python goes.
    order: dict[Value, None] = {}  # a dict keeps its order, and knows at once what is in it
    node, path = root, []  # the node at hand, and those to come back to once it is in order
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


def result(
    operation: Any,
    data: float,
    left: Value | None,
    d_left: float,
    right: Value | None = None,
    d_right: float = 0.0,
) -> Value:
    """The Value that an operation makes; it skips __init__, whose check its data does not need."""
    node = _new(Value)
    node._number = data
    node.grad = 0.0
    node._label = ""
    node.operation = operation
    node.left = left  # type: ignore[assignment]  # as in __init__
    node.d_left = d_left
    node.right = right  # type: ignore[assignment]  # too
    node.d_right = d_right
    return node


_new = object.__new__  # it is found faster so


def operand(number: Any) -> Any:
    """A plain number as a leaf; NotImplemented for an array, as said above."""
    if isinstance(number, Value):  # of a class of the user's
        return number
    number = plain(number)
    return number if number is NotImplemented else result("", number, None, 0.0)


@lru_cache
def with_number(operation: str, number: float) -> tuple[str, float]:
    """Return an operation with its plain number, ("**", 2.0), as one object for all nodes."""
    return operation, number


def operation_name(value: Value) -> str:
    """Return the operation that computed a Value as text: "+", "exp", "** 2.0"; empty for a leaf."""
    if isinstance(value.operation, tuple):
        return " ".join(map(str, value.operation))
    return str(value.operation)


def named(value: Value) -> str:
    """A Value as an error names it: by its label, if it has one, and its number."""
    return f"{value.label} = {value._number!r}" if value.label else repr(value._number)


def plain(number: Any) -> Any:
    """Return a float."""
    if type(number) is float or type(number) is int:
        return real_number(number)
    return NotImplemented if getattr(number, "ndim", 0) else real_number(number)


def text(label: object) -> str:
    """Return a label."""
    if isinstance(label, str):
        return str(label)
    hint = (
        "; operands are not given, but remembered by x * 2"
        if isinstance(label, (tuple, set))
        else ""
    )
    raise TypeError(f"a label is a string, such as 'b3', not {short_repr(label)}{hint}")
