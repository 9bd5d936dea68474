"""What each command does: it takes what was typed, and gives the exit code."""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
import warnings
import webbrowser
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from micrograd_sq import statquest
from micrograd_sq.engine import Value, topological_order
from micrograd_sq.files import atomic_write, check_folder, open_file, temporary
from micrograd_sq.losses import ssr
from micrograd_sq.statquest import training, walkthroughs
from micrograd_sq.statquest.arguments import ENDINGS, complain, listed

if TYPE_CHECKING:
    from micrograd_sq.drawing.picture import Picture


def _b3(options: argparse.Namespace) -> int:
    _prepare_plots(options)
    lesson = walkthroughs.b3_lesson(
        options.start, options.learning_rate, options.tolerance, options.max_steps
    )
    shown = (
        json.dumps(lesson.document(), indent=2)
        if options.json
        else walkthroughs.lesson_text(lesson)
    )
    return _report(lesson.descent, shown, options)


def _train(options: argparse.Namespace) -> int:
    from tqdm import tqdm  # only here, so that the other commands start sooner

    _prepare_plots(options)
    descent = training.descend(
        training.start_network(options.parameters, options.set, options.seed),
        options.parameters,
        options.learning_rate,
        options.tolerance,
        options.max_steps,
        watch=partial(tqdm, total=options.max_steps, unit=" steps", leave=False, disable=None),
    )
    told = {"three": walkthroughs.three_text, "seven": walkthroughs.seven_text}.get(options.command)
    if told is None or not descent.steps:  # of which the first may be too large to take
        told = training.descent_text
    shown = json.dumps(descent.document(), indent=2) if options.json else told(descent)
    return _report(descent, shown, options)


def _prepare_plots(options: argparse.Namespace) -> None:
    """Find out whether plots can be made, before anything is trained in vain."""
    if options.plots:
        # Which else tells on stderr where it keeps its letters, if the home cannot be written into.
        logging.getLogger("matplotlib").setLevel(logging.ERROR)
        import_module("micrograd_sq.statquest.plots")
        check_folder(options.plots)


@contextmanager
def _drawing() -> Iterator[None]:
    """Here a RuntimeError says that a picture cannot be drawn: for want of a program that lays it out, say."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of numbers that are huge, say
            yield
    except RuntimeError as error:
        raise ValueError(str(error)) from None


@contextmanager
def _printing() -> Iterator[None]:
    """Here an OSError says that something cannot be printed; a reader that has seen enough is none."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OSError(error.errno, f"cannot print: {error.strerror}") from None


def _report(descent: training.Descent, shown: str, options: argparse.Namespace) -> int:
    """Print what is to be shown, draw the plots where they are asked for, and tell a failure once."""
    folder: Path | None = options.plots
    # A reader that has seen enough may still want the plots.
    with suppress(BrokenPipeError), _printing():
        print(shown, flush=True)
    if folder and not descent.diverged:
        from micrograd_sq.statquest.plots import write_plots  # only here: it needs the extra

        with _drawing():
            write_plots(folder, descent.net, descent.steps)
    if descent.diverged:
        told = [training.outcome(descent)] * options.json  # what people read has it in its text
        told += ["there is nothing to plot"] * bool(folder)
        if told:
            complain(" So ".join(told))
    return 1 if descent.diverged else 0


def _many(options: argparse.Namespace) -> int:
    from tqdm import tqdm  # as above

    from micrograd_sq.statquest import many  # and numpy with it

    _prepare_plots(options)
    watch = partial(tqdm, unit=" blocks of starts", leave=False, disable=None)
    begin = time.perf_counter()
    fits = many.fit_many(
        options.starts,
        options.seed,
        options.learning_rate,
        options.max_steps,
        options.backend,
        watch,
    )
    seconds = time.perf_counter() - begin
    shown = json.dumps(fits.document(), indent=2) if options.json else many.fits_text(fits, seconds)
    with suppress(BrokenPipeError), _printing():  # as above
        print(shown, flush=True)
    if options.plots:
        from micrograd_sq.statquest import plots  # only here: it needs the extra

        grid = plots.fit_grid(options.learning_rate, options.max_steps, options.backend, watch)
        with _drawing():
            plots.write_starts(options.plots, grid, options.max_steps)
    return 1 if fits.diverged.all() else 0


