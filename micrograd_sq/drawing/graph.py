"""The graph that a Value was made by as a picture: every number that the chain rule multiplies is in it."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import reduce
from itertools import pairwise
from typing import Literal, get_args

from micrograd_sq.checks import short_repr
from micrograd_sq.drawing.digraph import Digraph
from micrograd_sq.drawing.picture import (
    GREY,
    INK,
    PURPLE,
    Picture,
    add_legend,
    canvas,
    four_digits,
    literal,
    styles_of,
)
from micrograd_sq.engine import Value, topological_order
from micrograd_sq.number import operation_name
from micrograd_sq.straightline.listing import Listing, listing

Rankdir = Literal["LR", "TB", "RL", "BT"]
MOST_VALUES = 1000  # such a picture takes some seconds, and twice as many take minutes
MOST_PATHS = 4  # that are written out below a picture
MOST_IN_A_ROW = 8  # of the leaves that have tags

TAG = {"margin": "0.05,0.02"}
HIGHLIGHTED = {"color": PURPLE, "fontcolor": PURPLE, "penwidth": "2.2", "dir": "back"}
SYMBOLS = {"*": "×", "/": "÷", "-": "−", "neg": "−"}
NAME = re.compile(r"(?<![\w.])[A-Za-z_]\w*(?![\w(])")  # in a formula, not a function's
LONGEST_FORMULA = 20
# So much room, in inches and in points, has a number that is going to change.
BOX_ROOM, ARROW_ROOM = "0.95", 34

Edge = tuple[
    Value, Value, int, float
]  # an operand, what was made from it, as which of its operands, the local derivative


def draw_dot(
    root: Value,
    format: str = "svg",
    rankdir: Rankdir = "LR",
    *,
    optimised: Iterable[Value] = (),
    to_find: Iterable[Value] = (),
    highlight: Value | None = None,
) -> Picture:
    """The graph of everything that root was made from.

    A box is a Value: the operation that made it, its label, data and gradient. Grey arrows lead forward,
    from operands to results; the number on an arrow is the local derivative along it, d result / d operand,
    after its formula where that is short. Gradients flow back: multiply the numbers on the way from root to
    a Value, add up where several ways lead there, and you have its gradient. Where parameters are drawn green
    or red, the other leaves are data, and have none. Where
    root is a sum with a term for each data point, a frame holds what belongs to one of them alone.
    A leaf that is used in several places stands beside each use as a tag with its name, and once as
    a box, whose gradient is the sum over the tags.

    Args:
        root: what to explain. Call its `backward()` first: gradients are shown as they are.
        format: what `pipe` and `render` make of it unless told otherwise: "svg", "png", "jpg".
        rankdir: "LR", left to right, "TB", top to bottom, or the other way, "RL" or "BT".
        optimised: Values to draw green.
        to_find: Values to draw red, also where they are among the optimised.
        highlight: a Value to emphasise each way to; few ways are multiplied out below as well.

    Returns:
        A picture that a notebook shows as it is; `.render(outfile="ssr.svg", cleanup=True)` keeps it. In its SVG
        the box of each Value has the id value0, value1, ..., its place in `topological_order(root)`.

    Raises:
        TypeError: root is not a Value.
        ValueError: more than 1,000 Values, a highlighted one that is not among them, or another rankdir.
        RuntimeError: only when it is drawn, where there is no layout program, or it takes more than a minute.

    >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
    >>> draw_dot(a * b).source.count("->")
    2
    """
    order = checked_order(root, highlight)
    if rankdir not in get_args(Rankdir):
        raise ValueError(
            f"rankdir {short_repr(rankdir)} is not one of {', '.join(get_args(Rankdir))}"
        )
    edges = _edges(order)
    ways = {} if highlight is None else _ways(highlight, edges)
    looks = styles_of(optimised, to_find)
    graph = laid_out(order, looks, format, rankdir, ways=ways)
    caption = _product(root, highlight, ways[root]) if highlight is not None else ""
    coloured = [looks[value] for value in order if value in looks]
    add_legend(graph, coloured, caption, _flows(order, highlight))
    return graph


def checked_order(root: Value, highlight: Value | None) -> list[Value]:
    """The graph of a root, operands first; an error where it is none, is too large, or has not what to highlight."""
    order = topological_order(root)
    if len(order) > MOST_VALUES:
        raise ValueError(
            f"this graph has {len(order):,} Values, and {MOST_VALUES:,} are the most that a "
            "picture can show; draw a part of it: give one of the Values inside as root"
        )
    if highlight is not None and highlight not in order:
        raise ValueError(f"{highlight!r} is not in the graph of {root!r}: no way leads to it")
    return order


def laid_out(
    order: Sequence[Value],
    looks: Mapping[Value, dict[str, str]],
    format: str,
    rankdir: str,
    *,
    ways: Collection[Value] = (),
    roomy: bool = False,
) -> Picture:
    """The boxes, tags, arrows and frames of a graph.

    Args:
        order: its Values, operands first and the root last.
        looks: attributes of the boxes and tags of some.
        format, rankdir: as for `draw_dot`.
        ways: those on the ways to emphasise.
        roomy: whether each number has room for any other.
    """
    graph = canvas(
        format,
        f"the graph of {len(order):,} Values",
        rankdir=rankdir,
        nodesep="0.12",
        ranksep="0.24",
    )
    names = {value: f"n{place}" for place, value in enumerate(order)}
    frames = frames_of(order)
    framed = {value for _, values in frames for value in values}
    shared = _shared_leaves(order, framed)
    edges = _edges(order)
    tails = {
        (operand, value): names[operand] + (f"_{names[value]}" if operand in shared else "")
        for operand, value, *_ in edges
    }
    code = listing(order)
    # An only operand without a label goes by x, unless another Value is called so.
    only = "" if any(value.label == "x" for value in order) else "x"
    formulas = _formulas(order, code, only, named=roomy)
    data = _data_leaves(order, looks) if not roomy else set()
    # In a page the program stands beside the picture: there, what has no label of its own goes by its name in it.
    labels = Counter(value.label for value in order if value.label)
    called = {
        value: name
        for value, name in zip(order, code.names, strict=True)
        if roomy and labels[value.label] != 1
    }
    room = {"width": BOX_ROOM} if roomy else {}

    def draw(part: Digraph, value: Value) -> None:
        outline = {"color": PURPLE} if value in ways else {}
        look = room | outline | _known_as("value", names[value], looks.get(value, {}))
        box = _box(value, value not in data, called.get(value, ""), only)
        part.node(names[value], box, **look)
        for operand in dict.fromkeys(value.operands):
            if operand in shared:
                outline = {"color": PURPLE} if operand in ways else {}
                tag = tails[operand, value]
                look = TAG | outline | _known_as("tag", tag, looks.get(operand, {}))
                part.node(tag, _tag(operand), **look)

    for leaves, values in frames:
        with graph.subgraph(name=f"cluster_{names[values[-1]]}") as frame:
            title = literal(frame_title(leaves))
            frame.attr(label=f"<<B>{title}</B>>", labeljust="l", labelloc="t")
            frame.attr(style="rounded,filled", color="#d9d9d9", fillcolor="#f8f8f8")
            frame.attr(**_known_as("frame", names[values[-1]]))
            for value in reversed(values):  # in a frame, Graphviz begins at the bottom
                draw(frame, value)
    for value in order:
        if value not in framed:
            draw(graph, value)
    for start in range(0, len(shared), MOST_IN_A_ROW):
        for one, next_one in pairwise(shared[start : start + MOST_IN_A_ROW]):
            graph.edge(names[one], names[next_one], style="invis")
    for operand, value, side, derivative in edges:
        text = _along(formulas.get((value, side), ""), derivative)
        look = _known_as("edge", f"{names[operand]}_{names[value]}_n{side}")
        if operand in ways:
            text, look = f"<B>{text}</B>", {**HIGHLIGHTED, **look}
        text = _padded(text, ARROW_ROOM if roomy else 0)
        graph.edge(tails[operand, value], names[value], text, **look)
    return graph


def _edges(order: Iterable[Value]) -> list[Edge]:
    return [
        (operand, value, side, derivative)
        for value in order
        for side, (operand, derivative) in enumerate(
            zip(value.operands, value.local_derivatives, strict=True)
        )
    ]


def _known_as(kind: str, name: str, look: Mapping[str, str] = {}) -> dict[str, str]:
    """The id and the classes of a part in an SVG: "edge2_7_0" is the arrow from Value 2 to Value 7, its first operand."""
    return {
        **look,
        "id": kind + name.replace("n", ""),
        "class": f"{kind} {look.get('class', '')}".strip(),
    }


def _ways(goal: Value, edges: Iterable[Edge]) -> dict[Value, list[tuple[float, ...]]]:
    """For each Value from which ways lead to the goal the local derivatives on them, way by way."""
    ways: dict[Value, list[tuple[float, ...]]] = {goal: [()]}
    for operand, value, _, derivative in edges:
        if operand in ways:
            longer = [(derivative, *way) for way in ways[operand]]
            ways[value] = [*ways.get(value, []), *longer][: MOST_PATHS + 1]
    return ways


def frames_of(order: Sequence[Value]) -> list[tuple[list[Value], list[Value]]]:
    """For each data point the leaves that name it, and the Values that only its term of the sum was made from.

    There are data points where each term of the sum that root is has leaves of its own with the
    same labels as the others' have: "dosage", for one.
    """
    root = order[-1]
    additions, terms = {root}, []
    for value in reversed(order):
        if value in additions and value.operation == "+":
            for operand in value.operands:
                if operand.operation == "+" and not operand.label:
                    additions.add(operand)
                elif operand.operation or operand.label:  # not the 0 that a sum may start from
                    terms.append(operand)
    members: dict[Value, list[Value]] = {term: [] for term in terms}
    if len(members) < 2:
        return []
    owner = dict.fromkeys(additions, root) | {term: term for term in terms}
    for value in reversed(order):
        for operand in value.operands if value not in additions else ():
            if owner.setdefault(operand, owner[value]) is not owner[value]:
                owner[operand] = root  # shared, so no term's own
    for value in order:
        if owner.get(value) in members:
            members[owner[value]].append(value)
    named = [
        {value.label: value for value in values if value.label and value.left is None}
        for values in members.values()
    ]
    shared = sorted(set.intersection(*map(set, named)))
    leaves = [[own[label] for label in shared] for own in named]
    return list(zip(leaves, members.values(), strict=True)) if shared else []


def frame_title(leaves: Iterable[Value]) -> str:
    """What stands above a data point: "dosage = 0.5, observed = 1"."""
    return ", ".join(f"{leaf.label} = {four_digits(leaf.data)}" for leaf in leaves)


def _shared_leaves(order: Sequence[Value], framed: Collection[Value]) -> list[Value]:
    """The leaves that are used in several places, from where their arrows would cross the whole picture."""
    users = Counter(operand for value in order for operand in dict.fromkeys(value.operands))
    return [
        value for value in order if value.left is None and users[value] > 1 and value not in framed
    ]


def _tag(leaf: Value) -> str:
    return f"<{literal(leaf.label) if leaf.label else four_digits(leaf.data)}>"


def _flows(order: Sequence[Value], highlight: Value | None) -> str:
    """What flows which way, in words for below the picture."""
    back = "← gradients (grad) flow back on every arrow, times its number, and add up"
    if highlight is not None:
        back += f"; purple arrows: the ways to {literal(highlight.label or 'the one highlighted')}"
    lines = [
        (INK, "→ data flow forward; on each arrow stands its local derivative"),
        (PURPLE, back),
    ]
    if _shared_leaves(order, {value for _, values in frames_of(order) for value in values}):
        lines.append(
            (INK, "a small box is one more use of the box with its name, whose grad is the sum")
        )
    rows = "".join(
        f'<TR><TD ALIGN="LEFT"><FONT COLOR="{colour}">{text}</FONT></TD></TR>'
        for colour, text in lines
    )
    return f'<TABLE BORDER="0" CELLPADDING="0" CELLSPACING="0">{rows}</TABLE>'


def _data_leaves(order: Sequence[Value], looks: Mapping[Value, dict[str, str]]) -> set[Value]:
    """Where parameters are drawn as such, the leaves that are none: nobody asks for their gradients."""
    leaves = {value for value in order if value.left is None}
    return leaves - looks.keys() if leaves & looks.keys() else set()


def _box(value: Value, with_gradient: bool, name: str, only: str) -> str:
    symbol = SYMBOLS.get(operation_name(value), operation_name(value))
    if (exponent := _plain_exponent(value)) is not None:
        power = "²" if exponent == 2.0 else f"^{four_digits(exponent)}"
        symbol = f"{'x' if only or value.left.label == 'x' else '( )'}{power}"
    lines = [f'<FONT COLOR="{GREY}"><B>{symbol}</B></FONT>'] if symbol else []
    if value.label:
        lines.append(f"<B>{literal(name or value.label)}</B>")
    elif name:
        lines = [f'<FONT COLOR="{GREY}"><B>{f"{symbol} {name}".strip()}</B></FONT>']
    lines.append(four_digits(value.data))
    if with_gradient:
        grad = f"grad {four_digits(value.grad)}"
        lines.append(f'<FONT COLOR="{PURPLE}" POINT-SIZE="9">{grad}</FONT>')
    return f"<{'<BR/>'.join(lines)}>"


def _along(formula: str, derivative: float) -> str:
    number = four_digits(derivative)
    return f"{literal(formula)}<BR/>= {number}" if formula else number


def _formulas(
    order: Sequence[Value], code: Listing, only: str, named: bool
) -> dict[tuple[Value, int], str]:
    """The local derivatives that are short enough as formulas in labels, by Value and operand.

    What has no label goes by its name in the program where that is shown, too; else an only operand by that for all.
    """
    called = dict(zip(order, code.names, strict=True))
    formulas = {}
    for value, derivatives in zip(order, code.derivatives, strict=True):
        alone = only if len(set(value.operands)) == 1 else ""
        shown = {called[operand]: operand.label or alone for operand in value.operands}
        shown[called[value]] = value.label
        if named:
            shown = {
                name: label if label not in ("", "x") else name for name, label in shown.items()
            }
        for side, derivative in enumerate(derivatives):
            names = NAME.findall(derivative)
            if not names or not all(shown.get(name) for name in names):
                continue
            text = NAME.sub(lambda found: shown[found[0]], derivative)  # noqa: B023 - used at once
            text = text.replace(" * ", " × ").replace(".0 ", " ")
            if len(text) <= LONGEST_FORMULA:
                formulas[value, side] = text
    return formulas


def _padded(text: str, width: int) -> str:
    """A label with some room around it, which keeps it off the arrow."""
    room = f' WIDTH="{width}"' if width else ""
    return f'<<TABLE BORDER="0" CELLSPACING="0" CELLPADDING="2"><TR><TD{room}>{text}</TD></TR></TABLE>>'


def _plain_exponent(value: Value) -> float | None:
    """The exponent of a power, where it is a plain number and so part of the operation."""
    name, *numbers = operation_name(value).split() or [""]
    return float(numbers[0]) if name == "**" and numbers else None


def _factor(number: float) -> str:
    return f"({four_digits(number)})" if number < 0.0 else four_digits(number)


def _product(root: Value, goal: Value, ways: Sequence[Sequence[float]]) -> str:
    if len(ways) > MOST_PATHS or not any(ways):
        return ""
    products = '<BR ALIGN="LEFT"/>+ '.join(" × ".join(map(_factor, way)) for way in ways)
    names = f"d {literal(root.label or 'result')} / d {literal(goal.label or 'operand')}"
    # As in backward, what is 0 sends nothing, not even to an infinite slope.
    gradient = sum(
        reduce(lambda sent, slope: slope * sent if slope else 0.0, way, 1.0) for way in ways
    )
    total = four_digits(gradient)
    equation = names if products == total else f"{names} = {products}"  # not 1 = 1
    same = (
        goal.grad == 0.0
        or math.isnan(gradient)  # which is like nothing, not even like itself
        or math.isclose(goal.grad, gradient, rel_tol=1e-3, abs_tol=1e-9)
    )
    note = (
        "" if same else f"; grad = {four_digits(goal.grad)} is of several backward(), or another's"
    )
    return f'{equation} = {total}{note}<BR ALIGN="LEFT"/>'
