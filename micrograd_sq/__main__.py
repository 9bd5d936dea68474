"""The command line: `micrograd-sq`, or `python -m micrograd_sq`."""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from collections.abc import Sequence

from micrograd_sq import walkthrough


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
        sys.stdout.flush()
    except (ValueError, ArithmeticError) as error:
        options.parser.error(str(error))
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
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
    b3.add_argument(
        "--learning-rate", type=float, default=0.1, metavar="RATE", help="(default %(default)s)"
    )
    b3.add_argument(
        "--tolerance",
        type=float,
        default=0.001,
        metavar="SIZE",
        help="stop when every step size is closer to zero (default %(default)s)",
    )
    b3.add_argument(
        "--max-steps", type=int, default=1000, metavar="N", help="(default %(default)s)"
    )
    b3.add_argument("--json", action="store_true", help="print unrounded numbers as JSON instead")
    return parser


def _b3(options: argparse.Namespace) -> int:
    lesson = walkthrough.b3_lesson(
        options.start, options.learning_rate, options.tolerance, options.max_steps
    )
    print(json.dumps(lesson.document(), indent=2) if options.json else walkthrough.tell(lesson))
    if lesson.diverged:
        print(f"micrograd-sq: {walkthrough.outcome(lesson)}", file=sys.stderr)
    return 1 if lesson.diverged else 0


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise argparse.ArgumentTypeError(f"{text} is not a finite number")
    return number


if __name__ == "__main__":
    sys.exit(main())
