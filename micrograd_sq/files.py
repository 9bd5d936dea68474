"""Writing files: after an error, the old file is unchanged."""

from __future__ import annotations

import errno
import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path

SNAPS = Path("/snap/bin")  # exists where programs are installed as snaps


def atomic_write(path: Path, save: Callable[[Path], object]) -> None:
    """Write a whole file. After an error, leave the old file unchanged. Raise a ValueError if writing fails.

    `save` writes to a temporary path. This file then replaces the old file and gets the old file's mode. Links are
    followed. A device or a pipe is not replaced: the content is written into the device or pipe.
    """
    try:
        mode = path.stat().st_mode & 0o777 if path.is_file() else None
        if mode is not None and not (mode & 0o222 and os.access(path, os.W_OK)):
            raise PermissionError(errno.EACCES, "the file is read-only")
        is_device = mode is None and path.exists()
        target = Path(os.path.realpath(path))
        folder = None if is_device else target.parent  # None is the folder of temporary files
        with tempfile.TemporaryDirectory(prefix=".", dir=folder) as hidden:
            partial = Path(hidden, path.name)
            save(partial)
            if mode is not None:
                partial.chmod(mode)
            if is_device:
                path.write_bytes(partial.read_bytes())
            else:
                partial.replace(target)
    except OSError as error:
        raise ValueError(f"cannot write {path}: {error.strerror or error}. Choose another path") from None


def temporary(name: str) -> Path:
    """Return a new path that ends with `name`. All browsers can read its folder, even browsers installed as snaps."""
    folder = Path.home() / "micrograd-sq-pages" if SNAPS.exists() else Path(tempfile.gettempdir())
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"micrograd-sq-{secrets.token_hex(4)}-{name}"


def check_folder(folder: Path) -> None:
    """Raise a ValueError if files cannot be written into a folder, or if a missing folder cannot be created."""
    try:
        existing = next(each for each in (folder, *folder.absolute().parents) if each.exists())
        tempfile.TemporaryFile(dir=existing).close()
    except OSError as error:
        raise ValueError(f"cannot write into the folder {folder}: {error.strerror}. Choose another folder") from None
