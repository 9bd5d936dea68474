"""Every operation of the engine, on Values and on complex numbers, and random graphs of operations."""

import cmath
import operator
from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from hypothesis import strategies as st

from micrograd_sq import Value
from micrograd_sq.straightline import derivatives

STEP = 1e-30  # a complex step subtracts nothing, so it may be this small


def softplus(z: complex) -> complex:
    return cmath.log(1 + cmath.exp(z)) if z.real < 0 else z + cmath.log(1 + cmath.exp(-z))


def sigmoid(z: complex) -> complex:
    return cmath.exp(z) / (1 + cmath.exp(z)) if z.real < 0 else 1 / (1 + cmath.exp(-z))


@dataclass(frozen=True)
class Operation:
    """An operation: the number of operands, the operation on Values and on complex numbers, where it is smooth."""

    arity: int
    on_values: Callable[..., Value]
    on_complex: Callable[..., complex]
    allowed: Callable[..., bool] = lambda *operands: True


OPERATIONS: dict[str, Operation] = {
    "+": Operation(2, operator.add, operator.add),
    "-": Operation(2, operator.sub, operator.sub),
    "*": Operation(2, operator.mul, operator.mul),
    "/": Operation(2, operator.truediv, operator.truediv, lambda a, b: abs(b) > 0.01),
    "**": Operation(2, operator.pow, operator.pow, lambda a, b: 0.01 < a < 100 and abs(b) < 5),
    "neg": Operation(1, operator.neg, operator.neg),
    "exp": Operation(1, Value.exp, cmath.exp, lambda a: a < 20),
    "log": Operation(1, Value.log, cmath.log, lambda a: a > 0.01),
    "sqrt": Operation(1, Value.sqrt, cmath.sqrt, lambda a: a > 0.01),
    "tanh": Operation(1, Value.tanh, cmath.tanh, lambda a: abs(a) < 300),
    "sigmoid": Operation(1, Value.sigmoid, sigmoid, lambda a: abs(a) < 700),
    "softplus": Operation(1, Value.softplus, softplus, lambda a: abs(a) < 700),
    # A complex step also changes real parts, by its square.
    "relu": Operation(1, Value.relu, lambda a: a if a.real > 0 else 0j, lambda a: abs(a) > 1e-20),
    "gate": Operation(2, derivatives.gate, lambda a, b: b if a.real > 0 else 0j, lambda a, b: abs(a) > 0.01),
    "safe_base": Operation(1, derivatives.safe_base, lambda a: a, lambda a: a > 0.01),
    "masked_product": Operation(2, derivatives.masked_product, operator.mul),
    "slope_of_power": Operation(
        2, derivatives.slope_of_power, lambda a, b: b * a ** (b - 1), lambda a, b: 0.1 < a < 100 and abs(b) < 4
    ),
}
METHODS = [
    name for name, member in vars(Value).items()
    if isinstance(member, FunctionType) and not name.startswith("_") and name != "backward"
]  # fmt: skip
for _name in METHODS:  # a new method, such as cos, is tested as soon as it exists
    if _name not in OPERATIONS and hasattr(cmath, _name):
        OPERATIONS[_name] = Operation(1, getattr(Value, _name), getattr(cmath, _name))

# A random graph: leaves, and a program of instructions.
AWKWARD = [-30.0, -3.0, -1.0, -0.5, -1e-9, 1e-9, 0.02, 0.5, 1.0, 2.0, 7.0, 30.0]
Instruction = tuple[str, int, int]
numbers = st.one_of(st.sampled_from(AWKWARD), st.floats(-50, 50).filter(lambda number: abs(number) > 1e-6))
leaves_of_graphs = st.lists(numbers, min_size=1, max_size=5)
programs = st.lists(
    st.tuples(st.sampled_from(sorted(OPERATIONS)), st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=25
)


def run(program: list[Instruction], leaves: list[Any]) -> list[Any]:
    """Return the nodes of a graph: an instruction names an operation and two earlier nodes.

    Where an operation is not smooth, or its result exceeds a million, tanh takes its place: every program runs.
    """
    nodes = list(leaves)
    on_values = isinstance(leaves[0], Value)
    for name, first, second in program:
        operation = OPERATIONS[name]
        operands = [nodes[place % len(nodes)] for place in (first, second)][: operation.arity]
        at = [each.data if on_values else each.real for each in operands]
        if not operation.allowed(*at) or abs(operation.on_complex(*map(complex, at))) > 1e6:
            operation, operands = OPERATIONS["tanh"], operands[:1]
        nodes.append((operation.on_values if on_values else operation.on_complex)(*operands))
    return nodes


def complex_step(program: list[Instruction], leaves: list[float]) -> list[float]:
    """Return the derivative of the last node with respect to each leaf, without the engine."""
    derivatives = []
    for place in range(len(leaves)):
        moved = [complex(leaf, STEP if k == place else 0.0) for k, leaf in enumerate(leaves)]
        derivatives.append(run(program, moved)[-1].imag / STEP)
    return derivatives
