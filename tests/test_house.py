"""The house: the library is below, the lesson above it in a wing of its own, and imports run one way."""

import ast
from pathlib import Path

import pytest

import micrograd_sq

PACKAGE = Path(micrograd_sq.__file__).parent
# Each room beside those that it may enter; a folder is one room, and the lesson's wing may enter all but the last.
FLOORS = {
    "functions": [],
    "number": [],
    "text": [],
    "files": [],
    "checks": ["number"],
    "engine": ["functions", "number", "checks"],
    "operation": ["engine", "functions", "checks"],
    "losses": ["engine", "checks"],
    "objective": ["engine", "number", "checks"],
    "descent": ["engine", "objective", "checks"],
    "nn": ["engine", "files", "operation", "checks"],
    "expression": ["engine"],
    "straightline": ["engine", "functions", "operation", "checks"],
    "drawing": ["engine", "number", "nn", "files", "straightline", "checks"],
    "page": [],
    "explorer": ["engine", "number", "functions", "files", "straightline", "drawing", "page"],
}
LIBRARY = [
    path
    for room in FLOORS
    for path in [PACKAGE / f"{room}.py", *PACKAGE.glob(f"{room}/*.py")]
    if path.exists()
]


def imported(path: Path) -> set[str]:
    """The rooms of the house that a file enters."""
    modules = [
        node.module
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom)
    ]
    return {
        module.split(".")[1] for module in modules if module and module.startswith("micrograd_sq.")
    }


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.name)
def test_a_room_of_the_library_enters_only_rooms_below(path: Path) -> None:
    room = path.stem if path.parent == PACKAGE else path.parent.name
    assert imported(path) - {room} <= set(FLOORS[room])


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.name)
def test_the_library_knows_no_lesson(path: Path) -> None:
    text = path.read_text().lower()
    assert [word for word in ("statquest", "lesson", "video") if word in text] == []


def test_every_room_has_its_floor() -> None:
    rooms = {
        path.stem
        for path in PACKAGE.iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert rooms == {*FLOORS, "statquest", "cli", "__init__", "__main__"}
