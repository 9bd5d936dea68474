"""A graph as one straight-line function: forward in order, then the chain rule backward, as plain code."""

from __future__ import annotations

import keyword
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from micrograd_sq.backends import SPELLINGS, compiled
from micrograd_sq.engine import Value, topological_order
from micrograd_sq.terms import Operand, Term, Trace, trace

LIMIT = 100_000  # nodes: some five seconds of compiling, which pays from about 40 calls on


def value_and_grad(
    loss: Value,
    parameters: Sequence[Value],
    inputs: Sequence[Value] = (),
    backend: str = "python",
) -> Any:
    """The graph of a loss as one pure function that returns its value and its gradients.

    Args:
        loss: the Value to compute; the graph that it was made by is read, never run again.
        parameters: the Values to differentiate by. What is neither one of them nor an input, and does
            not depend on one, becomes a constant.
        inputs: more Values to leave open, without gradients: a dosage, say.
        backend: what the function computes with:
            "python", floats; it is an ordinary function, so numba.njit takes it too;
            "numpy", floats and arrays, which broadcast: each gradient has the shape of the value;
            "jax", whatever JAX traces: jax.jit, jax.vmap and sharding apply;
            "value", Values, so that a gradient is a graph and can be differentiated again;
            "javascript", nothing here: the result is the source, a string.

    Returns:
        f(*parameters, *inputs) -> (value, (gradient, ...)), with its text in f.source.

    Raises:
        ValueError: a graph that is too large, a repeated Value, or an unknown backend.
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
    if isinstance(parameters, Value) or isinstance(inputs, Value):
        raise TypeError("parameters and inputs are lists of Values, such as [b3]")
    parameters, inputs = list(parameters), list(inputs)
    symbols = [*parameters, *inputs]
    for value in (loss, *symbols):
        if not isinstance(value, Value):
            raise TypeError(f"value_and_grad takes Values, not {value!r}")
    if len(set(symbols)) < len(symbols):
        repeated = next(value for value in symbols if symbols.count(value) > 1)
        raise ValueError(f"{repeated!r} is given more than once among parameters and inputs")
    if backend not in SPELLINGS:
        raise ValueError(f"backend {backend!r} is not one of {', '.join(SPELLINGS)}")
    order = topological_order(loss)
    if len(order) > LIMIT:
        raise ValueError(
            f"the graph has {len(order):,} nodes, and more than {LIMIT:,} are not worth compiling; "
            "make a function of a part of it, such as one data point, or use backward()"
        )
    traced = trace(order, parameters, inputs)
    gradients = [traced.gradients.get(parameter, 0.0) for parameter in parameters]
    source = _write(traced, [traced.data[loss], gradients], backend)
    return JavaScript(source) if backend == "javascript" else compiled(backend, source)


def both_passes(root: Value, leaves: Sequence[Value]) -> JavaScript:
    """The forward and the backward pass through a graph, with every number on the way.

    Args:
        root: the Value to differentiate; the graph that it was made by is read, never run again.
        leaves: what stays open. Other leaves become constants, whose gradients and local derivatives are 0.

    Returns:
        A JavaScript function f(...leaves) -> [data, gradients, local derivatives]. Each is an array
        with an entry for each Value in topological order; a local derivative's entry is an array with a
        number for each operand.

    >>> x = Value(3.0, "x")
    >>> print(both_passes(2 * x, [x]))
    function f(x) {
      const v = 2.0 * x;
      return [[2.0, x, v], [0.0, 2.0, 1.0], [[], [], [0.0, 2.0]]];
    }
    """
    order = topological_order(root)
    traced = trace(order, leaves, [])
    results: Results = [
        [traced.data[value] for value in order],
        [traced.gradients.get(value, 0.0) for value in order],
        [traced.local_derivatives.get(value, [0.0 for _ in value.operands]) for value in order],
    ]
    return JavaScript(_write(traced, results, "javascript"))


class JavaScript(str):
    """The text of a JavaScript function f, such as f(...parameters, ...inputs) -> [value, [gradient, ...]]."""

    @property
    def source(self) -> str:
        """The text itself, as the other backends' functions have it."""
        return str(self)


