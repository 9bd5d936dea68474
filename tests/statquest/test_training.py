"""Descents for any of the parameters: where they start, where they end, and their text."""

import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from micrograd_sq import MLP, statquest
from micrograd_sq.statquest.text import digits
from micrograd_sq.statquest.training import curvature_along_step, descend, descent_text, outcome
from tests.command import run

ALL = ["w1", "w2", "w3", "w4", "b1", "b2", "b3"]
LESSON = {**statquest.OPTIMISED, "b3": 2.61}


def rows(text: str) -> list[list[str]]:
    """The table's rows, its heads first."""
    lines = [line.split() for line in text.splitlines()]
    start = next(place for place, line in enumerate(lines) if line[:2] == ["step", "SSR"])
    return lines[start : lines.index([], start)]


def test_three_starts_and_ends_at_the_numbers_of_the_next_lesson() -> None:
    shown = rows(run("three").stdout)
    heads, first, second, *_, last = shown
    assert heads == ["step", "SSR", "w3", "slope", "w4", "slope", "b3", "slope"]
    assert first == ["1", "1.40", "0.36", "2.58", "0.63", "1.26", "0.00", "1.90"]
    assert (second[2::2], last[2::2]) == (["0.10", "0.50", "-0.19"], ["-1.22", "-2.30", "2.61"])
    settings = ["--set", "w3=0.36", "--set", "w4=0.63"]
    assert rows(run("train", "--parameters", "w3,w4,b3", *settings).stdout) == shown


def test_seven_fits_the_data_within_a_thousand_steps() -> None:
    descent = descend(ALL, statquest.SEVEN)
    assert descent.steps[0].values == statquest.SEVEN
    assert digits(descent.steps[0].loss) == "1.90"
    assert len(descent.steps) <= 1000
    assert (descent.ssr < 1e-6, descent.converged, descent.diverged) == (True, True, False)
    numbers = [int(row[0]) for row in rows(descent_text(descent))[1:]]
    assert numbers == [*range(1, 11), *range(100, 701, 100), len(descent.steps)]


def test_the_table_of_a_very_long_descent_stays_short() -> None:
    descent = descend(["b3"], learning_rate=1e-6, tolerance=1e-300, max_steps=8000)
    assert len(rows(descent_text(descent))) == 31


def test_the_json_holds_every_step_unrounded_by_parameter() -> None:
    document = json.loads(run("three", "--json", "--max-steps", "5").stdout)
    assert list(document) == ["steps", "values", "ssr", "converged"]
    for step in document["steps"]:
        assert list(step) == ["index", "ssr", "values", "gradients", "step_sizes", "new_values"]
        for label, size in step["step_sizes"].items():
            assert size == step["gradients"][label] * 0.1
            assert step["new_values"][label] == step["values"][label] - size
    assert (document["values"], document["converged"]) == (step["new_values"], False)
    assert document["ssr"] == statquest.loss(statquest.network(**document["values"])).data


def test_the_other_parameters_stay_at_the_lessons_values() -> None:
    descent = descend(["w3", "b1"], {"w3": 0.5, "w4": -2.0}, max_steps=3)
    assert descent.start == {"w3": 0.5, "b1": statquest.OPTIMISED["b1"]}
    expected = {**LESSON, "w4": -2.0, **descent.steps[-1].new_values}
    assert {name: descent.net[name].data for name in ALL} == expected
    text = " ".join(descent_text(descent).split())
    assert "Parameters to optimise: w3, b1 Fixed parameters: w1 = 3.34, w2 = -3.53," in text


def test_a_seed_draws_the_weights_and_sets_the_biases_to_0() -> None:
    drawn = {parameter.label: parameter.data for parameter in MLP(1, [2, 1], seed=7).parameters()}
    descent = descend(ALL, {"w2": 1.0}, seed=7, max_steps=1)
    assert descent.start == drawn | {"w2": 1.0, "b1": 0.0, "b2": 0.0, "b3": 0.0}
    descent = descend(["w1"], seed=7, max_steps=1)
    assert descent.start == {"w1": drawn["w1"]}
    assert descent.net["b3"].data == 2.61


