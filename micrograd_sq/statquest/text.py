"""Format numbers, paragraphs and tables for people to read."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

INDENT = 7  # of a chapter's text


def columns(indent: int = 0) -> int:
    """Return the width of a text in characters: 80 - indent, or the whole width of a terminal narrower than 80."""
    terminal = shutil.get_terminal_size().columns
    return terminal if terminal < 80 else 80 - indent


def digits(number: float, tenths_from: float = 10.0) -> str:
    """Return a number with the digits that are worth reading. One decimal is enough from `tenths_from` on.

    >>> digits(-15.655), digits(-6.262), digits(-0.0016), digits(1e9)
    ('-15.7', '-6.26', '-0.002', '1.00e+09')
    """
    if abs(number) >= 1e5:
        return f"{number:.2e}"
    if abs(number) >= tenths_from:
        return f"{number:.1f}"
    return f"{number:.2f}" if abs(number) >= 0.005 or number == 0 else f"{number:.1g}"


def ssr_digits(number: float) -> str:
    """Return an SSR as `digits` does, but with one decimal from 2 on.

    >>> [ssr_digits(number) for number in (20.4236, 7.7685, 1.1134, 0.4583)]
    ['20.4', '7.8', '1.11', '0.46']
    """
    return digits(number, tenths_from=2.0)


def wrapped(text: str, width: int = 0) -> str:
    """Wrap paragraphs to a width (0: `columns()`). Leave indented ones unchanged. No line ends inside "b3 = 2.61"."""
    parts = [
        part if part.startswith(" ") else textwrap.fill(part, width or columns(), break_on_hyphens=False)
        for part in text.replace(" = ", "\xa0=\xa0").split("\n\n")
    ]
    return "\n\n".join(parts).replace("\xa0", " ")


def in_chapters(*chapters: tuple[str, str, str]) -> str:
    """Join chapters into one text. Each chapter has a time or number, a title and a text."""
    indent = " " * (columns() - columns(INDENT))
    return "\n\n".join(
        f"{mark:>5}  {title}\n" + textwrap.indent(f"{'-' * len(title)}\n{wrapped(text, columns(INDENT))}", indent)
        for mark, title, text in chapters
    )


def table(heads: Sequence[str], rows: Iterable[Sequence[Any]], width: int = 0) -> str:
    """Return a table, with each column aligned to the right and each number shown by `digits`."""
    lines = [[cell if isinstance(cell, str) else digits(cell) for cell in line] for line in [heads, *rows]]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    gap = " " * min(3, max(1, ((width or columns()) - 2 - sum(widths)) // (len(widths) - 1)))
    return "\n".join(
        "  " + gap.join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in lines
    )
