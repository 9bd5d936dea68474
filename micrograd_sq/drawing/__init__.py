"""Pictures of a graph or a network, with every number that the chain rule multiplies."""

from micrograd_sq.drawing.graph import draw_dot
from micrograd_sq.drawing.network import draw_network

__all__ = ["draw_dot", "draw_network"]
