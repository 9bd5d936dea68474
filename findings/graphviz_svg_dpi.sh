#!/usr/bin/env bash
# In Graphviz 2, the attribute dpi cuts off an SVG picture.
#
# Expected: dpi is the resolution of a picture of pixels. An SVG picture has no pixels, so dpi has no
# effect, or makes the whole picture larger.
#
# What happens: with Graphviz 2.40.1 (npm viz.js 2.1.2), dpi=144 doubles the drawing and the size of
# the picture, but not its viewBox. A browser shows only the top left quarter of the drawing, at four
# times the usual size. The node b of the graph a -> b is outside. With Graphviz 16.1.0 (npm
# @viz-js/viz 3.31.0 and PyPI graphviz-pure 0.2.2) the viewBox is right. The whole SVG picture is
# twice as wide as without dpi. The programs of some Linux distributions are still Graphviz 2.42 or
# 2.43, which cut off too. If `dot` is such a program, this script shows that too.
#
# What to do: give dpi on the command line for PNG only (dot -Tpng -Gdpi=192). Remove dpi from the
# graph itself, or overwrite dpi for SVG (dot -Tsvg -Gdpi=72).
#
# micrograd_sq: its pictures have no dpi attribute, and `write` passes -Gdpi=192 for PNG and JPEG
# only. A user who sets dpi on a picture gets a cut-off SVG in a notebook if `dot` is Graphviz 2.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit viz.js@2.1.2 @viz-js/viz@3.31.0
python3 -m venv venv
venv/bin/pip install -qq graphviz-pure==0.2.2
echo 'digraph { dpi=144; a -> b }' >graph.dot
cat >draw.cjs <<'JAVASCRIPT'
const { readFileSync, writeFileSync } = require("node:fs");
const graph = readFileSync("graph.dot", "utf8");
const Viz = require("viz.js"), { Module, render } = require("viz.js/full.render.js");
new Viz({ Module, render }).renderString(graph, { format: "svg" }).then(svg => {
  writeFileSync("viz.js-2.1.2.svg", svg);
});
require("@viz-js/viz").instance().then(viz => {
  writeFileSync("viz-js-3.31.0.svg", viz.renderString(graph, { format: "svg" }));
});
JAVASCRIPT
node draw.cjs
venv/bin/graphviz-pure -Tsvg graph.dot >graphviz-pure-0.2.2.svg
if command -v dot >/dev/null && dot -V 2>&1 | grep -q "version 2\.4[0-3]"; then
  dot -Tsvg graph.dot >dot-2.4x.svg
  dot -Tsvg -Gdpi=72 graph.dot >dot-2.4x-overwritten.svg
fi
python3 - <<'PYTHON'
import re
from pathlib import Path

for path in sorted(Path().glob("*.svg")):
    text = path.read_text()
    version = re.search(r"graphviz version ([\d.]+)", text)[1]
    width = float(re.search(r'<svg width="([\d.]+)pt"', text)[1])
    box = [float(number) for number in re.search(r'viewBox="([^"]*)"', text)[1].split()]
    scale = float(re.search(r"scale\(([\d.]+)", text)[1])
    up = float(re.search(r"translate\([\d.]+ ([\d.]+)\)", text)[1])
    y = scale * (up + float(re.findall(r'<ellipse[^>]* cy="(-?[\d.]+)"', text)[1]))  # of the node b, in the viewBox
    print(f"{path.name:26} Graphviz {version:7} width {width:g}pt,", end=" ")
    print(f"viewBox {box[2]:g} x {box[3]:g}, node b at y = {y:g}")
    outside = y > box[3]
    assert outside == (version.startswith("2.") and "overwritten" not in path.name), "the viewBox is different now"
    assert width == (62 if "overwritten" in path.name else 124)
PYTHON
