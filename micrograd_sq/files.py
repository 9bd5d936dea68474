"""Files that are written whole or not at all."""

from __future__ import annotations

import errno
import os
import re
import secrets
import signal
import stat
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import takewhile
from pathlib import Path

SNAPS = Path("/snap/bin")  # is there where any are installed
A_DAY = 24 * 60 * 60.0  # seconds
# The signals, of those that there are here, which are sent to end a process, or when its time is over.
ENDINGS: list[int] = [
    getattr(signal, name)
    for name in "SIGINT SIGTERM SIGHUP SIGQUIT SIGALRM SIGVTALRM SIGPROF SIGXCPU SIGUSR1 SIGUSR2".split()
    if hasattr(signal, name)
]


def atomic_write(path: Path, save: Callable[[Path], object]) -> None:
    """Write the whole file, or leave everything as it is.

    Args:
        path: where. A file that is there already is replaced, and its mode kept; of a link, what it leads to; a
            device or a pipe is written into.
        save: writes the content to the path that it is given, which has the same ending, whatever a link leads to.

    Raises:
        ValueError: it could not be written, and why.
        BrokenPipeError: of a pipe, the reader has gone.
    """
    try:
        there, target = _status(path), Path(os.path.realpath(path))
        stream = open_file(path)
        if stream is None and (there is None or stat.S_ISREG(there.st_mode)):
            if there is not None and not (there.st_mode & 0o222 and os.access(target, os.W_OK)):
                raise PermissionError(errno.EACCES, "the file is read-only")
            with _partial(target.parent, path.suffix) as (partial, mode):
                save(partial)
                if there is not None:
                    mode = stat.S_IMODE(there.st_mode) & 0o777
                    with suppress(OSError):  # of another's file in a common folder, or a container
                        os.chown(partial, there.st_uid, there.st_gid)
                partial.chmod(mode)
                partial.replace(target)
        elif there is not None and stat.S_ISDIR(there.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        else:
            with _partial(Path(tempfile.gettempdir()), path.suffix) as (partial, _):
                save(partial)
                with open(path if stream is None else os.dup(stream), "wb") as device:
                    device.write(partial.read_bytes())
    except BrokenPipeError:
        raise
    except OSError as error:
        name = path if str(path).isprintable() else repr(str(path))
        raise ValueError(f"cannot write {name}: {error.strerror or error}") from None


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
    try:
        parents = (folder, *folder.absolute().parents)
        missing = list(takewhile(lambda each: not os.path.lexists(each), parents))
        there = parents[len(missing)]
        for path in [*missing, *(there / each.name for each in missing)]:
            # As it should be, nothing is found; but a name, or all of the path, may be too long.
            with suppress(FileNotFoundError):
                path.lstat()
        with _partial(there, ""):
            pass
    except OSError as error:
        raise ValueError(f"cannot write into the folder {folder}: {error.strerror}") from None


def _status(path: Path) -> os.stat_result | None:
    """What is at a path, or at the end of its links; None for nothing. An OSError for links that lead to themselves."""
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def open_file(path: Path) -> int | None:
    """The number of the file of this process, already open, that a path leads to, as /dev/stdout does; else None."""
    while True:
        folder = os.path.realpath(path.parent)
        own = re.fullmatch(rf"/proc/{os.getpid()}(/task/\d+)?/fd", folder)
        if own and os.path.lexists(path):
            return int(path.name)
        if not path.is_symlink():
            return None
        path = Path(folder, path.readlink())


@contextmanager
def _partial(folder: Path, ending: str) -> Iterator[tuple[Path, int]]:
    """A new empty file with a name that nobody can guess, and a new file's mode; gone at the end unless it was moved."""
    partial = folder / f".{secrets.token_hex(8)}{ending if len(ending) < 20 else ''}"
    with _taken_away_first(partial):
        try:
            number = os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
            mode = stat.S_IMODE(os.fstat(number).st_mode)
            os.close(number)
            # So that it can be written, whatever the user gives to new files.
            partial.chmod(mode | 0o600)
            yield partial, mode
        finally:
            with suppress(OSError):  # of a folder that is none, say, which has been told
                partial.unlink(missing_ok=True)


@contextmanager
def _taken_away_first(partial: Path) -> Iterator[None]:
    """While this lasts, a signal that ends the process at once takes the partial file away before."""
    owner = os.getpid()  # and not a process that it forks meanwhile

    def leave(number: int, _: object) -> None:
        if os.getpid() == owner:
            partial.unlink(missing_ok=True)
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)

    is_main = threading.current_thread() is threading.main_thread()  # others hear no signals
    mine = [number for number in ENDINGS if is_main and _has_its_own_effect(number)]
    try:
        for number in mine:
            signal.signal(number, leave)
    except ValueError:  # an interpreter within another hears none either
        mine = []
    try:
        yield
    finally:
        for number in mine:
            signal.signal(number, signal.SIG_DFL)


def _has_its_own_effect(number: int) -> bool:
    """Whether nobody handles a signal: neither Python, nor, which Python does not see, C, as `faulthandler.register`."""
    try:
        import ctypes
    except ImportError:  # some Pythons have none, and some interpreters within others
        return False
    handler = ctypes.pythonapi.PyOS_getsig
    handler.restype = ctypes.c_void_p
    return signal.getsignal(number) is signal.SIG_DFL and handler(number) is None
