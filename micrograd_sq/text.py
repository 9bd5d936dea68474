"""Format numbers, paragraphs and tables for people to read."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence


def digits(number: float, tenths_from: float = 10.0) -> str:
    """Return a number with the digits that are worth reading: -15.7, but -6.26.

    Args:
        number: the number to show.
        tenths_from: the size from which one decimal is enough.

    >>> digits(-15.655), digits(-6.262), digits(-0.0016), digits(1e9)
    ('-15.7', '-6.26', '-0.002', '1.00e+09')
    """
    if abs(number) >= 1e5:
        return f"{number:.2e}"
    if abs(number) >= tenths_from:
        return f"{number:.1f}"
    return f"{number:.2f}" if abs(number) >= 0.005 or number == 0 else f"{number:.1g}"


def ssr_digits(number: float) -> str:
    """Return an SSR with the digits that are worth reading: one decimal from 2 on.

    >>> [ssr_digits(number) for number in (20.4236, 7.7685, 1.1134, 0.4583)]
    ['20.4', '7.8', '1.11', '0.46']
    """
    return digits(number, tenths_from=2.0)


def paragraph(text: str, width: int = 80) -> str:
    """Wrap a text at a width. A line never ends inside an equation such as "b3 = 2.61"."""
    return textwrap.fill(text.replace(" = ", "\xa0=\xa0"), width).replace("\xa0", " ")


def in_chapters(chapters: Iterable[tuple[str, str, str]]) -> str:
    """Join chapters: the time or number of each, its title and its text.

    >>> print(in_chapters([("0:00", "Introduction", "Three patients.")]))
     0:00  Introduction
           ------------
           Three patients.
    """
    return "\n\n".join(
        f"{mark:>5}  {title}\n       {'-' * len(title)}\n{textwrap.indent(text, ' ' * 7)}"
        for mark, title, text in chapters
    )


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], width: int = 80) -> str:
    """Align columns to the right, with one to three spaces between them to fit the width."""
    lines = [heads, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    space = (width - 2 - sum(widths)) // (len(widths) - 1)
    gap = " " * min(3, max(1, space))
    return "\n".join(
        "  " + gap.join(cell.rjust(width) for cell, width in zip(line, widths, strict=True))
        for line in lines
    )
