"""A network as a picture: each connection with its weight, each node with its bias."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from micrograd_sq.checks import short_repr
from micrograd_sq.drawing.digraph import Digraph
from micrograd_sq.drawing.picture import (
    GREY,
    INK,
    TO_FIND,
    Picture,
    add_legend,
    canvas,
    four_digits,
    literal,
    styles_of,
)
from micrograd_sq.engine import Value
from micrograd_sq.nn import MLP

MOST_WEIGHTS = 200


def draw_network(
    net: MLP,
    format: str = "svg",
    *,
    optimised: Iterable[Value] = (),
    to_find: Iterable[Value] = (),
) -> Picture:
    """The network with its numbers: each connection with its weight, each node with its bias.

    Args:
        net: the network.
        format, optimised, to_find: as for `draw_dot`.

    Returns:
        A picture like `draw_dot`'s.

    Raises:
        TypeError: net is not an MLP.
        ValueError: more than 200 weights.
        RuntimeError: only when it is drawn, where there is no layout program.

    >>> net = MLP(1, [1])
    >>> net.load({"w1": -2.3})
    >>> "w1 = -2.3" in draw_network(net).source
    True
    """
    if not isinstance(net, MLP):
        raise TypeError(f"draw_network draws an MLP, not {short_repr(net)}")
    n_weights = sum(len(neuron.weights) for layer in net.layers for neuron in layer)
    if n_weights > MOST_WEIGHTS:
        raise ValueError(
            f"this network has {n_weights:,} weights, and {MOST_WEIGHTS:,} are the most that a "
            "picture can show; draw a smaller network"
        )
    looks = styles_of(optimised, to_find)
    graph = canvas(
        format,
        f"a network of {n_weights} weights",
        rankdir="LR",
        nodesep="0.16",
        ranksep="0.5",
        splines="line",
    )
    # By their numbers, since labels are the user's and may be equal.
    names = {parameter: f"n{place}" for place, parameter in enumerate(net.parameters())}
    nodes = [f"x{number}" for number in range(1, net.n_inputs + 1)]
    for name in nodes:
        graph.node(name, "input" if net.n_inputs == 1 else f"input {name}")
    _stack(graph, nodes)
    for layer in net.layers:
        for neuron in layer:
            bias, look = neuron.bias, looks.get(neuron.bias, {})
            text = f"{_parameter('+', bias, look)}<BR/>{neuron.activation or 'output'}"
            graph.node(names[bias], f"<{text}>", **look)
            for name, weight in zip(nodes, neuron.weights, strict=True):
                # A weight stands as a node in its connection, so that it hides no other's.
                look = looks.get(weight, {})
                text = _parameter("×", weight, look)
                graph.node(names[weight], f"<{text}>", shape="plain", style="")
                line = {"color": look.get("color", GREY)}
                line["style"] = "dashed" if look is TO_FIND else "solid"
                graph.edge(f"{name}:e", f"{names[weight]}:w", arrowhead="none", **line)
                graph.edge(f"{names[weight]}:e", f"{names[bias]}:w", **line)
        _stack(graph, [names[weight] for neuron in layer for weight in neuron.weights])
        nodes = [names[neuron.bias] for neuron in layer]
        _stack(graph, nodes)
    add_legend(graph, [looks[value] for value in net.parameters() if value in looks])
    return graph


def _parameter(sign: str, parameter: Value, look: dict[str, str]) -> str:
    text = f"{sign} {literal(parameter.label)} = {four_digits(parameter.data)}"
    return f'<FONT COLOR="{look.get("color", INK)}"><B>{text}</B></FONT>'


def _stack(graph: Digraph, names: Sequence[str]) -> None:
    """Keep nodes in one column, from top to bottom."""
    with graph.subgraph() as column:
        column.attr(rank="same")
        for upper, lower in pairwise(names):
            column.edge(upper, lower, style="invis")
