"""A file is written whole or not at all, where the user asked for it."""

import os
import stat
import threading
from pathlib import Path

import pytest

from micrograd_sq.cli import main
from micrograd_sq.files import atomic_write, check_folder, temporary


def write(path: Path, text: str = "new") -> None:
    atomic_write(path, lambda partial: partial.write_text(text))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_file_has_the_mode_of_the_umask_and_a_replaced_one_its_own(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    before = os.umask(0o027)
    try:
        write(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    path.chmod(0o600)
    write(path, "newer")
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("newer", 0o600)
    assert names(tmp_path) == ["a.txt"]


def test_a_read_only_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    path.chmod(0o444)
    with pytest.raises(ValueError, match=r"cannot write .*a.txt: the file is read-only"):
        write(path)
    assert (path.read_text(), names(tmp_path)) == ("old", ["a.txt"])


@pytest.mark.parametrize("target", ["thesis", "t.pdf", "missing"])
def test_the_target_of_a_link_is_written_with_the_ending_of_the_link(tmp_path: Path, target: str) -> None:
    (tmp_path / "to").mkdir()
    if target != "missing":
        (tmp_path / "to" / target).write_text("old")
    link = tmp_path / "fit.png"
    link.symlink_to(tmp_path / "to" / target)
    endings = []

    def save(partial: Path) -> None:  # matplotlib chooses the format by the ending
        endings.append(partial.suffix)
        partial.write_text("a picture")

    atomic_write(link, save)
    assert endings == [".png"]
    assert link.is_symlink()
    assert (names(tmp_path), names(tmp_path / "to")) == (["fit.png", "to"], [target])
    assert (tmp_path / "to" / target).read_text() == "a picture"


def test_a_pipe_is_written_into_and_never_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.svg"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    write(pipe, "through the pipe")
    reader.join()
    assert read == ["through the pipe"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_device_is_written_into_and_never_replaced() -> None:
    write(Path("/dev/null"))
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    with pytest.raises(ValueError, match="cannot write /dev/full: No space left on device"):
        write(Path("/dev/full"))


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_what_fails_leaves_the_file_as_it_was(tmp_path: Path, error: BaseException) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")

    def torn(partial: Path) -> None:
        partial.write_text("half")
        raise error

    with pytest.raises((ValueError, KeyboardInterrupt), match=r"^$|No space left on device"):
        atomic_write(path, torn)
    assert (path.read_text(), names(tmp_path)) == ("old", ["a.txt"])


def test_where_nothing_can_be_written_the_error_says_why(tmp_path: Path) -> None:
    for path, why in (
        ("missing/a.txt", "No such file or directory"),
        (".", "Is a directory"),
        ("a" * 300, "File name too long"),
    ):
        with pytest.raises(ValueError, match=f"cannot write .*{why}"):
            write(tmp_path / path)
    assert names(tmp_path) == []


def test_a_folder_is_tried_and_nothing_is_left(tmp_path: Path) -> None:
    check_folder(tmp_path / "a" / "b")
    check_folder(tmp_path)
    assert names(tmp_path) == []
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "plots", tmp_path / ("b" * 256)):
        with pytest.raises(ValueError, match=f"cannot write into the folder {folder}: "):
            check_folder(folder)


def test_a_temporary_page_is_new_each_time_and_where_a_snap_can_read_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert temporary("page.html") != temporary("page.html")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("micrograd_sq.files.SNAPS", tmp_path)
    assert main(["explore", "x", "--set", "x=1", "--no-open"]) == 0
    page = Path(capsys.readouterr().out.strip())
    assert page.parent == tmp_path / "micrograd-sq-pages"
    assert page.read_text().startswith("<!DOCTYPE html>")
