"""graphviz's Digraph; its types, which graphviz keeps to itself, are in digraph.pyi."""

from graphviz import Digraph

__all__ = ["Digraph"]
