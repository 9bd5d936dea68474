"""A trace as the text of a function, in Python or in JavaScript."""

from __future__ import annotations

import keyword
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TypeAlias

from micrograd_sq.operation import Operation
from micrograd_sq.straightline.backends import BACKENDS, Backend
from micrograd_sq.straightline.tracer import Operand, Tracer
from micrograd_sq.straightline.tracing import Trace

Results: TypeAlias = "Sequence[Operand | Results]"  # what a function returns, with its nesting

DEEPEST = 4  # a line that is used once and has no name is written in place, up to this nesting

# The precedence that each operand of a template needs to stand there without parentheses. The operands of all other
# templates stand between parentheses or commas, or are mentioned twice, so that they have names.
NEEDS = {
    "{0} + {1}": (1, 2),
    "{0} - {1}": (1, 2),
    "{0} * {1}": (2, 3),
    "{0} / {1}": (2, 3),
    "-{0}": (3,),
    "{0} ** {1}": (4, 4),
}


@cache
def precedence(text: str) -> int:
    """Return how strongly a text binds: 1 for a sum, 2 for a product, 3 for a power, 4 for everything else."""
    inside = None
    while inside != text:
        inside, text = text, re.sub(r"\([^()]*\)", "", text)
    if " + " in text or " - " in text:
        return 1
    if " * " in text or " / " in text or text.startswith("-"):
        return 2
    return 3 if " ** " in text else 4


class Formulas:
    """The text of traced lines in one language: a name, or a formula to write in place.

    Args:
        backend: the language.
        taken: the names that are in use already.
    """

    def __init__(self, backend: Backend, taken: Counter[str]) -> None:
        self.backend = backend
        self.taken = taken
        self.operations: dict[Operation, str] = {}  # the user's, with their names in the text
        self.texts: dict[Tracer, str] = {}
        self.bindings: dict[Tracer, int] = {}  # the precedence of each text

    def template(self, line: Tracer) -> str:
        """Return the text of a line with the places of its operands in braces.

        Raises:
            ValueError: the backend does not have the function.
        """
        operation = line.operation
        if isinstance(operation, Operation):
            if operation not in self.operations:
                self.operations[operation] = identifier(operation.name, self.taken)
            places = ", ".join(f"{{{place}}}" for place in range(len(line.operands)))
            return f"{self.operations[operation]}({places})"
        try:
            return self.backend.template(operation, line.operands)
        except LookupError:
            raise ValueError(
                f"operation {line.origin!s} needs the function {operation}, which backend {self.backend.name!r} does "
                f"not have: use another backend, or make {operation} an Operation with derivatives"
            ) from None

    def formula(self, line: Tracer, template: str) -> str:
        """Return the text of a line, with its operands filled in."""
        needs = NEEDS.get(template, (0,) * len(line.operands))
        return template.format(*map(self.operand, line.operands, needs))

    def operand(self, operand: Operand, needed: int = 0) -> str:
        """Return an operand as it stands in another line, in parentheses if it binds less than needed."""
        if not isinstance(operand, Tracer):
            text = self.backend.number(operand)
            return f"({text})" if needed == 4 and text.startswith("-") else text
        text = self.texts[operand]
        return f"({text})" if self.bindings[operand] < needed else text

    def write(self, line: Tracer, text: str) -> None:
        """Write a line as this text from now on: a name or a formula."""
        self.texts[line] = text
        self.bindings[line] = precedence(text)

    def name(self, line: Tracer, label: str) -> str:
        """Give a line a name like the label that is not taken, and return it."""
        self.texts[line], self.bindings[line] = identifier(label, self.taken), 4
        return self.texts[line]


