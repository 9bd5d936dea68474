"""The command line: `micrograd-sq`, or `python -m micrograd_sq`.

Each command imports its libraries when the command runs. No command waits for the libraries of another command.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from micrograd_sq import statquest
from micrograd_sq.files import check_folder, temporary

if TYPE_CHECKING:
    from micrograd_sq.drawing.picture import Picture
    from micrograd_sq.statquest.training import Descent

STDOUT = Path("-")  # a value of --out
Options = argparse.Namespace
DEFAULT = "(default %(default)s)"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command with the arguments in `argv`, by default `sys.argv[1:]`. Without a command, `b3` runs.

    Return the exit code: 1 if the descent diverged (for `many`, if all diverged), 2 if printing failed, else 0.
    Raise a SystemExit with code 2 after any other error message, and with code 0 after a help text.
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
    """Run the command and return its exit code. A user's mistake becomes a message and a SystemExit with code 2."""
    if not argv or (argv[0].startswith("-") and argv[0] not in ("-h", "--help")):
        argv = ["b3", *argv]
    options, unknown = _parser().parse_known_args(argv)
    parser: argparse.ArgumentParser = options.parser
    if unknown:
        parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    try:
        if vars(options).get("plots"):  # These errors must not come after a long descent.
            import micrograd_sq.statquest.plots  # noqa: F401 - fails here if matplotlib is missing

            check_folder(options.plots)
        return int(options.run(options))
    except KeyError as error:
        parser.error(error.args[0])
    except (ValueError, ArithmeticError, RuntimeError, MemoryError) as error:
        parser.error(str(error) or "out of memory")
    except ImportError as error:  # an extra that is not installed
        _complain(str(error))
        raise SystemExit(2) from None


def _complain(message: str) -> None:
    print(f"micrograd-sq: {message}", file=sys.stderr)


def _labels(text: str) -> list[str]:
    return list(dict.fromkeys(statquest.SEVEN if text == "all" else map(str.strip, text.split(","))))


def _setting(text: str) -> tuple[str, float]:
    name, _, number = text.partition("=")
    try:
        return name.strip(), float(number)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=NUMBER, for example w3=0.36") from None


FORMULA = 'a formula to show instead of the lesson, for example "(1 - softplus(w*x + b))**2". pi and e are known'
SET = "set a name of the formula, or a parameter. Repeat --set for each name"
REAL: dict[str, Any] = {"type": float, "metavar": "NUMBER"}
COUNT: dict[str, Any] = {"type": int, "metavar": "COUNT"}
OPTIONS: dict[str, dict[str, Any]] = {  # options that several commands share
    "formula": {"nargs": "?", "metavar": "FORMULA", "help": FORMULA},
    "--set": {"action": "append", "default": [], "metavar": "NAME=NUMBER", "type": _setting, "help": SET},
    "--learning-rate": REAL | {"default": 0.1, "help": f"step size = slope x this rate {DEFAULT}"},
    "--tolerance": REAL | {"default": 1e-6, "help": f"stop when all step sizes are closer to zero {DEFAULT}"},
    "--max-steps": COUNT | {"default": 1000, "help": f"the maximum of steps {DEFAULT}"},
    "--plots": {"type": Path, "metavar": "FOLDER", "help": "write plots of the descent into FOLDER, as PNG and GIF"},
    "--json": {"action": "store_true", "help": "print the unrounded numbers as JSON"},
}
DESCENT = ("--learning-rate", "--tolerance", "--max-steps", "--plots", "--json")


