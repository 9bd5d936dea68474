"""Build the live page: a folder that runs micrograd_sq in a browser. Any web server can offer the folder.

python examples/live/build.py OUT
python -m http.server --bind 127.0.0.1 --directory OUT

The script needs npm, which comes with Node.js.
"""

import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
WHEELS = ["graphviz==0.21", "tqdm==4.70.1"]
PYODIDE, VIZ = "pyodide@314.0.7", "@viz-js/viz@3.31.0"
PYODIDE_FILES = ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"]


def programs() -> dict[str, str]:
    """Return the programs of the page's menu: the first two blocks of Python in the README, each with its imports."""
    blocks = re.findall(r"^```python\n(.*?)^```$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
    first = blocks[0].partition("\n\n")[2]  # without the imports of all blocks
    lines = ["b3.data = 0.0", "term = (1 - net(0.5)) ** 2  # the squared residual of one data point", "term.backward()"]
    shown = "\n".join([*lines, 'draw_dot(term, rankdir="TB", to_find=[b3])'])
    return {
        "First example": f"from micrograd_sq import Value, explore\n\n{first}\nexplore(d)",
        "The whole lesson": f"from micrograd_sq import MLP, draw_dot, sgd, ssr\n\n{blocks[1]}\n{shown}",
    }


def npm_package(name: str, folder: Path, files: list[str]) -> None:
    """Copy these files of a package from npm into the folder."""
    with tempfile.TemporaryDirectory() as work:
        command = [shutil.which("npm") or "npm", "pack", "--silent", "--pack-destination", work, name]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        (archive,) = Path(work).iterdir()
        with tarfile.open(archive) as tar:
            for file in files:
                content = tar.extractfile(f"package/{file}")
                assert content is not None
                (folder / Path(file).name).write_bytes(content.read())


def python_packages(out: Path) -> None:
    """Write packages.zip, with our package, its dependencies except NumPy, and the runner of the programs."""
    with tempfile.TemporaryDirectory() as wheels, tempfile.TemporaryDirectory() as site:
        pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", wheels]
        subprocess.run([*pip, str(ROOT), *WHEELS], check=True)
        for wheel in Path(wheels).iterdir():
            zipfile.ZipFile(wheel).extractall(site)
        shutil.copy(HERE / "runner.py", site)
        shutil.make_archive(str(out / "packages"), "zip", site)


def build(out: Path) -> None:
    for name in ("pyodide", "viz"):
        (out / name).mkdir(parents=True, exist_ok=True)
        shutil.copy(HERE / f"{name}.LICENSE", out / name / "LICENSE")
    npm_package(PYODIDE, out / "pyodide", PYODIDE_FILES)
    npm_package(VIZ, out / "viz", ["dist/viz.js"])
    python_packages(out)
    for name in ("live.js", "worker.js"):
        shutil.copy(HERE / name, out)
    styles = [ROOT / "micrograd_sq" / "page" / "base.css", HERE / "live.css"]
    (out / "live.css").write_text("".join(path.read_text("utf-8") for path in styles), "utf-8")
    menu = json.dumps(programs()).replace("<", "\\u003c")
    page = (HERE / "index.html").read_text("utf-8").replace("{{ programs }}", menu)
    (out / "index.html").write_text(page, "utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("give the folder to write: python examples/live/build.py OUT")
    if not shutil.which("npm"):
        sys.exit("npm is missing. It downloads Pyodide and viz-js: install Node.js with npm from nodejs.org")
    folder = Path(sys.argv[1])
    build(folder)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"wrote {folder}, {size / 1e6:.1f} MB: python -m http.server --bind 127.0.0.1 --directory {folder}")
