"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path


def write_whole(path: Path, save: Callable[[Path], object]) -> None:
    """Write the whole file, or leave everything as it is.

    Args:
        path: where; a file that is there already is replaced.
        save: writes the content to the path that it is given, which has the same ending.

    Raises:
        ValueError: it could not be written, and why.
    """
    partial = path.with_name(f".{os.getpid()}-{path.name}")
    try:
        try:
            save(partial)
            os.replace(partial, path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise ValueError(f"cannot write {path}: {error.strerror or error}") from None
