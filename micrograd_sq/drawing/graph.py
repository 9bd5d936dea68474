"""The graph of a Value as a picture."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Literal, get_args

from micrograd_sq.drawing.digraph import Digraph
from micrograd_sq.drawing.picture import GREY, PURPLE, Picture, Styles, add_legend, canvas, four, literal, styles_of
from micrograd_sq.engine import Value, topological_order
from micrograd_sq.nn import MLP
from micrograd_sq.number import operation_name, short_repr
from micrograd_sq.straightline.listing import listing

Rankdir = Literal["LR", "TB", "RL", "BT"]
MOST_VALUES = 1000  # the layout takes some seconds, and minutes for twice as many Values
MOST_PATHS = 4  # the most products below a picture
MOST_IN_A_ROW = 8  # of the leaves that have tags
HIGHLIGHTED = {"color": PURPLE, "fontcolor": PURPLE, "penwidth": "2.2", "dir": "back"}
SYMBOLS = {"*": "×", "/": "÷", "-": "−", "neg": "−"}
NAME = re.compile(r"(?<![\w.])[A-Za-z_]\w*(?![\w(])")  # in a formula, but not a function's name
LONGEST_FORMULA = 20


def draw_dot(
    root: Value,
    format: str = "svg",
    rankdir: Rankdir = "LR",
    *,
    optimised: Iterable[Value] = (),
    to_find: Iterable[Value] = (),
    highlight: Value | None = None,
) -> Picture:
    """Draw the graph of root and all Values that root was computed from.

    A box is a Value: its operation, label, data and gradient. The number on an arrow is the local derivative,
    d result / d operand. For a Value's gradient, multiply the numbers along each path to root, and add the products.

    If root is a sum over data points, each data point has a frame around its Values. Any other leaf with several uses
    has a small box next to each use. If some leaves have colours, leaves without a colour show no gradient.

    Args:
        root: the result. Call `root.backward()` first: gradients are drawn as they are.
        format: what `pipe` returns by default, for example "svg" or "png".
        rankdir: the direction of the arrows: "LR" (left to right), "TB" (top to bottom), "RL" or "BT".
        optimised, to_find: Values to draw green, and Values to draw red.
        highlight: a Value whose paths to root are emphasised. Up to four paths are also written out as products.

    Returns:
        A picture, which a notebook shows and `.write("graph.svg")` saves. In its SVG, the box of each Value has the id
        value0, value1, ... The number is the index of the Value in `topological_order(root)`.

    Raises:
        TypeError: root is not a Value, optimised or to_find does not list Values, or an `Operation` cannot be traced.
        ValueError: the graph has over 1,000 Values or does not contain highlight, or format or rankdir is unknown.

    >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
    >>> draw_dot(a * b).source.count("->")
    2
    """
    order = checked_order(root, highlight)
    if rankdir not in get_args(Rankdir):
        raise ValueError(f'rankdir is {short_repr(rankdir)}, but it must be "LR", "TB", "RL" or "BT"')
    return laid_out(order, styles_of(optimised, to_find), format, rankdir, highlight)


def checked_order(root: Value, highlight: Value | None) -> list[Value]:
    """Return the graph of root in topological order. Raise an error for a graph or highlight that cannot be drawn."""
    if isinstance(root, MLP):
        raise TypeError(f"{root!r} is a network, not a Value: write draw_network(net), or give its loss")
    order = topological_order(root)
    if len(order) > MOST_VALUES:
        most = f"but a picture shows at most {MOST_VALUES:,}"
        raise ValueError(f"this graph has {len(order):,} Values, {most}: draw the graph of an intermediate Value")
    if highlight is not None and highlight not in order:
        raise ValueError(f"highlight is {highlight!r}, which is not in the graph of {root!r}: give a Value in it")
    return order


def laid_out(
    order: list[Value], styles: Styles, format: str, rankdir: str, highlight: Value | None = None, live: bool = False
) -> Picture:
    """Draw the graph of the Values in `order`. `styles` has the attributes of some boxes and tags.

    A live picture is for an interactive page. It has no legend, and its numbers have space to change. A non-leaf
    without a label, and any Value whose label is repeated, shows its name in the listing.
    """
    graph = canvas(format, rankdir=rankdir, nodesep="0.12", ranksep="0.24")
    ids = {value: f"n{place}" for place, value in enumerate(order)}
    paths = {} if highlight is None else _paths(order, highlight)
    frames = frames_of(order)
    framed = {value for _, values in frames for value in values}
    leaves = [value for value in order if not value.operands]
    data = set(leaves) - styles.keys() if styles.keys() & leaves and not live else set()
    # A leaf with several uses gets a tag for each: arrows from its box would cross the whole picture.
    uses = Counter(operand for value in order for operand in set(value.operands))
    shared = [leaf for leaf in leaves if uses[leaf] > 1 and leaf not in framed]
    code = listing(order)
    names = dict(zip(order, code.names, strict=True))
    labels = Counter(value.label for value in order if value.label)
    constants = {leaf for leaf in leaves if not leaf.label}
    box_width, text_width = ({"width": "0.95"}, ' WIDTH="34"') if live else ({}, "")
    cell = f'<<TABLE BORDER="0" CELLSPACING="0" CELLPADDING="2"><TR><TD{text_width}>'
    x = "" if "x" in labels else "x"  # the name of a single operand without a label

    def tail(operand: Value, value: Value) -> str:
        return f"{ids[operand]}_{ids[value]}" if operand in shared else ids[operand]

    def style(kind: str, node: str, value: Value) -> dict[str, str]:
        return ({"color": PURPLE} if value in paths else {}) | _known_as(kind, node, styles.get(value, {}))

    def draw(part: Digraph, value: Value) -> None:
        name = names[value] if live and labels[value.label] != 1 and value not in constants else ""
        part.node(ids[value], _box(value, name, x, value not in data), **box_width, **style("value", ids[value], value))
        for leaf in dict.fromkeys(value.operands):
            if leaf in shared:
                node, text = tail(leaf, value), literal(leaf.label or four(leaf.data))
                part.node(node, f"<{text}>", margin="0.05,0.02", **style("tag", node, leaf))

    for named, values in frames:
        with graph.subgraph(name=f"cluster_{ids[values[-1]]}") as frame:
            title = ", ".join(f"{leaf.label} = {four(leaf.data)}" for leaf in named)
            frame.attr(label=f"<<B>{literal(title)}</B>>", labeljust="l", **_known_as("frame", ids[values[-1]]))
            frame.attr(style="rounded,filled", color="#d9d9d9", fillcolor="#f8f8f8")
            for value in reversed(values):  # Graphviz draws a frame from the bottom up
                draw(frame, value)
    for value in order:
        if value not in framed:
            draw(graph, value)
    for place, (leaf, next_leaf) in enumerate(pairwise(shared), start=1):
        if place % MOST_IN_A_ROW:
            graph.edge(ids[leaf], ids[next_leaf], style="invis")
    for value, formulas in zip(order, code.derivatives, strict=True):
        alone = x if len(set(value.operands)) == 1 else ""
        shown = {names[each]: each.label or alone for each in value.operands if not live or each not in constants}
        shown[names[value]] = value.label
        if live:
            shown = {name: name if label in ("", "x") or labels[label] != 1 else label for name, label in shown.items()}
        for side, operand in enumerate(value.operands):
            text = four(value.local_derivatives[side])
            if formula := _formula(formulas[side], shown):
                text = f"{literal(formula)}<BR/>= {text}"
            line = _known_as("edge", f"{ids[operand]}_{ids[value]}_n{side}")
            if operand in paths:
                text, line = f"<B>{text}</B>", HIGHLIGHTED | line
            graph.edge(tail(operand, value), ids[value], f"{cell}{text}</TD></TR></TABLE>>", **line)
    if not live:
        product = "" if highlight is None else _product(order[-1], highlight, paths[order[-1]])
        add_legend(graph, order, styles, _directions(highlight, bool(shared)), product)
    return graph


def _known_as(kind: str, node: str, style: Mapping[str, str] = {}) -> dict[str, str]:
    """Return a style with id and class. The arrow from Value 2 to Value 7, as operand 0, has the id "edge2_7_0"."""
    return {**style, "id": kind + node.replace("n", ""), "class": f"{kind} {style.get('class', '')}".strip()}


def _paths(order: Iterable[Value], goal: Value) -> dict[Value, list[tuple[float, ...]]]:
    """Return the first paths from goal to each Value that depends on goal. A path is a tuple of local derivatives."""
    paths: dict[Value, list[tuple[float, ...]]] = {goal: [()]}
    for value in order:
        for operand, derivative in zip(value.operands, value.local_derivatives, strict=True):
            if longer := [(derivative, *path) for path in paths.get(operand, [])]:
                paths[value] = [*paths.get(value, []), *longer][: MOST_PATHS + 1]
    return paths


def frames_of(order: Sequence[Value]) -> list[tuple[list[Value], list[Value]]]:
    """Return two lists for each data point: the leaves that name it, and all Values that only its term uses.

    A graph has data points if root is a sum and each term has its own leaves with the same labels, such as "dosage".
    """
    additions = {order[-1]}
    terms: dict[Value, list[Value]] = {}
    for value in reversed(order):
        if value in additions and value.operation == "+":
            for operand in value.operands:
                if operand.operation == "+" and not operand.label:
                    additions.add(operand)
                elif operand.operation or operand.label:  # not the 0 that a sum may start from
                    terms[operand] = topological_order(operand)
    uses = Counter([*additions, *(value for graph in terms.values() for value in graph)])
    parts = [[value for value in graph if uses[value] == 1] for graph in terms.values()]
    named = [{v.label: v for v in own if v.label and not v.operands} for own in parts]
    labels = sorted(set.intersection(*map(set, named))) if len(named) > 1 else []
    return [([leaves[label] for label in labels], own) for leaves, own in zip(named, parts, strict=True) if labels]


def _directions(highlight: Value | None, has_tags: bool) -> str:
    """Return the lines of the legend: the directions of data and gradients, and the meaning of tags, if any."""
    back = "← gradients (grad) flow back on every arrow, times its number, and add up"
    if highlight is not None:
        back += f"; purple arrows: the paths to {literal(highlight.label or 'the highlighted Value')}"
    lines = ["→ data flow forward; each arrow shows its local derivative", f'<FONT COLOR="{PURPLE}">{back}</FONT>']
    if has_tags:
        lines.append("a small box is one more use of the box with its name, whose grad is the sum")
    return "".join(f'{line}<BR ALIGN="LEFT"/>' for line in lines)


def _box(value: Value, name: str, x: str, with_gradient: bool) -> str:
    """Return the text of a box: the operation and the label or name, if any, the data, and perhaps the gradient."""
    symbol = SYMBOLS.get(operation_name(value), operation_name(value))
    match value.operation:
        case ("**", exponent):  # a plain number, which has no box
            power = "²" if exponent == 2.0 else f"^{four(exponent)}"
            symbol = f"{'x' if x or value.left.label == 'x' else '( )'}{power}"
    heading = symbol if value.label else f"{symbol} {name}".strip()
    lines = [f'<FONT COLOR="{GREY}"><B>{heading}</B></FONT>'] if heading else []
    if value.label:
        lines.append(f"<B>{literal(name or value.label)}</B>")
    lines.append(four(value.data))
    if with_gradient:
        lines.append(f'<FONT COLOR="{PURPLE}" POINT-SIZE="9">grad {four(value.grad)}</FONT>')
    return f"<{'<BR/>'.join(lines)}>"


def _formula(derivative: str, shown: Mapping[str, str]) -> str:
    """Return the formula of a local derivative for the picture, or "" for a number, a missing name or a long text."""
    names = NAME.findall(derivative)
    if not names or not all(map(shown.get, names)):
        return ""
    text = NAME.sub(lambda found: shown[found[0]], derivative).replace(" * ", " × ").replace(".0 ", " ")
    return text if len(text) <= LONGEST_FORMULA else ""


def _product(root: Value, goal: Value, paths: Sequence[Sequence[float]]) -> str:
    """Return the equation d root / d goal = sum of products, or "" if there are many paths or goal is root."""
    if len(paths) > MOST_PATHS or not any(paths):
        return ""
    factors = [[f"({four(n)})" if n < 0 else four(n) for n in path] for path in paths]
    products = '<BR ALIGN="LEFT"/>+ '.join(map(" × ".join, factors))
    # A path with a factor of 0 contributes 0, even next to an infinite factor, as in `backward`.
    total = four(sum(0.0 if 0.0 in path else math.prod(path) for path in paths))
    names = f"d {literal(root.label or 'result')} / d {literal(goal.label or 'operand')}"
    equation = names if products == total else f"{names} = {products}"  # not 1 = 1
    return f'<FONT COLOR="{PURPLE}" POINT-SIZE="14"><B>{equation} = {total}<BR ALIGN="LEFT"/></B></FONT>'
