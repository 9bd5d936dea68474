"""The command line: `micrograd-sq`, or `python -m micrograd_sq`.

A command imports its libraries when it runs, so that no command waits for the libraries of another one.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import sys
import time
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from math import isfinite
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NoReturn

from micrograd_sq import statquest
from micrograd_sq.files import check_folder, temporary

if TYPE_CHECKING:
    from micrograd_sq.drawing.picture import Picture
    from micrograd_sq.engine import Value
    from micrograd_sq.statquest.training import Descent

MOST_STEPS = 10**5  # A descent keeps all of its steps. This many take up to a gigabyte of memory.
STDOUT = ("-", "/dev/stdout")  # values of --out
Options = argparse.Namespace
DEFAULT = "(default %(default)s)"
FORMULA = 'draw this instead of the lesson, for example "(1 - softplus(w*x + b))**2"'


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: the arguments; None stands for the arguments of the process. Without a command, `b3` runs.

    Returns:
        The exit code: 0, or 1 if the descent diverged (for `many`: if every descent diverged).

    Raises:
        SystemExit: the code is 2 after a message about a mistake, and 0 after a help text.
    """
    exit_code = 0
    try:
        try:
            exit_code = _run(sys.argv[1:] if argv is None else list(argv))
        finally:
            print(end="", flush=True)  # A full disk or a closed pipe raises its error here.
    except OSError as error:
        # The rest of the output goes to the null device. Otherwise Python fails again at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):  # The reader, for example `head`, has left.
            _complain(f"cannot print: {error.strerror or error}")
            exit_code = 2
    except KeyboardInterrupt:
        # The signal itself ends the process, so that a script around the command ends too.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.raise_signal(signal.SIGINT)
    return exit_code


def _run(argv: list[str]) -> int:
    """Parse the arguments and run the command. Turn an error into a message and exit code 2."""
    if not argv or (argv[0].startswith("-") and argv[0] not in ("-h", "--help")):
        argv = ["b3", *argv]
    options, unknown = _parser().parse_known_args(argv)
    parser: _Parser = options.parser
    if unknown:
        parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    try:
        return int(options.run(options))
    except (ValueError, ArithmeticError, RuntimeError, MemoryError) as error:
        parser.error(str(error) or "out of memory")
    except ImportError as error:  # an extra that is not installed
        _complain(str(error))
        raise SystemExit(2) from None


