"""A graph through any backend, at any points: the value, then the gradients."""

import json
import subprocess
from collections.abc import Sequence
from typing import Any

from micrograd_sq import Value, value_and_grad

BACKENDS = ["python", "numpy", "jax", "value", "javascript"]


def flat(result: Any) -> list[float]:
    value, gradients = result
    return [float(value), *map(float, gradients)]


def eager(root: Value, parameters: Sequence[Value]) -> list[float]:
    """By backward(), at the point at which the graph was made."""
    for parameter in parameters:
        parameter.grad = 0.0
    root.backward()
    return [root.data, *(parameter.grad for parameter in parameters)]


def evaluate(
    root: Value, parameters: Sequence[Value], points: Sequence[Sequence[float]], backend: Any
) -> list[list[float]]:
    """By straight-line code, at each of some points."""
    (results,) = evaluate_all([(root, parameters)], points, backend)
    return results


def evaluate_all(
    graphs: Sequence[tuple[Value, Sequence[Value]]], points: Sequence[Sequence[float]], backend: Any
) -> list[list[list[float]]]:
    """The same for each of some graphs, with the leaves to differentiate them by."""
    functions: list[Any] = [value_and_grad(*graph, backend=backend) for graph in graphs]
    if backend != "javascript":
        return [[flat(f(*point)) for point in points] for f in functions]
    results = iter(in_node([(f, point) for f in functions for point in points]))
    return [[next(results) for _ in points] for _ in functions]


def in_node(calls: Sequence[tuple[str, Sequence[float]]]) -> list[list[float]]:
    """What functions in JavaScript return, in one process; as text on the way, for JSON knows no infinity."""
    script = ["const results = [];"]
    for source, at in calls:  # Python's JSON does know it, and writes it as JavaScript does
        script.append(
            f"results.push((() => {{ {source}\nreturn f(...{json.dumps(list(at))}).flat(); }})());"
        )
    script.append("console.log(JSON.stringify(results.map(result => result.map(String))));")
    done = subprocess.run(
        ["node"], input="\n".join(script), capture_output=True, text=True, check=True
    )
    return [[float(number) for number in result] for result in json.loads(done.stdout)]