class Writer:
    """The text of a function f that returns numbers of a trace.

    Args:
        trace: the lines and what they belong to.
        results: what f returns; the lines that the first result needs come first.

    Raises:
        ValueError: the backend does not have a function that an operation needs.
    """

    def __init__(self, trace: Trace, results: Results) -> None:
        backend = trace.program.backend
        self.script: bool = backend.name == "javascript"
        self.results = results
        self.ordered: list[Tracer | str] = _in_order(trace, results)
        lines = [line for line in self.ordered if isinstance(line, Tracer)]
        taken = Counter(RESERVED)
        taken.update(line.operation for line in lines if isinstance(line.operation, str))
        self.formulas = Formulas(backend, taken)
        self.templates: dict[Tracer, str] = {line: self.formulas.template(line) for line in lines}
        self.arguments: list[str] = [
            self.formulas.name(each, each.name) for each in trace.arguments
        ]

    def text(self) -> str:
        """Return the whole function."""
        arguments = ", ".join(self.arguments)
        statements = self._statements()
        returned = self._listed(self.results)
        if self.script:
            body = [
                f"const {name} = {text};" if name else f"// {text}" for name, text in statements
            ]
            body.append(f"return {returned};")
            return "\n  ".join([f"function f({arguments}) {{", *body]) + "\n}"
        body = [f"{name} = {text}" if name else f"# {text}" for name, text in statements]
        body.append(f"return {returned[1:-1]}")
        return "\n    ".join([f"def f({arguments}):", *body])

    def _statements(self) -> list[tuple[str, str]]:
        """Return each statement as a name and a formula; a comment has no name."""
        statements, comment = [], ""
        uses = _uses(self.templates, self.results)
        depths: Counter[Tracer] = Counter()
        for line in self.ordered:
            if isinstance(line, str):
                comment = line
                continue
            text = self.formulas.formula(line, self.templates[line])
            label = line.name or self._gradient_name(line)
            if uses[line] == 1 and not label:
                depth = 1 + max(depths[each] for each in line.operands if isinstance(each, Tracer))
                if depth <= DEEPEST:
                    depths[line] = depth
                    self.formulas.texts[line] = text
                    self.formulas.bindings[line] = precedence(self.templates[line])
                    continue
            if comment:
                statements.append(("", comment.encode("unicode_escape").decode()))
                comment = ""
            statements.append((self.formulas.name(line, label or "t"), text))
        return statements

    def _gradient_name(self, line: Tracer) -> str:
        of = line.gradient_of
        if of is None or of not in self.formulas.texts:
            return ""
        text = self.formulas.texts[of]
        return f"d_{text}" if text.isidentifier() else ""

    def _listed(self, results: Results) -> str:
        texts = [
            self.formulas.operand(each) if isinstance(each, float | Tracer) else self._listed(each)
            for each in results
        ]
        comma = "," * (len(texts) == 1)
        return f"[{', '.join(texts)}]" if self.script else f"({', '.join(texts)}{comma})"


def _in_order(trace: Trace, results: Results) -> list[Tracer | str]:
    """Return the lines that the results need, and the comments: first those of the value, then the rest."""
    lines, made = trace.program.lines, _needed(results[:1])
    made.difference_update(trace.arguments)
    ordered: list[Tracer | str] = []
    for place, line in enumerate(lines):
        if place in trace.comments:
            ordered.append(trace.comments[place])
        if line in made:
            ordered.append(line)
    ordered.append("backward")
    made.update(trace.arguments)
    needed = _needed(results)
    # The engine computes local derivatives next to values. The text has them where they are used.
    for line in (*lines[trace.backward :], *_flat(results)):
        if line in needed:
            ordered += _before(line, made)
    return ordered


def _needed(results: Results) -> set[Tracer]:
    """Return the lines that results depend on."""
    needed: set[Tracer] = set()
    waiting = list(_flat(results))
    while waiting:
        line = waiting.pop()
        if line not in needed:
            needed.add(line)
            waiting += [operand for operand in line.operands if isinstance(operand, Tracer)]
    return needed


def _before(line: Tracer, made: set[Tracer]) -> Iterator[Tracer]:
    """Yield a line after the lines that it depends on, except those in `made`, and add them to `made`."""
    path = [line]
    while path:
        line = path[-1]
        missing = [x for x in line.operands if isinstance(x, Tracer) and x not in made]
        if missing:
            path.append(missing[0])
            continue
        path.pop()
        if line not in made:
            made.add(line)
            yield line


def _uses(templates: dict[Tracer, str], results: Results) -> Counter[Tracer]:
    """Return how often other lines mention each line. A result counts as two, so that it gets a name."""
    uses = Counter(2 * list(_flat(results)))
    for line, template in templates.items():
        for place in _mentions(template):
            operand = line.operands[place]
            if isinstance(operand, Tracer):
                uses[operand] += 1
    return uses


@cache
def _mentions(template: str) -> list[int]:
    """Return the place of each operand that a template mentions, once for each mention."""
    return [int(place) for place in re.findall(r"{(\d)}", template)]


def _flat(results: Results) -> Iterator[Tracer]:
    """Yield the lines among nested results."""
    for result in results:
        if isinstance(result, Tracer):
            yield result
        elif not isinstance(result, float):
            yield from _flat(result)


def identifier(label: str, taken: Counter[str]) -> str:
    """Return a name of letters, digits and underscores that was not taken, and take it."""
    stem = re.sub(r"\W+", "_", label, flags=re.ASCII)
    name = stem = f"_{stem}" if stem[0].isdigit() else stem
    while taken[name]:
        taken[stem] += 1
        name = f"{stem}_{taken[stem]}"
    taken[name] += 1
    return name


# A label must not be confused with a word of the text: a function's name or a keyword of the two languages.
RESERVED: set[str] = {
    "f", "float", "type", "checked", "unchecked", "real_number", "__debug__", *keyword.kwlist,
    *(word for backend in BACKENDS.values() for template in backend.templates.values()
      for word in re.findall(r"[A-Za-z_]\w*", template)),
    *"Math NaN Infinity undefined arguments await case catch const debugger default delete do enum eval "
    "export extends false function implements instanceof interface let new null package private "
    "protected public static super switch this throw true typeof var void yield".split(),
}  # fmt: skip
