"""The command line: `micrograd-sq`, or `python -m micrograd_sq`."""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import tempfile
import time
import webbrowser
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from micrograd_sq import statquest
from micrograd_sq.engine import Value, topological_order
from micrograd_sq.files import write_whole
from micrograd_sq.losses import ssr
from micrograd_sq.statquest import further, training, walkthrough
from micrograd_sq.text import paragraph

if TYPE_CHECKING:
    from graphviz import Digraph

ENDINGS = (".svg", ".png", ".jpg", ".dot")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: the arguments, sys.argv's where it is None; without a command they are those of `b3`.

    Returns:
        The exit code: 0, or 1 for a descent that diverged. A mistake in the arguments exits with 2.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("-h", "--help")):
        arguments.insert(0, "b3")
    options = _parser().parse_args(arguments)
    try:
        exit_code: int = options.run(options)
        if sys.stdout:  # there is none where the caller has closed it
            sys.stdout.flush()
    except (ValueError, ArithmeticError) as error:
        options.parser.error(str(error))
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except (ImportError, MemoryError, OSError) as error:  # an extra, or a folder, that is not there
        print(f"micrograd-sq: {error}", file=sys.stderr)
        return 2
    return exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="micrograd-sq",
        description="StatQuest's backpropagation lesson, computed by a minimal autograd engine.",
        epilog="Without a command, b3 is run; micrograd-sq COMMAND --help tells its options.",
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    b3 = commands.add_parser("b3", help="tell the lesson, chapter by chapter: find b3")
    b3.set_defaults(run=_b3, parser=b3)
    b3.add_argument("--start", type=_finite, default=0.0, metavar="B3", help="first b3 (default 0)")
    _add_descent(b3, tolerance=0.001)

    train = commands.add_parser("train", help="optimise the parameters that you name")
    train.set_defaults(run=_train, parser=train, told=training.descent_text)
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
        type=int,
        metavar="N",
        help="draw the weights to optimise from a standard normal, and set their biases to 0",
    )
    _add_descent(train, tolerance=1e-6)

    for name, start in (("three", statquest.THREE), ("seven", statquest.SEVEN)):
        names = "all seven" if name == "seven" else ", ".join(start)
        shortcut = commands.add_parser(name, help=f"the next lesson: optimise {names}")
        shortcut.set_defaults(run=_train, parser=shortcut)
        shortcut.set_defaults(parameters=list(start), set=list(start.items()), seed=None)
        shortcut.set_defaults(told=further.three_text if name == "three" else further.seven_text)
        _add_descent(shortcut, tolerance=1e-6)

    draw = commands.add_parser("draw", help="draw a formula's graph, the lesson's, or its network")
    draw.set_defaults(run=_draw, parser=draw)
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
        "--highlight", metavar="NAME", help="emphasise the way of its gradient: b3, say"
    )
    draw.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help=f"where to put the picture, by its ending a {_listed(ENDINGS)}; "
        "without it, DOT is printed",
    )

    many = commands.add_parser("many", help="all seven parameters from many random starts at once")
    many.set_defaults(run=_many, parser=many)
    many.add_argument(
        "--starts", type=int, default=10_000, metavar="N", help="(default %(default)s)"
    )
    many.add_argument("--seed", type=int, metavar="N", help="makes the starts repeatable")
    many.add_argument(
        "--learning-rate", type=float, default=0.1, metavar="RATE", help="(default %(default)s)"
    )
    many.add_argument(
        "--max-steps", type=int, default=2000, metavar="N", help="(default %(default)s)"
    )
    many.add_argument("--json", action="store_true", help="print unrounded numbers as JSON instead")

    explore = commands.add_parser(
        "explore", help="write the lesson, or a formula's graph, as a page to touch, and open it"
    )
    explore.set_defaults(run=_explore, parser=explore)
    _add_formula(explore)
    explore.add_argument(
        "--parameters",
        type=_labels,
        metavar="NAMES",
        help='those to find, such as w3,w4,b3, or "all"; they begin as in the video (default b3)',
    )
    explore.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="the page (default: a new file among temporary ones)",
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
        "--learning-rate", type=float, default=0.1, metavar="RATE", help="(default %(default)s)"
    )
    parser.add_argument(
        "--tolerance",
        type=float,
        default=tolerance,
        metavar="SIZE",
        help="stop when every step size is closer to zero (default %(default)s)",
    )
    parser.add_argument(
        "--max-steps", type=int, default=1000, metavar="N", help="(default %(default)s)"
    )
    parser.add_argument(
        "--json", action="store_true", help="print unrounded numbers as JSON instead"
    )
    parser.add_argument(
        "--plots", type=Path, metavar="FOLDER", help="also draw the descent, as PNG and GIF files"
    )


