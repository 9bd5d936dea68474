"""What each backend calls the operations, and how its source becomes a function that can be pickled."""

from __future__ import annotations

import base64
import importlib
import json
import math
import re
import zlib
from collections.abc import Callable
from typing import Any
from weakref import WeakValueDictionary

from micrograd_sq.engine import Value

# How each backend writes the operations: one mechanism, a table of spellings.
_SAME = {
    "+": "{0} + {1}",
    "-": "{0} - {1}",
    "*": "{0} * {1}",
    "/": "{0} / {1}",
    "neg": "-{0}",
    "**": "pow({0}, {1})",
    "exp": "exp({0})",
    "log": "log({0})",
    "tanh": "tanh({0})",
    "decay": "exp(-abs({0}))",
}
_PYTHON = _SAME | {
    "relu": "(0.0 if {0} <= 0.0 else {0})",
    "step": "(0.0 if {0} <= 0.0 else 1.0)",
    "sigmoid": "(1.0 if {0} > 0.0 else {1}) / (1.0 + {1})",
    "softplus": "({0} if {0} > 0.0 else 0.0) + log1p({1})",
    "log or 0": "(log({0}) if {0} > 0.0 else 0.0 if {0} == 0.0 else nan)",
    "slope of power": "({1} * pow({0}, {1} - 1.0) if {0} or {1} >= 1.0 else inf if {1} else 0.0)",
}
_ARRAYS = _SAME | {
    "relu": "maximum({0}, 0.0)",
    "step": "where({0} <= 0.0, 0.0, 1.0)",
    "sigmoid": "where({0} > 0.0, 1.0, {1}) / (1.0 + {1})",
    "softplus": "maximum({0}, 0.0) + log1p({1})",
    "log or 0": "where({0} == 0.0, 0.0, log({0}))",
    "slope of power": "where(({0} == 0.0) & ({1} == 0.0), 0.0, {1} * pow({0}, {1} - 1.0))",
}
_VALUES = _SAME | {
    "relu": "relu({0})",
    "step": "step({0})",
    "sigmoid": "sigmoid({0})",
    "softplus": "softplus({0})",
    "log or 0": "(log({0}) if {0}.data > 0.0 else 0.0 if {0}.data == 0.0 else nan)",
    "decay": "decay({0})",
    "slope of power": "slope_of_power({0}, {1})",
}
_JAVASCRIPT = {
    operation: re.sub(r"\b(pow|exp|log1p|log|tanh|abs)\b\(", r"Math.\1(", spelling)
    for operation, spelling in (
        _PYTHON
        | {
            "relu": "({0} <= 0.0 ? 0.0 : {0})",
            "step": "({0} <= 0.0 ? 0.0 : 1.0)",
            "sigmoid": "({0} > 0.0 ? 1.0 : {1}) / (1.0 + {1})",
            "softplus": "({0} > 0.0 ? {0} : 0.0) + log1p({1})",
            "log or 0": "({0} > 0.0 ? log({0}) : {0} === 0.0 ? 0.0 : NaN)",
            "slope of power": "({0} === 0.0 && {1} === 0.0 ? 0.0 : {1} * pow({0}, {1} - 1.0))",
        }
    ).items()
}
SPELLINGS = {
    "python": _PYTHON,
    "numpy": _ARRAYS,
    "jax": _ARRAYS,
    "value": _VALUES,
    "javascript": _JAVASCRIPT,
}
_NAMES = {
    name: getattr(math, name) for name in ("exp", "log", "log1p", "tanh", "pow", "inf", "nan")
}


# pickle keeps a function by its module and name alone. So the name holds all that the function was made
# of, and __getattr__ makes it again wherever pickle asks the module for that name.
_PREFIX = "straight_line_"
_ALIVE: WeakValueDictionary[str, Any] = WeakValueDictionary()


