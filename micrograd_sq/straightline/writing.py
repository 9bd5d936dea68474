"""A recording as the text of a function, in Python or in JavaScript."""

from __future__ import annotations

import keyword
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TypeAlias

from micrograd_sq.operation import Operation
from micrograd_sq.straightline.backends import BACKENDS, Backend
from micrograd_sq.straightline.recording import Recording
from micrograd_sq.straightline.symbols import Operand, Symbol

Results: TypeAlias = "Sequence[Operand | Results]"  # what a function returns, nested as it does

_DEEPEST = 4  # what is used once and has no name is written in place, to this depth


class Writer:
    """Writes a function f that returns numbers of a recording.

    Args:
        recording: the lines, and what they belong to.
        results: what to return; what the first of them needs is written first.

    Raises:
        ValueError: an operation needs a function that the backend does not have.
    """

    def __init__(self, recording: Recording, results: Results) -> None:
        self.backend: Backend = recording.program.backend
        self.script: bool = self.backend.name == "javascript"
        self.results = results
        self.ordered: list[Symbol | str] = _in_order(recording, results)
        lines = [line for line in self.ordered if isinstance(line, Symbol)]
        self.taken: Counter[str] = Counter(RESERVED)
        self.taken.update(line.operation for line in lines if isinstance(line.operation, str))
        self.operations: dict[Operation, str] = {}  # those of the user's, and what they are called
        for line in lines:
            if isinstance(line.operation, Operation) and line.operation not in self.operations:
                self.operations[line.operation] = identifier(line.operation.name, self.taken)
        self.spellings: dict[Symbol, str] = {line: self._spelling(line) for line in lines}
        self.uses: Counter[Symbol] = _uses(self.spellings, results)
        self.names: dict[Symbol, str] = {
            each: identifier(each.name, self.taken) for each in recording.arguments
        }
        self.in_place: dict[Symbol, str] = {}  # the text of a line that has no name
        self.depths: Counter[Symbol] = Counter()

    def text(self) -> str:
        """The whole function."""
        arguments = ", ".join(self.names.values())
        statements = self._statements()
        if self.script:
            lines = [
                f"const {name} = {text};" if name else f"// {text}" for name, text in statements
            ]
            lines.append(f"return {self._listed(self.results)};")
            return "\n  ".join([f"function f({arguments}) {{", *lines]) + "\n}"
        lines = [f"{name} = {text}" if name else f"# {text}" for name, text in statements]
        lines.append(f"return {self._listed(self.results)[1:-1]}")
        return "\n    ".join([f"def f({arguments}):", *lines])

    def _statements(self) -> list[tuple[str, str]]:
        """A name and what it stands for, line by line; or no name, and a comment."""
        statements, comment = [], ""
        for line in self.ordered:
            if isinstance(line, str):
                comment = line
                continue
            text = self._filled(line)
            name = line.name or self._gradient_name(line)
            depth = 1 + max(self.depths[each] for each in line.operands if isinstance(each, Symbol))
            if self.uses[line] == 1 and not name and depth <= _DEEPEST:
                self.in_place[line], self.depths[line] = text, depth
                continue
            if comment:
                statements.append(("", comment.encode("unicode_escape").decode()))
                comment = ""
            self.names[line] = identifier(name or "t", self.taken)
            statements.append((self.names[line], text))
        return statements

    def _spelling(self, line: Symbol) -> str:
        """How the backend writes a line, with places for its operands in braces."""
        if isinstance(line.operation, Operation):
            places = ", ".join(f"{{{place}}}" for place in range(len(line.operands)))
            return f"{self.operations[line.operation]}({places})"
        try:
            return self.backend.spelling(line.operation, line.operands)
        except LookupError:
            remedy = (
                f"make {line.operation} a method of Value, or an Operation"
                if self.backend.name == "value"
                else "use another backend, or make the operation of functions that this one has"
            )
            raise ValueError(
                f"operation {line.origin!s} needs the function {line.operation}, which backend "
                f"{self.backend.name!r} does not have: {remedy}"
            ) from None

    def _filled(self, line: Symbol) -> str:
        """The text of a line, with its operands in their places."""
        needs = _NEEDS.get(line.operation, (0,) * len(line.operands))
        return self.spellings[line].format(*map(self._written, line.operands, needs))

    def _gradient_name(self, line: Symbol) -> str:
        if line.gradient_of is None or line.gradient_of not in self.names:
            return ""
        return f"d_{self.names[line.gradient_of]}"

    def _written(self, operand: Operand, tightness: int = 0) -> str:
        """An operand as it stands in another line, in parentheses where it would fall apart without."""
        if isinstance(operand, float):
            text = repr(operand)
            return _SCRIPT_NUMBERS.get(text, text) if self.script else text
        if operand in self.names:
            return self.names[operand]
        loose = precedence(self.spellings[operand]) < tightness
        return f"({self.in_place[operand]})" if loose else self.in_place[operand]

    def _listed(self, results: Results) -> str:
        texts = [
            self._written(each) if isinstance(each, float | Symbol) else self._listed(each)
            for each in results
        ]
        comma = "," * (len(texts) == 1)
        return f"[{', '.join(texts)}]" if self.script else f"({', '.join(texts)}{comma})"


