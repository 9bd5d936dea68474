"""The command in the hands of clumsy and hostile users: no traceback, a short message, the right exit code."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.command import run

COMMAND = f"{sys.executable} -m micrograd_sq"


def shell(line: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        line.replace("micrograd-sq", COMMAND), shell=True, capture_output=True, text=True,
        check=False, env=os.environ | environment,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--start=--"], "' --' is not a number"),
        (["--learning-rate=--"], "' --' is not a number"),
        (["--tolerance", "tiny"], "argument --tolerance: 'tiny' is not a number"),
        (["--start", "9" * 400], "999' is not a finite number"),
        (["--max-steps", "1.5"], "argument --max-steps: '1.5' is not a whole number"),
        (["seven", "--max-steps", "9" * 400], "999' is not from 1 to 100,000"),
        (["many", "--starts", "1000000000"], "'1000000000' is not from 1 to 100,000,000"),
        (["explore", "--parameters", "b3,b3"], "--parameters: 'b3' is given more than once"),
        (["train", "--parameters=b3", "--set=b3=1", "--set=b3=2"], "--set gives b3 more than once"),
        (["explore", "--out", "b3.SVG"], "--out b3.SVG: a page is no picture"),
        (["draw", "--out", "a\u202egvs.svg"], r"--out: 'a\u202egvs.svg' has control characters"),
        (["draw", "2 * 1e400"], "the number is too large for a float"),
        (["many", "--starts", "0"], "argument --starts: '0' is not from 1"),
        (["many", "--seed", "-1"], "argument --seed: '-1' is not a whole number from 0 on"),
        (["seven", "--bogus"], "seven: error: unrecognized arguments: --bogus; micrograd-sq seven"),
        (["bogus"], "argument COMMAND: invalid choice: 'bogus' (choose from"),
        (["draw", "--out", "x.svg\n"], r"argument --out: 'x.svg\n' has control characters"),
        (["draw", "--out", f"{'d' * 400}/a.svg"], "File name too long"),
        (["draw", "x # a\n+ 1", "--set", "x=1"], "a formula has no comments"),
        (
            ["draw", b"\xff*x".decode(errors="surrogateescape"), "--set", "x=1"],
            "is not text in UTF-8",
        ),
        (["draw", "--out", ""], "argument --out: '' is no name"),
        (["explore", "--no-open", "--out", "/dev/fd/9" + "9" * 30], "cannot write /dev/fd/999"),
        (["draw", "--out", "."], "--out .: the name must end in .svg"),
        (["explore", "--out", ""], "argument --out: '' is no name"),
        (["explore", "--no-open", "--out", "/"], "cannot write /: Is a directory"),
        (["seven", "--plots", ""], "argument --plots: '' is no name"),
        (["draw", "--dosage=--"], "' --' is not a number"),
        (["draw", "--dosage", "0.5000001"], "--dosage 0.5000001: only 0, 0.5 or 1 were observed"),
        (["b3", "\n".join(map(str, range(200)))], r"unrecognized arguments: 0\n1\n2"),
        (["draw", "x", "--set=x=1", "--highlight=b3\n  a\n  b\n  c"], r"the formula has x"),
        (["draw", "1if x else y"], "made of names, numbers"),
        (["train", "--parameters", "w1\n\x1b[31mx"], r"no parameter 'w1\n\x1b[31mx'"),
        (["train", "--parameters", "a" * 100_000], "no parameter 'aaaa"),
        (["many", "--starts", "9" * 400], "--starts"),
        (["\x1b[2J"], "invalid choice"),
        (["explore", "log(x)", "--set", "x=-1"], "it needs a value above 0"),
        (["explore", "1/x", "--set", "x=0"], "the divisor must not be 0"),
        (["explore", "exp(x)", "--set", "x=1000"], "it is too large for a float"),
        (["explore", "x", "--set", "x=1", "--parameters", "b3"], "--parameters is for the lesson"),
        (["draw", "x\x1b[31m", "--set", "x=1"], "not understood"),
    ],
)
def test_a_mistake_is_told_in_short_plain_lines(arguments: list[str], message: str) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    told = done.stderr[done.stderr.index("error: ") :]
    assert all(letter.isprintable() or letter == "\n" for letter in told)
    assert all(len(line) < 340 for line in told.splitlines())
    assert len(told.splitlines()) <= 3  # of a formula, and where in it


def test_a_negative_number_may_be_written_with_an_exponent() -> None:
    document = json.loads(run("--start", "-1e1", "--json").stdout)
    assert document["steps"][0]["b3"] == -10.0


@pytest.mark.parametrize(
    ("command", "exit_code", "made"),
    [
        ("three --plots plots --max-steps 3", 0, ["descent.gif", "descent.png", "fit.png"]),
        ("three --json --plots plots --max-steps 3", 0, ["descent.gif", "descent.png", "fit.png"]),
        ("b3 --learning-rate 1", 1, []),
    ],
)
def test_a_reader_who_leaves_misses_nothing_but_the_text(
    tmp_path: Path, command: str, exit_code: int, made: list[str]
) -> None:
    done = subprocess.run(
        ["bash", "-c", f"{COMMAND} {command} | true; echo ${{PIPESTATUS[0]}}"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == (f"{exit_code}\n", "")
    assert made == sorted(path.name for path in tmp_path.glob("plots/*"))[: len(made)]


def test_a_reader_who_leaves_a_page_or_a_picture_has_seen_enough() -> None:
    for command in ("draw", "explore --out /dev/stdout"):
        line = f"{COMMAND} {command} | head -c 1; echo ${{PIPESTATUS[0]}}"
        done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
        assert (done.stdout[-2:], done.stderr) == ("0\n", "")


@pytest.mark.parametrize(
    ("command", "exit_code"),
    [
        ("micrograd-sq bogus", 2),
        ("micrograd-sq seven --learning-rate 5 --json", 1),
        ("BROWSER=false micrograd-sq explore x --set x=1 --out x.html", 0),
    ],
)
def test_where_messages_cannot_be_read_the_exit_code_is_the_same(
    tmp_path: Path, command: str, exit_code: int
) -> None:
    command = command.replace("micrograd-sq", COMMAND)
    for unbuffered in ("", "1"):
        for stderr in ("2>/dev/full", "2>&1 | true"):
            done = subprocess.run(
                ["bash", "-c", f"{command} >/dev/null {stderr}; exit ${{PIPESTATUS[0]}}"],
                cwd=tmp_path, env=os.environ | {"PYTHONUNBUFFERED": unbuffered}, check=False,
            )  # fmt: skip
            assert (done.returncode, unbuffered, stderr) == (exit_code, unbuffered, stderr)


def test_what_is_printed_is_whole_or_an_error_where_python_does_not_buffer(tmp_path: Path) -> None:
    line = f"ulimit -f 20; {COMMAND} seven --json > {tmp_path}/out"  # blocks of 512 or 1,024 bytes
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    done = subprocess.run(
        ["bash", "-c", line], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (2, "micrograd-sq: cannot print: File too large\n")


def test_a_formula_may_begin_with_a_minus_after_a_flag(tmp_path: Path) -> None:
    done = run(
        "explore", "--no-open", "-2*x + 1", "--set", "x=1", "--out", str(tmp_path / "a.html")
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_long_row_of_minuses_is_a_formula_like_any_other() -> None:
    for minuses, number in ((1000, 9), (1001, 1 / 9)):
        done = run("draw", f"x**{'-' * minuses}2", "--set", "x=3")
        assert (done.returncode, done.stderr, f"{number:.4g}" in done.stdout) == (0, "", True)


def test_an_option_s_value_may_begin_with_a_minus_as_a_formula_may(tmp_path: Path) -> None:
    done = subprocess.run(
        f"{COMMAND} draw -x --set x=1 --out -y.svg", shell=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["-y.svg"]


def test_where_neither_results_nor_messages_can_be_printed_the_exit_code_says_it() -> None:
    for command in ("micrograd-sq", "micrograd-sq --help", "micrograd-sq many --starts 5"):
        assert shell(f"{command} >/dev/full 2>/dev/full").returncode == 2


def test_without_stderr_the_results_are_the_results_alone() -> None:
    for command in ("three", "seven", "train --parameters b3"):
        done = shell(f"micrograd-sq {command} 2>&-")
        assert (done.returncode, done.stdout) == (0, run(*command.split()).stdout)
    done = shell("micrograd-sq three --json --learning-rate 0.5 2>&-")
    assert done.returncode == 1
    assert json.loads(done.stdout)["converged"] is False


def test_what_cannot_be_printed_is_told() -> None:
    for command in (
        "micrograd-sq",
        "micrograd-sq --help",
        "micrograd-sq draw",
        "micrograd-sq seven --json",
    ):
        done = shell(f"{command} > /dev/full")
        assert done.returncode == 2, command
        assert done.stderr == "micrograd-sq: cannot print: No space left on device\n", command


INTERRUPTED = """
import signal, sys
from micrograd_sq.__main__ import main

