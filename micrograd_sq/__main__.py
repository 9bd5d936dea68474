"""The command line: `micrograd-sq`, or `python -m micrograd_sq`, as a process among others."""

from __future__ import annotations

import os
import signal
import sys

TYPE_CHECKING = (
    False  # but true for a type checker: until the first lines have run, Ctrl-C is a traceback
)
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import IO


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
    # Only here, so that Ctrl-C is understood from the start.
    from micrograd_sq.arguments import Parser, parsed, plain
    from micrograd_sq.commands import COMMANDS

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
        _complain(plain(_told(error)))
        return 2


def _begin_process() -> None:
    """Make a process ready for whatever its caller, its terminal or its user may do."""
    if (
        signal.getsignal(signal.SIGINT) is signal.default_int_handler
    ):  # not where it is to be ignored
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # an end like any other, in place of an error
    if sys.stderr is None:  # closed by the caller: without it, messages would land among results
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - it stays open to the end
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal may not know all letters
            stream.reconfigure(errors="backslashreplace")


def _told(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    return str(error)


def _complain(message: str) -> None:
    try:
        print(f"micrograd-sq: {message}", file=sys.stderr, flush=True)
    except OSError:  # nobody can be told
        _drop(sys.stderr)


def _drop(stream: IO[str]) -> None:
    """Let what a stream still has to write go nowhere, so that Python can leave in peace."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _flushed(exit_code: str | int | None) -> str | int:
    """The exit code, once what was printed is out; 2 where it cannot be written."""
    try:
        if sys.stdout:  # there is none where the caller has closed it
            sys.stdout.flush()
    except OSError as error:
        _drop(sys.stdout)
        if not isinstance(error, BrokenPipeError):
            _complain(f"cannot print: {error.strerror}")
            return 2
    return exit_code or 0


if __name__ == "__main__":
    sys.exit(main())
