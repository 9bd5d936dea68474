"""The command, run as a process as a user runs it."""

import json
import os
import re
import subprocess
import sys

import pytest

from tests.command import run


def test_without_arguments_it_tells_the_lesson() -> None:
    done = run()
    assert (done.returncode, done.stderr) == (0, "")
    assert "13:28  Using gradient descent" in done.stdout
    assert "stops after 10 steps, at b3 = 2.61" in done.stdout.replace("\n       ", " ")
    assert run("b3").stdout == done.stdout


def test_json_is_one_document_of_unrounded_numbers() -> None:
    document = json.loads(run("--json").stdout)
    assert list(document) == [
        "dosages", "observed", "predicted", "residuals", "ssr_at", "chain_rule", "slope", "steps",
        "b3", "converged",
    ]  # fmt: skip
    assert document["dosages"] == [0.0, 0.5, 1.0]
    assert document["observed"] == [0.0, 1.0, 0.0]
    assert document["residuals"] == [
        observed - predicted
        for observed, predicted in zip(document["observed"], document["predicted"], strict=True)
    ]
    assert list(document["chain_rule"][0]) == [
        "dosage", "d_ssr_d_predicted", "d_predicted_d_b3", "product",
    ]  # fmt: skip
    assert list(document["steps"][0]) == ["index", "b3", "ssr", "slope", "step_size", "new_b3"]
    assert document["steps"][0]["ssr"] == pytest.approx(20.423597677589214, rel=1e-14)
    assert document["steps"][1]["b3"] == document["steps"][0]["new_b3"]
    assert document["b3"] == document["steps"][-1]["new_b3"]
    assert document["converged"] is True


def test_the_options_change_the_descent() -> None:
    options = ("--start", "3", "--learning-rate", "0.2", "--tolerance", "1e-9", "--max-steps", "5")
    document = json.loads(run("b3", "--json", *options).stdout)
    first = document["steps"][0]
    assert first["b3"] == 3.0
    assert first["step_size"] == first["slope"] * 0.2
    assert (len(document["steps"]), document["converged"]) == (5, False)


def test_a_descent_that_is_cut_short_says_so() -> None:
    done = run("--max-steps", "2")
    assert done.returncode == 0
    assert "After 2 steps the step size is not yet closer to zero than 0.001" in done.stdout


@pytest.mark.parametrize("rate", ["0.5", "0.4", "1e300"])
def test_a_diverging_descent_shows_its_ends_and_what_to_try(rate: str) -> None:
    done = run("--learning-rate", rate)
    assert done.returncode == 1
    assert done.stderr == ""
    message = " ".join(done.stdout.split())
    assert message.count("Gradient descent diverged") == 1
    assert "shrink" not in message
    assert "until the steps are close to zero" not in message
    assert f"Try a learning rate smaller than {float(rate):g}" in message
    if rate != "1e300":
        rows = done.stdout[done.stdout.index("new b3\n") :].splitlines()
        numbers = [int(row.split()[0]) for row in rows[1 : rows.index("")]]
        assert numbers[:14] == [*range(1, 11), 100, 200, 300, 400]
        assert len(numbers) < 40


def test_a_diverging_descent_is_still_one_json_document() -> None:
    done = run("--learning-rate", "0.5", "--json")
    document = json.loads(done.stdout, parse_constant=pytest.fail)
    assert (done.returncode, document["converged"]) == (1, False)
    assert document["b3"] == document["steps"][-1]["new_b3"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--learning-rate", "nope"], "nope"),
        (["--learning-rate", "0"], "0.0"),
        (["--learning-rate", "nan"], "nan"),
        (["--tolerance", "-1"], "-1.0"),
        (["--max-steps", "0"], "0"),
        (["--max-steps", "1.5"], "1.5"),
        (["--start", "inf"], "inf"),
        (["--start", "1e200"], "start values are too large"),
        (["b4"], "b4"),
        (["b3", "--nope"], "--nope"),
        (["train"], "--parameters"),
        (["train", "--parameters", "w3,w9"], "no parameter 'w9'; there are w1, w2, w3, w4, b1"),
        (["train", "--parameters", ""], "no parameter ''; there are w1"),
        (["train", "--parameters", "w3,w3"], "'w3' is given more than once"),
        (["train", "--parameters", "all", "--set", "w9=1"], "no parameter 'w9'; there are w1"),
        (["train", "--parameters", "all", "--set", "w3"], "'w3' is not NAME=NUMBER"),
        (["train", "--parameters", "all", "--set", "w3=much"], "'much' is not a number"),
        (["train", "--parameters", "all", "--set", "w3=nan"], "not a finite number"),
        (["train", "--parameters", "all", "--set", "w3=1e308"], "too large"),
        (["train", "--parameters", "all", "--seed", "x"], "--seed"),
        (["three", "--learning-rate", "-1"], "learning_rate is -1.0"),
        (["seven", "--parameters", "all"], "--parameters"),
    ],
)
def test_a_mistake_is_a_usage_message_and_exit_code_2(arguments: list[str], message: str) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("usage: micrograd-sq")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_help_lists_the_commands() -> None:
    done = run("--help")
    assert done.returncode == 0
    for command in ("b3", "train", "three", "seven"):
        assert re.search(rf"^    {command} ", done.stdout, re.MULTILINE)


def test_a_reader_that_stops_reading_is_no_error() -> None:
    command = f"{sys.executable} -m micrograd_sq --json --max-steps 3000 --tolerance 1e-300 --learning-rate 1e-9 | head -n 1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("{\n", "")


def test_dot_is_printed_in_utf_8_whatever_the_terminal_takes() -> None:
    environment = os.environ | {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "micrograd_sq", "draw"]
    done = subprocess.run(command, capture_output=True, env=environment, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "×".encode() in done.stdout


@pytest.mark.parametrize("command", ["", "--json", "seven", "draw"])
def test_a_closed_output_is_no_traceback(command: str) -> None:
    line = f"{sys.executable} -m micrograd_sq {command} >&-"
    done = subprocess.run(line, shell=True, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr


def test_too_many_starts_for_the_memory_is_a_message() -> None:
    done = run("many", "--starts", "1000000000000")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
