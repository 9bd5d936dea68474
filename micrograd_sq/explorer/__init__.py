"""A graph as an interactive page: a picture, and both passes as a program next to the picture."""

from __future__ import annotations

import html
import json
import os
import webbrowser
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from micrograd_sq.drawing import draw_dot
from micrograd_sq.drawing.picture import Picture
from micrograd_sq.engine import Value
from micrograd_sq.explorer.graph import SCRIPTS, STYLES, live_graph
from micrograd_sq.files import atomic_write, temporary
from micrograd_sq.page import contents, page

Values: TypeAlias = Iterable[Value]


def explore(
    root: Value, *, optimised: Values = (), to_find: Values = (), highlight: Value | None = None, title: str = ""
) -> Explorer:
    """Build an interactive page from the graph of root and all Values that root was computed from.

    The page has a slider for each leaf with a label. It plays the forward and backward pass, also step by step.

    Args:
        root: the result. The page computes both passes from the leaves' data. In Python, the graph does not change.
        optimised, to_find: Values to draw green, and Values to draw red.
        highlight: a Value whose paths to root the page shows first. The default is root.
        title: the page's title. The default is the label of root, or, without a label, the size of the graph.

    Returns:
        A page, which a notebook shows, `.write("graph.html")` saves and `.open()` opens in a browser.

    Raise `draw_dot`'s errors, a RuntimeError without a layout program, and a ValueError if JavaScript lacks a function.

    >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
    >>> explore((a * b + b).softplus())
    <explore: a graph of 5 Values>
    """
    graph = live_graph(root, "graph", optimised=optimised, to_find=to_find, highlight=highlight)
    size = f"a graph of {len(graph.data['nodes']):,} Value{'s' * (len(graph.data['nodes']) != 1)}"
    text = page(
        title or root.label or f"A{size[1:]}",
        graph.templates + contents("micrograd_sq.explorer/explorer.html"),
        styles=STYLES,
        scripts=[*SCRIPTS, *(f"micrograd_sq.explorer/{name}.js" for name in ("save", "explorer"))],
        data=graph.data,
        functions={"forwardAndBackward": graph.function},
    )
    picture = draw_dot(root, optimised=optimised, to_find=to_find, highlight=highlight)
    return Explorer(text, size, picture)


@dataclass(frozen=True, repr=False)
class Explorer:
    """An interactive page: its HTML, the size of its graph in words, and a static picture of the graph."""

    text: str
    size: str
    picture: Picture

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
            f'<iframe srcdoc="{html.escape(self.text)}" sandbox="allow-scripts allow-downloads" '
            'allow="clipboard-write" title="Interactive graph" '
            'style="width: 100%; height: 900px; border: 0; border-radius: 8px;"></iframe>'
        )

    def _ipython_display_(self) -> None:
        """Show the static picture. A notebook that runs scripts then shows the interactive page instead."""
        from IPython.display import publish_display_data

        show: Any = publish_display_data  # IPython has no types for this function.
        script = contents("micrograd_sq.explorer/notebook.js").replace("FRAME", json.dumps(self._repr_html_()))
        show({"image/svg+xml": self.picture.pipe("svg", encoding="utf-8"), "text/plain": repr(self)})
        show({"application/javascript": script.replace("</", "<\\/")})

    def __repr__(self) -> str:
        return f"<explore: {self.size}>"