def test_a_diverged_descent_exits_with_1_and_draws_no_plots(tmp_path: Path) -> None:
    done = run("three", "--learning-rate=0.5", "--json", f"--plots={tmp_path / 'new'}")
    assert done.returncode == 1
    assert done.stderr.startswith("micrograd-sq: Gradient descent diverged: after ")
    assert list(tmp_path.iterdir()) == []
    document = json.loads(done.stdout, parse_constant=pytest.fail)
    assert (document["converged"], document["ssr"]) == (False, None)


@pytest.mark.parametrize(
    ("b3", "options", "expected"),
    [
        (0, {}, "converged after 17 steps. The last step size is closer to zero than 1e-06. "),
        (0, {}, " The descent ended at b3 = 2.61."),
        (0, {"max_steps": 1}, "not yet converged after 1 step. The last step size is not closer to zero than 1e-06."),
        (0, {"learning_rate": 0.5, "max_steps": 3}, "not yet"),  # each step makes the SSR fourfold
        (0, {"learning_rate": 0.5, "max_steps": 4}, "after 4 steps the SSR was 5228.4. Try a "),
        (0, {"learning_rate": 0.5, "max_steps": 4}, "smaller than 0.5, such as 0.05."),
        (0, {"learning_rate": 1e308}, "after 0 steps a number was too large"),
        (7e153, {"learning_rate": 0.5, "tolerance": 1e300}, "after 1 step a number was"),
    ],
)
def test_a_descent_converges_diverges_or_is_not_yet_there(b3: float, options: dict[str, float], expected: str) -> None:
    descent = descend(["b3"], {"b3": b3}, **options)  # type: ignore[arg-type]  # max_steps is an int
    assert expected in outcome(descent)
    assert descent.diverged is ("diverged" in outcome(descent))


def test_a_descent_that_rises_and_stays_has_not_diverged() -> None:
    rises_at_first = descend(ALL, statquest.SEVEN, max_steps=2)
    jumps_from_a_good_fit = descend(ALL, {"b3": 2.61}, learning_rate=0.2)
    for descent in (rises_at_first, jumps_from_a_good_fit):
        assert descent.ssr > descent.steps[0].loss
        assert (descent.diverged, descent.converged) == (False, False)


@pytest.mark.parametrize("label", ALL)
def test_the_curvature_along_the_step_of_one_parameter_is_its_second_derivative(label: str) -> None:
    slopes = []
    for change in (-1e-5, 1e-5):
        net = statquest.network(**statquest.SEVEN | {label: statquest.SEVEN[label] + change})
        statquest.loss(net).backward()
        slopes.append(net[label].grad)
    found = curvature_along_step(statquest.network(**statquest.SEVEN), [label])
    assert found == pytest.approx((slopes[1] - slopes[0]) / 2e-5, rel=1e-6)


def test_above_the_limit_of_the_step_the_ssr_rises() -> None:
    limit = 2 / curvature_along_step(statquest.network(**statquest.SEVEN), ALL)
    for times, rises in ((0.9, False), (1.15, True)):
        descent = descend(ALL, statquest.SEVEN, learning_rate=times * limit, max_steps=1)
        assert (descent.ssr > descent.steps[0].loss) is rises


@pytest.mark.parametrize("command", [["seven"], ["many", "--starts=9", "--seed=0"]])
def test_progress_is_shown_on_a_terminal_only(command: list[str]) -> None:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 24, 80, 0, 0))  # rows and columns
    command += ["--max-steps", "200"]
    shell = [sys.executable, "-m", "micrograd_sq", *command]
    done = subprocess.run(shell, stdout=subprocess.PIPE, stderr=theirs, check=False)
    os.set_blocking(ours, False)  # if nothing is shown, the test fails instead of waiting
    assert b"0%|" in os.read(ours, 100_000)
    assert b"0%|" not in done.stdout
    assert run(*command).stderr == ""
