"""A page of one file: markup, style and script are put together under a policy that lets nothing else run.

What pages have in common is beside this file, each with one job: `base.css` and `tools.js` for all of them, `plot.js`
for axes and curves, and D3, the library that they draw with, in `d3`.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

STYLES = ["micrograd_sq.page/base.css"]
SCRIPTS = ["micrograd_sq.page/d3/d3.js", "micrograd_sq.page/tools.js"]


def page(
    title: str,
    body: str,
    *,
    styles: Sequence[str],
    scripts: Sequence[str],
    data: Mapping[str, Any],
    functions: Mapping[str, str],
) -> str:
    """One HTML file, which needs no server and no network.

    Args:
        title: its title, any text.
        body: its markup.
        styles, scripts: files to put in, such as "micrograd_sq.page/plot.js", after those that all pages have.
        data: what the scripts know as `data`: whatever JSON holds, and numbers that are not finite.
        functions: what else they know: JavaScript's functions, by name.
    """
    emitted = [f"const {name} = {source};" for name, source in functions.items()]
    style = "".join(map(contents, [*STYLES, *styles]))
    # No comment in an emitted function may end the script.
    script = "".join(
        [
            '"use strict";\n',
            "\n".join(emitted).replace("</", "<\\/").replace("<!", "<\\!") + "\n",
            *map(contents, [*SCRIPTS, *scripts]),
        ]
    )
    # JSON knows no infinity, but JavaScript makes the number of its name. And < could end the element.
    text = json.dumps(_named(data), allow_nan=False)
    parts = {
        "title": html.escape(title.encode(errors="backslashreplace").decode()),
        "body": body,
        "style": style,
        "script": script,
        "style_digest": _digest("\n" + style),
        "script_digest": _digest("\n" + script),
        "data": re.sub("[<>&]", lambda found: f"\\u{ord(found[0]):04x}", text),
    }
    frame = contents("micrograd_sq.page/page.html")
    return re.sub(r"\{\{ (\w+) \}\}", lambda found: parts[found[1]], frame)


def contents(file: str) -> str:
    """The text of a file that belongs to the package, such as "micrograd_sq.page/tools.js"."""
    package, _, path = file.partition("/")
    return files(package).joinpath(*path.split("/")).read_text(encoding="utf-8")


def _named(data: Any) -> Any:
    """Data with the names of the numbers that JSON does not know."""
    if isinstance(data, Mapping):
        return {key: _named(each) for key, each in data.items()}
    if isinstance(data, list | tuple):
        return [_named(each) for each in data]
    if isinstance(data, float) and data - data != 0.0:
        return "NaN" if data != data else "Infinity" if data > 0.0 else "-Infinity"
    return data


def _digest(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
