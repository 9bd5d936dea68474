"""The package wherever Python runs: on other platforms, in a zip, without a layout program, without asserts."""

import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from importlib.metadata import requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import micrograd_sq
from tests.command import run

PACKAGE = Path(micrograd_sq.__file__).parent
COMMANDS = [["explore"], ["explore", "(1 - softplus(w*x))**2", "--set", "w=2", "--set", "x=0.5"]]


HAVE_A_WHEEL = "linux-x86_64 linux-aarch64 darwin-x86_64 darwin-arm64 win32-AMD64 win32-ARM64".split()
HAVE_NONE = "win32-x86 linux-i686 linux-armv7l linux-ppc64le linux-s390x emscripten-wasm32 freebsd14-amd64".split()


@pytest.mark.parametrize("name", HAVE_A_WHEEL + HAVE_NONE)
def test_the_layout_program_is_installed_where_it_has_a_wheel(name: str) -> None:
    system, machine = name.split("-")
    platform = {"sys_platform": system, "platform_machine": machine, "extra": ""}
    wanted = [
        requirement.name
        for requirement in map(Requirement, requires("micrograd-sq") or [])
        if requirement.marker is None or requirement.marker.evaluate(platform)
    ]
    assert wanted.count("graphviz-pure") == (name in HAVE_A_WHEEL)
    assert wanted.count("graphviz") == wanted.count("numpy") == wanted.count("tqdm") == 1


def test_from_a_zip_it_writes_the_same_page(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "zipped.zip", "w") as zipped:
        for path in PACKAGE.rglob("*"):
            if "__pycache__" not in path.parts:
                zipped.write(path, path.relative_to(PACKAGE.parent))
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'zipped.zip')!r}); "
        "import micrograd_sq; from micrograd_sq.cli import main; "
        "sys.exit(main() if 'zipped.zip' in micrograd_sq.__file__ else 'not from the zip')"
    )
    page = tmp_path / "page.html"
    arguments = [sys.executable, "-c", program, "explore", "--no-open", "--out", str(page)]
    done = subprocess.run(arguments, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{page}\n", "")
    assert page.read_text() == run("explore", "--out", "-").stdout


@pytest.mark.parametrize("command", [*COMMANDS, ["draw"], ["draw", "x", "--set", "x=1"]])
def test_without_a_layout_program_a_command_says_what_to_do(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sysconfig, "get_path", lambda *_: "")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("PATH", "")
    ending = ["--no-open"] if command[0] == "explore" else ["--out", str(tmp_path / "a.svg")]
    done = run(*command, *ending)
    assert (done.returncode, done.stdout) == (2, "")
    assert "no program to lay out the picture: install Graphviz from graphviz.org" in done.stderr
    assert list(tmp_path.iterdir()) == []
    if command[0] == "draw":  # DOT needs no program.
        assert run(*command, "--out", str(tmp_path / "a.dot")).returncode == 0


def test_an_assert_in_a_test_fails_even_where_python_leaves_asserts_out() -> None:
    with pytest.raises(AssertionError):
        assert not "pytest writes these anew, so that `python -O` runs them"


def test_a_documentation_tool_finds_the_text_of_every_public_name_and_the_version() -> None:
    program = "import micrograd_sq as m; print(all(vars(m)[name].__doc__ for name in m.__all__), m.__version__)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == f"True {version('micrograd-sq')}\n", done.stderr
    assert set(micrograd_sq.__all__) <= set(dir(micrograd_sq))
