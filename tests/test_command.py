"""The command: what its options do, what it says about a mistake, and how it ends."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.command import run, shell


def test_without_arguments_it_prints_the_lesson() -> None:
    done = run()
    assert (done.returncode, done.stderr) == (0, "")
    assert "13:28  Using gradient descent" in done.stdout
    assert "converged after 10 steps. The last step size is closer" in done.stdout.replace("\n       ", " ")
    assert run("b3").stdout == done.stdout


def test_json_is_one_document_of_unrounded_numbers() -> None:
    document = json.loads(run("--json").stdout)
    names = "dosages observed predicted residuals ssr_at chain_rule slope steps b3 converged"
    assert " ".join(document) == names
    pairs = zip(document["observed"], document["predicted"], strict=True)
    assert document["residuals"] == [observed - predicted for observed, predicted in pairs]
    factors = " ".join(document["chain_rule"][0])
    assert factors == "dosage d_ssr_d_predicted d_predicted_d_b3 product"
    assert " ".join(document["steps"][0]) == "index b3 ssr slope step_size new_b3"
    assert document["steps"][1]["b3"] == document["steps"][0]["new_b3"]
    assert document["b3"] == document["steps"][-1]["new_b3"]
    assert document["converged"] is True


def test_the_options_change_the_descent() -> None:
    options = ("--start", "3", "--learning-rate", "0.2", "--tolerance", "1e-9", "--max-steps", "5")
    document = json.loads(run("b3", "--json", *options).stdout)
    first = document["steps"][0]
    assert (first["b3"], first["step_size"]) == (3.0, first["slope"] * 0.2)
    assert (len(document["steps"]), document["converged"]) == (5, False)
    assert "Gradient descent has not yet converged after 5 steps." in " ".join(run("b3", *options).stdout.split())


@pytest.mark.parametrize("rate", ["0.5", "0.4", "1e300"])
def test_a_diverging_descent_shows_its_ends_and_what_to_try(rate: str) -> None:
    done = run("--learning-rate", rate)
    assert (done.returncode, done.stderr) == (1, "")
    message = " ".join(done.stdout.split())
    assert message.count("Gradient descent diverged") == 1
    assert "shrink" not in message
    assert "until the steps are close to zero" not in message
    assert f"Try a learning rate smaller than {float(rate):g}" in message


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--learning-rate nope", "argument --learning-rate: invalid float value: 'nope'"),
        ("--learning-rate 0", "learning_rate is 0.0"),
        ("--max-steps 0", "max_steps is 0, but it must be an integer of at least 1"),
        ("--start inf", "the SSR is not a finite number"),
        ("--start 1e200", "choose initial values closer to 0"),
        ("b4", "argument COMMAND: invalid choice: 'b4' (choose from"),
        ("b3 --nope", "b3: error: unrecognized arguments: --nope"),
        ("train", "required: --parameters"),
        ("train --parameters w3,w9", "error: no parameter 'w9': this network has w1, w2, w3, w4, b1"),
        ("train --parameters all --set w9=1", "no parameter 'w9': this network has w1"),
        ("train --parameters all --set w3", "'w3' is not NAME=NUMBER, for example w3=0.36"),
        ("train --parameters all --set w3=much", "'w3=much' is not NAME=NUMBER, for example w3=0.36"),
        ("train --parameters all --seed x", "argument --seed: invalid int value: 'x'"),
        ("train --parameters all --seed -1", "seed is -1, but it must be an integer of at least 0"),
        ("many --starts 0", "starts is 0, but it must be an integer of at least 1"),
        ("many --starts 1000000000000000", "Unable to allocate"),
        ("explore --parameters w9 --out -", "to_find is ['w9'], but it must name one or more of w1, w2"),
        ("draw --highlight b4", "'b4', but the graph has w1, w2, w3, w4, b1, b2, b3"),
        ("draw 1+2 --highlight x", "--highlight is 'x', but the graph has no names"),
        ("draw --set x=1", "--set is for a formula"),
        ("draw --dosage 0.5000001", "--dosage 0.5000001 has no observation: use 0, 0.5 or 1"),
        ("draw x --set x=1 --highlight w", "--highlight is 'w', but the graph has x"),
        ("draw x --set x=1 --graph ssr", "--graph is for the lesson: leave it out for a formula"),
        ("draw --graph network --dosage 0.5", "--dosage and --highlight are for graphs of Values"),
        ("draw x) --set x=1", "the formula is not understood: unmatched ')'"),
        ("draw --out b3.gif", "path is b3.gif, but it must end in .svg"),
    ],
)
def test_a_mistake_is_a_usage_message_and_exit_code_2(line: str, message: str) -> None:
    done = run(*line.split(" "))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("usage: micrograd-sq")
    assert message in done.stderr


WORDS = st.sampled_from(
    "b3 train three seven draw many explore --start --learning-rate --tolerance --max-steps --json --parameters "
    "--set --seed --graph --dosage --highlight --starts w3 w3,w4 all w3=1 x=0 x*x log(x) -- -1 1e400 nan 0 3 -h é".split()
) | st.text(max_size=8).filter(lambda text: not text.startswith(("--o", "--p")))  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS, max_size=6))
def test_whatever_is_typed_there_is_no_traceback(words: list[str]) -> None:
    if "many" in words or "explore" in words:
        words = [*words, "--nope"]  # otherwise the command trains for long, or opens a browser
    steps = ["--max-steps", "20"] if words[:1] in (["seven"], ["three"]) else []
    assert run(*words, *steps).returncode in (0, 1, 2)


def test_a_number_and_a_formula_may_begin_with_a_minus() -> None:
    for options in (["--start", "-1e1"], ["--start=-1e1"], ["--start", "-10"]):
        assert json.loads(run(*options, "--json").stdout)["steps"][0]["b3"] == -10.0
    for formula in (["-x**2"], ["-2*x"], ["--", "-x"]):
        done = run("draw", "--set", "x=-1", *formula)
        assert (done.returncode, done.stderr) == (0, "")


def test_help_lists_the_commands() -> None:
    listed = re.findall(r"^    (\w+) ", run("--help").stdout, re.MULTILINE)
    assert listed == ["b3", "train", "three", "seven", "draw", "many", "explore"]


def test_a_picture_and_a_page_can_be_printed() -> None:
    for command, pattern in (("draw", "<.xml.*</svg>\n"), ("explore", r"<!DOCTYPE.*<title>x\*2</title>.*</html>\n")):
        done = run(command, "x*2", "--set", "x=1", "--out", "-")
        assert (done.returncode, done.stderr) == (0, "")
        assert re.fullmatch(pattern, done.stdout, re.DOTALL)


def test_draw_and_explore_print_the_path_that_they_wrote(tmp_path: Path) -> None:
    for words in (
        ["draw", "x", "--out", f"{tmp_path}/x.svg"],
        ["explore", "x", "--no-open", "--out", f"{tmp_path}/x.html"],
    ):
        assert run(*words, "--set", "x=1").stdout == f"{words[-1]}\n"
        assert Path(words[-1]).exists()


def test_dot_is_printed_in_utf_8_whatever_the_terminal_takes() -> None:
    done = shell("PYTHONIOENCODING=ascii micrograd-sq draw")
    assert (done.returncode, done.stderr, "×" in done.stdout) == (0, "", True)


@pytest.mark.parametrize(
    ("command", "exit_code", "made"),
    [
        ("draw", 0, 0),
        ("seven --json", 0, 0),
        ("three --json --plots plots --max-steps 1", 0, 6),
        ("b3 --learning-rate 1", 1, 0),
    ],
)
def test_a_reader_that_stops_reading_ends_nothing_but_the_text(
    command: str, exit_code: int, made: int, tmp_path: Path
) -> None:
    done = shell(f"micrograd-sq {command} | true; exit ${{PIPESTATUS[0]}}", tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (exit_code, "", "")
    assert len([*tmp_path.glob("plots/*")]) == made


@pytest.mark.parametrize("command", ["--help", "draw"])
def test_a_full_disk_is_one_line_and_exit_code_2(command: str) -> None:
    done = shell(f"micrograd-sq {command} > /dev/full")
    assert done.returncode == 2
    assert done.stderr == "micrograd-sq: cannot print: No space left on device\n"


def test_ctrl_c_ends_the_command_without_a_word() -> None:
    # The shell that runs the tests may ignore the signal for all of its commands.
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from micrograd_sq.cli import main; main(['seven', '--json'])"
    )
    command, pipe = [sys.executable, "-c", code], subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe) as process:
        assert process.stdout
        process.stdout.read(1)  # Nobody reads the rest, so the command waits here.
        process.send_signal(signal.SIGINT)
        assert process.communicate()[1] == b""
        assert process.returncode == -signal.SIGINT  # A script around the command ends too.


def test_a_command_does_not_wait_for_the_libraries_of_another_one() -> None:
    code = (
        "import sys; from micrograd_sq.cli import main; main(['b3']); "
        "from micrograd_sq import MLP, Operation, Value, sgd, ssr, value_and_grad; "
        "print({'numpy', 'matplotlib', 'graphviz', 'tqdm'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "set()"
