"""What each backend writes in a way of its own, and how its source becomes a function."""

from __future__ import annotations

import importlib
import math
import re
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial, wraps
from types import FunctionType
from typing import Any

from micrograd_sq.checks import real_number, short_repr
from micrograd_sq.engine import Value
from micrograd_sq.functions import unchecked_power

# What is not written as name(argument). A number in braces is an operand; {decay} is e^-|x| of the first one,
# which never overflows: a line of its own, so that softplus and its derivative share it. A power's slope is
# shorter where its exponent is a known number.
_ARITHMETIC = {
    "+": "{0} + {1}",
    "-": "{0} - {1}",
    "*": "{0} * {1}",
    "/": "{0} / {1}",
    "neg": "-{0}",
    "**": "pow({0}, {1})",
}
_PYTHON = _ARITHMETIC | {
    "decay": "exp(-abs({0}))",
    "sigmoid": "(1.0 if {0} > 0.0 else {decay}) / (1.0 + {decay})",
    "slope_of_sigmoid": "{decay} / ((1.0 + {decay}) * (1.0 + {decay}))",
    "softplus": "({0} if {0} > 0.0 else 0.0) + log1p({decay})",
    "relu": "(0.0 if {0} <= 0.0 else {0})",
    "gate": "(0.0 if {0} <= 0.0 else {1})",
    "safe_base": "({0} if {0} > 0.0 else nan if {0} else 1.0)",
    "slope_of_power below 1": "({1} * pow({0}, {1}) / {0} if {0} else {1} * inf)",
    "slope_of_power": "({1} * pow({0}, {1} - 1.0) if 1.0 <= {1} <= 2.0**53 else "
    "{1} * pow({0}, {1}) / {0} if {0} else 0.0 if {1} == 0.0 or {1} > 1.0 else {1} * inf)",
}
_ARRAYS = _ARITHMETIC | {
    **{f"a{name}": f"arc{name}({{0}})" for name in ("cos", "cosh", "sin", "sinh", "tan", "tanh")},
    "atan2": "arctan2({0}, {1})",  # so called since NumPy 2 alone
    "**": "power({0}, {1})",
    "decay": "exp(-abs({0}))",
    "sigmoid": "where({0} > 0.0, 1.0, {decay}) / (1.0 + {decay})",
    "slope_of_sigmoid": "{decay} / ((1.0 + {decay}) * (1.0 + {decay}))",
    "softplus": "maximum({0}, 0.0) + log1p({decay})",
    "relu": "maximum({0}, 0.0)",
    "gate": "where({0} <= 0.0, 0.0, {1})",
    "safe_base": "where({0} > 0.0, {0}, where({0} == 0.0, 1.0, nan))",
    "slope_of_power below 1": "where({0} == 0.0, {1} * inf, {1} * power({0}, {1}) / {0})",
    "slope_of_power": "where((1.0 <= {1}) & ({1} <= 2.0**53), {1} * power({0}, {1} - 1.0), "
    "where({0} != 0.0, {1} * power({0}, {1}) / {0}, "
    "where(({1} == 0.0) | ({1} > 1.0), 0.0, {1} * inf)))",
}
# Where JAX itself differentiates, it must not halve a slope at 0, as it does that of abs and maximum; and it goes back
# through what `where` leaves out, too, so that nothing there may be infinite.
_JAX = _ARRAYS | {
    "decay": "exp(where({0} > 0.0, -{0}, {0}))",
    "softplus": "where({0} > 0.0, {0}, 0.0) + log1p({decay})",
    "relu": "where({0} <= 0.0, 0.0, {0})",
    "slope_of_power": "where((1.0 <= {1}) & ({1} <= 2.0**53), {1} * power({0}, {1} - 1.0), where({0} != 0.0, "
    "{1} * power(where({0} == 0.0, 1.0, {0}), {1}) / where({0} == 0.0, 1.0, {0}), "
    "where(({1} == 0.0) | ({1} > 1.0), 0.0, where({1} < 0.0, -inf, where({1} > 0.0, inf, {1})))))",
}
_JAVASCRIPT = _ARITHMETIC | {
    "**": "Math.pow({0}, {1})",
    "decay": "Math.exp(-Math.abs({0}))",
    "sigmoid": "({0} > 0.0 ? 1.0 : {decay}) / (1.0 + {decay})",
    "slope_of_sigmoid": "{decay} / ((1.0 + {decay}) * (1.0 + {decay}))",
    "softplus": "({0} > 0.0 ? {0} : 0.0) + Math.log1p({decay})",
    "relu": "({0} <= 0.0 ? 0.0 : {0})",
    "gate": "({0} <= 0.0 ? 0.0 : {1})",
    "safe_base": "({0} > 0.0 ? {0} : {0} === 0.0 ? 1.0 : NaN)",
    "slope_of_power below 1": "({0} === 0.0 ? {1} * Infinity : {1} * Math.pow({0}, {1}) / {0})",
    "slope_of_power": "(1.0 <= {1} && {1} <= 2.0**53 ? {1} * Math.pow({0}, {1} - 1.0) : "
    "{0} !== 0.0 ? {1} * Math.pow({0}, {1}) / {0} : "
    "{1} === 0.0 || {1} > 1.0 ? 0.0 : {1} * Infinity)",
}
# What Python's math, NumPy, JAX and JavaScript mean alike by the same name, of one operand and of two; and what
# Python has besides.
_COMMON = {
    1: "acos acosh asin asinh atan atanh cbrt cos cosh exp expm1 log log10 log1p log2 sin sinh sqrt tan tanh".split(),
    2: ["atan2", "hypot"],
}
_PYTHON_ALONE = {
    1: "degrees erf erfc exp2 fabs gamma lgamma radians".split(),
    2: "copysign fmod log pow remainder".split(),
}


