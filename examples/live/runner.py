"""Run a program of the live page, in Pyodide."""

import ast
import base64
import gc
import io
import linecache
import os
import tempfile
import traceback
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from micrograd_sq import Value, engine
from micrograd_sq.drawing.picture import Picture
from micrograd_sq.explorer import Explorer

PROGRAM = "program.py"
MOST_VALUES = 2000  # freeing a chain of some thousand Values overflows the stack of a browser
MOST_TEXT = 50_000  # characters
MOST_SHOWN = 50  # pictures and pages


class Output(io.TextIOBase):
    """A stream of text, pictures and pages to the live page. `post` receives each of them, with its kind."""

    def __init__(self, post: Callable[..., None]) -> None:
        self.post = post
        self.line = ""
        self.text = self.shown = 0

    def write(self, text: str) -> int:
        """Post the text when its line is complete."""
        self.text += len(text)
        if self.text > MOST_TEXT:
            raise RuntimeError(f"the program printed more than {MOST_TEXT:,} characters: print less")
        lines, newline, rest = (self.line + text).rpartition("\n")
        self.line = rest
        if newline:
            self.post("text", lines + newline)
        return len(text)

    def flush(self) -> None:
        """Post an incomplete line."""
        if self.line:
            self.post("text", self.line)
        self.line = ""

    def show(self, value: object) -> None:
        """Show a picture or an interactive page as a notebook does. Print any other value, but not None."""
        if isinstance(value, Explorer | Picture):
            self.shown += 1
            if self.shown > MOST_SHOWN:
                raise RuntimeError(f"the program showed more than {MOST_SHOWN} pictures: show fewer")
            self.flush()
            if isinstance(value, Explorer):
                self.post("page", value.text)
            else:
                self.post("picture", value.pipe("svg", encoding="utf-8"))
        elif value is not None:
            print(repr(value))


def run(code: str, post: Callable[..., None]) -> None:
    """Run a program. Show its last expression, the lines of an error, and the files that it wrote."""
    output = Output(post)
    Explorer.open = lambda page: output.show(page)  # type: ignore[method-assign, assignment, return-value]  # in this page
    namespace: dict[str, Any] = {"__name__": "__main__", "display": output.show}
    linecache.cache[PROGRAM] = (len(code), None, code.splitlines(keepends=True), PROGRAM)
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(output), redirect_stderr(output):
        os.chdir(folder)
        try:
            tree = ast.parse(code, PROGRAM)
            last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, PROGRAM, "exec"), namespace)
            if isinstance(last, ast.Expr):
                output.show(eval(compile(ast.Expression(last.value), PROGRAM, "eval"), namespace))
        except SystemExit:
            pass
        except BaseException as error:
            output.flush()
            post("error", own_lines(error))
        output.flush()
        for path in sorted(Path().iterdir()):
            if path.is_file():
                post("file", base64.b64encode(path.read_bytes()).decode(), path.name)
        os.chdir("/")
    namespace.clear()
    gc.collect()


def own_lines(error: BaseException) -> str:
    """Return the traceback of an error, with the lines of the program alone."""
    whole = part = traceback.TracebackException.from_exception(error)
    while True:
        lines = [line for line in part.stack if line.filename == PROGRAM]
        part.stack = traceback.StackSummary.from_list(lines) if lines else None  # type: ignore[assignment]  # None hides the heading
        earlier = part.__cause__ or part.__context__
        if earlier is None or not any(line.filename == PROGRAM for line in earlier.stack):
            part.__cause__ = part.__context__ = None  # an error inside the library
            return "".join(whole.format())
        part = earlier


def limit_values() -> None:
    """Let a program have at most MOST_VALUES Values at the same time."""
    alive = 0

    def new(kind: type[Value], *_: object, **__: object) -> Value:
        nonlocal alive
        if alive >= MOST_VALUES:
            raise RuntimeError(
                f"the program keeps more than {MOST_VALUES:,} Values at the same time. To free a longer chain of Values "
                "could end Python in the browser: build a smaller graph, or install micrograd_sq on your computer"
            )
        alive += 1
        return object.__new__(kind)

    def free(_: Value) -> None:
        nonlocal alive
        alive -= 1

    engine.new = new
    Value.__new__ = new  # type: ignore[method-assign, assignment]  # in this page only
    Value.__del__ = free  # type: ignore[attr-defined]  # the class itself has none


limit_values()
