"""A graph through any backend, at any points: the value, then the gradients."""

import importlib
import json
import math
import os
import shutil
import subprocess
from collections.abc import Sequence
from typing import Any

import pytest

from micrograd_sq import Operation, Value, value_and_grad

# Two operations of a user, each the other's derivative.
sine: Operation = Operation("sine", math.sin, lambda x: cosine(x))
cosine: Operation = Operation("cosine", math.cos, lambda x: -sine(x))

Graph = tuple[Value, Sequence[Value]]  # a result, and the leaves to differentiate it by
Points = Sequence[Sequence[float]]
BACKENDS = ["python", "numpy", "jax", "value", "javascript"]


def close(one: float, other: float, tolerance: float = 1e-9) -> bool:
    return math.isclose(one, other, rel_tol=tolerance, abs_tol=tolerance)


def flat(result: Any) -> list[float]:
    value, gradients = result
    return [float(value), *map(float, gradients)]


def eager(root: Value, parameters: Sequence[Value]) -> list[float]:
    """Return the value and the gradients that backward() computes."""
    for parameter in parameters:
        parameter.grad = 0.0
    root.backward()
    return [root.data, *(parameter.grad for parameter in parameters)]


def evaluate(root: Value, parameters: Sequence[Value], points: Points, backend: Any) -> list[list[float]]:
    """Return what generated code computes at each point."""
    return evaluate_all([(root, parameters)], points, backend)[0]


def evaluate_all(graphs: Sequence[Graph], points: Points, backend: Any) -> list[list[list[float]]]:
    """Return the same for each of several graphs, which are given with their parameters."""
    if backend == "jax":
        importlib.import_module("jax").config.update("jax_enable_x64", True)
    functions: list[Any] = [value_and_grad(*graph, backend=backend) for graph in graphs]
    if backend != "javascript":
        return [[flat(f(*point)) for point in points] for f in functions]
    results = iter(in_node([(f, point) for f in functions for point in points]))
    return [[next(results) for _ in points] for _ in functions]


def in_node(calls: Sequence[tuple[str, Sequence[float]]]) -> list[list[float]]:
    """Return what functions in JavaScript return, in one process. Results are text: JSON has no infinity."""
    if shutil.which("node") is None and "CI" not in os.environ:
        pytest.skip("Node.js is not installed")
    script = ["const results = [];"]
    for source, at in calls:  # Python's json writes infinity as JavaScript does
        script.append(
            f"results.push((() => {{ 'use strict'; {source}\nreturn f(...{json.dumps(list(at))}).flat(); }})());"
        )
    script.append("console.log(JSON.stringify(results.map(result => result.map(String))));")
    done = subprocess.run(["node"], input="\n".join(script), capture_output=True, text=True, check=True)
    return [[float(number) for number in result] for result in json.loads(done.stdout)]
