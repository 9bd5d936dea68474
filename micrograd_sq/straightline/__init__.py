"""A graph as one straight-line function: what the engine did, forward and backward, written down as code.

The rooms, in the order in which a graph goes through them: `symbols` stand in for its numbers, `recording` lets the
engine run on them, `writing` makes a text of what they kept, and `backends` a function of the text. Look at the tables
at the top of `backends` first: what is there is all that the backends differ in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol, SupportsFloat, TypeVar, overload

from micrograd_sq.checks import as_list, short_repr
from micrograd_sq.engine import Value, topological_order
from micrograd_sq.straightline.backends import BACKENDS
from micrograd_sq.straightline.tracing import trace
from micrograd_sq.straightline.writing import Results, Writer

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import ArrayLike, NDArray

Given = TypeVar("Given", contravariant=True)
Made = TypeVar("Made", covariant=True)
LIMIT = 100_000  # nodes: ten or twenty seconds of compiling, which pays from some hundred calls on


class Function(Protocol[Given, Made]):
    """What `value_and_grad` makes: f(*parameters, *inputs) -> (value, (gradient, ...)), with its text."""

    source: str
    labels: Sequence[str]  # of the parameters

    def __call__(self, *numbers: Given) -> tuple[Made, tuple[Made, ...]]:
        """The value, and the gradient in each of the parameters."""


class JavaScript(str):
    """The text of a JavaScript function f, such as f(...parameters, ...inputs) -> [value, [gradient, ...]]."""

    @property
    def source(self) -> str:
        """The text itself, as the other backends' functions have it."""
        return str(self)


@overload
def value_and_grad(
    loss: Value,
    parameters: Sequence[Value],
    inputs: Sequence[Value] = (),
    backend: Literal["python"] = "python",
) -> Function[float, float]: ...
@overload
def value_and_grad(
    loss: Value,
    parameters: Sequence[Value],
    inputs: Sequence[Value] = (),
    *,
    backend: Literal["numpy"],
) -> Function[ArrayLike, NDArray[float64]]: ...
@overload
def value_and_grad(
    loss: Value,
    parameters: Sequence[Value],
    inputs: Sequence[Value] = (),
    *,
    backend: Literal["jax"],
) -> Function[Any, Any]: ...
@overload
def value_and_grad(
    loss: Value,
    parameters: Sequence[Value],
    inputs: Sequence[Value] = (),
    *,
    backend: Literal["value"],
) -> Function[SupportsFloat, Value]: ...
@overload
def value_and_grad(
    loss: Value,
    parameters: Sequence[Value],
    inputs: Sequence[Value] = (),
    *,
    backend: Literal["javascript"],
) -> JavaScript: ...
def value_and_grad(
    loss: Value,
    parameters: Sequence[Value],
    inputs: Sequence[Value] = (),
    backend: str = "python",
) -> Any:
    """The graph of a loss as one pure function that returns its value and its gradients.

    Wherever every number on the eager engine's way is finite, the function says the same, but for rounding, whatever
    numbers the graph was made with. What is multiplied by a constant 0 is left out, so where that would have been
    nan, infinite or an error, the function may say a number. Zeros have no sign here. A branch of Python's, `if` or
    `max`, was taken when the graph was made, and stays as it was. JAX's compiled code takes
    numbers below 2.2e-308 for 0.

    Args:
        loss: the Value to compute, with the graph that it was made by.
        parameters: the Values to differentiate by. What is neither one of them nor an input, and does
            not depend on one, becomes a constant. Each is a variable of its own, even if it was made from another.
        inputs: more Values to leave open, without gradients. All other leaves are constants, with the numbers that
            they have now.
        backend: what the function computes with:
            "python", floats, which it trusts to be floats; numba.njit takes the function as it is;
            "numpy", floats and arrays, which broadcast: each gradient has the shape of the value;
            "jax", whatever JAX traces, in 32 bits unless its `jax_enable_x64` is set: jax.jit, jax.vmap, jax.grad and
            sharding apply;
            "value", Values, so that a gradient is a graph and can be differentiated again;
            "javascript", nothing here: the result is the source, a string. (Of more than some 20,000 nodes, it asks
            for more stack than a browser has.)

    Returns:
        f(*parameters, *inputs) -> (value, (gradient, ...)), with its text in f.source. It can be pickled; to
        open a pickle of it runs the code in it, so open only those that you trust.

    Raises:
        ValueError: a graph that is too large, a repeated Value, an unknown backend, or one that does not have
            a function that an operation needs.
        TypeError: something that is not a Value.
        ImportError: the backend's library is missing.

    >>> x = Value(3.0, "x")
    >>> f = value_and_grad(2 * x**2, [x])
    >>> f(3.0)
    (18.0, (12.0,))
    >>> print(f.source)
    def f(x):
        v = x * x
        v_2 = 2.0 * v
        # backward
        d_x = 4.0 * x
        return v_2, (d_x,)
    """
    parameters, inputs = as_list(parameters, "parameters"), as_list(inputs, "inputs")
    symbols = [*parameters, *inputs]
    for value in (loss, *symbols):
        if not isinstance(value, Value):
            raise TypeError(f"value_and_grad takes Values, not {short_repr(value)}")
    counts = Counter(symbols)
    if len(counts) < len(symbols):
        (repeated, _), *_ = counts.most_common(1)
        raise ValueError(f"{repeated!r} is given more than once among parameters and inputs")
    if backend not in list(BACKENDS):
        raise ValueError(f"backend {short_repr(backend)} is not one of {', '.join(BACKENDS)}")
    order = topological_order(loss)
    if len(order) > LIMIT:
        raise ValueError(
            f"the graph has {len(order):,} nodes, and more than {LIMIT:,} are not worth compiling; "
            "make a function of a part of it, such as one data point, or use backward()"
        )
    traced = trace(order, parameters, inputs, BACKENDS[backend])
    gradients = [traced.gradients[parameter] for parameter in parameters]
    writer = Writer(traced, [traced.data[loss], gradients])
    if backend == "javascript":
        return JavaScript(writer.text())
    operations = {name: operation for operation, name in writer.formulas.operations.items()}
    labels = [parameter.label for parameter in parameters]
    return BACKENDS[backend].compile(writer.text(), operations, labels)


def forward_and_backward(root: Value, leaves: Sequence[Value]) -> JavaScript:
    """The forward and the backward pass through a graph, with every number on the way.

    Args:
        root: the Value to differentiate; the graph that it was made by is read, never run again.
        leaves: what stays open. Other leaves become constants, whose gradients and local derivatives are 0.

    Returns:
        A JavaScript function f(...leaves) -> [data, gradients, local derivatives]. Each is an array
        with an entry for each Value in topological order; a local derivative's entry is an array with a
        number for each operand.

    >>> x = Value(3.0, "x")
    >>> print(forward_and_backward(2 * x, [x]))
    function f(x) {
      const v = 2.0 * x;
      return [[2.0, x, v], [0.0, 2.0, 1.0], [[], [], [0.0, 2.0]]];
    }
    """
    order = topological_order(root)
    traced = trace(order, leaves, [], BACKENDS["javascript"])
    results: Results = [
        [traced.data[value] for value in order],
        [traced.gradients.get(value, 0.0) for value in order],
        [traced.local_derivatives.get(value, (0.0,) * len(value.operands)) for value in order],
    ]
    return JavaScript(Writer(traced, results).text())
