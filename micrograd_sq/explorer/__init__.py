"""Any graph to touch: its picture made live by the JavaScript that the engine writes, with its program beside it."""

from __future__ import annotations

import html
import os
import webbrowser
from collections.abc import Iterable
from pathlib import Path

from micrograd_sq.engine import Value
from micrograd_sq.explorer.graph import SCRIPTS, STYLES, live_graph
from micrograd_sq.files import atomic_write, temporary
from micrograd_sq.page import contents, page

HEIGHT = 900  # pixels that a notebook gives it


def explore(
    root: Value,
    *,
    optimised: Iterable[Value] = (),
    to_find: Iterable[Value] = (),
    highlight: Value | None = None,
) -> Explorer:
    """The graph of everything that root was made from, to touch.

    A slider for each leaf with a label changes its number, and all data, gradients and local derivatives follow.
    Both passes are played or stepped through, with the program of one line a Value and one line an arrow beside
    the graph.

    Args:
        root: what to explain; it is read, and stays as it is. The page makes a forward pass of its own, with the
            leaves' numbers as they are now.
        optimised, to_find: Values to draw green, and red, as `draw_dot` does.
        highlight: a Value to pick at first, so that each way from it to root is shown.

    Returns:
        What a notebook shows as the last line of a cell; `.write("graph.html")` keeps it, `.open()` opens it.

    Raises:
        TypeError: root is not a Value, or an operation of the user's asks how large a number is.
        ValueError: more than 1,000 Values, a highlighted one that is not among them, or an operation of
            the user's that JavaScript does not have.
        RuntimeError: the picture could not be laid out.

    >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
    >>> explore((a * b + b).softplus())
    <explore: a graph of 5 Values>
    """
    graph = live_graph(root, "graph", optimised=optimised, to_find=to_find, highlight=highlight)
    text = page(
        f"{root.label or 'A graph'}, to touch",
        graph.templates + contents("micrograd_sq.explorer/explorer.html"),
        styles=STYLES,
        scripts=[*SCRIPTS, "micrograd_sq.explorer/explorer.js"],
        data=graph.data,
        functions={"forwardAndBackward": graph.function},
    )
    return Explorer(text, len(graph.data["nodes"]))


class Explorer:
    """A page with a graph to touch.

    Args:
        text: the page, whole.
        n_values: how many Values the graph has.
    """

    def __init__(self, text: str, n_values: int) -> None:
        self.text = text
        self.n_values = n_values

    def write(self, path: str | os.PathLike[str]) -> None:
        """Keep the page as one HTML file, which needs no server and no network.

        Raises:
            ValueError: it could not be written, and why.
        """
        atomic_write(Path(path), lambda file: file.write_text(self.text, encoding="utf-8"))

    def open(self) -> Path:
        """Open the page in a browser, from a new file that it can read (`files.temporary`).

        Returns:
            Where it is.

        Raises:
            ValueError: it could not be written, and why.
        """
        path = temporary("graph", ".html")
        self.write(path)
        webbrowser.open(path.as_uri())
        return path

    def _repr_html_(self) -> str:
        """For a notebook: the page in a frame of its own, so that no two can get in each other's way."""
        return (
            f'<iframe srcdoc="{html.escape(self.text)}" sandbox="allow-scripts" allow="clipboard-write" title="A graph to touch" '
            f'style="width: 100%; height: {HEIGHT}px; border: 0; border-radius: 8px;"></iframe>'
        )

    def __repr__(self) -> str:
        return f"<explore: a graph of {self.n_values:,} Value{'s' * (self.n_values != 1)}>"