def _b3(options: argparse.Namespace) -> int:
    lesson = walkthrough.b3_lesson(
        options.start, options.learning_rate, options.tolerance, options.max_steps
    )
    shown = (
        json.dumps(lesson.document(), indent=2) if options.json else walkthrough.lesson_text(lesson)
    )
    return _report(lesson.descent, shown, options)


def _train(options: argparse.Namespace) -> int:
    from tqdm import tqdm  # only here, so that the other commands start sooner

    descent = training.descend(
        training.start_network(options.parameters, dict(options.set), options.seed),
        options.parameters,
        options.learning_rate,
        options.tolerance,
        options.max_steps,
        watch=partial(tqdm, total=options.max_steps, unit=" steps", leave=False, disable=None),
    )
    told = options.told if descent.steps else training.descent_text
    shown = json.dumps(descent.document(), indent=2) if options.json else told(descent)
    return _report(descent, shown, options)


def _report(descent: training.Descent, shown: str, options: argparse.Namespace) -> int:
    """Draw the plots where they are asked for, print what is to be shown, and tell a failure once."""
    folder: Path | None = options.plots
    if folder and not descent.diverged:
        from micrograd_sq.statquest.plots import write_plots  # only here: it needs the extra

        write_plots(folder, descent.net, descent.steps)
    print(shown)
    if descent.diverged:
        if options.json:  # what people read has it in its text
            print(paragraph(f"micrograd-sq: {training.outcome(descent)}"), file=sys.stderr)
        if folder:
            print("micrograd-sq: so there is nothing to plot", file=sys.stderr)
    return 1 if descent.diverged else 0


def _many(options: argparse.Namespace) -> int:
    from micrograd_sq.statquest import many  # and numpy with it

    begin = time.perf_counter()
    fits = many.fit_many(options.starts, options.seed, options.learning_rate, options.max_steps)
    seconds = time.perf_counter() - begin
    print(json.dumps(fits.document(), indent=2) if options.json else many.fits_text(fits, seconds))
    return 0


def _labels(text: str) -> list[str]:
    if text == "all":
        return [parameter.label for parameter in statquest.network().parameters()]
    return [_label(label.strip()) for label in text.split(",")]


def _setting(text: str) -> tuple[str, float]:
    name, number = _named_number(text)
    return _label(name), number


def _named_number(text: str) -> tuple[str, float]:
    name, equals, number = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=NUMBER, such as w3=0.36")
    return name.strip(), _finite(number)


def _label(text: str) -> str:
    known = [parameter.label for parameter in statquest.network().parameters()]
    if text not in known:
        raise argparse.ArgumentTypeError(f"no parameter {text!r}; there are {', '.join(known)}")
    return text


def _draw(options: argparse.Namespace) -> int:
    if options.out is not None and options.out.suffix.lower() not in ENDINGS:
        raise ValueError(f"--out {options.out}: the name must end in {_listed(ENDINGS)}")
    picture = _lesson_picture(options) if options.formula is None else _formula_picture(options)
    if options.out is None:
        if sys.stdout:
            sys.stdout.buffer.write(picture.source.encode())  # DOT is UTF-8 wherever it is read
    elif options.out.suffix.lower() == ".dot":
        write_whole(options.out, lambda path: path.write_bytes(picture.source.encode()))
    else:
        try:
            image = picture.pipe(format=options.out.suffix.lower().removeprefix("."))
        except RuntimeError as error:
            raise ValueError(str(error)) from None
        write_whole(options.out, lambda path: path.write_bytes(image))
    return 0


