"""A graph as an interactive page: a picture, and both passes as a program next to the picture."""

from __future__ import annotations

import html
import os
import webbrowser
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from micrograd_sq.engine import Value
from micrograd_sq.explorer.graph import SCRIPTS, STYLES, live_graph
from micrograd_sq.files import atomic_write, temporary
from micrograd_sq.page import contents, page


def explore(
    root: Value, *, optimised: Iterable[Value] = (), to_find: Iterable[Value] = (), highlight: Value | None = None
) -> Explorer:
    """Build an interactive page from the graph of all Values that root was computed from.

    The page has a slider for each leaf with a label, and plays both passes, also step by step.

    Args:
        root: the result. The page computes both passes from the leaves' data. The graph itself does not change.
        optimised, to_find: Values to draw green, and Values to draw red.
        highlight: a Value whose paths to root the page shows first.

    Returns:
        A page, which a notebook shows, `.write("graph.html")` saves and `.open()` opens in a browser.

    Raise the errors of `draw_dot`, and a ValueError if an operation cannot be written in JavaScript.

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


@dataclass(frozen=True, repr=False)
class Explorer:
    """An interactive page: the text of its one file, and the number of Values in its graph."""

    text: str
    n_values: int

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write the page as one HTML file. Raise a ValueError if the file cannot be written."""
        atomic_write(Path(path), lambda file: file.write_text(self.text, encoding="utf-8"))

    def open(self) -> Path:
        """Write the page into a new temporary file, open it in a browser, and return its path."""
        path = temporary("graph.html")
        self.write(path)
        webbrowser.open(path.as_uri())
        return path

    def _repr_html_(self) -> str:
        """Return the page in a frame, so that two pages in a notebook do not share names."""
        return (
            f'<iframe srcdoc="{html.escape(self.text)}" sandbox="allow-scripts" allow="clipboard-write" title="A graph to touch" '
            'style="width: 100%; height: 900px; border: 0; border-radius: 8px;"></iframe>'
        )

    def __repr__(self) -> str:
        return f"<explore: a graph of {self.n_values:,} Value{'s' * (self.n_values != 1)}>"