def _draw(options: argparse.Namespace) -> int:
    if options.out is not None and options.out.suffix.lower() not in ENDINGS:
        raise ValueError(
            f"--out {options.out}: the name must end in {listed(ENDINGS)}, as b3.svg does"
        )
    picture = _lesson_picture(options) if options.formula is None else _formula_picture(options)
    if options.out is None:
        if sys.stdout:
            with _printing():
                sys.stdout.buffer.write(picture.source.encode())  # DOT is UTF-8 wherever it is read
    elif options.out.suffix.lower() == ".dot":
        atomic_write(options.out, lambda path: path.write_bytes(picture.source.encode()))
    else:
        with _drawing():
            image = picture.pipe(format=options.out.suffix.lower().removeprefix("."))
        atomic_write(options.out, lambda path: path.write_bytes(image))
    return 0


def _formula_picture(options: argparse.Namespace) -> Picture:
    from micrograd_sq.drawing import draw_dot  # and graphviz, which no other command waits for

    if (options.graph, options.dosage) != (None, None):
        raise ValueError("--graph and --dosage are for the lesson, not for a formula")
    root, highlight = _formula(options.formula, options.set, options.highlight)
    root.backward()
    return draw_dot(root, highlight=highlight)


def _formula(
    formula: str, numbers: Mapping[str, float], highlight: str | None
) -> tuple[Value, Value | None]:
    """The Value of a formula, and that of the name to highlight."""
    from micrograd_sq.expression import value_of

    root = value_of(formula, numbers)
    leaves = {value.label: value for value in topological_order(root) if value.label}
    if highlight not in (None, *leaves):
        known = ", ".join(leaves) or "no names"
        raise ValueError(f"--highlight {highlight!r}: the formula has {known}")
    return root, leaves[highlight] if highlight else None


def _lesson_picture(options: argparse.Namespace) -> Picture:
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
        raise ValueError(f"--highlight {options.highlight!r}: it must be {listed(labels)}")
    if options.graph == "predicted":
        root = statquest.predict(net, 0.5 if options.dosage is None else options.dosage)
    elif options.dosage is None:
        root = statquest.loss(net)
    elif options.dosage in statquest.DOSAGES:
        observed = statquest.OBSERVED[statquest.DOSAGES.index(options.dosage)]
        root = ssr([observed], [statquest.predict(net, options.dosage)])
    else:
        doses = listed([f"{dosage:g}" for dosage in statquest.DOSAGES])
        raise ValueError(f"--dosage {options.dosage!r}: only {doses} were observed")
    root.backward()
    highlight = net[options.highlight] if options.highlight else None
    return drawing.draw_dot(root, optimised=parameters, to_find=to_find, highlight=highlight)


def _explore(options: argparse.Namespace) -> int:
    path: Path = options.out or temporary("page", ".html")
    if path.suffix.lower() in ENDINGS:
        raise ValueError(f"--out {path}: a page is no picture, let its name end in .html")
    with _drawing():
        _write_page(path, options)
    if open_file(path) is not None:  # whose reader wants the page alone
        return 0
    with _printing():
        print(path, flush=True)  # before a browser that may keep the terminal
    opened = options.no_open
    with suppress(Exception):  # of webbrowser's, for whatever BROWSER holds
        opened = opened or webbrowser.open(path.resolve().as_uri())
    if not opened:
        complain("no browser was found; open the page in one yourself")
    return 0


def _write_page(path: Path, options: argparse.Namespace) -> None:
    if options.formula is None:
        from micrograd_sq.statquest import page

        if options.set:
            raise ValueError("--set is for a formula")
        net, parameters = statquest.network(), options.parameters or ["b3"]
        net.load({label: statquest.SEVEN[label] for label in parameters})
        page.write_page(path, net, parameters)
    else:
        from micrograd_sq.explorer import explore  # as above

        if options.parameters:
            raise ValueError("--parameters is for the lesson, not for a formula")
        root, _ = _formula(options.formula, options.set, None)
        explore(root).write(path)


COMMANDS = {
    "b3": _b3,
    "train": _train,
    "three": _train,
    "seven": _train,
    "draw": _draw,
    "many": _many,
    "explore": _explore,
}
