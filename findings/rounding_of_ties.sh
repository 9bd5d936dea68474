#!/usr/bin/env bash
# Four libraries round 20.125, 2.675 and 1.005 to two decimals, and no two agree on all three.
#
# Expected: one float, rounded to a number of digits, is the same text in each library. At most the
# notation of the exponent differs. A chart in JavaScript and a table in Python agree.
#
# What happens: a tie lies exactly in the middle of two results. For a tie, Python 3 and NumPy 2.4.6
# take the even digit, and d3-format 3.1.2, mathjs 15.2.0 and Node.js take the larger digit. 12345 is
# 1.234e+04 in Python and 1.235e+4 in d3-format, although ".4g" has the same meaning in both. 20.125
# is 20.12 or 20.13. The float 2.675 is not a tie, because the float is a little smaller. Python's
# round and d3-format give 2.67. numpy.round and mathjs.round give 2.68. numpy.round multiplies by
# 100 first, which makes a tie. mathjs rounds the decimal text of the float, so mathjs rounds 1.005 to
# 1.01. The other libraries round 1.005 to 1.00. Python, NumPy, d3-format and mathjs therefore give
# four different triples for the same three floats.
#
# What to do: compare numbers and not texts. For equal texts, round in one place only.
#
# micrograd_sq: a static image comes from Python and the page from JavaScript. The page's function
# `four` takes the even digit for a tie, as Python does.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit d3-format@3.1.2 mathjs@15.2.0
python3 -m venv venv
venv/bin/pip install -qq numpy==2.4.6
cat >round.mjs <<'JAVASCRIPT'
import { format } from "d3-format";
import { round, format as mathFormat } from "mathjs";
console.log(JSON.stringify({
  d3: [format(".4g")(12345), format(".4g")(20.125), format(".2f")(2.675), format(".2f")(1.005)],
  mathjs: [
    mathFormat(12345, { notation: "exponential", precision: 4 }),
    ...[20.125, 2.675, 1.005].map(x => String(round(x, 2))),
  ],
  "Node.js": [(12345).toPrecision(4), (20.125).toPrecision(4), (2.675).toFixed(2), (1.005).toFixed(2)],
}));
JAVASCRIPT
node round.mjs >javascript.json
venv/bin/python - <<'PYTHON'
import json

import numpy

found = {
    "Python": [f"{12345.0:.4g}", f"{20.125:.4g}", str(round(2.675, 2)), str(round(1.005, 2))],
    "NumPy": [
        numpy.format_float_scientific(12345.0, precision=3),
        *(str(numpy.round(x, 2)) for x in (20.125, 2.675, 1.005)),
    ],
    **json.load(open("javascript.json")),
}
print("NumPy", numpy.__version__)
print(f"{'':8}", *(f"{x:>10}" for x in ("12345", "20.125", "2.675", "1.005")))
for name, texts in found.items():
    print(f"{name:8}", *(f"{text:>10}" for text in texts))
assert found == {
    "Python": ["1.234e+04", "20.12", "2.67", "1.0"],
    "NumPy": ["1.234e+04", "20.12", "2.68", "1.0"],
    "d3": ["1.235e+4", "20.13", "2.67", "1.00"],
    "mathjs": ["1.235e+4", "20.13", "2.68", "1.01"],
    "Node.js": ["1.235e+4", "20.13", "2.67", "1.00"],
}
PYTHON