def compiled(backend: str, source: str) -> Any:
    """The function whose text is given, on a backend that runs in Python.

    Raises:
        ImportError: the backend's library is missing.
    """
    packed = zlib.compress(json.dumps([backend, source]).encode())
    name = _PREFIX + base64.urlsafe_b64encode(packed).decode()
    if (alive := _ALIVE.get(name)) is not None:
        return alive
    namespace = _namespace(backend)
    exec(compile(source, "<straight line>", "exec"), namespace)
    f: Any = namespace["f"]
    if backend == "numpy":
        f = _on_arrays(f)
    elif backend == "jax":
        f = _on_jax(f)
    elif backend == "value":
        f = _on_values(f)
    f.source, f.__module__, f.__qualname__ = source, __name__, name
    _ALIVE[name] = f
    return f


def __getattr__(name: str) -> Any:
    if not name.startswith(_PREFIX):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    packed = base64.urlsafe_b64decode(name.removeprefix(_PREFIX))
    return compiled(*json.loads(zlib.decompress(packed)))


def _namespace(backend: str) -> dict[str, Any]:
    """What the names in the source stand for."""
    if backend == "python":
        return dict(_NAMES)
    if backend == "value":
        methods = ("exp", "log", "tanh", "relu", "sigmoid", "softplus")
        names = {name: getattr(Value, name) for name in methods} | {"pow": pow}
        return names | {
            "inf": math.inf,
            "nan": math.nan,
            "step": _step,
            "decay": _decay,
            "slope_of_power": _slope_of_power,
        }
    module = _library(backend)
    same = ("exp", "log", "log1p", "tanh", "maximum", "where", "inf", "nan")
    return {name: getattr(module, name) for name in same} | {"pow": module.power, "abs": module.abs}


def _library(backend: str) -> Any:
    try:
        return importlib.import_module("numpy" if backend == "numpy" else "jax.numpy")
    except ImportError as error:
        extra = "micrograd-sq[jax]" if backend == "jax" else backend
        raise ImportError(
            f'backend {backend!r} needs {backend}: python -m pip install "{extra}"'
        ) from error


def _on_arrays(f: Callable[..., Any]) -> Callable[..., Any]:
    numpy = _library("numpy")

    def on_arrays(*arguments: Any) -> Any:
        arrays = [numpy.asarray(argument, dtype=float) for argument in arguments]
        shape = numpy.broadcast_shapes(*(array.shape for array in arrays))
        with numpy.errstate(all="ignore"):
            value, gradients = f(*arrays)
        # Copies: a gradient that is just an argument must not change when the argument does.
        results = [numpy.array(numpy.broadcast_to(each, shape))[()] for each in (value, *gradients)]
        return results[0], tuple(results[1:])

    return on_arrays


def _on_jax(f: Callable[..., Any]) -> Callable[..., Any]:
    jax = _library("jax")

    def on_jax(*arguments: Any) -> Any:
        shape = jax.broadcast_shapes(*map(jax.shape, arguments))
        value, gradients = f(*(1.0 * argument for argument in arguments))  # whole numbers overflow
        return jax.broadcast_to(value, shape), tuple(
            jax.broadcast_to(gradient, shape) for gradient in gradients
        )

    return on_jax


def _on_values(f: Callable[..., Any]) -> Callable[..., Any]:
    def as_value(number: Any) -> Value:
        return number if isinstance(number, Value) else Value(number)

    def on_values(*arguments: Any) -> tuple[Value, tuple[Value, ...]]:
        value, gradients = f(*map(as_value, arguments))
        return as_value(value), tuple(map(as_value, gradients))

    return on_values


def _step(value: Value) -> float:
    return 0.0 if value.data <= 0.0 else 1.0


def _decay(value: Value) -> Value:
    return (value if value.data <= 0.0 else -value).exp()


def _slope_of_power(base: Value, exponent: Value | float) -> Value | float:
    x, n = float(base), float(exponent)
    if x == 0.0 and n < 1.0:
        return math.inf if n else 0.0
    return exponent * base ** (exponent - 1.0)
