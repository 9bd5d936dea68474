"""Descents for any of the parameters: where they start, where they end, and how they are told."""

import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator

import pytest

from micrograd_sq import MLP, Step, statquest
from micrograd_sq.statquest import training
from micrograd_sq.text import digits
from tests.command import run

ALL = ["w1", "w2", "w3", "w4", "b1", "b2", "b3"]


def rows(text: str) -> list[list[str]]:
    """The table's rows, its heads first."""
    lines = [line.split() for line in text.splitlines()]
    start = next(place for place, line in enumerate(lines) if line[:2] == ["step", "SSR"])
    return lines[start : lines.index([], start)]


def test_three_starts_and_ends_where_the_next_lesson_does() -> None:
    heads, first, second, *_, last = rows(run("three").stdout)
    assert heads == ["step", "SSR", "w3", "slope", "w4", "slope", "b3", "slope"]
    assert first == ["1", "1.40", "0.36", "2.58", "0.63", "1.26", "0.00", "1.90"]
    assert second[2::2] == ["0.10", "0.50", "-0.19"]
    assert last[2::2] == ["-1.22", "-2.30", "2.61"]


def test_seven_fits_the_data_within_a_thousand_steps() -> None:
    document = json.loads(run("seven", "--json").stdout)
    first = document["steps"][0]
    assert first["values"] == statquest.SEVEN
    assert list(first["values"]) == ALL
    assert digits(first["ssr"]) == "1.90"
    assert len(document["steps"]) <= 1000
    assert (document["ssr"] < 1e-6, document["converged"]) == (True, True)


def test_three_is_train_with_its_start_values() -> None:
    settings = ["--set", "w3=0.36", "--set", "w4=0.63", "--set", "b3=0"]
    trained = run("train", "--parameters", "w3,w4,b3", *settings).stdout
    assert rows(trained) == rows(run("three").stdout)


def test_the_json_holds_every_step_unrounded_by_parameter() -> None:
    document = json.loads(run("three", "--json", "--max-steps", "5").stdout)
    assert list(document) == ["steps", "values", "ssr", "converged"]
    assert [step["index"] for step in document["steps"]] == [0, 1, 2, 3, 4]
    for step in document["steps"]:
        assert list(step) == ["index", "ssr", "values", "gradients", "step_sizes", "new_values"]
        for label in ("w3", "w4", "b3"):
            assert step["step_sizes"][label] == step["gradients"][label] * 0.1
            new_value = step["values"][label] - step["step_sizes"][label]
            assert step["new_values"][label] == new_value
    assert document["values"] == document["steps"][-1]["new_values"]
    assert document["converged"] is False
    net = statquest.network()
    net.load(document["values"])
    assert document["ssr"] == statquest.loss(net).data


def test_the_other_parameters_stay_at_the_lessons_values() -> None:
    net = training.start_network(["w3", "b1"], {"w3": 0.5, "w4": -2.0}, seed=None)
    lesson = {**statquest.OPTIMISED, "b3": 2.61}
    assert {name: net[name].data for name in ALL} == {**lesson, "w3": 0.5, "w4": -2.0}
    descent = training.descend(net, ["w3", "b1"], max_steps=3)
    held = [name for name in ALL if name not in ("w3", "b1")]
    assert {name: net[name].data for name in held} == {
        name: {**lesson, "w4": -2.0}[name] for name in held
    }
    assert descent.values == {name: net[name].data for name in ("w3", "b1")}
    assert descent.values != {"w3": 0.5, "b1": lesson["b1"]}


def test_b3_starts_from_0_where_it_is_optimised() -> None:
    document = json.loads(run("train", "--parameters", "b3", "--json").stdout)
    assert document["steps"][0]["values"] == {"b3": 0.0}
    assert document["steps"][0]["gradients"]["b3"] == pytest.approx(-15.655108380577747)
    assert digits(document["values"]["b3"]) == "2.61"


def test_a_seed_draws_the_weights_and_sets_the_biases_to_0() -> None:
    net, drawn = training.start_network(ALL, {"w2": 1.0}, seed=7), MLP(1, [2, 1], seed=7)
    assert [net[name].data for name in ("w1", "w3", "w4")] == [
        drawn[name].data for name in ("w1", "w3", "w4")
    ]
    assert [net[name].data for name in ("w2", "b1", "b2", "b3")] == [1.0, 0.0, 0.0, 0.0]
    assert training.start_network(ALL, {}, seed=8)["w1"].data != drawn["w1"].data
    some = training.start_network(["w1"], {}, seed=7)
    assert (some["w1"].data, some["w2"].data) == (drawn["w1"].data, -3.53)


def test_the_table_shows_the_first_steps_every_hundredth_and_the_last() -> None:
    numbers = [int(row[0]) for row in rows(run("seven").stdout)[1:]]
    assert numbers == [*range(1, 11), 100, 200, 300, 400, 500, 600, 700, numbers[-1]]
    assert 700 < numbers[-1] < 1000


