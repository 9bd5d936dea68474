"""The README and the examples: what they show is what happens."""

import inspect
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import micrograd_sq
from micrograd_sq import Value, sgd, ssr, statquest
from micrograd_sq.statquest.training import curvature_along_step, descend

ROOT = Path(__file__).parent.parent
PACKAGE = Path(micrograd_sq.__file__).parent
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def python(*arguments: str | Path, folder: Path = ROOT) -> str:
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False, cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_blocks_of_code_print_what_is_below_them(tmp_path: Path) -> None:
    blocks = BLOCK.findall((ROOT / "README.md").read_text())
    code, expected = list[str](), list[str]()
    for (kind, text), (next_kind, printed) in zip(blocks, [*blocks[1:], ("", "")], strict=True):
        if kind == "python":
            assert next_kind == "text"
            code.append(text)
            expected.append(printed)
    assert len(code) >= 3
    between = "print('-' * 20)\n"
    assert python("-c", between.join(code), folder=tmp_path).split("-" * 20 + "\n") == expected


def test_the_benchmarks_figures_are_those_of_the_whole_table() -> None:
    def figures(path: Path) -> set[tuple[str, ...]]:
        rows = [line.strip("| ").split(" | ") for line in path.read_text().splitlines()]
        of_table = [[*row[2:4], row[4].partition(" (")[0]] for row in rows if len(row) == 6]
        return {tuple(row) for row in (*of_table, *(row[1:] for row in rows if len(row) == 4))}

    shown = {row for row in figures(ROOT / "README.md") if row[-1].endswith(" x")}
    assert len(shown) == 7
    assert shown <= figures(ROOT / "tests" / "benchmarks" / "README.md")


def test_it_is_short_enough_to_be_read() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 250


NUMBERS = "-15.66 -1.57 1.782 2.52 2.6089 2.6092 0.07 -1.48".split()


def test_the_numbers_in_its_sentences_are_computed() -> None:
    """Compute the numbers that no block of code prints, as their sentences say."""
    net = statquest.network()
    statquest.loss(net).backward()
    total = ssr([1], [statquest.predict(statquest.network(), 0.5)])
    total.backward()
    w1 = statquest.labelled(total)["w1"].grad
    three = statquest.network()
    three.load(statquest.THREE)
    found = [three[name] for name in statquest.THREE]
    list(sgd(lambda: statquest.loss(three), found))
    seven = statquest.network()
    seven.load(statquest.SEVEN)
    limit = 2 / curvature_along_step(seven, statquest.SEVEN)
    list(sgd(lambda: statquest.loss(seven), seven.parameters(), tolerance=1e-6))
    lesson, minimum = descend(["b3"], tolerance=0.001), descend(["b3"], tolerance=1e-9)
    computed = [
        f"{net['b3'].grad:.2f}", f"{lesson.steps[0].step_sizes['b3']:.2f}", f"{w1:.3f}",
        f"{three['b3'].data:.2f}", f"{lesson.values['b3']:.4f}", f"{minimum.values['b3']:.4f}", f"{limit:.2f}",
        f"{seven['w3'].data:.2f}",
    ]  # fmt: skip
    assert computed == NUMBERS
    text = (ROOT / "README.md").read_text()
    assert [number for number in NUMBERS if number not in text] == []


def test_the_readme_shows_backward_and_softplus_as_the_engine_has_them() -> None:
    readme = (ROOT / "README.md").read_text()
    (shown,) = (text for _, text in BLOCK.findall(readme) if "def backward(self):" in text)
    body = shown[shown.index("    order = ") : shown.index("\nobserved, predicted")]
    assert body.rstrip() in textwrap.dedent(inspect.getsource(Value.backward))
    (shown,) = re.findall(r"the whole of softplus is\s`(.*?)`", readme)
    assert shown == inspect.getsource(Value.softplus).splitlines()[-1].strip()


def test_every_file_that_the_readme_names_is_there() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", (ROOT / "README.md").read_text())
    own = [link for link in links if "://" not in link]
    # The package may be installed elsewhere.
    folders = [PACKAGE.parent if link.startswith(PACKAGE.name) else ROOT for link in own]
    assert [link for folder, link in zip(folders, own, strict=True) if not (folder / link).exists()] == []


@pytest.mark.parametrize(
    ("example", "shown"),
    [
        ("b3_walkthrough", "b3 = 0: 20.4\n|b3 = 1: 7.8\n|-15.7|new b3 2.19|so b3 = 2.61"),
        ("softmax", "setosa     probability 0.68, derivative -0.32|after 500 steps 0.01"),
        (
            "adam",
            "momentum 0.9         accuracy 100% at step  100|adam, learning rate 0.01  accuracy 100%",
        ),
        ("scipy_minimize", "6 iterations of BFGS|w3 = -1.22, w4 = -2.30, b3 = 2.61"),
        ("many_starts", "of 1000 starts find a good fit|diverged|0.6 to   0.7"),
        ("second_derivative", "20.4|-15.7|6\n|2.61|True"),
        ("draw_graph", "wrote ssr.svg|wrote network.svg"),
        ("seven_parameters", "   0       1.9  2.74|SSR is 6e-10|predicted 1.0000"),
        ("minibatches", "says 0.1831|says 0.0097|w3 = -1.21  w4 = -2.25  b3 = 2.57"),
        ("moons", "times as fast|learning rate 0.1: loss 0.0|accuracy 100%|\n. . . . . o . o"),
    ],
)
def test_an_example_runs_and_prints_what_it_shows(example: str, shown: str, tmp_path: Path) -> None:
    printed = python(ROOT / "examples" / f"{example}.py", folder=tmp_path)
    assert [text for text in shown.split("|") if text not in printed] == []


def test_every_example_is_tested_here() -> None:
    source = Path(__file__).read_text()
    examples = [path.stem for path in (ROOT / "examples").glob("*.py")]
    assert [name for name in examples if f'"{name}"' not in source] == []