# What stands more loosely than its surroundings needs parentheses: a sum in a product, say.
_TIGHTNESS = {"+": 1, "-": 1, "softplus": 1, "*": 2, "/": 2, "sigmoid": 2, "neg": 2}
_NEEDS = {"+": (1, 2), "-": (1, 2), "*": (2, 3), "/": (2, 3), "neg": (3,), "sigmoid": (3, 2)}
_DEEPEST = 4  # what is used once and has no name is written in place, to this depth


Results: TypeAlias = "Sequence[Operand | Results]"  # what a function returns, nested as it does


def _write(traced: Trace, results: Results, backend: str) -> str:
    """The program as the text of a function, without the lines that the results do not ask for."""
    spellings = SPELLINGS[backend]
    mentions = {
        operation: Counter(map(int, re.findall(r"\{(\d)\}", spelling)))
        for operation, spelling in spellings.items()
    }
    script = backend == "javascript"
    live = {result for result in _flat(results) if isinstance(result, Term)}
    uses = Counter(2 * list(live))  # a result has a line of its own
    for term in reversed(traced.program.values()):
        if term in live:
            for place, count in mentions.get(term.operation, {}).items():
                operand = term.operands[place]
                if isinstance(operand, Term):
                    live.add(operand)
                    uses[operand] += count

    texts: dict[Term, str] = {}
    depths: Counter[Term] = Counter()
    taken = Counter([*_RESERVED, *keyword.kwlist])

    def written(operand: Operand, tightness: int = 0) -> str:
        if isinstance(operand, float):
            text = repr(operand)
            return (
                {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}.get(text, text)
                if script
                else text
            )
        loose = depths[operand] and _TIGHTNESS.get(operand.operation, 9) < tightness
        text = texts.get(operand, "")  # of an operand that this backend does not mention
        return f"({text})" if loose else text

    for symbol in traced.symbols:
        texts[symbol] = _identifier(symbol.name, taken)
    named = set(traced.symbols)
    lines: list[str] = []
    comment = ""
    for number, term in enumerate(traced.program.values()):
        comment = traced.comments.get(number, comment)
        if term not in live or term.operation == "symbol":
            continue
        needs = _NEEDS.get(term.operation, (0, 0))
        text = spellings[term.operation].format(*map(written, term.operands, needs))
        depth = 1 + max(depths[operand] for operand in term.operands if isinstance(operand, Term))
        name = term.name or (f"d_{texts[term.gradient_of]}" if term.gradient_of in named else "")
        if uses[term] == 1 and not name and depth <= _DEEPEST:
            texts[term], depths[term] = text, depth
            continue
        if comment:
            lines.append(f"{'//' if script else '#'} {comment.encode('unicode_escape').decode()}")
            comment = ""
        texts[term] = _identifier(name or "t", taken)
        named.add(term)
        lines.append(f"const {texts[term]} = {text};" if script else f"{texts[term]} = {text}")

    arguments = ", ".join(texts[symbol] for symbol in traced.symbols)

    def listed(results: Results) -> str:
        texts = [
            written(result) if isinstance(result, float | Term) else listed(result)
            for result in results
        ]
        comma = "," * (len(texts) == 1)
        return f"[{', '.join(texts)}]" if script else f"({', '.join(texts)}{comma})"

    if script:
        lines.append(f"return {listed(results)};")
        return "\n  ".join([f"function f({arguments}) {{", *lines]) + "\n}"
    lines.append(f"return {listed(results)[1:-1]}")
    return "\n    ".join([f"def f({arguments}):", *lines])


def _flat(results: Results) -> Iterator[Operand]:
    for result in results:
        if isinstance(result, float | Term):
            yield result
        else:
            yield from _flat(result)


def _identifier(label: str, taken: Counter[str]) -> str:
    """A name of letters, digits and underscores that is not taken yet, and now is."""
    stem = re.sub(r"\W+", "_", label, flags=re.ASCII)
    name = stem = f"_{stem}" if stem[0].isdigit() else stem
    while taken[name]:
        taken[stem] += 1
        name = f"{stem}_{taken[stem]}"
    taken[name] += 1
    return name


_RESERVED = (
    "f exp log log1p tanh pow abs maximum where relu step sigmoid softplus inf nan __debug__ "
    "Math NaN Infinity undefined arguments await case catch const debugger default delete do enum eval "
    "export extends false function implements instanceof interface let new null package private "
    "protected public static super switch this throw true typeof var void yield"
).split()