signal.signal(signal.SIGINT, signal.default_int_handler)  # even if this was started to ignore it

class Interruption:
    def find_spec(self, name, path, target=None):
        if name == {module!r}:
            try:
                signal.raise_signal(signal.SIGINT)
            except BaseException:  # as code does that takes any error for one of its own
                pass

sys.meta_path.insert(0, Interruption())
sys.argv[1:] = ["seven"]
sys.exit(main())
"""


@pytest.mark.parametrize(
    "module", ["statquest", "statquest.arguments", "engine", "statquest.commands", "descent"]
)
def test_an_interruption_before_the_command_has_begun_ends_it_without_a_word(module: str) -> None:
    program = INTERRUPTED.format(module=f"micrograd_sq.{module}")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "", "")


def test_where_memory_ends_that_is_said_in_one_line() -> None:
    program = """if True:
        import sys
        from micrograd_sq.statquest import commands
        from micrograd_sq.__main__ import main

        def exhausted(options):
            raise MemoryError

        commands.COMMANDS["b3"] = exhausted
        sys.exit(main(["b3"]))
    """
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "micrograd-sq: out of memory\n"


def test_a_plot_that_cannot_be_drawn_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "matplotlibrc").write_text("text.usetex: True")  # without a LaTeX on the PATH
    done = shell(
        f"micrograd-sq three --max-steps 3 --plots {tmp_path}/plots",
        MPLCONFIGDIR=str(tmp_path),
        PATH="",
    )
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert "latex could not be found" in done.stderr.splitlines()[-1]
    assert list(tmp_path.glob("plots/.*")) == []


@pytest.mark.parametrize("browser", ["'half a quotation", " ", "/no/such/browser"])
def test_a_browser_that_cannot_be_started_costs_no_page(tmp_path: Path, browser: str) -> None:
    done = shell(f"micrograd-sq explore x --set x=1 --out {tmp_path}/x.html", BROWSER=browser)
    assert (done.returncode, done.stdout) == (0, f"{tmp_path}/x.html\n")
    assert "no browser was found" in done.stderr


def test_a_terminal_that_knows_few_letters_is_no_reason_to_fail(tmp_path: object) -> None:
    done = shell(
        f"micrograd-sq explore x --set x=1 --no-open --out {tmp_path}/é.html",
        PYTHONIOENCODING="ascii",
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("\\xe9.html\n")


WORDS = st.sampled_from(
    "b3 train three seven draw many explore --start --learning-rate --tolerance --max-steps --json --parameters "
    "--set --seed --graph --dosage --highlight --starts w3 w3,w4 all w3=1 x=0 x*x log(x) -- -1 1e400 nan 0 3 -h é".split()
) | st.text(max_size=8).filter(lambda text: "\0" not in text and not text.startswith("--o"))  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS, max_size=6))
def test_whatever_is_typed_there_is_no_traceback(words: list[str]) -> None:
    if "many" in words or "explore" in words:
        words = [*words, "--nope"]  # these would train for long, or open a browser
    try:
        done = run(*words, *(["--max-steps", "20"] if words[:1] in (["seven"], ["three"]) else []))
    except UnicodeEncodeError:  # what no shell can pass on either
        return
    assert done.returncode in (0, 1, 2)
    assert "Traceback" not in done.stderr
