#!/bin/sh
# Makes d3.js anew: those of D3's modules that the pages use, in one file. It needs Node.js with npm.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$(mktemp -d)"
npm install --silent --no-save d3@7.9.0 esbuild@0.28.2
cat >entry.js <<'ENTRY'
export { axisBottom, axisLeft } from "d3-axis";
export { scaleLinear } from "d3-scale";
export { select } from "d3-selection";
export { line } from "d3-shape";
export { zoom, zoomIdentity } from "d3-zoom";
ENTRY
npx esbuild entry.js --bundle --minify --format=iife --global-name=d3 --target=es2020 \
  --banner:js="/* D3 7.9.0, d3js.org
$(cat node_modules/d3/LICENSE) */" --outfile="$here/d3.js"
cp node_modules/d3/LICENSE "$here/LICENSE"