@pytest.mark.parametrize("command", ["three", "seven"])
@pytest.mark.parametrize("rate", ["0.1", "0.2", "0.5", "1", "30"])
def test_the_text_fits_eighty_columns(command: str, rate: str) -> None:
    done = run(command, "--learning-rate", rate)
    assert "step" in done.stdout
    assert [line for line in done.stdout.splitlines() if len(line) > 80] == []


@pytest.mark.parametrize(
    ("command", "rate"), [("three", "0.2"), ("seven", "1"), ("three", "1e308")]
)
def test_a_diverging_descent_says_what_to_try(command: str, rate: str) -> None:
    done = run(command, "--learning-rate", rate)
    assert done.returncode == 1
    told = " ".join(done.stdout.split())
    assert told.count("Gradient descent diverged") == 1
    assert f"Try a learning rate smaller than {float(rate):g}, such as 0.1" in told
    assert done.stderr == ""
    as_json = run(command, "--learning-rate", rate, "--json")
    assert "Gradient descent diverged" in as_json.stderr
    document = json.loads(as_json.stdout, parse_constant=pytest.fail)
    assert document["converged"] is False
    if rate != "1e308":  # whose first step is too large to take
        assert document["ssr"] is None


def test_what_to_try_is_smaller_than_what_was_tried() -> None:
    net = training.start_network(["w3"], {"w1": 100}, seed=None)  # a large y makes w3's curve steep
    descent = training.descend(net, ["w3"], learning_rate=0.01)
    assert descent.diverged
    assert "smaller than 0.01, such as 0.001" in training.outcome(descent)


def test_a_descent_has_diverged_once_its_ssr_has_grown_a_hundredfold() -> None:
    for max_steps, diverged in ((1, False), (3, False), (4, True)):  # each step makes it fourfold
        descent = training.descend(statquest.network(), ["b3"], 0.5, max_steps=max_steps)
        assert descent.ssr > descent.steps[0].loss
        assert (descent.converged, descent.diverged, descent.failure) == (False, diverged, "")


def test_a_descent_whose_last_step_went_down_is_not_yet_given_up() -> None:
    done = run("seven", "--learning-rate", "0.3229", "--max-steps", "4")
    assert (done.returncode, "diverged" in done.stdout) == (0, False)
    assert "is 200.8 now" in " ".join(done.stdout.split())


@pytest.mark.parametrize(
    "arguments",
    [
        ["train", "--parameters=b3", "--set=b3=7e153", "--max-steps=1"],
        ["train", "--parameters=b3", "--set=b3=7e153", "--tolerance=1e300"],
        ["--start=7e153", "--max-steps=1"],
    ],
)
def test_a_last_step_that_leaves_no_finite_ssr_has_diverged(arguments: list[str]) -> None:
    done = run(*arguments, "--learning-rate=0.5")
    assert done.returncode == 1
    assert "diverged: after 1 step the numbers were too large" in " ".join(done.stdout.split())


@pytest.mark.parametrize(
    "arguments",
    [
        ["--parameters=all", "--set=b3=2.61", "--learning-rate=0.2"],
        ["--parameters=w1,w2,w3,w4", "--learning-rate=0.3"],
    ],
)
def test_a_descent_that_bounces_away_from_a_good_fit_and_stays_has_not_diverged(
    arguments: list[str],
) -> None:
    done = run("train", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    assert "not yet closer to zero" in done.stdout


def test_a_descent_that_rises_on_its_way_down_has_not_diverged() -> None:
    done = run("seven", "--max-steps", "2")
    assert (done.returncode, done.stderr) == (0, "")
    assert "After 2 steps the step sizes are not yet closer to zero" in " ".join(
        done.stdout.split()
    )


def test_watch_passes_the_steps_on() -> None:
    observed = []

    def watch(steps: Iterator[Step]) -> Iterator[Step]:
        for step in steps:
            observed.append(step.index)
            yield step

    descent = training.descend(statquest.network(), ["b3"], max_steps=4, watch=watch)
    assert observed == [step.index for step in descent.steps] == [0, 1, 2, 3]


def test_progress_is_not_shown_in_a_pipe() -> None:
    assert run("seven").stderr == ""


def test_progress_is_shown_on_a_terminal_and_leaves_the_output_alone() -> None:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    os.set_blocking(
        ours, False
    )  # so that the test fails, rather than waits, where nothing is shown
    command = [sys.executable, "-m", "micrograd_sq", "seven"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, text=True) as process:
        shown, _ = process.communicate()
    progress = os.read(ours, 100_000).decode()
    os.close(theirs)
    os.close(ours)
    assert "/1000 [" in progress
    assert shown == run("seven").stdout
