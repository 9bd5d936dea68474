"""The templates of each backend, and how generated text becomes a function."""

from __future__ import annotations

import importlib
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, wraps
from inspect import signature
from types import FunctionType
from typing import Any

from micrograd_sq import functions
from micrograd_sq.engine import Value
from micrograd_sq.number import real_number, short_repr
from micrograd_sq.straightline.derivatives import DERIVATIVES

# How each language writes what is not written as name(operand). A number in braces is an operand. {decay} is e^-|x| of
# the first operand, which does not overflow: it has a line of its own, which softplus and its derivative share. The
# derivative of a power is shorter if the exponent is known.
_ARITHMETIC = {sign: f"{{0}} {sign} {{1}}" for sign in "+-*/"} | {"neg": "-{0}", "**": "pow({0}, {1})"}
_PYTHON = _ARITHMETIC | {
    "decay": "exp(-abs({0}))",
    "sigmoid": "(1.0 if {0} > 0.0 else {decay}) / (1.0 + {decay})",
    "softplus": "({0} if {0} > 0.0 else 0.0) + log1p({decay})",
    "relu": "(0.0 if {0} <= 0.0 else {0})",
    "gate": "(0.0 if {0} <= 0.0 else {1})",
    "safe_base": "({0} if {0} > 0.0 else nan if {0} else 1.0)",
    "masked_product": "({0} * {1} if {0} and {1} else 0.0)",
    "slope_of_power below 1": "({1} * pow({0}, {1}) / {0} if {0} else {1} * inf)",
    "slope_of_power": "({1} * pow({0}, {1} - 1.0) if 1.0 <= {1} <= 2.0**53 else "
    "{1} * pow({0}, {1}) / {0} if {0} else 0.0 if {1} == 0.0 or {1} > 1.0 else {1} * inf)",
}
_ARRAYS = _ARITHMETIC | {
    **{f"a{name}": f"arc{name}({{0}})" for name in ("cos", "cosh", "sin", "sinh", "tan", "tanh")},
    "atan2": "arctan2({0}, {1})",  # so called since NumPy 2 alone
    "**": "power({0}, {1})",
    "decay": "exp(-abs({0}))",
    "sigmoid": "maximum({0} > 0.0, {decay}) / (1.0 + {decay})",
    "softplus": "maximum({0}, 0.0) + log1p({decay})",
    "relu": "maximum({0}, 0.0)",
    "gate": "where({0} <= 0.0, 0.0, {1})",
    "safe_base": "where({0} > 0.0, {0}, where({0} == 0.0, 1.0, nan))",
    "masked_product": "where(({0} == 0.0) | ({1} == 0.0), 0.0, {0} * {1})",
    "slope_of_power below 1": "where({0} == 0.0, {1} * inf, {1} * power({0}, {1}) / {0})",
    "slope_of_power": "where((1.0 <= {1}) & ({1} <= 2.0**53), {1} * power({0}, {1} - 1.0), "
    "where({0} != 0.0, {1} * power({0}, {1}) / {0}, "
    "where(({1} == 0.0) | ({1} > 1.0), 0.0, {1} * inf)))",
}
# JAX may differentiate this text again. So the derivatives at 0 must be ours, not half of them as for abs and maximum,
# and no branch of `where` may be infinite, because JAX differentiates both branches.
_JAX = _ARRAYS | {
    "decay": "exp(where({0} > 0.0, -{0}, {0}))",
    "sigmoid": "where({0} > 0.0, 1.0, {decay}) / (1.0 + {decay})",
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
    "softplus": "({0} > 0.0 ? {0} : 0.0) + Math.log1p({decay})",
    "relu": "({0} <= 0.0 ? 0.0 : {0})",
    "gate": "({0} <= 0.0 ? 0.0 : {1})",
    "safe_base": "({0} > 0.0 ? {0} : {0} === 0.0 ? 1.0 : NaN)",
    "masked_product": "({0} === 0.0 || {1} === 0.0 ? 0.0 : {0} * {1})",
    "slope_of_power below 1": "({0} === 0.0 ? {1} * Infinity : {1} * Math.pow({0}, {1}) / {0})",
    "slope_of_power": "(1.0 <= {1} && {1} <= 2.0**53 ? {1} * Math.pow({0}, {1} - 1.0) : "
    "{0} !== 0.0 ? {1} * Math.pow({0}, {1}) / {0} : "
    "{1} === 0.0 || {1} > 1.0 ? 0.0 : {1} * Infinity)",
}
_VALUE = _ARITHMETIC | {"**": "{0} ** {1}"}
_COMMON = {
    1: "acos acosh asin asinh atan atanh cbrt cos cosh exp expm1 log log10 log1p log2 sin sinh sqrt tan tanh".split(),
    2: ["atan2", "hypot"],
}
PLACES = ["{0}", "{1}"]
MISSING: Any = object()  # in place of an argument


