"""The README and the examples: what they show is what happens."""

import inspect
import math
import re
import statistics
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageSequence

import micrograd_sq
from micrograd_sq import Value, ssr, statquest, value_and_grad
from micrograd_sq.statquest.training import curvature_along_step, descend
from tests.browser import CHROMIUM

ROOT = Path(__file__).parent.parent
PACKAGE = Path(micrograd_sq.__file__).parent
README = (ROOT / "README.md").read_text()
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def python(*arguments: str | Path, folder: Path = ROOT) -> str:
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False, cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_blocks_of_code_print_what_their_comments_say(tmp_path: Path) -> None:
    code = "".join(text for kind, text in BLOCK.findall(README) if kind == "python")
    expected = re.findall(r"^print\(.*\)  # (.*)$", code, re.MULTILINE)
    assert len(expected) == code.count("print(") == 5
    assert python("-c", code, folder=tmp_path).splitlines() == expected


def test_the_benchmarks_figures_are_those_of_the_whole_table() -> None:
    table = (ROOT / "tests" / "benchmarks" / "README.md").read_text()
    rows = re.findall(r"^\| lesson, (?:eager|\w+ \w+) \| micrograd .*?([\d.]+ x) \(", table, re.MULTILINE)
    assert re.findall(r"[\d.]+ x\b", README[: README.index("## Install")]) == rows == ["3.35 x", "53.3 x"]


NUMBERS = "20.4 -15.7 -1.57 1.57 2.19 2.61 1.782 -5.21 5.22 5.23 -15.66".split()


def test_the_numbers_in_its_sentences_are_computed() -> None:
    """Compute the numbers that no block of code prints, as their sentences say."""
    steps = descend(["b3"], tolerance=0.001).steps
    first, second, *_, last = steps
    net = statquest.network()
    for dosage, observed, gradient in zip((0, 0.5, 1), (0, 1, 0), (NUMBERS[7], *NUMBERS[8:10]), strict=True):
        net.zero_grad()
        total = ssr([observed], [statquest.predict(net, dosage)])
        total.backward()
        assert f"{abs(net['b3'].grad):.2f}" == gradient.lstrip("-")
        if dosage == 0.5:
            w1 = net["w1"].grad
    net.zero_grad()
    statquest.loss(net).backward()
    computed = [
        f"{first.loss:.1f}", f"{first.gradients['b3']:.1f}", f"{first.step_sizes['b3']:.2f}",
        *(f"{step.new_values['b3']:.2f}" for step in (first, second, last)), f"{w1:.3f}",
    ]  # fmt: skip
    assert computed == NUMBERS[:7]
    assert f"{net['b3'].grad:.2f}" == NUMBERS[-1]
    assert [number for number in NUMBERS if number not in README] == []
    assert f"slope changes by {curvature_along_step(net, ['b3']):g} per unit of b3" in " ".join(README.split())


def test_what_it_says_of_w3() -> None:
    def gradients(w3: float) -> dict[str, float]:
        net = statquest.network()
        net.load({"w3": w3})
        statquest.loss(net).backward()
        return {parameter.label: parameter.grad for parameter in net.parameters()}

    assert [label for label, gradient in gradients(0.0).items() if gradient == 0.0] == ["w1", "b1"]
    other = gradients(-2.0)
    assert [label for label, gradient in gradients(-1.0).items() if gradient == other[label]] == []


def test_the_table_of_surprises_is_true() -> None:
    v: Any = Value(2.0)
    array = np.zeros(1)
    array[0] = v
    lost = [math.exp(v), round(v), statistics.fmean([v, v]), array[0], math.fsum([v, v]), math.dist([v], [0])]
    lost += [np.interp(v, [0, 4], [0, 1]), *np.gradient([v, v * 3]), np.maximum(np.array([-v]), 0)[0]]
    assert [type(number) for number in lost if not isinstance(number, int | float)] == []
    assert (v == 2.0, np.maximum(np.array([v]), 0)[0] is v) == (False, True)
    f = value_and_grad(v * 3 if v > 0 else v * 5, [v])
    assert f(-1.0) == (-3.0, (3.0,))


def test_the_readme_shows_backward_as_the_engine_has_it() -> None:
    def words(text: str) -> list[str]:
        return re.sub(r"\n *# ", " ", text).split()  # a comment may break at another width

    (shown,) = (text for _, text in BLOCK.findall(README) if text.startswith("def backward(self):\n"))
    source = textwrap.dedent(inspect.getsource(Value.backward))
    body = shown.partition("\n")[2]
    assert body.count("\n") > 12
    assert " ".join(words(source)).endswith(" ".join(words(body)))


def test_the_film_is_small_and_short() -> None:
    path = ROOT / "examples" / "page.gif"
    assert path.stat().st_size < 1_500_000
    with Image.open(path) as film:
        durations = [frame.info["duration"] for frame in ImageSequence.Iterator(film)]
    assert len(durations) > 20  # gradients travel
    assert sum(durations) <= 3000


def test_every_file_that_the_readme_names_is_there() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    own = [link for link in links if "://" not in link]
    # The package may be installed elsewhere.
    folders = [PACKAGE.parent if link.startswith(PACKAGE.name) else ROOT for link in own]
    assert [link for folder, link in zip(folders, own, strict=True) if not (folder / link).exists()] == []
    headings = [heading.lower().replace(" ", "-") for heading in re.findall(r"^## (.*)$", README, re.M)]
    assert set(re.findall(r"\]\(#([^)]+)\)", README)) <= set(headings)


@pytest.mark.parametrize(
    ("example", "shown"),
    [
        ("b3_walkthrough", "b3 = 0: 20.4\n|b3 = 1: 7.8\n|-15.7|new b3 2.19|so b3 = 2.61"),
        ("softmax", "setosa     probability 0.68, derivative -0.32|after 500 steps 0.01"),
        ("adam", "momentum 0.9         accuracy 100% at step  100|adam, learning rate 0.01  accuracy 100%"),
        ("scipy_minimize", "6 iterations of BFGS|w3 = -1.22, w4 = -2.30, b3 = 2.61"),
        ("many_starts", "of 1000 starts find a good fit|diverged|0.6 to   0.7"),
        ("second_derivative", "20.4|-15.7|6\n|2.61|True"),
        ("draw_graph", "wrote b3_paths.svg|wrote ssr.svg|wrote network.svg"),
        ("seven_parameters", "   0       1.9  2.74|SSR is 6e-10|predicted 1.0000"),
        ("minibatches", "says 0.1831|says 0.0097|w3 = -1.21  w4 = -2.25  b3 = 2.57"),
        pytest.param(
            "page_film",
            "wrote page.gif: 33 pictures",
            marks=[pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")],
        ),
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
