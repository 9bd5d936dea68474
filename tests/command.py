"""The command, run as a process as a user runs it."""

import subprocess
import sys


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "micrograd_sq", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)