class Backend:
    """A language of generated code: its templates, the library of its functions, and the check of arguments."""

    def __init__(
        self, name: str, library: str, templates: Mapping[str, str], adapt: Callable[..., Any] = lambda f, _: f
    ) -> None:
        self.name = name
        self.library = library
        self.adapt = adapt
        shared = re.compile("{([a-z]+)}")
        self.templates: dict[str, str] = {key: shared.sub("{1}", text) for key, text in templates.items()}
        # The function of the first operand that a template shares with others: it becomes a second operand.
        self.shared: dict[str, str] = {key: found[1] for key in templates if (found := shared.search(templates[key]))}

    def template(self, operation: str, operands: Sequence[object]) -> str:
        """Return the code of an operation with operand placeholders. Raise a LookupError for an unknown operation."""
        known = isinstance(operands[-1], float) and operands[-1] < 1.0
        if known and f"{operation} below 1" in self.templates:
            return self.templates[f"{operation} below 1"]
        if operation in self.templates:
            return self.templates[operation]
        own = {"python": vars(math), "value": vars(Value) | DERIVATIVES}.get(self.name, _COMMON[len(operands)])
        if operation not in own:
            raise LookupError(operation)
        return f"{'Math.' if self.name == 'javascript' else ''}{operation}({', '.join(PLACES[: len(operands)])})"

    def number(self, number: float) -> str:
        """Return a number as code, such as "2.0" or "Infinity"."""
        text = repr(number)
        if self.name == "javascript":
            return text.replace("inf", "Infinity").replace("nan", "NaN")
        return f'float("{text}")' if self.name == "value" and not math.isfinite(number) else text

    def sequence(self, texts: Sequence[str]) -> str:
        """Join the texts of entries into the text of a tuple, or of an array in JavaScript."""
        text = ", ".join(texts)
        return f"[{text}]" if self.name == "javascript" else f"({text}{',' * (len(texts) == 1)})"

    def function(self, arguments: str, statements: Iterable[tuple[str, str]], result: str) -> str:
        """Return the text of a function f. A statement is a (name, formula) pair. A comment has the name ""."""
        if self.name == "javascript":
            lines = [f"const {name} = {text};" if name else f"// {text}" for name, text in statements]
            return "\n  ".join([f"function f({arguments}) {{", *lines, f"return {result};"]) + "\n}"
        lines = [f"{name} = {text}" if name else f"# {text}" for name, text in statements]
        return "\n    ".join([f"def f({arguments}):", *lines, f"return {result[1:-1]}"])

    def compile(self, source: str, operations: Mapping[str, object], labels: Sequence[str]) -> Any:
        """Compile text that may call `operations` into a `Function`. Raise an ImportError for a missing library."""
        try:
            library = importlib.import_module(self.library)
        except ImportError as error:
            extra = "micrograd-sq[jax]" if self.name == "jax" else self.name
            raise ImportError(f'backend {self.name!r} needs {self.name}: python -m pip install "{extra}"') from error
        namespace: dict[str, Any] = {"__name__": __name__, "inf": math.inf, "nan": math.nan}
        exec(compile(source, "<generated code>", "exec"), namespace)
        unchecked = namespace["f"]
        names: Iterable[str] = unchecked.__code__.co_names
        namespace |= {name: getattr(library, name) for name in names if hasattr(library, name)}
        namespace |= DERIVATIVES if self.name == "value" else {}
        if self.name == "python":  # math.pow raises an error where the others return inf
            namespace["pow"] = functions.unchecked_power
        namespace |= operations
        f = self.adapt(unchecked, len(labels))
        f.source, f.labels, f.unchecked = source, labels, unchecked
        if self.name == "python":
            # numba compiles the function that this attribute names: with its own pow, which is not an error either.
            f.__numba__ = "for_numba"
            f.for_numba = FunctionType(unchecked.__code__, namespace | {"pow": math.pow}, "f")
        return f


def _on_floats(f: Callable[..., Any], n_parameters: int) -> Callable[..., Any]:
    """Wrap f to take real numbers, or an array of all parameters. A check in generated code is faster than a loop."""
    names = f.__code__.co_varnames[: f.__code__.co_argcount]
    if not names:
        return f

    def slowly(*arguments: Any) -> Any:
        given = arguments[: sum(argument is not MISSING for argument in arguments)]
        if vector := as_vector(n_parameters, len(names) - n_parameters, given):
            import numpy

            value, gradients = on_floats(*vector)
            return value, numpy.array(gradients)
        return f(*checked(f, given, real_number, "a float"))

    first, *others = names
    arguments = ", ".join(names)
    text = f"""
def f({", ".join([first, *(f"{name}=MISSING" for name in others)])}):
    if float is {" is ".join(f"type({name})" for name in names)}:
        return unchecked({arguments})
    return slowly({arguments})
"""
    namespace: dict[str, Any] = {"MISSING": MISSING, "unchecked": f, "slowly": slowly}
    exec(compile(text, "<generated code>", "exec"), namespace)
    on_floats: Any = namespace["f"]
    on_floats.__signature__ = signature(f)
    return on_floats  # type: ignore[no-any-return]  # made by exec


