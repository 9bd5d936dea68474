"""A network as a picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise, repeat

from micrograd_sq.drawing.digraph import Digraph
from micrograd_sq.drawing.picture import GREY, INK, Picture, add_legend, canvas, four, literal, styles_of
from micrograd_sq.engine import Value
from micrograd_sq.nn import MLP
from micrograd_sq.number import short_repr


def draw_network(
    net: MLP,
    format: str = "svg",
    *,
    optimised: Iterable[Value] = (),
    to_find: Iterable[Value] = (),
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
) -> Picture:
    """Draw a network: each connection with its weight, each neuron with its bias.

    `inputs` and `outputs` are the names to show for the network's inputs and outputs. Other options and exceptions are
    those of `draw_dot`. Raise a TypeError if `net` is not an MLP, and a ValueError for a wrong number of names.

    >>> "price" in draw_network(MLP(1, [1]), outputs=["price"]).source
    True
    """
    if not isinstance(net, MLP):
        raise TypeError(f"draw_network draws an MLP, not {short_repr(net)}: for a Value write draw_dot(value)")
    for option, names, size in (("inputs", inputs, net.n_inputs), ("outputs", outputs, net.layer_sizes[-1])):
        if len(names) not in (0, size):
            raise ValueError(f"{option} is {short_repr(names)}, but it must be a list of {size} name(s), or left out")
    styles = styles_of(optimised, to_find)
    graph = canvas(format, rankdir="LR", nodesep="0.16", ranksep="0.5", splines="line")
    ids = {parameter: f"n{place}" for place, parameter in enumerate(net.parameters())}
    nodes = [f"x{number}" for number in range(1, net.n_inputs + 1)]
    inputs = inputs or ["input" if net.n_inputs == 1 else f"input {node}" for node in nodes]
    results = dict(zip([neuron.bias for neuron in net.layers[-1]], outputs or repeat("output"), strict=False))
    for node, name in zip(nodes, inputs, strict=True):
        graph.node(node, f"<{literal(name)}>")
    _stack(graph, nodes)
    for layer in net.layers:
        for neuron in layer:
            bias, style = neuron.bias, styles.get(neuron.bias, {})
            function = getattr(neuron.activation, "__name__", str(neuron.activation or ""))
            lines = [literal(line) for line in (function, results.get(bias)) if line]
            graph.node(ids[bias], f"<{'<BR/>'.join([_parameter('+', bias, style), *lines])}>", **style)
            for node, weight in zip(nodes, neuron.weights, strict=True):
                # A weight is a node between two edges, where no other weight can cover it.
                style = styles.get(weight, {})
                graph.node(ids[weight], f"<{_parameter('×', weight, style)}>", shape="plain", style="")
                dash = "dashed" if style.get("class") == "find" else "solid"
                line = {"color": style.get("color", GREY), "style": dash}
                graph.edge(f"{node}:e", f"{ids[weight]}:w", arrowhead="none", **line)
                graph.edge(f"{ids[weight]}:e", f"{ids[bias]}:w", **line)
        _stack(graph, [ids[weight] for neuron in layer for weight in neuron.weights])
        nodes = [ids[neuron.bias] for neuron in layer]
        _stack(graph, nodes)
    add_legend(graph, net.parameters(), styles)
    return graph


def _parameter(sign: str, value: Value, style: dict[str, str]) -> str:
    return f'<FONT COLOR="{style.get("color", INK)}"><B>{sign} {literal(value.label)} = {four(value.data)}</B></FONT>'


def _stack(graph: Digraph, nodes: Sequence[str]) -> None:
    """Keep nodes in one column, from top to bottom."""
    with graph.subgraph() as column:
        column.attr(rank="same")
        for upper, lower in pairwise(nodes):
            column.edge(upper, lower, style="invis")
