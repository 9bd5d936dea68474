"""What all pictures have in common: the program that lays them out, their colours, letters and legend."""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, overload
from xml.etree import ElementTree

from graphviz.backend import dot_command, viewing

from micrograd_sq.checks import short_repr
from micrograd_sq.drawing.digraph import Digraph
from micrograd_sq.engine import Value
from micrograd_sq.files import atomic_write

LONGEST = 60.0  # seconds that a picture may take
ENDS: dict[str, tuple[bytes, bytes]] = {  # what a whole picture begins and ends with
    "png": (b"\x89PNG", b"IEND\xaeB`\x82"),
    "jpg": (b"\xff\xd8", b"\xff\xd9"),
    "jpeg": (b"\xff\xd8", b"\xff\xd9"),
}
GIVEN_UP: set[Path] = set()  # programs that took too long: another is asked first

INK, GREY, PURPLE = "#333333", "#8c8c8c", "#7b2fbe"  # purple is whatever belongs to a gradient
# These differ in lightness and outline too, for eyes that cannot tell green from red.
OPTIMISED = {"color": "#00775a", "fillcolor": "#dff3ea", "penwidth": "1.3", "class": "optimised"}
TO_FIND = {
    "color": "#c8320a",
    "fillcolor": "#ffe3d6",
    "penwidth": "1.6",
    "style": "rounded,filled,dashed",
    "class": "find",
}
NOT_IN_XML = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Picture(Digraph):
    """A Digraph that looks for its layout program when it is drawn, and waits for it a minute at most."""

    of: str = ""  # what it shows

    @overload
    def pipe(
        self, format: str | None = None, *, encoding: None = None, **options: Any
    ) -> bytes: ...
    @overload
    def pipe(self, format: str | None = None, *, encoding: str, **options: Any) -> str: ...
    def pipe(self, format: str | None = None, *arguments: Any, **options: Any) -> bytes | str:
        """The picture in a format, as bytes, or with an encoding as text.

        Raises:
            RuntimeError: there is no layout program, or each failed, or took more than a minute.
        """
        engine = options.pop("engine", None) or self.engine
        encoding = options.pop("encoding", None)
        options.pop("quiet", None)  # that a letter's width had to be guessed is not worth a warning
        kind = format or self.format
        command = dot_command.command(engine, kind, *arguments, **options)
        failures = []
        for program in sorted(_layout_programs(), key=GIVEN_UP.__contains__):
            try:
                done = subprocess.run(
                    [program, *command[1:]],
                    input=self.source.encode(),
                    capture_output=True,
                    timeout=LONGEST,
                    check=False,
                )
            except subprocess.TimeoutExpired:
                GIVEN_UP.add(program)
                failures.append(
                    f"{program} was given up after {LONGEST:.0f} seconds: draw a part of it"
                )
                continue
            except OSError as error:
                failures.append(f"{program} does not start: {error.strerror}")
                continue
            if done.returncode == 0 and _is_whole(kind, done.stdout):
                return done.stdout if encoding is None else done.stdout.decode(encoding)
            said = done.stderr.decode(errors="replace").strip().splitlines()
            said = said[:1] if done.returncode else ["but without a whole picture"]
            failures.append(": ".join([f"{program} ended with {done.returncode}", *said]))
        raise RuntimeError(f"the picture of {self.of} cannot be drawn; {'; '.join(failures)}")

    def render(
        self,
        filename: str | None = None,
        directory: str | os.PathLike[str] | None = None,
        view: bool = False,
        cleanup: bool = False,
        format: str | None = None,
        *,
        outfile: str | os.PathLike[str] | None = None,
        **options: Any,
    ) -> str:
        """Keep the picture as a file, whole or not at all, and unless `cleanup` is set its DOT source beside it.

        Returns:
            The path of the picture: `outfile`, or that of the source with the format's ending.

        Raises:
            RuntimeError: as for `pipe`.
            ValueError: an ending that is no format, or a file that cannot be written.
        """
        folder = Path(os.fsdecode(directory or self.directory))
        if outfile is None:
            source = folder / (filename or self.filename)
            path = source.with_name(f"{source.name}.{format or self.format}")
        else:
            path = folder / outfile
            if not path.name:
                raise ValueError(f"outfile {short_repr(os.fspath(outfile))} is no name of a file")
            source = folder / filename if filename else path.with_suffix(".gv")
        image = self.pipe(format or path.suffix.removeprefix(".").lower(), **options)
        if os.path.realpath(source) == os.path.realpath(path) and not cleanup:
            raise ValueError(
                f"{path} is both the picture and its source: give cleanup=True, or another name"
            )
        is_device = os.path.exists(path) and not os.path.isfile(path)  # no source belongs beside it
        _keep(path, image)
        if not (cleanup or is_device):
            _keep(source, self.source.encode())
        if view:
            viewing.view(str(path))
        return str(path)

    def save(
        self,
        filename: str | os.PathLike[str] | None = None,
        directory: str | os.PathLike[str] | None = None,
        *,
        skip_existing: bool | None = False,
    ) -> str:
        """Keep the DOT source as a file, whole or not at all.

        Returns:
            Its path.

        Raises:
            ValueError: it cannot be written.
        """
        path = Path(os.fsdecode(directory or self.directory)) / (filename or self.filename)
        if not (skip_existing and os.path.exists(path)):
            _keep(path, self.source.encode())
        return str(path)

    def view(
        self,
        filename: str | None = None,
        directory: str | os.PathLike[str] | None = None,
        cleanup: bool = False,
        **options: Any,
    ) -> str:
        """Keep the picture as `render` does, and open it in the program that shows such files."""
        options.pop("quiet_view", None)
        return self.render(filename, directory, view=True, cleanup=cleanup, **options)