def _on_arrays(f: Callable[..., Any], n_parameters: int) -> Callable[..., Any]:
    import numpy

    from micrograd_sq.straightline.blocks import Blocks

    blocks = cache(lambda *are_arrays: Blocks(on_arrays.source, are_arrays))  # type: ignore[attr-defined]  # see compile
    count = f.__code__.co_argcount

    @wraps(f)
    def on_arrays(*arguments: Any) -> Any:
        if n_parameters > 1 and (vector := as_vector(n_parameters, count - n_parameters, arguments)):
            value, gradients = on_arrays(*vector)
            return value, numpy.array(gradients)
        if len(arguments) != count:
            return f(*arguments)  # Python's own error
        arrays = checked(f, arguments, array_of, "a number or an array of numbers")
        shape = numpy.broadcast_shapes(*(array.shape for array in arrays))
        with numpy.errstate(all="ignore"):
            if shape and all(a.shape in ((), shape) and a.flags.c_contiguous for a in arrays):
                run = blocks(*(array.shape == shape for array in arrays))
                results = [numpy.empty(shape) for _ in run.outputs]
                run(arrays, results)
                return results[0], tuple(results[1:])
            value, gradients = f(*arrays)
        # Copies: a gradient that equals an argument must not change with the argument.
        results = [numpy.array(numpy.broadcast_to(each, shape))[()] for each in (value, *gradients)]
        return results[0], tuple(results[1:])

    return on_arrays


def _on_jax(f: Callable[..., Any], _: int) -> Callable[..., Any]:
    import jax
    from jax import numpy

    def number(argument: Any) -> Any:
        # JAX traces an Array of its own. It decides itself how many digits a Python number keeps.
        known = isinstance(argument, jax.Array) or type(argument) in (float, int)
        return 1.0 * (argument if known else array_of(argument))  # integers would overflow

    @wraps(f)
    def on_jax(*arguments: Any) -> Any:
        numbers = checked(f, arguments, number, "a number or an array of numbers")
        shape = numpy.broadcast_shapes(*map(numpy.shape, numbers))
        value, gradients = f(*numbers)
        return numpy.broadcast_to(value, shape), tuple(numpy.broadcast_to(gradient, shape) for gradient in gradients)

    return on_jax


def _on_values(f: Callable[..., Any], _: int) -> Callable[..., Any]:
    def as_value(number: Any) -> Value:
        return number if isinstance(number, Value) else Value(number)

    @wraps(f)
    def on_values(*arguments: Any) -> tuple[Value, tuple[Value, ...]]:
        value, gradients = f(*map(as_value, arguments))
        return as_value(value), tuple(map(as_value, gradients))

    return on_values


def as_vector(n_parameters: int, n_inputs: int, arguments: Sequence[Any]) -> list[Any]:
    """Return the arguments as a flat list if the first is an array of all parameters. Otherwise return []."""
    first, *inputs = arguments or [None]
    is_vector = getattr(first, "shape", ()) == (n_parameters,) and len(inputs) == n_inputs
    return [*first.tolist(), *inputs] if is_vector else []


def array_of(argument: Any) -> Any:
    """Return numbers, in any form that NumPy knows, as an array of floats. Raise the errors of `real_number`."""
    import numpy

    try:
        array = numpy.asarray(argument)
    except ValueError:  # rows of different lengths
        raise TypeError from None
    if array.dtype.kind == "O":
        array = numpy.vectorize(real_number, otypes=[float])(array)
    masked: Any = numpy.ma.is_masked  # older NumPys have no type for it
    if array.dtype.kind not in "biuf" or masked(argument):
        raise TypeError
    return array.astype(float, copy=False)


def checked(f: Callable[..., Any], arguments: Sequence[Any], check: Callable[[Any], Any], expected: str) -> list[Any]:
    """Return the arguments of f, each converted by `check`. Raise a TypeError for the first that `check` refuses."""
    numbers = []
    for place, argument in enumerate(arguments):
        try:
            numbers.append(check(argument))
        except TypeError:  # noqa: PERF203 - each may be the one
            name = f.__code__.co_varnames[place]
            hint = ": pass its `.data`" if isinstance(argument, Value) else ""
            raise TypeError(f"{name} must be {expected}, not {short_repr(argument)}{hint}") from None
    return numbers


BACKENDS = {
    backend.name: backend
    for backend in (
        Backend("python", "math", _PYTHON, _on_floats),
        Backend("numpy", "numpy", _ARRAYS, _on_arrays),
        Backend("jax", "jax.numpy", _JAX, _on_jax),
        Backend("value", "micrograd_sq.functions", _VALUE, _on_values),
        Backend("javascript", "", _JAVASCRIPT),
    )
}