class _Parser(argparse.ArgumentParser):
    """A parser that reads -1e3 and -x**2 as values, and prints no control characters."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, **options)
        # argparse reads an argument that begins with a minus as an option, unless this pattern matches.
        # Its own pattern misses -1e3. Here every argument with one minus is a value, except -h.
        self._negative_number_matcher = re.compile("-(?!-|h$)")

    def error(self, message: str) -> NoReturn:
        """Print the usage and the message, and exit with code 2."""
        if "-h/--help" in message:
            message += '; write "--" before a formula that begins with -h'
        super().error(_plain(message))


def _complain(message: str) -> None:
    print(f"micrograd-sq: {_plain(message)}", file=sys.stderr)


def _plain(text: str) -> str:
    r"""Return a text with its control characters escaped. They could steer the terminal.

    >>> print(_plain("red \x1b[31m"))
    red \x1b[31m
    """
    return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)


def _parser() -> _Parser:
    """Return the parser. Its result has the command's function as `run` and the command's own parser as `parser`."""
    parser = _Parser(
        prog="micrograd-sq",
        description="StatQuest's backpropagation lesson, computed by a minimal autograd engine.",
        epilog="Without a command, b3 runs. `micrograd-sq COMMAND --help` lists a command's options.",
    )
    commands = parser.add_subparsers(metavar="COMMAND", dest="command", required=True)

    def command(name: str, run: Callable[[Options], int], text: str) -> _Parser:
        added = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        added.set_defaults(run=run, parser=added)
        return added

    b3 = command("b3", _b3, "print the lesson, chapter by chapter: optimise b3")
    b3.add_argument("--start", type=_number, default=0.0, help="initial value of b3 (default 0)")
    _add_descent(b3, tolerance=0.001)

    train = command("train", _train, "optimise the parameters that you name")
    train.add_argument(
        "--parameters", type=_labels, required=True, help="for example w3,w4,b3, or all"
    )
    _add_set(train, _setting, "the initial value of a parameter; may be repeated")
    train.add_argument(
        "--seed", type=int, help="draw the weights to optimise from a standard normal; biases are 0"
    )
    _add_descent(train, tolerance=1e-6)

    for name, start in (("three", statquest.THREE), ("seven", statquest.SEVEN)):
        shortcut = command(name, _train, f"print the next lesson: optimise {', '.join(start)}")
        shortcut.set_defaults(parameters=list(start), set=list(start.items()), seed=None)
        _add_descent(shortcut, tolerance=1e-6)

    draw = command("draw", _draw, "draw a formula's graph, the lesson's graph or its network")
    draw.add_argument("formula", nargs="?", metavar="FORMULA", help=FORMULA)
    _add_set(draw, _named_number, "the number of a name in the formula; may be repeated")
    draw.add_argument(
        "--graph", choices=["ssr", "predicted", "network"], help="part of the lesson (default ssr)"
    )
    draw.add_argument(
        "--dosage", type=_number, help="draw the prediction or the SSR of this dosage alone"
    )
    draw.add_argument(
        "--highlight", type=_name, metavar="NAME", help="show the paths of NAME's gradient"
    )
    draw.add_argument(
        "--out", type=Path, metavar="FILE", help="FILE.svg, .png, .jpg or .dot; - prints SVG"
    )

    many = command("many", _many, "optimise all seven parameters from many random initial values")
    many.add_argument("--starts", type=int, default=10_000, help=DEFAULT)
    many.add_argument("--seed", type=int, help="make the initial values repeatable")
    many.add_argument("--learning-rate", type=_number, default=0.1, help=DEFAULT)
    many.add_argument("--max-steps", type=int, default=2000, help=DEFAULT)
    many.add_argument("--backend", choices=["numpy", "jax"], default="numpy", help=DEFAULT)
    _add_output(many, "also draw which initial values of a grid find the data, as a PNG file")

    explore = command("explore", _explore, "open the lesson or a formula as an interactive page")
    explore.add_argument("formula", nargs="?", metavar="FORMULA", help=FORMULA)
    _add_set(explore, _named_number, "the number of a name in the formula; may be repeated")
    explore.add_argument(
        "--parameters", type=_labels, help="for example w3,w4,b3, or all (default b3)"
    )
    explore.add_argument(
        "--out", type=Path, metavar="FILE", help="write this file, or - to print the page"
    )
    explore.add_argument("--no-open", action="store_true", help="do not open the page in a browser")
    return parser


def _add_descent(parser: _Parser, tolerance: float) -> None:
    parser.add_argument("--learning-rate", type=_number, default=0.1, help=DEFAULT)
    parser.add_argument(
        "--tolerance", type=_number, default=tolerance, help=f"stop at steps below this {DEFAULT}"
    )
    parser.add_argument("--max-steps", type=_steps, default=1000, help=DEFAULT)
    _add_output(parser, "also draw the descent, as PNG and GIF files")


def _add_set(parser: _Parser, convert: Callable[[str], tuple[str, float]], text: str) -> None:
    parser.add_argument(
        "--set", type=convert, action="append", default=[], metavar="NAME=NUMBER", help=text
    )


def _add_output(parser: _Parser, plots: str) -> None:
    parser.add_argument("--json", action="store_true", help="print unrounded numbers as JSON")
    parser.add_argument("--plots", type=Path, metavar="FOLDER", help=plots)


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None
    if not isfinite(number):
        raise argparse.ArgumentTypeError(f"{text!r} is not a finite number")
    return number


def _steps(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_STEPS:
        raise argparse.ArgumentTypeError(f"{text!r} is not an integer from 1 to {MOST_STEPS:,}")
    return int(text)


def _labels(text: str) -> list[str]:
    if text == "all":
        return list(statquest.SEVEN)
    return list(dict.fromkeys(_label(label) for label in text.split(",")))


def _label(text: str) -> str:
    if text.strip() not in statquest.SEVEN:
        names = ", ".join(statquest.SEVEN)
        raise argparse.ArgumentTypeError(f"no parameter {text!r}; there are {names}")
    return text.strip()


def _setting(text: str) -> tuple[str, float]:
    name, number = _named_number(text)
    return _label(name), number


def _named_number(text: str) -> tuple[str, float]:
    name, equals, number = text.partition("=")
    if not (name and equals):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=NUMBER, for example w3=0.36")
    return _name(name), _number(number)


def _name(text: str) -> str:
    return unicodedata.normalize("NFKC", text.strip())  # Python normalises the names of a formula.


# ---- The commands


def _b3(options: Options) -> int:
    from micrograd_sq.statquest import walkthroughs

    _check_plots(options)
    how = options.learning_rate, options.tolerance, options.max_steps
    lesson = walkthroughs.b3_lesson(options.start, *how)
    return _report(lesson.descent, lesson.document(), walkthroughs.lesson_text(lesson), options)


def _train(options: Options) -> int:
    from tqdm import tqdm

    from micrograd_sq.statquest import training, walkthroughs

    _check_plots(options)
    net = training.start_network(options.parameters, dict(options.set), options.seed)
    how = options.learning_rate, options.tolerance, options.max_steps
    watch = partial(tqdm, total=options.max_steps, unit=" steps", leave=False, disable=None)
    descent = training.descend(net, options.parameters, *how, watch)
    texts = {"three": walkthroughs.three_text, "seven": walkthroughs.seven_text}
    # A walkthrough needs a first step. There is none if that step would leave the finite numbers.
    text = texts.get(options.command) if descent.steps else None
    return _report(descent, descent.document(), (text or training.descent_text)(descent), options)


def _report(descent: Descent, document: dict[str, Any], text: str, options: Options) -> int:
    """Print the results of a descent and draw its plots."""
    from micrograd_sq.statquest.training import outcome

    _print_results(document, text, options)
    if descent.diverged and options.json:  # The text contains the outcome already.
        _complain(outcome(descent))
    if descent.diverged and options.plots:
        _complain("there is nothing to plot")
    elif options.plots:
        from micrograd_sq.statquest.plots import write_plots

        write_plots(options.plots, descent.net, descent.steps)
    return int(descent.diverged)


def _many(options: Options) -> int:
    from tqdm import tqdm

    from micrograd_sq.statquest import many

    _check_plots(options)
    how = options.learning_rate, options.max_steps, options.backend
    watch = partial(tqdm, unit=" blocks of starts", leave=False, disable=None)
    begin = time.perf_counter()
    fits = many.fit_many(options.starts, options.seed, *how, watch)
    seconds = time.perf_counter() - begin
    _print_results(fits.document(), many.fits_text(fits, seconds), options)
    if options.plots:
        from micrograd_sq.statquest import plots

        grid = plots.fit_grid(*how, watch)
        plots.write_starts(options.plots, grid, options.max_steps)
    return 1 if fits.diverged.all() else 0


def _check_plots(options: Options) -> None:
    """Raise the error of a missing library or of a read-only folder before the descent, not after it."""
    if options.plots:
        import micrograd_sq.statquest.plots  # noqa: F401

        check_folder(options.plots)


def _print_results(document: dict[str, Any], text: str, options: Options) -> None:
    """Print the results. If the reader has left, for example `head`, the plots are drawn nevertheless."""
    with suppress(BrokenPipeError):
        print(json.dumps(document, indent=2) if options.json else text, flush=True)


def _draw(options: Options) -> int:
    picture = _lesson_picture(options) if options.formula is None else _formula_picture(options)
    if options.out is None:
        sys.stdout.buffer.write(picture.source.encode())  # The encoding of DOT is UTF-8.
    elif str(options.out) in STDOUT:
        sys.stdout.buffer.write(picture.pipe(format="svg"))
    else:
        picture.write(options.out)
    return 0


def _formula_picture(options: Options) -> Picture:
    from micrograd_sq.drawing import draw_dot
    from micrograd_sq.expression import value_of

    if options.graph or options.dosage is not None:
        raise ValueError("--graph and --dosage are for the lesson, not for a formula")
    root = value_of(options.formula, dict(options.set))
    root.backward()
    return draw_dot(root, highlight=_highlight(options, statquest.labelled(root)))


def _lesson_picture(options: Options) -> Picture:
    from micrograd_sq.drawing import draw_dot, draw_network
    from micrograd_sq.losses import ssr

    if options.set:
        raise ValueError('--set is for a formula: add one, for example "w*x"')
    net, dosage = statquest.network(), options.dosage
    colours: dict[str, Any] = {"optimised": net.parameters(), "to_find": [net["b3"]]}
    if options.graph == "network":
        if dosage is not None or options.highlight is not None:
            raise ValueError("--dosage and --highlight are for the ssr and predicted graphs alone")
        return draw_network(net, **colours)
    if options.graph == "predicted":
        root = statquest.predict(net, 0.5 if dosage is None else dosage)
    elif dosage is None:
        root = statquest.loss(net)
    elif dosage in statquest.DOSAGES:
        observed = statquest.OBSERVED[statquest.DOSAGES.index(dosage)]
        root = ssr([observed], [statquest.predict(net, dosage)])
    else:
        raise ValueError(f"--dosage {dosage}: only 0, 0.5 or 1 were observed")
    root.backward()
    highlight = _highlight(options, {label: net[label] for label in statquest.SEVEN})
    return draw_dot(root, highlight=highlight, **colours)


def _highlight(options: Options, values: Mapping[str, Value]) -> Value | None:
    """Return the Value that --highlight names."""
    name = options.highlight
    if name is not None and name not in values:
        names = " or ".join(", ".join(values).rsplit(", ", 1))
        choice = f"it must be {names}" if values else "the formula has no names"
        raise ValueError(f"--highlight {name!r}: {choice}")
    return None if name is None else values[name]


def _explore(options: Options) -> int:
    import webbrowser

    if str(options.out) in STDOUT:
        with TemporaryDirectory() as folder:
            _write_page(Path(folder, "page.html"), options)
            sys.stdout.buffer.write(Path(folder, "page.html").read_bytes())
        return 0
    path = options.out or temporary("page", ".html")
    _write_page(path, options)
    print(_plain(str(path)), flush=True)  # Some browsers end only when their window closes.
    if not (options.no_open or webbrowser.open(path.resolve().as_uri())):
        _complain("no browser was found; open the page in a browser yourself")
    return 0


def _write_page(path: Path, options: Options) -> None:
    if options.formula is None:
        from micrograd_sq.statquest.page import write_page

        if options.set:
            raise ValueError('--set is for a formula: add one, for example "w*x"')
        net, names = statquest.network(), options.parameters or ["b3"]
        net.load({name: statquest.SEVEN[name] for name in names})
        write_page(path, net, names)
    else:
        from micrograd_sq.explorer import explore
        from micrograd_sq.expression import value_of

        if options.parameters:
            raise ValueError("--parameters is for the lesson, not for a formula: leave out one")
        explore(value_of(options.formula, dict(options.set))).write(path)
