"""Descents for any of the parameters: where they start, where they end, and their text."""

import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios
from itertools import islice
from pathlib import Path

import pytest

from micrograd_sq import MLP, statquest, value_and_grad
from micrograd_sq.statquest import training
from micrograd_sq.statquest.training import descend, descent_text, outcome, start_network
from micrograd_sq.text import digits
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
    assert second[2::2] == ["0.10", "0.50", "-0.19"]
    assert last[2::2] == ["-1.22", "-2.30", "2.61"]
    settings = ["--set", "w3=0.36", "--set", "w4=0.63", "--set", "b3=0"]
    assert rows(run("train", "--parameters", "w3,w4,b3", *settings).stdout) == shown


def test_seven_fits_the_data_within_a_thousand_steps() -> None:
    descent = descend(start_network(ALL, statquest.SEVEN, seed=None), ALL)
    assert descent.steps[0].values == statquest.SEVEN
    assert digits(descent.steps[0].loss) == "1.90"
    assert len(descent.steps) <= 1000
    assert (descent.ssr < 1e-6, descent.converged, descent.diverged) == (True, True, False)
    numbers = [int(row[0]) for row in rows(descent_text(descent))[1:]]
    assert numbers == [*range(1, 11), *range(100, 701, 100), len(descent.steps)]


def test_the_table_of_a_very_long_descent_stays_short() -> None:
    steps = descend(statquest.network(), ["b3"], max_steps=1).steps * 8000
    assert len(training.shown_steps(steps)) == 30


def test_the_json_holds_every_step_unrounded_by_parameter() -> None:
    document = json.loads(run("three", "--json", "--max-steps", "5").stdout)
    assert list(document) == ["steps", "values", "ssr", "converged"]
    for index, step in enumerate(document["steps"]):
        assert list(step) == ["index", "ssr", "values", "gradients", "step_sizes", "new_values"]
        assert step["index"] == index
        for label in ("w3", "w4", "b3"):
            assert step["step_sizes"][label] == step["gradients"][label] * 0.1
            new_value = step["values"][label] - step["step_sizes"][label]
            assert step["new_values"][label] == new_value
    assert (document["values"], document["converged"]) == (step["new_values"], False)
    net = start_network([], document["values"], seed=None)
    assert document["ssr"] == statquest.loss(net).data


def test_the_other_parameters_stay_at_the_lessons_values() -> None:
    net = start_network(["w3", "b1"], {"w3": 0.5, "w4": -2.0}, seed=None)
    expected = {**LESSON, "w3": 0.5, "w4": -2.0}
    assert {name: net[name].data for name in ALL} == expected
    descent = descend(net, ["w3", "b1"], max_steps=3)
    changed = [name for name in ALL if net[name].data != expected[name]]
    assert changed == ["w3", "b1"]
    assert descent.values == {name: net[name].data for name in changed}
    text = " ".join(descent_text(descent).split())
    assert "Parameters to optimise: w3, b1 Fixed parameters: w1 = 3.34, w2 = -3.53," in text


def test_a_seed_draws_the_weights_and_sets_the_biases_to_0() -> None:
    drawn = {parameter.label: parameter.data for parameter in MLP(1, [2, 1], seed=7).parameters()}
    for trained, settings, expected in (
        (ALL, {"w2": 1.0}, drawn | {"w2": 1.0, "b1": 0.0, "b2": 0.0, "b3": 0.0}),
        (["w1"], {}, LESSON | {"w1": drawn["w1"]}),
    ):
        net = start_network(trained, settings, seed=7)
        assert {name: net[name].data for name in ALL} == expected


@pytest.mark.parametrize("rate", [0.1, 1.0, 30.0])
@pytest.mark.parametrize("parameters", [["b3"], ["w3", "w4", "b3"], ALL])
def test_the_text_fits_eighty_columns(parameters: list[str], rate: float) -> None:
    net = start_network(parameters, {}, seed=0)
    lines = descent_text(descend(net, parameters, rate, max_steps=300)).splitlines()
    assert [line for line in lines if len(line) > 80] == []


