"""A picture's SVG as a page makes it live: no colours of its own, and each text in the middle of its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from xml.etree import ElementTree

from micrograd_sq.drawing.graph import laid_out
from micrograd_sq.engine import Value

SVG = "{http://www.w3.org/2000/svg}"
# How wide Arial's letters are that numbers have, in ems; Graphviz has centred a text as if it were so wide.
WIDTHS = {".": 0.278, "-": 0.333, "+": 0.584, "=": 0.584, "i": 0.222, "f": 0.278, " ": 0.278}
DIGIT = 0.556
POINTS = re.compile(r"-?\d+(?:\.\d+)?")


def live_svg(order: Sequence[Value], styles: Mapping[Value, dict[str, str]], rankdir: str) -> str:
    """The picture of a graph, in which each box has `data-value`, the place of its Value.

    Args:
        order: the graph in topological order.
        styles: which Values are optimised or to find, as for `laid_out`.
        rankdir: "LR" or "TB".

    Raises:
        RuntimeError: it could not be drawn.
    """
    drawn = laid_out(order, styles, "svg", rankdir, interactive=True).pipe(encoding="utf-8")
    source = ElementTree.fromstring(drawn)
    _, _, width, height = (float(number) for number in source.attrib["viewBox"].split())
    svg = ElementTree.Element(
        "svg", {"class": "graph", "viewBox": f"0 0 {_short(width)} {_short(height)}"}
    )
    (whole,) = source.findall(f"{SVG}g")
    shift = re.search(r"translate\(([^ ]+) ([^)]+)\)", whole.attrib["transform"])
    assert shift
    inside = ElementTree.SubElement(svg, "g", {"transform": f"translate({shift[1]} {shift[2]})"})
    for group in whole.findall(f"{SVG}g"):
        kind, _, role = group.attrib["class"].partition(" ")[2].partition(" ")
        inside.append(_part(group, kind, role))
    return ElementTree.tostring(svg, encoding="unicode")


def _part(group: ElementTree.Element, kind: str, role: str) -> ElementTree.Element:
    """A box, a tag, an arrow or a frame with what is needed of it."""
    places = group.attrib["id"].removeprefix(kind)
    part = ElementTree.Element("g", {"class": f"{kind} {role}".strip(), f"data-{kind}": places})
    left, right = _extent(group)
    for shape in group:
        outline = {"path": "d", "polygon": "points"}.get(shape.tag.removeprefix(SVG))
        if outline:
            text = POINTS.sub(lambda found: _short(float(found[0])), shape.attrib[outline])
            ElementTree.SubElement(part, shape.tag.removeprefix(SVG), {outline: text})
        elif shape.tag == f"{SVG}text":
            text, x = shape.text or "", float(shape.attrib["x"])
            if kind in ("value", "tag"):
                x = (left + right) / 2
            elif kind == "edge":
                x += sum(WIDTHS.get(letter, DIGIT) for letter in text) * 9 / 2
            attributes = {"x": _short(x), "y": _short(float(shape.attrib["y"]))}
            if "font-weight" in shape.attrib:
                attributes["class"] = "name"
            ElementTree.SubElement(part, "text", attributes).text = text
    return part


def _extent(group: ElementTree.Element) -> tuple[float, float]:
    """How far a box reaches to the left and to the right."""
    numbers = list(_numbers(group))
    return min(numbers), max(numbers)


def _numbers(group: ElementTree.Element) -> Iterator[float]:
    for shape in group:
        outline = shape.get("d") or shape.get("points") or ""
        yield from (float(found[0]) for found in re.finditer(r"-?[\d.]+(?=,)", outline))


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
