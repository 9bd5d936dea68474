"""A trace as the text of a function, in Python or in JavaScript."""

from __future__ import annotations

import keyword
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, TypeAlias

from micrograd_sq.operation import Operation
from micrograd_sq.straightline.backends import BACKENDS, PLACES, Backend
from micrograd_sq.straightline.tracer import Operand, Tracer
from micrograd_sq.straightline.tracing import Trace

Results: TypeAlias = "Sequence[Operand | Results]"  # what a function returns, with its nesting
DEEPEST = 4  # a line that is used once and has no name is written in place, up to this nesting
# The precedence that an operand of each template needs if it has no parentheses. In all other templates the operands
# are between parentheses or commas, or are named because the template mentions them twice.
NEEDS: dict[str, tuple[int, ...]] = {"{0} + {1}": (1, 2), "{0} - {1}": (1, 2), "{0} * {1}": (2, 3)}
NEEDS |= {"{0} / {1}": (2, 3), "-{0}": (3,), "{0} ** {1}": (4, 4)}


@cache
def precedence(text: str) -> int:
    """Return the precedence of a formula: 1 for + or -, 2 for *, / or a negation, 3 for a power, 4 for all else."""
    inside = None
    while inside != text:
        inside, text = text, re.sub(r"\([^()]*\)", "", text)
    if " + " in text or " - " in text:
        return 1
    if " * " in text or " / " in text or text.startswith("-"):
        return 2
    return 3 if " ** " in text else 4


class Formulas:
    """The texts of traced lines in one language: a name, or a formula to write where the line is used."""

    def __init__(self, backend: Backend, taken: Counter[str]) -> None:
        self.backend = backend
        self.taken = taken
        self.operations: dict[Operation, str] = {}  # the user's, with their names in the text
        self.texts: dict[Operand, str] = {}
        self.bindings: dict[Operand, int] = {}  # the precedence of each text

    def template(self, line: Tracer) -> str:
        """Return the code of a line, with {0} and {1} for operands. Raise a ValueError if the backend lacks it."""
        operation = line.operation
        if isinstance(operation, Operation):
            if operation not in self.operations:
                self.operations[operation] = identifier(operation.name, self.taken)
            return f"{self.operations[operation]}({', '.join(PLACES[: len(line.operands)])})"
        try:
            return self.backend.template(operation, line.operands)
        except LookupError:
            lacks = f"needs the function {operation}, which backend {self.backend.name!r} does not have"
            remedy = f"use another backend, or make {operation} an Operation with derivatives"
            raise ValueError(f"operation {line.origin!s} {lacks}: {remedy}") from None

    def formula(self, line: Tracer, template: str) -> str:
        """Return the text of a line: its template, with the texts of its operands in the placeholders."""
        return template.format(*map(self.operand, line.operands, NEEDS.get(template, (0, 0))))

    def operand(self, operand: Operand, needed: int = 0) -> str:
        """Return the text of an operand inside another line, in parentheses if its precedence is below `needed`."""
        if not isinstance(operand, Tracer):
            text = self.backend.number(operand)
            return f"({text})" if needed == 4 and text.startswith("-") else text
        text = self.texts[operand]
        return f"({text})" if self.bindings[operand] < needed else text

    def inline(self, line: Tracer, text: str, template: str) -> None:
        """Set the text of a line for its use as an operand. The template determines the precedence."""
        self.texts[line], self.bindings[line] = text, precedence(template)

    def name(self, line: Tracer, label: str) -> str:
        """Give a line a name that is not taken and that is similar to the label. Return the name."""
        self.inline(line, identifier(label, self.taken), "")
        return self.texts[line]


