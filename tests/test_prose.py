"""The words: the README's limits, the words that this project replaced, and how docstrings open."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

import micrograd_sq

ROOT = Path(__file__).parent.parent
FILES = [*Path(micrograd_sq.__file__).parent.glob("**/*.py"), *(ROOT / "examples").glob("*.py")]
README = (ROOT / "README.md").read_text()

REPLACED = re.compile(
    r"""(?ix) \b(?:
    ways? | lowest\ place | slopes?\ of\ the\ slope | bends? | bent | (?:slope|derivative)s?\ in\ \w\d
    | straight[- ]line | written\ down | what\ the\ engine\ did | stands?\ in | recording
    | made\ (?:from|of|by|out\ of) | Values?\ between | (?:a|its|the|each)\ shares? | shares\ of | moves? | moved | a\ move
    | sends? | sent | to\ find | starts (?!\ (?:at|from|to|with)\b) | stuck | flat\ ground | data's\ columns? | columns?\ of\ (?:the\ )?data | loss\ of\ one\ point
    | whole\ numbers? | still\ pictures? | to\ touch | rooms? | wings? | houses? | floors? | told | retells?
    | tightness | gates? | one_for_zero | stands? | stood | asks? | asked | anew | beside | whatever | nobody
    | (?:is|are|was)\ no\b (?!\ (?:longer|more)\b) | ,\ say\b | as\ (?:said|above) | kin | so\ is\ it
    )\b"""
)
NOUN_FIRST = re.compile(r"\w+\s+(?:of|that)\b")  # "Lines of text" opens with a noun
VERBS = set(  # the verbs that docstrings open with: a new one belongs here
    """add animate build check compile compute draw give join keep parse plot print raise return
    run set tell train wrap write yield""".split()
)


def words_in(text: str) -> int:
    return len(re.findall(r"[^\W\d_]+", text))


def without_code(text: str) -> str:
    """Return the prose alone: no blocks of code, no doctests, no code in backticks, no addresses of links."""
    text = re.sub(r"^```.*?^```$", " ", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"^ *(?:>>>|\.\.\.).*\n(?:(?! *>>>)(?! *$).+\n?)*", "\n", text, flags=re.MULTILINE)
    return re.sub(r"`[^`]*`|\]\([^)]*\)|\"[^\"\n]*\"", " code ", text)


def trees() -> Iterator[tuple[Path, ast.AST]]:
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                yield path, node


DOCSTRINGS = [(path, node, text) for path, node in trees() if (text := ast.get_docstring(node))]  # type: ignore[arg-type]  # trees() yields only nodes that can have one
COMMENTS = [
    (path, token.string.lstrip("# "))
    for path in FILES
    for token in tokenize.generate_tokens(io.StringIO(path.read_text()).readline)
    if token.type == tokenize.COMMENT and not re.match(r"# *(?:type:|noqa|fmt:)", token.string)
]


def opens_with_a_verb(docstring: str) -> bool:
    first = docstring.split()[0].strip(".,:;").lower()
    return first in VERBS and not NOUN_FIRST.match(docstring)


def sentences(text: str) -> list[str]:
    """Return the sentences of paragraphs, bullets and rows of tables."""
    paragraphs = re.split(r"\n\s*\n|\n(?=[-|#])", without_code(text))
    return [each for paragraph in paragraphs for each in re.split(r"(?<=[.?!])\s+", paragraph)]


def test_the_readme_is_short_and_narrow_and_so_are_its_sentences() -> None:
    lines = README.splitlines()
    assert len(lines) <= 150
    assert [line for line in lines if len(line) > 100] == []
    assert len([each for each in sentences(README) if words_in(each) > 25]) <= 3


@pytest.mark.parametrize("kind", ["README", "docstrings", "comments"])
def test_few_words_are_left_that_the_project_replaced(kind: str) -> None:
    texts = {
        "README": [README], "docstrings": [text for *_, text in DOCSTRINGS], "comments": [text for _, text in COMMENTS],
    }  # fmt: skip
    prose = "\n".join(map(without_code, texts[kind]))
    found = [prose[max(0, match.start() - 30) : match.end() + 20] for match in REPLACED.finditer(prose)]
    assert len(found) <= 2 * words_in(prose) / 1000, found


def test_docstrings_of_functions_open_with_a_verb() -> None:
    assert not opens_with_a_verb("The Value that a row gives.")
    functions = [(path, node, text) for path, node, text in DOCSTRINGS if isinstance(node, ast.FunctionDef)]
    without = [f"{path.name}: {text.splitlines()[0]}" for path, _, text in functions if not opens_with_a_verb(text)]
    assert len(without) <= len(functions) / 10, without