def _parser() -> argparse.ArgumentParser:
    """Return the parser. In its results, `run` is the command's function, and `parser` is the command's parser."""
    parser = argparse.ArgumentParser(
        prog="micrograd-sq",
        allow_abbrev=False,
        description="Print, draw or explore StatQuest's backpropagation lesson, computed by a minimal autograd engine.",
        epilog="Without a command, b3 runs. `micrograd-sq COMMAND --help` lists a command's options.",
    )
    commands = parser.add_subparsers(metavar="COMMAND", dest="command", required=True)

    def command(name: str, run: Callable[[Options], int], text: str, *options: str, **defaults: Any) -> Any:
        """Add a command with these options from OPTIONS. Return a function that adds other options to the command."""
        description = f"{text[0].upper()}{text[1:]}."
        added = commands.add_parser(name, help=text, description=description, allow_abbrev=False)
        # argparse reads -1e3 and -x**2 as options. With this pattern, all but -h and --words are values.
        added._negative_number_matcher = re.compile("-(?!-|h$)")
        for option in options:
            added.add_argument(option, **OPTIONS[option])
        added.set_defaults(run=run, parser=added, **defaults)
        return added.add_argument

    add = command("b3", _b3, "print the lesson, chapter by chapter: optimise b3", *DESCENT, tolerance=0.001)
    add("--start", **REAL, default=0.0, help="the initial value of b3 (default 0)")

    add = command("train", _train, "optimise the parameters that you name", "--set", *DESCENT)
    add("--parameters", type=_labels, metavar="NAMES", required=True, help="for example w3,w4,b3, or all")
    add("--seed", type=int, metavar="NUMBER", help="draw the weights from a standard normal, set the biases to 0")

    for name, start in (("three", statquest.THREE), ("seven", statquest.SEVEN)):
        text = f"print the next lesson: optimise {', '.join(start)}"
        command(name, _train, text, *DESCENT, parameters=list(start), set=list(start.items()), seed=None)

    add = command("draw", _draw, "draw a formula's graph, the lesson's graph or its network", "formula", "--set")
    add("--graph", choices=["ssr", "predicted", "network"], help="the part of the lesson to draw (default ssr)")
    add("--dosage", **REAL, help="draw the prediction or the SSR of this dosage alone")
    add("--highlight", metavar="NAME", help="colour the paths of NAME's gradient")
    add("--out", type=Path, metavar="FILE", help="FILE.svg, .png, .jpg or .dot. With - print SVG (default: print DOT)")

    shared = ("--learning-rate", "--max-steps", "--json")
    add = command("many", _many, "optimise all parameters from many random initial values", *shared, max_steps=2000)
    add("--starts", **COUNT, default=10_000, help=f"the number of descents {DEFAULT}")
    add("--seed", type=int, metavar="NUMBER", help="make the initial values repeatable")
    add("--backend", choices=["numpy", "jax"], default="numpy", help=f"the library that computes {DEFAULT}")

    add = command("explore", _explore, "open the lesson or a formula as an interactive page", "formula", "--set")
    add("--parameters", type=_labels, metavar="NAMES", help="for example w3,w4,b3, or all (default b3)")
    add("--out", type=Path, metavar="FILE", help="write the page to FILE, or - to print the page")
    add("--no-open", action="store_true", help="do not open the page in a browser")
    return parser


def _b3(options: Options) -> int:
    from micrograd_sq.statquest import training, walkthroughs

    how = options.learning_rate, options.tolerance, options.max_steps
    descent = training.descend(["b3"], {"b3": options.start}, None, *how)
    return _report(descent, walkthroughs.b3_document(descent), walkthroughs.b3_text(descent), options)


def _train(options: Options) -> int:
    from tqdm import tqdm

    from micrograd_sq.statquest import training, walkthroughs

    how = options.learning_rate, options.tolerance, options.max_steps
    watch = partial(tqdm, total=options.max_steps, unit=" steps", leave=False, disable=None)
    descent = training.descend(options.parameters, dict(options.set), options.seed, *how, watch)
    texts = {"three": walkthroughs.three_text, "seven": walkthroughs.seven_text}
    # A walkthrough needs a first step. There is none if that step would leave the finite numbers.
    text = texts.get(options.command) if descent.steps else None
    return _report(descent, descent.document(), (text or training.descent_text)(descent), options)


def _report(descent: Descent, document: dict[str, Any], text: str, options: Options) -> int:
    """Print the results and return the exit code. Draw the plots that --plots requests, unless the descent diverged."""
    _print_results(document, text, options)
    if descent.diverged and options.json:  # The text contains the outcome already.
        from micrograd_sq.statquest.training import outcome

        _complain(outcome(descent))
    if options.plots and not descent.diverged:
        from micrograd_sq.statquest.plots import write_plots

        write_plots(options.plots, descent.net, descent.steps)
    return int(descent.diverged)