class Backend:
    """What a straight-line function is written for, and computes with.

    Args:
        name: as a user gives it.
        library: the module that has its functions; JavaScript's are in its `Math`.
        spellings: what it does not write as name(argument).
    """

    def __init__(self, name: str, library: str, spellings: Mapping[str, str]) -> None:
        self.name = name
        self.library = library
        self.differentiates: bool = name == "jax"  # what is written, once more
        shared = re.compile("{([a-z]+)}")
        self.spellings: dict[str, str] = {
            key: shared.sub("{1}", text) for key, text in spellings.items()
        }
        # The function of its first operand that an operation's spelling shares with others: a second operand.
        self.shared: dict[str, str] = {
            key: found[1] for key in spellings if (found := shared.search(spellings[key]))
        }

    def spelling(self, operation: str, operands: Sequence[object]) -> str:
        """How an operation is written, with each operand's place in braces.

        Raises:
            LookupError: the backend has no function of that name.
        """
        known = isinstance(operands[-1], float) and operands[-1] < 1.0
        if known and f"{operation} below 1" in self.spellings:
            return self.spellings[f"{operation} below 1"]
        if operation in self.spellings:
            return self.spellings[operation]
        if not self.has(operation, len(operands)):
            raise LookupError(operation)
        places = ", ".join(f"{{{place}}}" for place in range(len(operands)))
        return f"{'Math.' if self.name == 'javascript' else ''}{operation}({places})"

    def has(self, function: str, n_operands: int) -> bool:
        """Whether it has a function of that name, which means what Python's `math` means by it."""
        if self.name == "value":
            return hasattr(Value, function)
        alone = _PYTHON_ALONE if self.name == "python" else {}
        return function in [*_COMMON.get(n_operands, []), *alone.get(n_operands, [])]

    def namespace(self, names: Iterable[str]) -> dict[str, Any]:
        """What names in the source stand for; others are Python's own.

        Raises:
            ImportError: the library is missing.
        """
        try:
            library = importlib.import_module(self.library)
        except ImportError as error:
            extra = "micrograd-sq[jax]" if self.name == "jax" else self.name
            raise ImportError(
                f'backend {self.name!r} needs {self.name}: python -m pip install "{extra}"'
            ) from error
        found = {name: getattr(library, name) for name in names if hasattr(library, name)}
        if self.name == "python":  # its own pow is an error where the others' is infinite
            found["pow"] = unchecked_power
        return {"inf": math.inf, "nan": math.nan} | found


BACKENDS = {
    backend.name: backend
    for backend in (
        Backend("python", "math", _PYTHON),
        Backend("numpy", "numpy", _ARRAYS),
        Backend("jax", "jax.numpy", _JAX),
        Backend("value", "micrograd_sq.functions", _ARITHMETIC),
        Backend("javascript", "", _JAVASCRIPT),
    )
}


class StraightLine(partial[Any]):
    """A graph as a function of numbers, f(*parameters, *inputs) -> (value, (gradient, ...)).

    It can be pickled and copied. To open a pickle of it is to run the code in it, as with any pickle: open only
    those that you trust.

    Args:
        backend: the name of one that runs in Python.
        source: the text of the function.
        operations: what else its names stand for: operations of the user's.
        labels: of its parameters.

    Raises:
        ImportError: the backend's library is missing.
    """

    backend: str
    source: str
    operations: Mapping[str, object]
    labels: Sequence[str]

    def __new__(
        cls, backend: str, source: str, operations: Mapping[str, object], labels: Sequence[str]
    ) -> StraightLine:
        """Run the text, and give its function what it asks for by name."""
        namespace: dict[str, Any] = {"__name__": __name__}  # numba asks, to keep what it compiles
        exec(compile(source, "<straight line>", "exec"), namespace)
        f = namespace["f"]
        namespace |= BACKENDS[backend].namespace(f.__code__.co_names) | dict(operations)
        self = super().__new__(cls, _ADAPTERS[backend](f))
        self.backend, self.source = backend, source
        self.operations, self.labels = operations, labels
        return self

    # numba.njit takes nothing but functions, by isinstance. What it then compiles is, by its own protocol for
    # objects around a function, the attribute that __numba__ names.
    __class__ = property(lambda self: FunctionType)
    __numba__ = "for_numba"

    @property
    def unchecked(self) -> Callable[..., Any]:
        """The function of the text alone: it trusts its arguments, and its results have whatever shapes they have."""
        return self.func.__wrapped__  # type: ignore[attr-defined, no-any-return]  # by its adapter

    @property
    def for_numba(self) -> FunctionType:
        """The function with numba's own pow, which is no error where Python's is."""
        unchecked: Any = self.unchecked
        return FunctionType(unchecked.__code__, unchecked.__globals__ | {"pow": math.pow}, "f")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.func, name)

    def __reduce__(self) -> tuple[Any, ...]:
        return StraightLine, (self.backend, self.source, self.operations, self.labels)

    def __repr__(self) -> str:
        first, *lines = self.source.splitlines()
        arguments = textwrap.shorten(
            first.removeprefix("def ").rstrip(":"), 70, placeholder=" ...)"
        )
        return f"<straight line {arguments}, {len(lines)} lines, backend {self.backend!r}>"


