"""The SVG of a graph as a page changes it: without colours, and with each text in the middle of its place."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from micrograd_sq.drawing.graph import laid_out
from micrograd_sq.drawing.picture import Styles
from micrograd_sq.engine import Value

SVG = "{http://www.w3.org/2000/svg}"
# Graphviz centres a text with the widths of Arial's letters. These are the widths, in ems, of the letters in numbers.
WIDTHS = {".": 0.278, "-": 0.333, "+": 0.584, "=": 0.584, "i": 0.222, "f": 0.278, " ": 0.278}
DIGIT = 0.556


def live_svg(order: list[Value], styles: Styles, rankdir: str) -> str:
    """Return the picture of a graph. The `data-value` of a box is the index of its Value in the order."""
    source = ElementTree.fromstring(laid_out(order, styles, "svg", rankdir, live=True).pipe())
    svg = ElementTree.Element("svg", {"class": "graph", "viewBox": _short(source.attrib["viewBox"])})
    (whole,) = source.findall(f"{SVG}g")
    (shift,) = re.findall(r"translate\([^)]+\)", whole.attrib["transform"])
    inside = ElementTree.SubElement(svg, "g", {"transform": shift})
    inside.extend(map(_part, whole.findall(f"{SVG}g")))
    return ElementTree.tostring(svg, encoding="unicode")


def _part(group: ElementTree.Element) -> ElementTree.Element:
    """Return a box, a tag, an arrow or a frame without its colours."""
    _, kind, *role = group.attrib["class"].split()
    places = group.attrib["id"].removeprefix(kind)
    part = ElementTree.Element("g", {"class": " ".join([kind, *role]), f"data-{kind}": places})
    outlines = " ".join(shape.get("d") or shape.get("points") or "" for shape in group)
    across = [float(x) for x in re.findall(r"-?[\d.]+(?=,)", outlines)]
    for shape in group:
        tag, text = shape.tag.removeprefix(SVG), shape.text or ""
        kept = {name: _short(shape.attrib[name]) for name in shape.attrib.keys() & {"d", "points"}}
        if tag == "text":
            x = float(shape.attrib["x"])
            if kind in ("value", "tag"):
                x = (min(across) + max(across)) / 2
            elif kind == "edge":
                x += sum(WIDTHS.get(letter, DIGIT) for letter in text) * 9 / 2
            kept = {"x": _short(str(x)), "y": _short(shape.attrib["y"])}
            if "font-weight" in shape.attrib:
                kept["class"] = "name"
        if kept:
            ElementTree.SubElement(part, tag, kept).text = text or None
    return part


def _short(text: str) -> str:
    """Return a text with its numbers rounded to one decimal."""
    return re.sub(r"-?[\d.]+", lambda found: f"{float(found[0]):.1f}".removesuffix(".0"), text)