def canvas(format: str, of: str, **layout: str) -> Picture:
    """An empty picture of something, which its error names."""
    # Both layout programs know how wide Arial's letters are, and so do browsers: text fits its box.
    font = {"fontname": "Arial", "fontcolor": INK}
    empty = Picture(
        format=format,
        graph_attr={**font, "fontsize": "10", **layout},
        node_attr={
            **font,
            "fontsize": "10",
            "shape": "box",
            "style": "rounded,filled",
            "color": GREY,
            "fillcolor": "white",
            "margin": "0.08,0.045",
            "width": "0",
            "height": "0",
        },
        edge_attr={**font, "fontsize": "9", "color": GREY, "arrowsize": "0.6"},
    )
    empty.of = of
    return empty


def styles_of(optimised: Iterable[Value], to_find: Iterable[Value]) -> dict[Value, dict[str, str]]:
    """How parameters are drawn; what is to find wins. A TypeError for what is no Value."""
    looks: dict[Value, dict[str, str]] = {}
    for values, look in ((optimised, OPTIMISED), (to_find, TO_FIND)):
        chosen = list(values) if isinstance(values, Iterable) else [None]
        if not all(isinstance(value, Value) for value in chosen):
            raise TypeError(f"optimised and to_find are lists of Values, not {short_repr(values)}")
        looks |= dict.fromkeys(chosen, look)
    return looks


def add_legend(
    graph: Digraph, looks: Collection[dict[str, str]], caption: str = "", flows: str = ""
) -> None:
    """Say below the picture what its colours mean, as far as it has them, what flows where, and a caption."""
    swatches = "".join(
        f'<TD BORDER="1" STYLE="{style}" COLOR="{look["color"]}" BGCOLOR="{look["fillcolor"]}">'
        f"{meaning}</TD>"
        for meaning, look, style in (
            ("optimised", OPTIMISED, "ROUNDED"),
            ("still to find", TO_FIND, "ROUNDED,DASHED"),
        )
        if look in looks
    )
    cells = []
    if swatches:
        cells.append(
            f'<TABLE BORDER="0" CELLPADDING="3" CELLSPACING="6"><TR>{swatches}</TR></TABLE>'
        )
    if flows:
        cells.append(flows)
    if caption:
        cells.append(f'<FONT COLOR="{PURPLE}"><B>{caption}</B></FONT>')
    if cells:
        row = "".join(f"<TD>{cell}</TD>" for cell in cells)
        graph.attr(label=f'<<TABLE BORDER="0" CELLSPACING="12"><TR>{row}</TR></TABLE>>')


def four_digits(number: float) -> str:
    """A number as pictures show it, at four significant digits."""
    return f"{number + 0.0:.4g}"  # + 0.0 takes the sign from a negative zero


def literal(text: str) -> str:
    """Text for an HTML-like label that shows just this text; what no picture can hold, escaped."""
    text = NOT_IN_XML.sub(lambda found: ascii(found[0])[1:-1], text)
    lines = html.escape(text.expandtabs(4)).replace("\\", "\\\\").split("\n")
    return "<BR/>".join(line or " " for line in lines)


def _keep(path: Path, content: bytes) -> None:
    """Write a file, in a folder that is made where it is missing."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(f"cannot write {path}: {error.strerror or error}") from None
    atomic_write(path, lambda file: file.write_bytes(content))


def _is_whole(kind: str, picture: bytes) -> bool:
    """Whether all of it is there, and nothing else: a layout program may end well though its output was cut off."""
    if kind == "svg":
        try:
            return "viewBox" in ElementTree.fromstring(picture).attrib
        except ElementTree.ParseError:
            return False
    begin, end = ENDS.get(kind, (b"", b""))
    return picture.startswith(begin) and picture.rstrip().endswith(end) and bool(picture)


def _layout_programs() -> list[Path]:
    """The system's `dot`, and the program that the graphviz-pure package has installed."""
    schemes = (sysconfig.get_default_scheme(), sysconfig.get_preferred_scheme("user"))
    installed = os.pathsep.join(sysconfig.get_path("scripts", scheme) for scheme in schemes)
    programs = [shutil.which("dot"), shutil.which("graphviz-pure", path=installed)]
    found = [Path(program) for program in programs if program]
    if not found:
        raise RuntimeError(
            "no program to lay out the picture: install Graphviz from graphviz.org, so that its `dot` "
            "is on the PATH, or `pip install graphviz-pure`, on 64-bit Linux, macOS or Windows; or "
            "keep its DOT source, the picture's `.source` or `--out graph.dot`, and draw that elsewhere"
        )
    return found