_FLOAT = frozenset([float])


def _on_floats(f: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(f)
    def on_floats(*arguments: Any) -> Any:
        if _FLOAT.issuperset(map(type, arguments)):  # the quickest way to ask all
            return f(*arguments)
        try:
            numbers = [real_number(argument) for argument in arguments]
        except TypeError:
            raise wrong(f, arguments, real_number, "a float") from None
        return f(*numbers)

    return on_floats


def _on_arrays(f: Callable[..., Any]) -> Callable[..., Any]:
    import numpy

    @wraps(f)
    def on_arrays(*arguments: Any) -> Any:
        try:
            arrays = [array_of(argument) for argument in arguments]
        except TypeError:
            raise wrong(f, arguments, array_of, "a number or an array of numbers") from None
        shape = numpy.broadcast_shapes(*(array.shape for array in arrays))
        with numpy.errstate(all="ignore"):
            value, gradients = f(*arrays)
        # Copies: a gradient that is just an argument must not change when the argument does.
        results = [numpy.array(numpy.broadcast_to(each, shape))[()] for each in (value, *gradients)]
        return results[0], tuple(results[1:])

    return on_arrays


def _on_jax(f: Callable[..., Any]) -> Callable[..., Any]:
    import jax
    from jax import numpy

    def number(argument: Any) -> Any:
        # What JAX traces is an Array of its own; Python's numbers leave it to JAX how many digits to keep.
        known = isinstance(argument, jax.Array) or type(argument) in (float, int)
        if numpy.iscomplexobj(argument):
            raise TypeError
        return 1.0 * (argument if known else array_of(argument))  # whole numbers overflow

    @wraps(f)
    def on_jax(*arguments: Any) -> Any:
        try:
            numbers = [number(argument) for argument in arguments]
        except TypeError:
            raise wrong(f, arguments, number, "a number or an array of numbers") from None
        shape = numpy.broadcast_shapes(*map(numpy.shape, numbers))
        value, gradients = f(*numbers)
        return numpy.broadcast_to(value, shape), tuple(
            numpy.broadcast_to(gradient, shape) for gradient in gradients
        )

    return on_jax


def array_of(argument: Any) -> Any:
    """Numbers, in any form that NumPy knows, as an array of floats; a TypeError for what is no number, or missing."""
    import numpy

    ma: Any = numpy.ma  # which older NumPys have no types for
    if isinstance(argument, (list, tuple)) and any(map(ma.is_masked, argument)):
        raise TypeError
    try:
        array = numpy.asarray(argument)
    except ValueError:  # rows of different lengths
        raise TypeError from None
    if array.dtype.kind == "O":
        array = numpy.vectorize(real_number, otypes=[float])(array)
    if array.dtype.kind not in "biuf" or ma.is_masked(argument):
        raise TypeError
    return array.astype(float, copy=False)


def wrong(
    f: Callable[..., Any], arguments: Sequence[Any], check: Callable[[Any], Any], expected: str
) -> TypeError:
    """The error that names the first argument that fails a check."""
    names = f.__code__.co_varnames
    for name, argument in zip(names, arguments, strict=False):
        try:
            check(argument)
        except TypeError:  # noqa: PERF203 - each may be the one
            return TypeError(f"{name} must be {expected}, not {short_repr(argument)}")
    return TypeError(f"f takes {expected} for each of its arguments, not {short_repr(arguments)}")


def _on_values(f: Callable[..., Any]) -> Callable[..., Any]:
    def as_value(number: Any) -> Value:
        return number if isinstance(number, Value) else Value(number)

    @wraps(f)
    def on_values(*arguments: Any) -> tuple[Value, tuple[Value, ...]]:
        value, gradients = f(*map(as_value, arguments))
        return as_value(value), tuple(map(as_value, gradients))

    return on_values


_ADAPTERS = {"python": _on_floats, "numpy": _on_arrays, "jax": _on_jax, "value": _on_values}