def _many(options: Options) -> int:
    from micrograd_sq.statquest import many

    begin = time.perf_counter()
    fits = many.fit_many(options.starts, options.seed, options.learning_rate, options.max_steps, options.backend)
    _print_results(fits.document(), many.fits_text(fits, time.perf_counter() - begin), options)
    return int(fits.diverged.all())


def _print_results(document: dict[str, Any], text: str, options: Options) -> None:
    """Print the results. Ignore a closed pipe, for example to `head`, so that the plots are still drawn."""
    with suppress(BrokenPipeError):
        print(json.dumps(document, indent=2) if options.json else text, flush=True)


def _draw(options: Options) -> int:
    picture = _picture(options)
    if options.out in (None, STDOUT):  # The encoding of DOT is UTF-8.
        sys.stdout.buffer.write(picture.pipe(format="svg") if options.out else picture.source.encode())
    else:
        picture.write(options.out)
        print(options.out)
    return 0


def _picture(options: Options) -> Picture:
    from micrograd_sq.drawing import draw_dot, draw_network

    root = _formula(options)
    if root is not None:
        root.backward()
        return draw_dot(root, highlight=_highlight(options, statquest.labelled(root)))
    net, dosage = statquest.network(), options.dosage
    colours: dict[str, Any] = {"optimised": net.parameters(), "to_find": [net["b3"]]}
    if options.graph == "network":
        if dosage is not None or options.highlight:
            raise ValueError("--dosage and --highlight are for graphs of Values: leave them out for the network")
        return draw_network(net, inputs=["dosage"], outputs=["effectiveness"], **colours)
    if options.graph == "predicted":
        root = statquest.predict(net, 0.5 if dosage is None else dosage)
    elif dosage in (None, *statquest.DOSAGES):
        root = statquest.loss(net, *statquest.DOSAGES if dosage is None else [dosage])
    else:
        raise ValueError(f"--dosage {dosage} has no observation: use 0, 0.5 or 1, or draw --graph predicted")
    root.backward()
    highlight = _highlight(options, {label: net[label] for label in statquest.SEVEN})
    return draw_dot(root, highlight=highlight, **colours)


def _formula(options: Options) -> Any:
    """Return the Value of the formula. Without a formula, return None: the command shows the lesson."""
    if options.formula is None:
        if options.set:
            raise ValueError('--set is for a formula: add one, for example "w*x"')
        return None
    for name in ("graph", "dosage", "parameters"):
        if vars(options).get(name) is not None:
            raise ValueError(f"--{name} is for the lesson: leave it out for a formula")
    from micrograd_sq.expression import value_of

    try:
        return value_of(options.formula, dict(options.set))
    except (RecursionError, MemoryError):
        raise ValueError("the formula is too long or nested too deeply: write a shorter formula") from None


def _highlight(options: Options, values: Mapping[str, Any]) -> Any:
    """Return the Value that --highlight names, or else None. Raise a ValueError for an unknown name."""
    name = options.highlight
    if name is not None and name not in values:
        raise ValueError(f"--highlight is {name!r}, but the graph has {', '.join(values) or 'no names'}")
    return values.get(name)


def _explore(options: Options) -> int:
    import webbrowser

    from micrograd_sq.explorer import explore
    from micrograd_sq.statquest.page import write_page

    path = temporary("page.html") if options.out in (None, STDOUT) else options.out
    root = _formula(options)
    if root is not None:
        explore(root, title=options.formula).write(path)
    else:
        net, names = statquest.network(), options.parameters or ["b3"]
        net.load({name: number for name, number in statquest.SEVEN.items() if name in names})
        write_page(path, net, names)
    if options.out == STDOUT:
        sys.stdout.buffer.write(path.read_bytes())
        path.unlink()
        return 0
    print(path, flush=True)  # Some browsers end only when their window closes.
    if not (options.no_open or webbrowser.open(path.resolve().as_uri())):
        _complain("no browser was found; open the page in a browser yourself")
    return 0
