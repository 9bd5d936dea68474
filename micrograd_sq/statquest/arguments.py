"""What can be typed after `micrograd-sq`, and what it means."""

from __future__ import annotations

import argparse
import math
import re
import reprlib
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from micrograd_sq import statquest

ENDINGS = (".svg", ".png", ".jpg", ".dot")
LONGEST = 300  # characters of a line of a message
MOST_STEPS = 10**5  # which a descent keeps: a gigabyte
MOST_STARTS = 10**8
# In a name; the last ones let a terminal write backwards.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
WITH_NUMBER = re.compile("--(?![nj])[a-z-]+")  # or with another value: all but --no-open and --json
NEGATIVE = re.compile(r"-(\d|\.\d|inf|nan).*", re.IGNORECASE)


class Parser(argparse.ArgumentParser):
    """A parser whose messages cannot fill the screen, nor steer it, whatever was typed; options have one name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, **options)

    def print_help(self, file: Any = None) -> None:
        """Print the help text; an OSError where it cannot be, which argparse would keep to itself."""
        print(self.format_help(), end="", file=file)

    def error(self, message: str) -> NoReturn:
        """Print the usage and the message, and exit with 2."""
        complain(message, self.prog + ": error", self.format_usage())
        raise SystemExit(2)


def complain(message: str, who: str = "micrograd-sq", usage: str = "") -> None:
    """Print a message on stderr, where anybody can read it."""
    with suppress(OSError):
        print(f"{usage}{plain(f'{who}: {message}')}", file=sys.stderr, flush=True)


def plain(message: str) -> str:
    r"""A message with its control characters escaped, and each line shortened: one, and of a formula two below it.

    >>> print(plain("red \x1b[31m"))
    red \x1b[31m
    """
    lines = [
        "".join(
            letter if letter.isprintable() else ascii(letter)[1:-1]
            for letter in (line if len(line) <= 2 * LONGEST else line[:LONGEST] + line[-LONGEST:])
        )
        for line in re.split("\n(?=  )", message, maxsplit=2)
    ]
    return "\n".join(
        # The reason is at the end, what was given before it.
        line if len(line) <= LONGEST else f"{line[:150]}...{line[150 - LONGEST + 3 :]}"
        for line in lines
    )


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """What was typed, understood; a mistake exits with 2.

    Args:
        arguments: those after the command's name; without a command they are those of `b3`.
    """
    typed = list(arguments)
    if not typed or (typed[0].startswith("-") and typed[0] not in ("-h", "--help")):
        typed.insert(0, "b3")
    joined: list[str] = []
    for text in typed:
        if joined and WITH_NUMBER.fullmatch(joined[-1]) and NEGATIVE.fullmatch(text):
            joined[-1] += f"={text}"  # argparse takes -1e3 for an option
        elif typed[0] in ("draw", "explore") and re.match("-[^-]", text) and text != "-h":
            if re.fullmatch("--(out|highlight|set)", joined[-1]):
                joined[-1] += f"={text}"
            else:
                joined.append(f" {text}")  # a formula that begins with a minus
        elif text.startswith("--") and text.endswith("=--"):
            joined.append(f"{text[:-2]} --")  # and drops a value of --
        else:
            joined.append(text)
    options, unknown = parser().parse_known_args(joined)
    if unknown:
        options.parser.error(
            f"unrecognized arguments: {' '.join(unknown)}; micrograd-sq {options.command} --help tells its options"
        )
    numbers: list[tuple[str, float]] = getattr(options, "set", [])
    options.set = dict(numbers)
    if len(options.set) < len(numbers):
        options.parser.error(f"--set gives {_repeated(name for name, _ in numbers)} more than once")
    return options


def parser() -> argparse.ArgumentParser:
    """What each command takes; in its result, `command` says which it is, and `parser` is that command's own."""
    parser = Parser(
        prog="micrograd-sq",
        description="StatQuest's backpropagation lesson, computed by a minimal autograd engine.",
        epilog="Without a command, b3 is run; micrograd-sq COMMAND --help tells its options.",
    )
    commands = parser.add_subparsers(metavar="COMMAND", dest="command", required=True)
    b3 = commands.add_parser("b3", help="tell the lesson, chapter by chapter: find b3")
    b3.set_defaults(parser=b3)
    b3.add_argument("--start", type=_finite, default=0.0, metavar="B3", help="first b3 (default 0)")
    _add_descent(b3, tolerance=0.001)

    train = commands.add_parser("train", help="optimise the parameters that you name")
    train.set_defaults(parser=train)
    train.add_argument(
        "--parameters",
        type=_labels,
        required=True,
        metavar="NAMES",
        help="those to optimise, such as w3,w4,b3, or all; the others stay at the lesson's values",
    )
    train.add_argument(
        "--set",
        type=_setting,
        action="append",
        default=[],
        metavar="NAME=NUMBER",
        help="another value to start from, or to stay at; may be repeated",
    )
    train.add_argument(
        "--seed",
        type=_seed,
        metavar="N",
        help="draw the weights to optimise from a standard normal, and set their biases to 0",
    )
    _add_descent(train, tolerance=1e-6)

    for name, start in (("three", statquest.THREE), ("seven", statquest.SEVEN)):
        names = "all seven" if name == "seven" else ", ".join(start)
        shortcut = commands.add_parser(name, help=f"the next lesson: optimise {names}")
        shortcut.set_defaults(parser=shortcut)
        shortcut.set_defaults(parameters=list(start), set=list(start.items()), seed=None)
        _add_descent(shortcut, tolerance=1e-6)

    draw = commands.add_parser("draw", help="draw a formula's graph, the lesson's, or its network")
    draw.set_defaults(parser=draw)
    _add_formula(draw)
    draw.add_argument(
        "--graph",
        choices=["ssr", "predicted", "network"],
        help="the lesson's SSR, one prediction, or the network (default ssr)",
    )
    draw.add_argument(
        "--dosage",
        type=_finite,
        help="of the prediction (default 0.5); the SSR is that of all three doses, or of this one",
    )
    draw.add_argument(
        "--highlight", type=_name, metavar="NAME", help="emphasise the way of its gradient: b3, say"
    )
    draw.add_argument(
        "--out",
        type=_path,
        metavar="FILE",
        help=f"where to put the picture, by its ending a {listed(ENDINGS)}; "
        "without it, DOT is printed",
    )

    many = commands.add_parser("many", help="all seven parameters from many random starts at once")
    many.set_defaults(parser=many)
    many.add_argument(
        "--starts",
        type=partial(_count, most=MOST_STARTS),
        default=10_000,
        metavar="N",
        help="(default %(default)s)",
    )
    many.add_argument("--seed", type=_seed, metavar="N", help="makes the starts repeatable")
    many.add_argument(
        "--learning-rate", type=_finite, default=0.1, metavar="RATE", help="(default %(default)s)"
    )
    many.add_argument(
        "--max-steps",
        type=partial(_count, most=MOST_STEPS),
        default=2000,
        metavar="N",
        help="(default %(default)s)",
    )
    many.add_argument(
        "--backend",
        choices=["numpy", "jax"],
        default="numpy",
        help="what computes (default %(default)s); jax compiles the descent, for all its devices",
    )
    _add_output(many, "also draw which starts of a grid find the data, as a PNG file")

    explore = commands.add_parser(
        "explore", help="write the lesson, or a formula's graph, as a page to touch, and open it"
    )
    explore.set_defaults(parser=explore)
    _add_formula(explore)
    explore.add_argument(
        "--parameters",
        type=_labels,
        metavar="NAMES",
        help='those to find, such as w3,w4,b3, or "all"; they begin as in the video (default b3)',
    )
    explore.add_argument(
        "--out",
        type=_path,
        metavar="FILE",
        help="the page (default: a new file, whose place is printed)",
    )
    explore.add_argument("--no-open", action="store_true", help="do not open it in the browser")
    return parser


def _add_formula(parser: argparse.ArgumentParser) -> None:
    """Add what a command needs to take a formula in place of the lesson."""
    parser.add_argument(
        "formula",
        nargs="?",
        metavar="FORMULA",
        help='such as "(1 - softplus(w*x + b))**2", in place of the lesson',
    )
    parser.add_argument(
        "--set",
        type=_named_number,
        action="append",
        default=[],
        metavar="NAME=NUMBER",
        help="the number of a name in the formula; may be repeated",
    )


def _add_descent(parser: argparse.ArgumentParser, tolerance: float) -> None:
    """Add the options that every descent has."""
    parser.add_argument(
        "--learning-rate", type=_finite, default=0.1, metavar="RATE", help="(default %(default)s)"
    )
    parser.add_argument(
        "--tolerance",
        type=_finite,
        default=tolerance,
        metavar="SIZE",
        help="stop when every step size is closer to zero (default %(default)s)",
    )
    parser.add_argument(
        "--max-steps",
        type=partial(_count, most=MOST_STEPS),
        default=1000,
        metavar="N",
        help="(default %(default)s)",
    )
    _add_output(parser, "also draw the descent, as PNG and GIF files")


def _add_output(parser: argparse.ArgumentParser, plots: str) -> None:
    """Add the options for other output than text."""
    parser.add_argument(
        "--json", action="store_true", help="print unrounded numbers as JSON instead"
    )
    parser.add_argument("--plots", type=_path, metavar="FOLDER", help=plots)


def _labels(text: str) -> list[str]:
    if text == "all":
        return [parameter.label for parameter in statquest.network().parameters()]
    labels = [_label(label.strip()) for label in text.split(",")]
    if len(set(labels)) < len(labels):
        raise argparse.ArgumentTypeError(f"{_repeated(labels)!r} is given more than once")
    return labels


def _repeated(words: Iterable[str]) -> str:
    """The word that is there most often."""
    return Counter(words).most_common(1)[0][0]


def _setting(text: str) -> tuple[str, float]:
    name, number = _named_number(text)
    return _label(name), number


def _named_number(text: str) -> tuple[str, float]:
    name, equals, number = text.partition("=")
    if not (equals and name.strip()):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=NUMBER, such as w3=0.36")
    return _name(name), _finite(number)


def _label(text: str) -> str:
    known = [parameter.label for parameter in statquest.network().parameters()]
    if text not in known:
        raise argparse.ArgumentTypeError(f"no parameter {text!r}; there are {', '.join(known)}")
    return text


def listed(words: Sequence[str]) -> str:
    """Words as a sentence has them: "a, b or c"."""
    return f"{', '.join(words[:-1])} or {words[-1]}"


def _path(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("'' is no name")
    if CONTROL.search(text):
        raise argparse.ArgumentTypeError(f"{reprlib.repr(text)} has control characters")
    return Path(text)


def _finite(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{reprlib.repr(text)} is not a number") from None
    if not math.isfinite(number):
        raise argparse.ArgumentTypeError(f"{reprlib.repr(text)} is not a finite number")
    return number + 0.0  # which takes the sign from a negative zero


def _name(text: str) -> str:
    return unicodedata.normalize("NFKC", text.strip())  # as Python reads its own names


def _count(text: str, most: int) -> int:
    number = _whole(text)
    if not 1 <= number <= most:
        raise argparse.ArgumentTypeError(f"{reprlib.repr(text)} is not from 1 to {most:,}")
    return number


def _seed(text: str) -> int:
    number = _whole(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{reprlib.repr(text)} is not a whole number from 0 on")
    return number


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{reprlib.repr(text)} is not a whole number") from None
