"""The SVG of a graph for an interactive page, which adds the colours. Each text is centred."""

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
ROUNDING = {"value": 7, "tag": 4, "frame": 8}  # the radius of a corner, in points


def live_svg(order: list[Value], styles: Styles) -> str:
    """Return the picture of a graph. The `data-value` of a box is the index of its Value in `order`."""
    source = ElementTree.fromstring(laid_out(order, styles, "svg", "LR", live=True).pipe())
    (whole,) = source.findall(f"{SVG}g")
    ((x, y),) = re.findall(r"translate\(([\d.]+) ([\d.]+)\)", whole.attrib["transform"])
    size = source.attrib["viewBox"].split()[2:]
    svg = ElementTree.Element("svg", {"class": "graph", "viewBox": _short(" ".join([f"-{x}", f"-{y}", *size]))})
    ElementTree.SubElement(svg, "g").extend(map(_part, whole.findall(f"{SVG}g")))
    return ElementTree.tostring(svg, encoding="unicode").replace(" />", "/>")


def _part(group: ElementTree.Element) -> ElementTree.Element:
    """Return a box, a tag, an arrow or a frame without its colours."""
    _, kind, *role = group.attrib["class"].split()
    part = ElementTree.Element("g", {"class": " ".join([kind, *role]), f"data-{kind}": group.attrib["id"][len(kind) :]})
    outlines = [shape.get("d") or shape.get("points") or "" for shape in group]
    points = re.findall(r"(-?[\d.]+),(-?[\d.]+)", " ".join(outlines))
    (left, *_, right), (top, *_, bottom) = (sorted(map(float, numbers)) for numbers in zip(*points, strict=True))
    if kind in ROUNDING:  # a rectangle is shorter than the path that Graphviz draws
        place = {"x": left, "y": top, "width": right - left, "height": bottom - top, "rx": ROUNDING[kind]}
        ElementTree.SubElement(part, "rect", {name: _short(str(number)) for name, number in place.items()})
    for shape, outline in zip(group, outlines, strict=True):
        tag, text = shape.tag.removeprefix(SVG), shape.text or ""
        if tag == "text":
            x = (left + right) / 2 if kind in ("value", "tag") else float(shape.attrib["x"])
            if kind == "edge":
                x += sum(WIDTHS.get(letter, DIGIT) for letter in text) * 9 / 2
            bold = {"class": "name"} if "font-weight" in shape.attrib else {}
            kept = {"x": _short(str(x)), "y": _short(shape.attrib["y"]), **bold}
            ElementTree.SubElement(part, tag, kept).text = text or None
        elif outline and kind not in ROUNDING:
            ElementTree.SubElement(part, tag, {"d" if tag == "path" else "points": _short(outline)})
    return part


def _short(text: str) -> str:
    """Return a text with its numbers rounded to one decimal."""
    return re.sub(r"-?[\d.]+", lambda found: f"{float(found[0]):.1f}".removesuffix(".0"), text)
