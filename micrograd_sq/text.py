"""Numbers and tables for people to read."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence


def digits(number: float, tenths_from: float = 10.0) -> str:
    """The digits of a number that are worth reading: -15.7, but -6.26.

    Args:
        number: what to show.
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
    """The digits of an SSR: one decimal from 2 on.

    >>> [ssr_digits(number) for number in (20.4236, 7.7685, 1.1134, 0.4583)]
    ['20.4', '7.8', '1.11', '0.46']
    """
    return digits(number, tenths_from=2.0)


def paragraph(text: str, width: int = 80) -> str:
    """Text in lines of at most that width, none of which breaks "b3 = 2.61" apart."""
    return textwrap.fill(text.replace(" = ", "\xa0=\xa0"), width).replace("\xa0", " ")


def in_chapters(chapters: Iterable[tuple[str, str, str]]) -> str:
    """Texts under their titles, each with a time or a number at its left.

    >>> print(in_chapters([("0:00", "Introduction", "It begins.")]))
     0:00  Introduction
           ------------
           It begins.
    """
    return "\n".join(
        f"{mark:>5}  {title}\n       {'-' * len(title)}\n{textwrap.indent(text, ' ' * 7)}"
        for mark, title, text in chapters
    ).rstrip()


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], width: int = 80) -> str:
    """Right-aligned columns under their heads, closer together where that keeps to the width.

    More than forty rows are abridged in the middle.
    """
    lines = [heads, *rows]
    if len(lines) > 41:
        lines[21:-10] = [["..."] * len(heads)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    room = (width - 2 - sum(widths)) // max(1, len(widths) - 1)
    gap = " " * min(3, max(1, room))
    return "\n".join(
        "  " + gap.join(cell.rjust(width) for cell, width in zip(line, widths, strict=True))
        for line in lines
    )
