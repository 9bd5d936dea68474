#!/usr/bin/env bash
# papermill writes a notebook that is not JSON if a parameter is inf or nan.
#
# Expected: a notebook file is JSON. A tool that runs a valid notebook writes a valid notebook, and
# nbformat.validate finds a file that is not valid.
#
# What happens, with papermill 2.7.0 and nbformat 5.11.1: papermill stores the parameters in the
# notebook's metadata. A parameter of infinity, for example the usual start of a "best loss so far",
# becomes the word Infinity. JSON has no such word. nbformat.read and nbformat.validate accept the
# file, so Python's readers find no fault. JavaScript's JSON.parse and orjson 3.13.0 refuse the whole file.
# The same number in an output of a cell does no harm: the kernel sends it to the notebook as null.
#
# What to do: hand over such a parameter as a str, and convert it in the notebook with float("inf").
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq papermill==2.7.0 nbformat==5.11.1 ipykernel==7.4.0 orjson==3.13.0
export IPYTHONDIR="$folder/ipython" JUPYTER_CONFIG_DIR="$folder/config" JUPYTER_PREFER_ENV_PATH=1
venv/bin/python -W ignore - <<'PYTHON'
import json
import math
import subprocess

import nbformat
import orjson
import papermill

print("papermill", papermill.__version__, "and nbformat", nbformat.__version__)
kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
notebook = nbformat.v4.new_notebook(metadata={"kernelspec": kernel})
show = "from IPython.display import JSON\nJSON({'best': best})"
notebook.cells = [
    nbformat.v4.new_code_cell("best = 1.0", metadata={"tags": ["parameters"]}),
    nbformat.v4.new_code_cell(show),
]
nbformat.write(notebook, "in.ipynb")
parse = 'JSON.parse(require("node:fs").readFileSync("out.ipynb", "utf8"))'


def readers(best):
    papermill.execute_notebook("in.ipynb", "out.ipynb", parameters={"best": best}, progress_bar=False)
    written = nbformat.read("out.ipynb", as_version=4)
    nbformat.validate(written)
    try:
        orjson.loads(open("out.ipynb", "rb").read())
        by_orjson = True
    except orjson.JSONDecodeError:
        by_orjson = False
    by_node = subprocess.run(["node", "-e", parse], capture_output=True).returncode == 0
    stored = written.metadata.papermill.parameters.best
    shown = written.cells[-1].outputs[0].data["application/json"]["best"]
    print(f"best = {best}: stored {json.dumps(stored)}, output {json.dumps(shown)},", end=" ")
    print(f"orjson reads {by_orjson}, Node.js reads {by_node}")
    return stored, shown, by_orjson, by_node


assert readers(2.5) == (2.5, 2.5, True, True)
assert readers(math.inf) == (math.inf, None, False, False), "infinity is written differently now"
stored, *others = readers(math.nan)
assert math.isnan(stored) and others == [None, False, False], "nan is written differently now"
PYTHON
