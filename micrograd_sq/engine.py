"""A `Value` is a number that remembers how it was computed. `backward` turns that memory into gradients."""

from __future__ import annotations

from typing import Any, SupportsFloat

import micrograd_sq.functions as fn
from micrograd_sq.number import Number, real_number, short_repr

new: Any = object.__new__  # makes a Value in make_node; a global name is found faster than an attribute


class Value(Number):
    """A scalar in a computation graph: a number, `data`, and its gradient, `grad`, which `result.backward()` computes.

    Args:
        data: one real number, but not a Value. It is stored as a float.
        label: the name in error messages and pictures, such as "b3".

    Raises:
        TypeError: data is not one real number, or the label is not a string.
        OverflowError: data is too large for a float.

    >>> b3 = Value(0.0, "b3")
    >>> squared_residual = (1 - (b3 - 1.5)) ** 2
    >>> squared_residual.backward()
    >>> b3
    Value(data=0.0, grad=-5.0, label='b3')
    """

    # A Value has at most two operands. The slot after each operand holds its local derivative, d self / d operand.
    __slots__ = ("data", "grad", "label", "operation", "left", "d_left", "right", "d_right", "__weakref__")  # fmt: skip

    def __init__(self, data: SupportsFloat, label: str = "") -> None:
        if not isinstance(label, str):
            raise TypeError(f"label is {short_repr(label)}, but it must be a string, such as 'b3'")
        self.data: float = data if type(data) is float else real_number(data)
        self.grad: float = 0.0  # d result / d self, once the result's backward() has run
        self.label: str = label
        self.operation: Any = ""  # "" in a leaf; "+", "exp", ("**", 2.0), ...; or a user's Operation (operation.py)
        self.left: Value = None  # type: ignore[assignment]  # None in a leaf
        self.d_left: float = 0.0
        self.right: Value = None  # type: ignore[assignment]  # None unless there are two operands
        self.d_right: float = 0.0

    # The rule of each operation: its value, then each operand with the local derivative with respect to it. A plain
    # number becomes a leaf. NotImplemented lets the other operand compute: a NumPy array, entry by entry.
    # `fn.apply` calls a function that can fail and names its Value in errors. (`type(other) is not Value` saves time.)
    def __add__(self, other: SupportsFloat) -> Value:
        if type(other) is not Value and (other := operand(other)) is NotImplemented:
            return NotImplemented
        return make_node("+", self.data + other.data, self, 1.0, other, 1.0)

    def __sub__(self, other: SupportsFloat) -> Value:
        if type(other) is not Value and (other := operand(other)) is NotImplemented:
            return NotImplemented
        return make_node("-", self.data - other.data, self, 1.0, other, -1.0)

    def __mul__(self, other: SupportsFloat) -> Value:
        if type(other) is not Value and (other := operand(other)) is NotImplemented:
            return NotImplemented
        return make_node("*", self.data * other.data, self, other.data, other, self.data)

    def __truediv__(self, other: SupportsFloat) -> Value:
        if type(other) is not Value and (other := operand(other)) is NotImplemented:
            return NotImplemented
        data = fn.apply(fn.quotient, self, other)
        return make_node("/", data, self, 1.0 / other.data, other, -data / other.data)  # -x / y^2

    def __pow__(self, other: SupportsFloat) -> Value:
        if type(other) in (int, float) and other == 2:  # the most frequent power, in less time
            return make_node(("**", 2.0), fn.apply(fn.square, self), self, 2.0 * self.data)
        if (exponent := operand(other)) is NotImplemented:
            return NotImplemented
        data, n = fn.apply(fn.power, self, exponent), exponent.data
        d_left = fn.slope_of_power(self.data, n)  # n x^(n - 1). At x = 0 it is 0 for n = 0, and infinite for n = 0.5
        if exponent is not other:  # a plain exponent is a part of the operation, not an operand
            return make_node(("**", n), data, self, d_left)
        d_exponent = data * fn.log(fn.safe_base(self.data))  # x^n ln x, which is 0 at x = 0
        return make_node("**", data, self, d_left, exponent, d_exponent)

    def __neg__(self) -> Value:
        return make_node("neg", -self.data, self, -1.0)

    def __abs__(self) -> Value:
        return self.relu() + (-self).relu()  # the derivative at 0 is 0

    def exp(self) -> Value:
        """Return e^x for this Value x. Raise an OverflowError if the result is too large for a float."""
        data = fn.apply(fn.exp, self)
        return make_node("exp", data, self, data)

    def log(self) -> Value:
        """Return the natural logarithm of this Value. Raise a ValueError for a Value of 0 or below."""
        return make_node("log", fn.apply(fn.log, self), self, 1.0 / self.data)

    def sqrt(self) -> Value:
        """Return the square root of this Value. Raise a ValueError for a negative Value. The derivative at 0 is inf."""
        return make_node("sqrt", fn.apply(fn.sqrt, self), self, fn.slope_of_power(self.data, 0.5))

    def sin(self) -> Value:
        """Return the sine of this Value, an angle in radians. Raise a ValueError for an infinite angle."""
        return make_node("sin", fn.apply(fn.sin, self), self, fn.cos(self.data))

    def cos(self) -> Value:
        """Return the cosine of this Value, an angle in radians. Raise a ValueError for an infinite angle."""
        return make_node("cos", fn.apply(fn.cos, self), self, -fn.sin(self.data))

    def sigmoid(self) -> Value:
        """Return 1 / (1 + e^-x), between 0 and 1, for this Value x. The derivative is sigmoid(x) sigmoid(-x)."""
        data = fn.sigmoid(self.data)  # sigmoid(-x) is 1 - sigmoid(x), but keeps its digits for large x
        return make_node("sigmoid", data, self, data * fn.sigmoid(-self.data))

    def tanh(self) -> Value:
        """Return tanh(x) = 2 sigmoid(2x) - 1 for this Value x. The derivative is 4 sigmoid(2x) sigmoid(-2x)."""
        x = 2.0 * self.data
        return make_node("tanh", fn.tanh(self.data), self, 4.0 * (fn.sigmoid(x) * fn.sigmoid(-x)))

    def softplus(self) -> Value:
        """Return ln(1 + e^x) for this Value x. The derivative is sigmoid(x)."""
        return make_node("softplus", fn.softplus(self.data), self, fn.sigmoid(self.data))

    def relu(self) -> Value:
        """Return the larger of this Value and 0. The derivative at 0 is 0."""
        return make_node("relu", fn.relu(self.data), self, fn.gate(self.data, 1.0))

    def backward(self) -> None:
        """Compute `grad`, the gradient d self / d value, for this Value and every Value that it was computed from.

        In a leaf, the gradient is added to `grad`: set `grad` to 0 before the next step of a descent. In other Values,
        the gradient replaces `grad`. After you change `data`, compute the result again: the graph has the old data.
        """
        order = topological_order(self, leaves=False)
        for node in order:
            node.grad = 0.0
        self.grad += 1.0  # d self / d self
        # In reverse order, a gradient is complete before it is passed on. Each use of a Value contributes to its gradient,
        # and the contributions add up. A gradient or derivative of 0 passes nothing: 0 x infinity would be nan.
        for node in reversed(order):
            gradient = node.grad
            if gradient != 0.0:
                if node.d_left != 0.0:
                    node.left.grad += node.d_left * gradient
                if node.d_right != 0.0:  # a missing operand has derivative 0
                    node.right.grad += node.d_right * gradient

    @property
    def operands(self) -> tuple[Value, ...]:
        """Return the operands of this Value as a tuple: no Value for a leaf, else one or two Values."""
        if self.right is not None:
            return (self.left, self.right)
        return () if self.left is None else (self.left,)

    @property
    def local_derivatives(self) -> tuple[float, ...]:
        """Return d self / d operand for each operand. The forward pass computed these numbers."""
        return (self.d_left, self.d_right)[: len(self.operands)]

    def __radd__(self, other: SupportsFloat) -> Value:  # for a plain number on the left side
        return operand(other) + self

    def __rsub__(self, other: SupportsFloat) -> Value:
        return operand(other) - self

    def __rmul__(self, other: SupportsFloat) -> Value:
        return operand(other) * self

    def __rtruediv__(self, other: SupportsFloat) -> Value:
        return operand(other) / self

    def __rpow__(self, other: SupportsFloat) -> Value:
        return operand(other) ** self


