"""The command line: `micrograd-sq`, or `python -m micrograd_sq`, as a process among others."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import IO

# A terminal that closes hangs up, where there is such a thing.
ENDINGS: set[int] = {signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)}


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
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return int(_flushed(0))  # the reader, such as head, has seen enough
    finally:
        if argv is None:
            for number in ENDINGS:  # Python has only to leave
                signal.signal(number, signal.SIG_IGN)


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
    except (ImportError, MemoryError, OSError, RuntimeError) as error:
        # An extra that is not there, a full disk, a plot whose letters need a LaTeX that is not there.
        _complain(plain(_told(error)))
        return 2


def _begin_process() -> None:
    """Make a process ready for whatever its caller, its terminal or its user may do."""
    for number in ENDINGS - {signal.SIGINT}:
        signal.signal(number, _leave)
    if sys.stderr is None:  # closed by the caller: without it, messages would land among results
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - it stays open to the end
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal may not know all letters
            stream.reconfigure(errors="backslashreplace")


def _leave(number: int, _: object) -> None:
    sys.exit(128 + number)  # so that what is half written is cleared away


def _told(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    return str(error) or "out of memory"


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
