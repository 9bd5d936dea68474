"""The command as a test runs it: in this process, which is quick, or in a shell."""

import io
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from micrograd_sq.cli import main


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in this process."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        try:
            exit_code: object = main(arguments)
        except SystemExit as leaving:
            exit_code = leaving.code
    assert isinstance(exit_code, int)
    out.seek(0)
    err.seek(0)
    return subprocess.CompletedProcess(arguments, exit_code, out.read(), err.read())


def shell(line: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a line of bash, in which micrograd-sq is the command of this Python."""
    line = line.replace("micrograd-sq", f"{sys.executable} -m micrograd_sq")
    return subprocess.run(["bash", "-c", line], capture_output=True, text=True, cwd=folder)
