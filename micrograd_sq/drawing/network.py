"""A network as a picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from micrograd_sq.drawing.digraph import Digraph
from micrograd_sq.drawing.picture import GREY, INK, Picture, add_legend, canvas, four, literal, styles_of
from micrograd_sq.engine import Value
from micrograd_sq.nn import MLP
from micrograd_sq.number import short_repr


def draw_network(
    net: MLP, format: str = "svg", *, optimised: Iterable[Value] = (), to_find: Iterable[Value] = ()
) -> Picture:
    """Draw a network: each connection with its weight, each node with its bias.

    The options are the same as for `draw_dot`. Raise a TypeError if `net` is not an MLP.

    >>> net = MLP(1, [1])
    >>> net.load({"w1": -2.3})
    >>> "w1 = -2.3" in draw_network(net).source
    True
    """
    if not isinstance(net, MLP):
        raise TypeError(f"draw_network draws an MLP, not {short_repr(net)}: for a Value write draw_dot(value)")
    styles = styles_of(optimised, to_find)
    graph = canvas(format, rankdir="LR", nodesep="0.16", ranksep="0.5", splines="line")
    # The nodes' names are numbers, because a user may give two parameters the same label.
    ids = {parameter: f"n{place}" for place, parameter in enumerate(net.parameters())}
    nodes = [f"x{number}" for number in range(1, net.n_inputs + 1)]
    for node in nodes:
        graph.node(node, "input" if net.n_inputs == 1 else f"input {node}")
    _stack(graph, nodes)
    for layer in net.layers:
        for neuron in layer:
            bias, style = neuron.bias, styles.get(neuron.bias, {})
            text = f"{_parameter('+', bias, style)}<BR/>{neuron.activation or 'output'}"
            graph.node(ids[bias], f"<{text}>", **style)
            for node, weight in zip(nodes, neuron.weights, strict=True):
                # A weight is a node between two edges, where no other weight can cover it.
                style = styles.get(weight, {})
                factor = f"<{_parameter('×', weight, style)}>"
                graph.node(ids[weight], factor, shape="plain", style="")
                dash = "dashed" if style.get("class") == "find" else "solid"
                line = {"color": style.get("color", GREY), "style": dash}
                graph.edge(f"{node}:e", f"{ids[weight]}:w", arrowhead="none", **line)
                graph.edge(f"{ids[weight]}:e", f"{ids[bias]}:w", **line)
        _stack(graph, [ids[weight] for neuron in layer for weight in neuron.weights])
        nodes = [ids[neuron.bias] for neuron in layer]
        _stack(graph, nodes)
    add_legend(graph, net.parameters(), styles)
    return graph


def _parameter(sign: str, parameter: Value, style: dict[str, str]) -> str:
    text = f"{sign} {literal(parameter.label)} = {four(parameter.data)}"
    return f'<FONT COLOR="{style.get("color", INK)}"><B>{text}</B></FONT>'


def _stack(graph: Digraph, nodes: Sequence[str]) -> None:
    """Keep nodes in one column, from top to bottom."""
    with graph.subgraph() as column:
        column.attr(rank="same")
        for upper, lower in pairwise(nodes):
            column.edge(upper, lower, style="invis")
