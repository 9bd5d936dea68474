"""graphviz's Digraph. graphviz ships no types: they are in digraph.pyi."""

from graphviz import Digraph as Digraph
