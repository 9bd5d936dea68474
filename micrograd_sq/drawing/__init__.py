"""A graph, or a network, as a picture: every number that the chain rule multiplies is in it."""

from micrograd_sq.drawing.graph import draw_dot
from micrograd_sq.drawing.network import draw_network

__all__ = ["draw_dot", "draw_network"]
