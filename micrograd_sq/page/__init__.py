"""A page of one file, with markup, styles and scripts. Its content security policy lets nothing else run."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

OWN = "micrograd_sq.page"


def page(
    title: str,
    body: str,
    *,
    styles: Sequence[str],
    scripts: Sequence[str],
    data: Mapping[str, Any],
    functions: Mapping[str, str],
) -> str:
    """Return the text of an HTML file, which needs no server and no network.

    The title is plain text, and the body is HTML. Styles and scripts are names of files for `contents`. The scripts
    can use `data`, where numbers may be infinite or NaN, and call `functions`, which are JavaScript texts by name.
    """
    style = "".join(map(contents, [f"{OWN}/base.css", *styles]))
    emitted = "\n".join(f"const {name} = {source};" for name, source in functions.items())
    emitted = emitted.replace("</", "<\\/").replace("<!", "<\\!")  # a comment in a function could end the script
    script = f'"use strict";\n{emitted}\n' + "".join(map(contents, [f"{OWN}/d3/d3.js", f"{OWN}/tools.js", *scripts]))
    text = json.dumps(_named(data), allow_nan=False)
    parts = {  # A < in the data could end the element.
        "title": html.escape(title.encode(errors="backslashreplace").decode()),
        "body": body,
        "style": style,
        "script": script,
        "style_digest": _digest("\n" + style),
        "script_digest": _digest("\n" + script),
        "data": re.sub("[<>&]", lambda found: f"\\u{ord(found[0]):04x}", text),
    }
    return re.sub(r"\{\{ (\w+) \}\}", lambda found: parts[found[1]], contents(f"{OWN}/page.html"))


def contents(file: str) -> str:
    """Return the text of a file of the package, such as "micrograd_sq.page/tools.js"."""
    package, _, path = file.partition("/")
    return files(package).joinpath(*path.split("/")).read_text(encoding="utf-8")


def _named(data: Any) -> Any:
    """Return data with infinite numbers and NaN as strings: JSON cannot hold them, but JavaScript reads their names."""
    if isinstance(data, Mapping):
        return {key: _named(each) for key, each in data.items()}
    if isinstance(data, list | tuple):
        return [_named(each) for each in data]
    if isinstance(data, float) and data - data != 0.0:
        return "NaN" if data != data else "Infinity" if data > 0.0 else "-Infinity"
    return data


def _digest(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
