"""Generated code: one function that computes a graph's value and gradients without building the graph.

A graph passes through these modules: `tracer` has numbers that record operations, `tracing` runs the engine on them,
`writing` turns the record into text, and `backends` (which has the templates of each language) compiles the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol, SupportsFloat, TypeVar, overload

from micrograd_sq.engine import Value, topological_order
from micrograd_sq.number import as_list, short_repr
from micrograd_sq.straightline.backends import BACKENDS
from micrograd_sq.straightline.tracing import trace
from micrograd_sq.straightline.writing import Results, write

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import ArrayLike, NDArray

Given = TypeVar("Given", contravariant=True)
Made = TypeVar("Made", covariant=True)
Values = Sequence[Value]


class Function(Protocol[Given, Made]):
    """A function that `value_and_grad` returns: f(*parameters, *inputs) -> (value, (gradient, ...))."""

    source: str
    labels: Sequence[str]  # of the parameters

    def __call__(self, *numbers: Given) -> tuple[Made, tuple[Made, ...]]:
        """Return the value, and the gradient with respect to each parameter."""


@overload
def value_and_grad(
    loss: Value, parameters: Values, inputs: Values = (), backend: Literal["python"] = "python"
) -> Function[float, float]: ...
@overload
def value_and_grad(
    loss: Value, parameters: Values, inputs: Values = (), *, backend: Literal["numpy"]
) -> Function[ArrayLike, NDArray[float64]]: ...
@overload
def value_and_grad(
    loss: Value, parameters: Values, inputs: Values = (), *, backend: Literal["jax"]
) -> Function[Any, Any]: ...
@overload
def value_and_grad(
    loss: Value, parameters: Values, inputs: Values = (), *, backend: Literal["value"]
) -> Function[SupportsFloat, Value]: ...
@overload
def value_and_grad(loss: Value, parameters: Values, inputs: Values = (), *, backend: Literal["javascript"]) -> str: ...
def value_and_grad(loss: Value, parameters: Values, inputs: Values = (), backend: str = "python") -> Any:
    """Return a function of generated code that computes the value and the gradients of a loss.

    The results equal the engine's results, except for rounding, if all of the engine's numbers are finite. A product
    with a constant 0 is left out. -0.0 may become 0.0. An `if` or `max` in Python was decided when the graph was built.
    The function does not decide it again. JAX's compiled code treats numbers closer to 0 than 2.2e-308 as 0.

    Args:
        loss: the Value to compute, with its graph.
        parameters: the Values to differentiate with respect to. Even a non-leaf counts as an independent variable.
        inputs: Values that become further arguments, without gradients. All other leaves are constants: the function
            keeps the numbers that they have now.
        backend: the numbers that the function computes with:
            "python": floats. numba.njit can compile the function.
            "numpy": floats and arrays, which broadcast. Each gradient has the shape of the value.
            "jax": JAX's arrays, in 32 bits unless `jax_enable_x64` is set. jax.jit, jax.vmap and jax.grad work.
            "value": Values. Each gradient is a graph and can be differentiated again.
            "javascript": numbers in a browser. The result is the text of the function, for up to about 20,000 Values.

    Returns:
        f(*parameters, *inputs) -> (value, (gradient, ...)), with its text in f.source. "python" and "numpy" also take
        an array of two or more parameters and return an array of gradients: scipy.optimize.minimize(f, x0, jac=True).

    Raise a ValueError for a repeated Value, an unknown backend, or an operation that the backend does not have. Raise a
    TypeError for anything but Values, or if an `Operation` cannot be traced. Raise an ImportError if the
    backend's library is missing.

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
    if isinstance(inputs, str):
        raise TypeError(f'inputs is {short_repr(inputs)}, but it must be a list of Values: or write backend="numpy"')
    parameters, inputs = as_list(parameters, "parameters"), as_list(inputs, "inputs")
    variables: list[Value] = [*parameters, *inputs]
    for value in (loss, *variables):
        if not isinstance(value, Value):
            needed = "loss and each parameter and input must be one: pass v, not [v], v.data or 'v'"
            raise TypeError(f"{short_repr(value)} is not a Value, but {needed}")
    if len(set(variables)) < len(variables):
        repeated = next(value for value in variables if variables.count(value) > 1)
        raise ValueError(f"{repeated!r} is given more than once: list each Value once, in only one argument")
    if backend not in list(BACKENDS):
        raise ValueError(f"backend {short_repr(backend)} is not one of {', '.join(BACKENDS)}")
    traced = trace(topological_order(loss), parameters, inputs, BACKENDS[backend])
    gradients = [traced.gradient(parameter) for parameter in parameters]
    source, operations = write(traced, [traced.copies[loss].data, gradients])
    if backend == "javascript":
        return source
    return BACKENDS[backend].compile(source, operations, [parameter.label for parameter in parameters])


def forward_and_backward(root: Value, leaves: Sequence[Value]) -> str:
    """Return the forward and backward pass as JavaScript, f(...leaves) -> [data, gradients, local derivatives].

    Each result is an array with an entry for each Value in topological order. An entry of the local derivatives is an
    array with a number for each operand. All other leaves are constants. Derivatives with respect to constants are 0.

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
        [traced.copies[value].data for value in order],
        [traced.gradient(value) for value in order],
        [traced.local_derivatives(value) for value in order],
    ]
    return write(traced, results)[0]
