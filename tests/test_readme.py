"""The README and the examples: what they show is what happens."""

import inspect
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from micrograd_sq import Value

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def python(*arguments: str | Path, folder: Path = ROOT) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False, cwd=folder
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_blocks_of_code_print_what_stands_below_them(tmp_path: Path) -> None:
    blocks = BLOCK.findall((ROOT / "README.md").read_text())
    code, tried = "", 0
    for (kind, text), (next_kind, expected) in zip(blocks, [*blocks[1:], ("", "")], strict=True):
        if kind == "python" and next_kind == "text":
            before = python("-c", code, folder=tmp_path) if code else ""
            code += text
            assert python("-c", code, folder=tmp_path) == before + expected
            tried += 1
        assert kind != "python" or next_kind == "text"
    assert tried >= 3


def test_the_walkthrough_is_printed_as_shown() -> None:
    blocks = BLOCK.findall((ROOT / "README.md").read_text())
    command = next(place for place, (_, text) in enumerate(blocks) if "&& micrograd-sq\n" in text)
    assert blocks[command + 1] == ("text", python("-m", "micrograd_sq"))


def test_all_seven_parameters_are_trained_as_shown() -> None:
    blocks = BLOCK.findall((ROOT / "README.md").read_text())
    command = next(
        place for place, (_, text) in enumerate(blocks) if text == "$ micrograd-sq seven\n"
    )
    assert blocks[command + 1] == ("text", python("-m", "micrograd_sq", "seven"))


def test_the_readme_shows_backward_as_it_stands() -> None:
    blocks = BLOCK.findall((ROOT / "README.md").read_text())
    (shown,) = (text for kind, text in blocks if kind == "python" and "def backward(self):" in text)
    body = shown[shown.index("    order = ") : shown.index("\nbackward(square)")]
    assert body.rstrip() in textwrap.dedent(inspect.getsource(Value.backward))


def test_the_readme_shows_softplus_as_it_stands() -> None:
    blocks = BLOCK.findall((ROOT / "README.md").read_text())
    (shown,) = (text for kind, text in blocks if kind == "py")
    assert shown == textwrap.dedent(inspect.getsource(Value.softplus))


def test_every_file_that_the_readme_names_is_there() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", (ROOT / "README.md").read_text())
    missing = [link for link in links if "://" not in link and not (ROOT / link).exists()]
    assert missing == []


@pytest.mark.parametrize(
    ("example", "shown"),
    [
        (
            "b3_walkthrough.py",
            ["b3 = 0: 20.4\n", "b3 = 1: 7.8\n", "-15.7", "new b3 2.19", "so b3 = 2.61"],
        ),
        ("many_starts.py", ["of 1000 starts find a good fit", "diverged", "0.6 to   0.7"]),
        ("second_derivative.py", ["20.4", "-15.7", "6\n", "2.61", "True"]),
        ("draw_graph.py", ["wrote ssr.svg", "wrote network.svg"]),
        ("seven_parameters.py", ["   0       1.9  2.74", "SSR is 6e-10", "predicted 1.0000"]),
        ("minibatches.py", ["says 0.1831", "says 0.0097", "w3 = -1.21  w4 = -2.25  b3 = 2.57"]),
        ("moons.py", ["learning rate 0.05", "accuracy 100%", "\n. . . . . o . o"]),
    ],
)
def test_an_example_runs_and_prints_what_it_shows(
    example: str, shown: list[str], tmp_path: Path
) -> None:
    printed = python(ROOT / "examples" / example, folder=tmp_path)
    assert [text for text in shown if text not in printed] == []


def test_every_example_is_tested_here() -> None:
    source = Path(__file__).read_text()
    untested = [path.name for path in (ROOT / "examples").glob("*.py") if path.name not in source]
    assert untested == []