def _in_order(recording: Recording, results: Results) -> list[Symbol | str]:
    """The lines that the results need, and the comments: the value's as the engine made them, then the rest."""
    lines, made = recording.program.lines, _needed(results[:1])
    made.difference_update(recording.arguments)
    ordered: list[Symbol | str] = []
    for place, line in enumerate(lines):
        if place in recording.comments:
            ordered.append(recording.comments[place])
        if line in made:
            ordered.append(line)
    ordered.append("backward")
    made.update(recording.arguments)
    needed = _needed(results)
    # The engine knows local derivatives as soon as values; the text has them where they are used.
    for line in (*lines[recording.backward :], *_flat(results)):
        if line in needed:
            ordered += _before(line, made)
    return ordered


def _needed(results: Results) -> set[Symbol]:
    """The lines that results are made from."""
    needed: set[Symbol] = set()
    waiting = list(_flat(results))
    while waiting:
        line = waiting.pop()
        if line not in needed:
            needed.add(line)
            waiting += [operand for operand in line.operands if isinstance(operand, Symbol)]
    return needed


def _before(line: Symbol, made: set[Symbol]) -> Iterator[Symbol]:
    """A line, after those that it is made from, as far as they are not made yet; and now they are."""
    path = [line]
    while path:
        line = path[-1]
        missing = [x for x in line.operands if isinstance(x, Symbol) and x not in made]
        if missing:
            path.append(missing[0])
            continue
        path.pop()
        if line not in made:
            made.add(line)
            yield line


def _uses(spellings: dict[Symbol, str], results: Results) -> Counter[Symbol]:
    """How often each line is mentioned by others; a result counts as two, so that it has a name."""
    uses = Counter(2 * list(_flat(results)))
    for line, spelling in spellings.items():
        for place in _mentions(spelling):
            operand = line.operands[place]
            if isinstance(operand, Symbol):
                uses[operand] += 1
    return uses


@cache
def _mentions(spelling: str) -> list[int]:
    """The places of the operands that a spelling mentions, each as often as it does."""
    return [int(place) for place in re.findall(r"{(\d)}", spelling)]


def _flat(results: Results) -> Iterator[Symbol]:
    """The lines among the results, out of their nests."""
    for result in results:
        if isinstance(result, Symbol):
            yield result
        elif not isinstance(result, float):
            yield from _flat(result)


# What stands more loosely than its surroundings needs parentheses: a sum in a product, say. Other spellings
# have their operands where they need none, or mention them twice, so that they have names.
_NEEDS = {"+": (1, 2), "-": (1, 2), "*": (2, 3), "/": (2, 3), "neg": (3,)}


@cache
def precedence(spelling: str) -> int:
    """How tightly a text holds together: 1 for a sum, 2 for a product, 3 for all else."""
    inside = None
    while inside != spelling:
        inside, spelling = spelling, re.sub(r"\([^()]*\)", "", spelling)
    if " + " in spelling or " - " in spelling:
        return 1
    return 2 if " * " in spelling or " / " in spelling or spelling.startswith("-") else 3


def identifier(label: str, taken: Counter[str]) -> str:
    """A name of letters, digits and underscores that is not taken yet, and now is."""
    stem = re.sub(r"\W+", "_", label, flags=re.ASCII)
    name = stem = f"_{stem}" if stem[0].isdigit() else stem
    while taken[name]:
        taken[stem] += 1
        name = f"{stem}_{taken[stem]}"
    taken[name] += 1
    return name


_SCRIPT_NUMBERS = {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}
# No label may be taken for what the source says: whatever a spelling has in it, and the languages' own words.
RESERVED: set[str] = {
    "f", "inf", "nan", "__debug__", *keyword.kwlist,
    *(word for backend in BACKENDS.values() for spelling in backend.spellings.values()
      for word in re.findall(r"[A-Za-z_]\w*", spelling)),
    *"Math NaN Infinity undefined arguments await case catch const debugger default delete do enum eval "
    "export extends false function implements instanceof interface let new null package private "
    "protected public static super switch this throw true typeof var void yield".split(),
}  # fmt: skip
