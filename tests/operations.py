"""Every operation of the engine, on Values and on complex numbers, for checks by complex steps."""

import cmath
import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from micrograd_sq import Value
from micrograd_sq.straightline import derivatives

STEP = 1e-30  # of a complex step: nothing is subtracted, so it may be as small as one likes


def softplus(z: complex) -> complex:
    return cmath.log(1 + cmath.exp(z)) if z.real < 0 else z + cmath.log(1 + cmath.exp(-z))


def sigmoid(z: complex) -> complex:
    return cmath.exp(z) / (1 + cmath.exp(z)) if z.real < 0 else 1 / (1 + cmath.exp(-z))


@dataclass(frozen=True)
class Operation:
    """One operation: how often it takes an operand, how it is written, and where it is smooth."""

    arity: int
    on_values: Callable[..., Value]
    on_complex: Callable[..., complex]
    allowed: Callable[..., bool] = lambda *operands: True


OPERATIONS: dict[str, Operation] = {
    "+": Operation(2, lambda a, b: a + b, lambda a, b: a + b),
    "-": Operation(2, lambda a, b: a - b, lambda a, b: a - b),
    "*": Operation(2, lambda a, b: a * b, lambda a, b: a * b),
    "/": Operation(2, lambda a, b: a / b, lambda a, b: a / b, lambda a, b: abs(b) > 0.01),
    "**": Operation(
        2,
        lambda a, b: a**b,
        lambda a, b: cmath.exp(b * cmath.log(a)),
        lambda a, b: 0.01 < a < 100 and abs(b) < 5,
    ),
    "neg": Operation(1, lambda a: -a, lambda a: -a),
    "exp": Operation(1, lambda a: a.exp(), cmath.exp, lambda a: a < 20),
    "log": Operation(1, lambda a: a.log(), cmath.log, lambda a: a > 0.01),
    "tanh": Operation(1, lambda a: a.tanh(), cmath.tanh, lambda a: abs(a) < 300),
    "sigmoid": Operation(1, lambda a: a.sigmoid(), sigmoid, lambda a: abs(a) < 700),
    "relu": Operation(
        1,
        lambda a: a.relu(),
        lambda a: a if a.real > 0 else 0j,
        lambda a: abs(a) > 1e-20,  # a complex step moves real parts, too, by its square
    ),
    "softplus": Operation(1, lambda a: a.softplus(), softplus, lambda a: abs(a) < 700),
    "gate": Operation(
        2,
        derivatives.gate,
        lambda a, b: b if a.real > 0 else 0j,
        lambda a, b: abs(a) > 0.01,
    ),
    "safe_base": Operation(1, derivatives.safe_base, lambda a: a, lambda a: a > 0.01),
    "slope_of_power": Operation(
        2,
        derivatives.slope_of_power,
        lambda a, b: b * cmath.exp((b - 1) * cmath.log(a)),
        lambda a, b: 0.1 < a < 100 and abs(b) < 4,
    ),
}
OPERATIONS["masked_product"] = Operation(2, derivatives.masked_product, lambda a, b: a * b)
OPERATIONS["sqrt"] = Operation(1, lambda a: a.sqrt(), cmath.sqrt, lambda a: a > 0.01)
METHODS = [
    name for name, member in vars(Value).items()
    if isinstance(member, FunctionType) and not name.startswith("_") and name != "backward"
]  # fmt: skip
for _name in METHODS:  # so that sin and its kind are tested as soon as they are there
    if _name not in OPERATIONS and hasattr(cmath, _name):
        OPERATIONS[_name] = Operation(1, operator.methodcaller(_name), getattr(cmath, _name))


Instruction = tuple[str, int, int]


def run(program: list[Instruction], leaves: list[Any], kind: str) -> list[Any]:
    """Grow a graph from its leaves: an instruction names an operation and two earlier nodes.

    The operand of an operation that would leave its smooth domain, or a result that would grow
    beyond a million, is put through tanh instead, so that every program runs.
    """
    nodes = list(leaves)
    for name, first, second in program:
        operation = OPERATIONS[name]
        operands = [nodes[place % len(nodes)] for place in (first, second)][: operation.arity]
        at = [_real(operand) for operand in operands]
        if not operation.allowed(*at) or abs(operation.on_complex(*map(complex, at))) > 1e6:
            operation, operands = OPERATIONS["tanh"], operands[:1]
        nodes.append((operation.on_values if kind == "values" else operation.on_complex)(*operands))
    return nodes


def complex_step(program: list[Instruction], leaves: list[float]) -> list[float]:
    """The derivative of the last node in each leaf, without the engine."""
    derivatives = []
    for place in range(len(leaves)):
        moved = [complex(leaf, STEP if k == place else 0.0) for k, leaf in enumerate(leaves)]
        derivatives.append(run(program, moved, "complex")[-1].imag / STEP)
    return derivatives


def _real(operand: Any) -> float:
    return operand.data if isinstance(operand, Value) else float(operand.real)


def close(one: float, other: float, tolerance: float = 1e-9) -> bool:
    return math.isclose(one, other, rel_tol=tolerance, abs_tol=tolerance)