def write(trace: Trace, results: Results) -> tuple[str, dict[str, Operation]]:
    """Return the text of a function f that returns `results`. Also return the Operations that f calls, by name."""
    backend = trace.program.backend
    ordered = _in_order(trace, results)
    lines = [line for line in ordered if isinstance(line, Tracer)]
    taken = Counter(RESERVED)
    taken.update(line.operation for line in lines if isinstance(line.operation, str))
    formulas = Formulas(backend, taken)
    templates = {line: formulas.template(line) for line in lines}
    arguments = ", ".join(formulas.name(each, each.name) for each in trace.arguments)
    uses: defaultdict[Operand, int] = defaultdict(int, Counter(2 * list(_flat(results))))  # a result gets a name
    for each, template in templates.items():
        for place in _mentions(template):
            uses[each.operands[place]] += 1
    depths: defaultdict[Operand, int] = defaultdict(int)
    statements, comment = [], ""
    for line in ordered:
        if isinstance(line, str):
            comment = line.encode("unicode_escape").decode()
            continue
        text = formulas.formula(line, templates[line])
        of = "" if line.gradient_of is None else formulas.texts.get(line.gradient_of, "")
        label = line.name or (f"d_{of}" if of.isidentifier() else "")
        if uses[line] == 1 and not label:
            depths[line] = 1 + max(depths[operand] for operand in line.operands)
            if depths[line] <= DEEPEST:
                formulas.inline(line, text, templates[line])
                continue
            depths[line] = 0
        if comment:
            statements.append(("", comment))
            comment = ""
        statements.append((formulas.name(line, label or "t"), text))
    text = backend.function(arguments, statements, _nested(results, formulas))
    return text, {name: operation for operation, name in formulas.operations.items()}


def _nested(results: Results, formulas: Formulas) -> str:
    """Return the text of nested results, as nested tuples or arrays."""
    texts = [
        formulas.operand(each) if isinstance(each, float | Tracer) else _nested(each, formulas) for each in results
    ]
    return formulas.backend.sequence(texts)


def _in_order(trace: Trace, results: Results) -> list[Tracer | str]:
    """Return the comments and the lines that results need, except arguments. Lines of the value come first."""
    lines, done = trace.program.lines, set(trace.arguments)
    value = _needed(lines, results[:1]) - done
    ordered: list[Tracer | str] = []
    for place, line in enumerate(lines):
        if place in trace.comments:
            ordered.append(", ".join(trace.comments[place]))
        if line in value:
            ordered.append(line)
    ordered.append("backward")
    needed = _needed(lines, results)
    # The engine computes local derivatives next to values. The text has them where they are used.
    backward = [line for line in lines[trace.backward :] if line in needed]
    return ordered + _missing([*backward, *_flat(results)], done | value)


def _needed(lines: list[Tracer], results: Results) -> set[Any]:
    """Return the lines that results depend on, together with their operands that are floats."""
    needed: set[Any] = set(_flat(results))
    for line in reversed(lines):
        if line in needed:
            needed.update(line.operands)
    return needed


def _missing(roots: Iterable[Tracer], done: set[Tracer]) -> list[Tracer]:
    """Return the roots and the lines that they need, operands first. Skip lines in `done`. Add the others to `done`."""
    missing = []
    for root in roots:
        path = [] if root in done else [root]
        while path:
            line = path[-1]
            before = [x for x in line.operands if isinstance(x, Tracer) and x not in done]
            if before:
                path.append(before[0])
                continue
            done.add(path.pop())
            missing.append(line)
    return missing


@cache
def _mentions(template: str) -> list[int]:
    """Return the indices of the operands in a template, once for each mention."""
    return [int(place) for place in re.findall(r"{(\d)}", template)]


def _flat(results: Results) -> Iterator[Tracer]:
    """Yield the lines among nested results."""
    for result in results:
        if isinstance(result, Tracer):
            yield result
        elif not isinstance(result, float):
            yield from _flat(result)


@cache
def _stem(label: str) -> str:
    """Return a label as an ASCII name: "blue curve" becomes blue_curve, and "2x" becomes _2x."""
    stem = re.sub(r"\W+", "_", label, flags=re.ASCII)
    return f"_{stem}" if stem[0].isdigit() else stem


def identifier(label: str, taken: Counter[str]) -> str:
    """Return a name for use in code, similar to the label and not taken. Add the name to `taken`."""
    name = stem = _stem(label)
    while taken.get(name):
        taken[stem] += 1
        name = f"{stem}_{taken[stem]}"
    taken[name] = 1
    return name


# A label must not be confused with a word of the text: a function's name or a keyword of the two languages.
RESERVED: set[str] = {
    "f", "float", "type", "checked", "unchecked", "real_number", "__debug__", *keyword.kwlist,
    *(word for backend in BACKENDS.values() for template in backend.templates.values()
      for word in re.findall(r"[A-Za-z_]\w*", template)),
    *"MISSING slowly add subtract multiply divide negative copyto greater less_equal equal not_equal logical_or "
    "logical_and Math NaN Infinity undefined arguments await case catch const debugger default delete do enum eval "
    "export extends false function implements instanceof interface let new null package private "
    "protected public static super switch this throw true typeof var void yield".split(),
}  # fmt: skip
