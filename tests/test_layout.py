"""The shape of the project: imports run downwards, the library does not know the lesson, and files stay small."""

import re
from pathlib import Path

import pytest

import micrograd_sq

PACKAGE = Path(micrograd_sq.__file__).parent
TESTS = Path(__file__).parent
# The modules and subpackages that each may import. The lesson and the command line may import all of them.
MAY_IMPORT = {
    "functions": [],
    "number": [],
    "files": [],
    "engine": ["functions", "number"],
    "operation": ["engine", "functions", "number"],
    "losses": ["engine", "number"],
    "descent": ["engine", "number"],
    "nn": ["engine", "files", "number"],
    "expression": ["engine"],
    "straightline": ["engine", "functions", "operation", "number"],
    "drawing": ["engine", "nn", "files", "straightline", "number"],
    "page": [],
    "explorer": ["engine", "functions", "files", "straightline", "drawing", "page", "number"],
}
LIBRARY = [
    path for name in MAY_IMPORT for path in [PACKAGE / f"{name}.py", *PACKAGE.glob(f"{name}/*.py")] if path.exists()
]


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_of_the_library_imports_only_from_below_and_not_the_lesson(path: Path) -> None:
    name = path.stem if path.parent == PACKAGE else path.parent.name
    text = path.read_text()
    imported = set(re.findall(r"^ *(?:from|import) micrograd_sq(?:\.| import )(\w+)", text, re.M))
    assert imported - {name} <= set(MAY_IMPORT[name])
    words = ("statquest", "lesson", "video")
    assert [word for word in words if word in text.lower()] == []


def test_every_module_is_in_the_table() -> None:
    modules = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert modules == {*MAY_IMPORT, "statquest", "cli", "__init__", "__main__"}


@pytest.mark.parametrize(
    ("folder", "pattern", "most"),
    [(PACKAGE, "engine.py", 220), (PACKAGE, "**/*.py", 5000), (TESTS, "**/*.py", 6600)],
    ids=["the engine", "the package", "the tests"],
)
def test_the_code_stays_small(folder: Path, pattern: str, most: int) -> None:
    lines = sum(len(path.read_text().splitlines()) for path in folder.glob(pattern))
    assert lines <= most
