#!/usr/bin/env bash
# A pydot graph of numbers breaks at the first number below 0.0001.
#
# Expected: pydot accepts a Python float as a label or as a node. A picture that shows the gradient
# 0.0001 also shows the gradient 0.00001.
#
# What happens, with pydot 4.0.1 and the layout program graphviz-pure 0.2.2 (Graphviz 16.1.0): pydot
# writes a float without quotes. Python writes 0.00001 as 1e-05, and Graphviz's DOT language has no
# exponents. A label of 1e-05 is a syntax error, and no picture is drawn. For a node 1e-05, pydot
# raises no exception. The picture shows three nodes, with the names 1, e and -05. Gradients become
# small late in a training, so a program works for many steps first. pydot quotes the str "1e-05".
# networkx 3.6.1 hands strings to pydot, so its pictures are right.
#
# What to do: convert each number to a str before it reaches pydot, as in label=f"{gradient:.4g}".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq pydot==4.0.1 graphviz-pure==0.2.2 networkx==3.6.1
"$folder/venv/bin/python" - "$folder/venv/bin/graphviz-pure" <<'PYTHON'
import re
import sys

import networkx
import pydot

print("pydot", pydot.__version__)


def texts(graph):
    """Return the texts of the picture, or "no picture"."""
    try:
        svg = graph.create(prog=sys.argv[1], format="svg").decode()
    except AssertionError:  # raised by pydot for a syntax error
        return "no picture"
    return [text.replace("&#45;", "-") for text in re.findall(r"<text[^>]*>([^<]*)<", svg)]


def picture(node):
    graph = pydot.Dot(graph_type="digraph")
    graph.add_node(node)
    return texts(graph)


found = {
    "label=0.0001": picture(pydot.Node("a", label=0.0001)),
    "label=0.00001": picture(pydot.Node("a", label=0.00001)),
    'label="1e-05"': picture(pydot.Node("a", label="1e-05")),
    "Node(0.0001)": picture(pydot.Node(0.0001)),
    "Node(0.00001)": picture(pydot.Node(0.00001)),
}
graph = networkx.DiGraph()
graph.add_node(0.00001)
found["networkx"] = texts(networkx.nx_pydot.to_pydot(graph))
for name, shown in found.items():
    print(f"{name}: {shown}")
stated = [["0.0001"], "no picture", ["1e-05"], ["0.0001"], ["1", "e", "-05"], ["1e-05"]]
assert list(found.values()) == stated, f"expected {stated}"
PYTHON