def test_a_diverged_descent_exits_with_1_and_draws_no_plots(tmp_path: Path) -> None:
    done = run("three", "--learning-rate=0.5", "--json", f"--plots={tmp_path / 'new'}")
    assert done.returncode == 1
    assert done.stderr.startswith("micrograd-sq: Gradient descent diverged: after ")
    assert "nothing to plot" in done.stderr
    assert list(tmp_path.iterdir()) == []
    document = json.loads(done.stdout, parse_constant=pytest.fail)
    assert (document["converged"], document["ssr"]) == (False, None)


@pytest.mark.parametrize(
    ("settings", "options", "expected"),
    [
        (
            {},
            {},
            "stops after 17 steps, at b3 = 2.61, because the step size is closer to zero than 1e-06.",
        ),
        ({}, {"max_steps": 1}, "After 1 step the step size is not yet closer to zero than 1e-06."),
        ({}, {"learning_rate": 0.5, "max_steps": 3}, "not yet"),  # each step makes the SSR fourfold
        (
            {},
            {"learning_rate": 0.5, "max_steps": 4},
            "diverged: after 4 steps the SSR was 5228.4. Try a",
        ),
        ({}, {"learning_rate": 0.5, "max_steps": 4}, "smaller than 0.5, such as 0.05."),
        ({}, {"learning_rate": 1e308}, "after 0 steps a number was too large"),
        ({"b3": 7e153}, {"learning_rate": 0.5, "tolerance": 1e300}, "after 1 step a number was"),
    ],
)
def test_a_descent_converges_diverges_or_is_not_yet_there(
    settings: dict[str, float], options: dict[str, float], expected: str
) -> None:
    descent = descend(start_network(["b3"], settings, seed=None), ["b3"], **options)  # type: ignore[arg-type]  # max_steps is an int
    assert expected in outcome(descent)
    assert descent.diverged is ("diverged" in outcome(descent))


@pytest.mark.parametrize(
    ("settings", "rate", "steps"),
    [
        (statquest.SEVEN, 0.1, 2),  # rises at first
        ({"b3": 2.61}, 0.2, 1000),  # jumps away from a good fit, and stays
    ],
)
def test_a_descent_that_rises_and_stays_has_not_diverged(
    settings: dict[str, float], rate: float, steps: int
) -> None:
    descent = descend(start_network(ALL, settings, seed=None), ALL, rate, max_steps=steps)
    assert descent.ssr > descent.steps[0].loss
    assert (descent.diverged, descent.converged) == (False, False)


def test_initial_values_without_a_finite_ssr_are_refused() -> None:
    with pytest.raises(OverflowError, match="the start values are too large"):
        descend(statquest.network(1e200), ["b3"])


def test_the_curvature_along_the_step_of_one_parameter_is_its_second_derivative() -> None:
    net = start_network(ALL, statquest.SEVEN, seed=None)
    f = value_and_grad(statquest.loss(net), net.parameters())
    for place, name in enumerate(ALL):
        below, above = (
            f(*(statquest.SEVEN | {name: statquest.SEVEN[name] + by}).values())[1][place]
            for by in (-1e-5, 1e-5)
        )
        expected = (above - below) / 2e-5
        assert training.curvature_along_step(net, [name]) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("times", "rises"), [(0.9, False), (1.15, True)])
def test_above_the_limit_of_the_step_the_ssr_rises(times: float, rises: bool) -> None:
    net = start_network(ALL, statquest.SEVEN, seed=None)
    limit = 2 / training.curvature_along_step(net, ALL)
    descent = descend(net, ALL, times * limit, max_steps=1)
    assert (descent.ssr > descent.steps[0].loss) is rises


def test_watch_decides_which_steps_are_taken() -> None:
    descent = descend(statquest.network(), ["b3"], watch=lambda steps: islice(steps, 4))
    assert [step.index for step in descent.steps] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("command", "progress"),
    [
        (["seven", "--max-steps", "200"], b"/200 ["),
        (["many", "--starts", "9", "--seed", "0", "--max-steps", "5"], b"blocks of starts"),
    ],
)
def test_progress_is_shown_on_a_terminal_only(command: list[str], progress: bytes) -> None:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 24, 80, 0, 0))  # rows and columns
    command = [sys.executable, "-m", "micrograd_sq", *command]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=theirs, check=False)
    os.set_blocking(ours, False)  # if nothing is shown, the test fails instead of waiting
    assert progress in os.read(ours, 100_000)
    os.close(theirs)
    os.close(ours)
    assert progress not in done.stdout
    assert run(*command[3:]).stderr == ""