def _formula_picture(options: argparse.Namespace) -> Digraph:
    from micrograd_sq.drawing import draw_dot  # and graphviz, which no other command waits for

    if (options.graph, options.dosage) != (None, None):
        raise ValueError("--graph and --dosage are for the lesson, not for a formula")
    root, highlight = _formula(options.formula, options.set, options.highlight)
    root.backward()
    return draw_dot(root, highlight=highlight)


def _formula(
    formula: str, numbers: list[tuple[str, float]], highlight: str | None
) -> tuple[Value, Value | None]:
    """The Value of a formula, and that of the name to highlight."""
    from micrograd_sq.expression import value_of

    root = value_of(formula, dict(numbers))
    leaves = {value.label: value for value in topological_order(root) if value.label}
    if highlight not in (None, *leaves):
        raise ValueError(f"--highlight {highlight}: the formula has {', '.join(leaves)}")
    return root, leaves[highlight] if highlight else None


def _lesson_picture(options: argparse.Namespace) -> Digraph:
    from micrograd_sq import drawing  # as above

    if options.set:
        raise ValueError("--set is for a formula")
    if options.graph == "network" and (options.dosage, options.highlight) != (None, None):
        raise ValueError("--dosage and --highlight are for the ssr and predicted graphs")
    net = statquest.network()
    parameters, to_find = net.parameters(), [net["b3"]]
    if options.graph == "network":
        return drawing.draw_network(net, optimised=parameters, to_find=to_find)
    labels = [parameter.label for parameter in parameters]
    if options.highlight not in (None, *labels):
        raise ValueError(f"--highlight {options.highlight}: it must be {_listed(labels)}")
    if options.graph == "predicted":
        root = statquest.predict(net, 0.5 if options.dosage is None else options.dosage)
    elif options.dosage is None:
        root = statquest.loss(net)
    elif options.dosage in statquest.DOSAGES:
        observed = statquest.OBSERVED[statquest.DOSAGES.index(options.dosage)]
        root = ssr([observed], [statquest.predict(net, options.dosage)])
    else:
        doses = _listed([f"{dosage:g}" for dosage in statquest.DOSAGES])
        raise ValueError(f"--dosage {options.dosage:g}: only {doses} were observed")
    root.backward()
    highlight = net[options.highlight] if options.highlight else None
    return drawing.draw_dot(root, optimised=parameters, to_find=to_find, highlight=highlight)


def _explore(options: argparse.Namespace) -> int:
    if options.formula is None:
        from micrograd_sq.statquest import page

        if options.set:
            raise ValueError("--set is for a formula")
        net, parameters = statquest.network(), options.parameters or ["b3"]
        net.load({label: statquest.SEVEN[label] for label in parameters})
        path = _page_path(options)
        page.write_page(path, net, parameters)
    else:
        from micrograd_sq.explorer import explore  # as above

        if options.parameters:
            raise ValueError("--parameters is for the lesson, not for a formula")
        root, _ = _formula(options.formula, options.set, None)
        try:
            explorer = explore(root)
        except RuntimeError as error:
            raise ValueError(str(error)) from None
        path = _page_path(options)
        explorer.write(path)
    print(path)
    if not options.no_open and not webbrowser.open(path.resolve().as_uri()):
        print("micrograd-sq: no browser was found; open the page in one yourself", file=sys.stderr)
    return 0


def _page_path(options: argparse.Namespace) -> Path:
    return options.out or Path(tempfile.mkdtemp(prefix="micrograd-sq-"), "page.html")


def _listed(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"


def _finite(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None
    if not math.isfinite(number):
        raise argparse.ArgumentTypeError(f"{text} is not a finite number")
    return number


if __name__ == "__main__":
    sys.exit(main())