def topological_order(root: Value, leaves: bool = True) -> list[Value]:
    """Return root and all Values that root was computed from, operands before results. leaves=False skips leaves.
    Raise a TypeError if root is not a Value.

    >>> a, b = Value(2.0, "a"), Value(3.0, "b")
    >>> [value.label or value.operation for value in topological_order(a * b + b)]
    ['a', 'b', '*', '+']
    """
    if not isinstance(root, Value):
        raise TypeError(f"root is {short_repr(root)}, but it must be one Value, such as the loss")
    order: dict[Value, None] = {}  # a dict keeps its order, and finds a Value by its identity at once
    node, path = root, []  # a path in place of recursion, for which a graph may be too deep
    while True:
        while node.left is not None and node not in order:  # follow the left operands down
            path.append(node)
            node = node.left
        if leaves:
            order[node] = None
        while path:  # go back up: to a right operand that is missing in the order, or to the user of both operands
            node = path[-1].right
            if node is not None and node not in order and (leaves or node.left is not None):
                break
            order[path.pop()] = None
        else:
            return list(order)


def make_node(operation: Any, data: float, left: Any, d_left: float, right: Any = None, d_right: float = 0.0) -> Value:
    """Return a Value from an operation's result, operands and local derivatives. Skip the checks of `Value`."""
    node: Value = new(Value)
    node.data, node.grad = data, 0.0
    node.label, node.operation = "", operation
    node.left, node.d_left = left, d_left
    node.right, node.d_right = right, d_right
    return node


def operand(number: Any) -> Value:
    """Return a Value unchanged, a number as a new leaf, NotImplemented for an array. Raise `real_number`'s errors."""
    if type(number) is float:
        return make_node("", number, None, 0.0)
    if isinstance(number, Value):
        return number
    if type(number) is not int and getattr(number, "ndim", None):  # the number of axes of an array
        return NotImplemented  # type: ignore[no-any-return]  # Python then asks the array
    return make_node("", real_number(number), None, 0.0)
