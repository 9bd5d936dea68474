"""The parts that all pictures share: the layout program, the formats, the colours and the legend."""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias, overload

from micrograd_sq.drawing.digraph import Digraph
from micrograd_sq.engine import Value
from micrograd_sq.files import atomic_write
from micrograd_sq.number import short_repr

Styles: TypeAlias = Mapping[Value, dict[str, str]]  # Graphviz's attributes of some Values
LONGEST = 60.0  # seconds for one layout
INSTALL = "install Graphviz from graphviz.org with its `dot` on the PATH, or `pip install graphviz-pure`"
LOAD_VIZ = """in Pyodide, run `from pyodide.code import run_js`, and then `await run_js('import(\
"https://cdn.jsdelivr.net/npm/@viz-js/viz@3.31.0/dist/viz.js").then(m => m.instance()).then(v => globalThis.viz = v)')`"""

INK, GREY, PURPLE = "#333333", "#8c8c8c", "#7b2fbe"  # purple is for gradients
# The lightness and the outline differ too, for readers who cannot tell green from red.
OPTIMISED = {"color": "#00775a", "fillcolor": "#dff3ea", "penwidth": "1.3", "class": "optimised"}
DASHED = {"style": "rounded,filled,dashed", "class": "find"}
TO_FIND = {"color": "#c8320a", "fillcolor": "#ffe3d6", "penwidth": "1.6", **DASHED}
NOT_IN_XML = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Picture(Digraph):
    """A graphviz Digraph. The program `dot` draws it, or else graphviz-pure does. In Pyodide, viz-js does."""

    @overload
    def pipe(self, format: str | None = None, *, encoding: None = None) -> bytes: ...
    @overload
    def pipe(self, format: str | None = None, *, encoding: str) -> str: ...
    def pipe(self, format: str | None = None, *, encoding: str | None = None) -> bytes | str:
        """Return the picture as bytes, or, with `encoding`, as text. Raise a RuntimeError if no program can draw it."""
        if sys.platform == "emscripten" and (viz := getattr(__import__("js"), "viz", None)):
            text: str = viz.renderString(self.source, format=format or self.format, engine=self.engine)
            return text if encoding else text.encode()
        installed = os.pathsep.join(sysconfig.get_path("scripts", scheme) for scheme in sysconfig.get_scheme_names())
        programs = [shutil.which("dot"), shutil.which("graphviz-pure", path=installed)]
        kind, failures = format or self.format, []
        size = "-Gdpi=192" if kind in ("png", "jpg") else "-Gdpi=72"  # sharp images; an SVG with another dpi is cropped
        for program in filter(None, programs):
            command = [program, f"-K{self.engine}", f"-T{kind}", size]
            try:
                done = subprocess.run(command, input=self.source.encode(), capture_output=True, timeout=LONGEST)
            except (OSError, subprocess.TimeoutExpired) as error:
                failures.append(f"{program} failed: {error}")
                continue
            if done.returncode == 0:
                return done.stdout.decode(encoding) if encoding else done.stdout
            failures.append(f"{program} failed: {done.stderr.decode(errors='replace').strip()}")
        problem = "; ".join(failures) or "no program to lay out the picture"
        remedy = LOAD_VIZ if sys.platform == "emscripten" else INSTALL
        raise RuntimeError(f"{problem}: {remedy}. Or draw a part of the graph, or `.write` its source as graph.dot")

    def _mime_(self) -> tuple[str, str]:
        """Return a MIME type and the picture, for marimo. In a list or a dict, marimo shows HTML only."""
        return "text/html", "<svg" + self.pipe("svg", encoding="utf-8").partition("<svg")[2]

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write the picture as a .svg, .png or .jpg file, or its source as a .dot or .gv file.

        Raise a ValueError for another ending or if the file cannot be written. Raise a RuntimeError as `pipe` does.
        """
        kind = Path(path).suffix.lower().removeprefix(".")
        if kind not in ("svg", "png", "jpg", "dot", "gv"):
            raise ValueError(f"path is {path}, but it must end in .svg, .png, .jpg, .dot or .gv, for example graph.svg")
        content = self.source.encode() if kind in ("dot", "gv") else self.pipe(kind)
        atomic_write(Path(path), lambda file: file.write_bytes(content))


def canvas(format: str, **layout: str) -> Picture:
    """Return an empty picture in this format, with these layout attributes of Graphviz."""
    font = {"fontname": "Arial", "fontcolor": INK, "fontsize": "10"}
    box = {"shape": "box", "style": "rounded,filled", "color": GREY, "fillcolor": "white"}
    return Picture(
        format=format,
        graph_attr={**font, **layout},
        node_attr={**font, **box, "margin": "0.08,0.045", "width": "0", "height": "0"},
        edge_attr={**font, "fontsize": "9", "color": GREY, "arrowsize": "0.6"},
    )


def styles_of(optimised: Iterable[Value], to_find: Iterable[Value]) -> dict[Value, dict[str, str]]:
    """Return attributes by Value. A Value in both lists is red. Raise a TypeError unless both are lists of Values."""
    styles: dict[Value, dict[str, str]] = {}
    for name, values, style in (("optimised", optimised, OPTIMISED), ("to_find", to_find, TO_FIND)):
        chosen = list(values) if isinstance(values, Iterable) else [None]
        if not all(isinstance(value, Value) for value in chosen):
            raise TypeError(f"{name} is {short_repr(values)}, but it must be a list of Values, such as [net['b3']]")
        styles |= dict.fromkeys(chosen, style)
    return styles


def add_legend(graph: Digraph, values: Sequence[Value], styles: Styles, text: str = "", product: str = "") -> None:
    """Add a legend below the picture: the product, if any, above a row with the meaning of the colours and the text."""
    swatches = ""
    for style, outline, meaning in ((OPTIMISED, "ROUNDED", "optimised"), (TO_FIND, "ROUNDED,DASHED", "still to find")):
        if style in map(styles.get, values):
            colours = f'COLOR="{style["color"]}" BGCOLOR="{style["fillcolor"]}"'
            swatches += f'<TD BORDER="1" STYLE="{outline}" {colours}>{meaning}</TD>'
    table = f'<TABLE BORDER="0" CELLPADDING="3" CELLSPACING="6"><TR>{swatches}</TR></TABLE>'
    cells = [cell for cell in (table if swatches else "", text) if cell]
    if cells:
        top = f'<TR><TD COLSPAN="{len(cells)}">{product}</TD></TR>' if product else ""
        row = "".join(f"<TD>{cell}</TD>" for cell in cells)
        graph.attr(label=f'<<TABLE BORDER="0" CELLSPACING="12">{top}<TR>{row}</TR></TABLE>>')


def four(number: float) -> str:
    """Return a number as pictures show it: with four significant digits."""
    return f"{number + 0.0:.4g}"  # + 0.0 removes the sign of -0.0


def literal(text: str) -> str:
    """Return a text for Graphviz's HTML. Special characters, and characters that XML does not allow, are escaped."""
    text = NOT_IN_XML.sub(lambda found: ascii(found[0])[1:-1], text)
    lines = html.escape(text.expandtabs(4)).replace("\\", "\\\\").split("\n")
    return "<BR/>".join(line or " " for line in lines)
