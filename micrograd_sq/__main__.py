"""The command line: `micrograd-sq`, or `python -m micrograd_sq`, as a process among others."""

from __future__ import annotations

import os
import signal
import sys
from io import BufferedWriter, FileIO, TextIOWrapper

# As in __init__: the less is imported here, the sooner Ctrl-C is understood.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: the arguments, sys.argv's where it is None; without a command they are those of `b3`.

    Returns:
        The exit code: 0, or 1 for a descent that diverged, of many for all of them. A mistake in the
        arguments exits with 2.
    """
    try:
        if argv is None:
            _begin_process()
        exit_code = _run(sys.argv[1:] if argv is None else argv)
        return int(_flushed(exit_code))
    except SystemExit as leaving:  # after a help text, or a mistake
        raise SystemExit(_flushed(leaving.code)) from None
    except BrokenPipeError:
        return int(_flushed(0))  # the reader, such as head, has seen enough
    except MemoryError:
        os.write(2, b"micrograd-sq: out of memory\n")  # what needs none itself
        return 2


def _run(argv: Sequence[str]) -> int:
    # Only here: see above.
    from micrograd_sq.statquest.arguments import Parser, complain, parsed
    from micrograd_sq.statquest.commands import COMMANDS

    try:
        options = parsed(argv)
        parser: Parser = options.parser
        try:
            return COMMANDS[options.command](options)
        except (ValueError, ArithmeticError) as error:
            parser.error(str(error))
    except BrokenPipeError:
        raise
    except (ImportError, OSError) as error:  # an extra that is not there, a full disk
        complain(_told(error))
        return 2


def _begin_process() -> None:
    """Make a process ready for whatever its caller, its terminal or its user may do."""
    # Ctrl-C is an end like any other, and no error of Python's; unless it is to be ignored.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    if sys.stderr is None:  # closed by the caller: without it, messages would land among results
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - it stays open to the end
    if isinstance(sys.stdout, TextIOWrapper) and isinstance(sys.stdout.buffer, FileIO):
        # As PYTHONUNBUFFERED makes it: such a stream may write a part alone, and say nothing.
        encoding, raw = sys.stdout.encoding, sys.stdout.detach()
        sys.stdout = TextIOWrapper(BufferedWriter(raw), encoding)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal may not know all letters
            stream.reconfigure(errors="backslashreplace")


def _told(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    return str(error)


def _flushed(exit_code: str | int | None) -> str | int:
    """The exit code, once what was printed is out; 2 where results cannot be written."""
    failure = _flush(sys.stdout)
    if failure and exit_code != 2 and not isinstance(failure, BrokenPipeError):
        from micrograd_sq.statquest.arguments import complain

        complain(f"cannot print: {failure.strerror}")
        exit_code = 2
    _flush(sys.stderr)
    return exit_code or 0


def _flush(stream: TextIO | None) -> OSError | None:
    """Let a stream write what it has; what it cannot goes nowhere, so that Python can leave in peace."""
    if not stream:  # the caller has closed it
        return None
    try:
        stream.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        return error
    return None


if __name__ == "__main__":
    sys.exit(main())
