"""The parts of a page that shows an interactive graph: the picture, the program and its JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from inspect import signature
from typing import Any

from micrograd_sq import functions
from micrograd_sq.drawing.graph import SYMBOLS, checked_order, frames_of
from micrograd_sq.drawing.picture import styles_of
from micrograd_sq.engine import Value
from micrograd_sq.explorer.picture import live_svg
from micrograd_sq.number import operation_name
from micrograd_sq.straightline import forward_and_backward
from micrograd_sq.straightline.listing import listing

KNOWN = ("exp", "log", "tanh")  # the page does not explain these functions
STYLES = ["micrograd_sq.explorer/graph.css"]
SCRIPTS = [f"micrograd_sq.explorer/{name}.js" for name in ("model", "graph", "walk", "side")]


@dataclass(frozen=True)
class LiveGraph:
    """The parts of an interactive graph for a page."""

    data: dict[str, Any]  # the Values and the program's lines, for JavaScript's `Model`
    templates: str  # HTML: a template of the picture
    function: str  # both passes in JavaScript, as a function of all leaves


def live_graph(
    root: Value, name: str, optimised: Iterable[Value], to_find: Iterable[Value], highlight: Value | None
) -> LiveGraph:
    """Return a graph for a page. Graphs on a page need different names. Other arguments are those of `explore`."""
    order = checked_order(root, highlight)
    place = {value: number for number, value in enumerate(order)}
    leaves = [value for value in order if not value.operands]
    styles = styles_of(optimised, to_find)
    code = listing(order)
    formulas = {line.of: line.text.partition(" = ")[2] for line in code.forward}
    nodes = [
        {
            "label": value.label,
            "name": code.names[number],
            "operation": operation_name(value),
            "symbol": SYMBOLS.get(operation_name(value), operation_name(value)),
            "operands": [place[operand] for operand in value.operands],
            "made": formulas.get(number, ""),
            "derivatives": code.derivatives[number],
            "role": styles.get(value, {}).get("class", ""),
        }
        for number, value in enumerate(order)
    ]
    data = {
        "id": name,
        "nodes": nodes,
        "numbers": [leaf.data for leaf in leaves],
        **{
            part: [(line.text, line.of, line.sender, line.side) for line in getattr(code, part)]
            for part in ("leaves", "forward", "backward")
        },
        "frames": {place[values[-1]]: [place[leaf] for leaf in named] for named, values in frames_of(order)},
        "picked": None if highlight is None else place[highlight],
        "imports": code.imports,
        "meanings": _meanings(code.text([0.0] * len(leaves))),
    }
    template = f'<template data-picture="{name}">{live_svg(order, styles)}</template>\n'
    return LiveGraph(data, template, forward_and_backward(root, leaves))


def _meanings(program: str) -> dict[str, str]:
    """Return what each less known function in a program computes: the first words of the function's docstring."""
    meanings = {}
    for name in re.findall(r"\b(\w+)\(", program):
        function = vars(functions).get(name)
        if function and function.__module__ == functions.__name__ and name not in KNOWN:
            meaning = re.split(r"[,;:.](?=\s|$)", function.__doc__)[0].removeprefix("Return ")
            arguments = ", ".join(signature(function).parameters)
            meanings[name] = f"{name}({arguments}) is {meaning.replace('The ', 'the ')}"
    return meanings
