"""Files that are written whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SNAPS = Path("/snap/bin")  # is there where any are installed
A_DAY = 24 * 60 * 60.0  # seconds


def write_whole(path: Path, save: Callable[[Path], object]) -> None:
    """Write the whole file, or leave everything as it is.

    Args:
        path: where. A file that is there already is replaced, and its mode kept; of a link, what it leads to; a
            device or a pipe is written into.
        save: writes the content to the path that it is given, which has the same ending.

    Raises:
        ValueError: it could not be written, and why.
    """
    target = Path(os.path.realpath(path))
    try:
        mode = target.stat().st_mode if target.exists() else None
        if mode is None or stat.S_ISREG(mode):
            if mode is not None and not mode & 0o222:
                raise PermissionError(errno.EACCES, "the file is read-only")
            with _partial(target.parent, target.suffix) as partial:
                save(partial)
                if mode is not None:
                    partial.chmod(stat.S_IMODE(mode))
                partial.replace(target)
        elif stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        else:
            with _partial(Path(tempfile.gettempdir()), target.suffix) as partial:
                save(partial)
                with target.open("wb") as device:
                    device.write(partial.read_bytes())
    except OSError as error:
        raise ValueError(f"cannot write {path}: {error.strerror or error}") from None


def temporary(stem: str, ending: str) -> Path:
    """A new place for a page, where nothing is yet, and which browsers can read.

    It is among temporary files. But a browser that is a snap, such as Ubuntu's Firefox, has temporary files of its own,
    and sees of the user's home what is not hidden: where there are snaps, the place is in `~/micrograd-sq-pages`, which
    is the user's alone and from which pages older than a day go, if that can be written into.
    """
    folder = Path(tempfile.gettempdir())
    if SNAPS.exists():
        with suppress(OSError, RuntimeError, ValueError):  # no home, or a read-only one
            pages = Path.home() / "micrograd-sq-pages"
            pages.mkdir(mode=0o700, exist_ok=True)
            check_folder(pages)
            for page in pages.glob("micrograd-sq-*"):
                if page.stat().st_mtime < time.time() - A_DAY:
                    page.unlink()
            folder = pages
    return folder / f"micrograd-sq-{secrets.token_hex(4)}-{stem}{ending}"


def check_folder(folder: Path) -> None:
    """Try whether files can be written into a folder, which may be still to make; nothing is left of it.

    Raises:
        ValueError: they cannot, and why.
    """
    there = next(each for each in (folder, *folder.absolute().parents) if os.path.lexists(each))
    try:
        with _partial(there, ""):
            pass
    except OSError as error:
        raise ValueError(f"cannot write into the folder {folder}: {error.strerror}") from None


@contextmanager
def _partial(folder: Path, ending: str) -> Iterator[Path]:
    """A new empty file with a name that nobody can guess, gone at the end unless it was moved."""
    partial = folder / f".{secrets.token_hex(8)}{ending}"
    os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    try:
        yield partial
    finally:
        partial.unlink(missing_ok=True)
