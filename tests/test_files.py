"""Files are whole, private, and only where they were asked for."""

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from micrograd_sq.cli import main
from micrograd_sq.files import A_DAY, ENDINGS, atomic_write, check_folder, temporary


def write(path: Path, text: str = "new") -> None:
    atomic_write(path, lambda partial: partial.write_text(text))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_file_has_the_mode_that_the_user_gives_to_new_files(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write(tmp_path / "a.txt")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == 0o640
    assert names(tmp_path) == ["a.txt"]


def test_a_replaced_file_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    path.chmod(0o600)
    write(path)
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("new", 0o600)


def test_a_read_only_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    path.chmod(0o444)
    with pytest.raises(ValueError, match=r"cannot write .*a.txt: the file is read-only"):
        write(path)
    assert (path.read_text(), names(tmp_path)) == ("old", ["a.txt"])


def test_a_file_that_the_user_may_not_write_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text("another's")
    monkeypatch.setattr("os.access", lambda path, _: not str(path).endswith("a.txt"))
    with pytest.raises(ValueError, match=r"cannot write .*a.txt: the file is read-only"):
        write(tmp_path / "a.txt")
    assert (tmp_path / "a.txt").read_text() == "another's"


def test_of_a_link_what_it_leads_to_is_written_and_the_link_stays(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    target, link = tmp_path / "there" / "a.txt", tmp_path / "link.txt"
    target.write_text("old")
    link.symlink_to(target)
    write(link)
    assert link.is_symlink()
    assert target.read_text() == "new"
    link.unlink()
    link.symlink_to(tmp_path / "there" / "not yet.txt")
    write(link)
    assert names(tmp_path / "there") == ["a.txt", "not yet.txt"]


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
    with pytest.raises(ValueError, match="No space left on device"):
        write(Path("/dev/full"))


def test_an_open_file_is_written_where_it_is_and_never_replaced(tmp_path: Path) -> None:
    log, link = tmp_path / "log", tmp_path / "link.svg"
    link.symlink_to("/dev/stdout")
    explore, draw = ["explore", "--no-open", "--out", "/dev/stdout"], ["draw", "--out", str(link)]
    for command in (explore, draw):
        log.write_text("precious\n")
        with log.open("a") as stdout:
            arguments = [*command, "x", "--set", "x=1"]
            done = subprocess.run(
                [sys.executable, "-m", "micrograd_sq", *arguments], stdout=stdout, check=False
            )
        assert done.returncode == 0
        assert log.read_text().startswith("precious\n<")
        assert log.read_text().rstrip().endswith(("</html>", "</svg>"))
    assert link.is_symlink()


def test_of_a_pipe_that_is_open_the_other_end_reads_it() -> None:
    command = [sys.executable, "-m", "micrograd_sq", "explore", "x", "--set", "x=1", "--no-open"]
    done = subprocess.run([*command, "--out", "/dev/stdout"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("<!DOCTYPE html>")


def test_a_link_that_leads_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "loop.txt").symlink_to("loop.txt")
    with pytest.raises(ValueError, match="Too many levels of symbolic links"):
        write(tmp_path / "loop.txt")
    assert (tmp_path / "loop.txt").is_symlink()


def test_a_new_file_may_have_any_mode_that_the_user_gives(tmp_path: Path) -> None:
    before = os.umask(0o777)
    try:
        write(tmp_path / "a.txt")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_a_replaced_file_keeps_its_owner_but_nobody_s_powers(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    os.chown(path, 65534, 65534)
    path.chmod(0o4640)
    write(path)
    kept = path.stat()
    assert (kept.st_uid, kept.st_gid, stat.S_IMODE(kept.st_mode)) == (65534, 65534, 0o640)


def test_where_an_owner_cannot_be_kept_the_file_is_replaced_nevertheless(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def chown(*_: object) -> None:
        raise OSError(22, "Invalid argument")  # of an owner that a container does not know

    (tmp_path / "a.txt").write_text("old")
    monkeypatch.setattr("os.chown", chown)
    write(tmp_path / "a.txt")
    assert (tmp_path / "a.txt").read_text() == "new"


def test_a_long_ending_is_valid(tmp_path: Path) -> None:
    write(tmp_path / ("a." + "b" * 240))
    assert [len(name) for name in names(tmp_path)] == [242]


def test_what_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")

    def torn(partial: Path) -> None:
        partial.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(ValueError, match="No space left on device"):
        atomic_write(path, torn)
    with pytest.raises(KeyboardInterrupt):
        atomic_write(path, lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
    assert (path.read_text(), names(tmp_path)) == ("old", ["a.txt"])


def test_the_longest_name_that_there_is_is_valid(tmp_path: Path) -> None:
    write(tmp_path / ("a" * 246 + ".txt"))
    assert [len(name) for name in names(tmp_path)] == [250]


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("missing/a.txt", "No such file or directory"),
        (".", "Is a directory"),
        ("a" * 300, "too long"),
    ],
)
def test_where_nothing_can_be_written_the_error_says_why(
    tmp_path: Path, path: str, why: str
) -> None:
    with pytest.raises(ValueError, match=f"cannot write .*{why}"):
        write(tmp_path / path)
    assert names(tmp_path) == []


@pytest.mark.parametrize("target", ["thesis", "t.pdf", "t." + "a" * 25, "missing"])
def test_what_is_written_has_the_ending_of_the_link_whatever_it_leads_to(
    tmp_path: Path, target: str
) -> None:
    (tmp_path / "to").mkdir()
    if target != "missing":
        (tmp_path / "to" / target).write_text("mine")
    (tmp_path / "fit.png").symlink_to(tmp_path / "to" / target)
    endings = []

    def save(partial: Path) -> None:  # as matplotlib does, which goes by the ending
        endings.append(partial.suffix)
        (partial if partial.suffix else partial.with_suffix(".png")).write_text("a picture")

    atomic_write(tmp_path / "fit.png", save)
    assert endings == [".png"]
    assert (names(tmp_path), names(tmp_path / "to")) == (["fit.png", "to"], [target])
    assert (tmp_path / "to" / target).read_text() == "a picture"


def test_in_a_folder_that_is_gone_the_error_names_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(ValueError, match=r"cannot write a\.txt: No such file"):
        write(Path("a.txt"))
    with pytest.raises(ValueError, match="cannot write into the folder plots: No such file"):
        check_folder(Path("plots"))


def test_a_link_with_the_name_of_a_partial_file_is_not_written_through(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / f".{os.getpid()}-a.txt").symlink_to(victim)  # as it once was called
    write(tmp_path / "a.txt")
    assert victim.read_text() == "mine"


def test_two_threads_that_write_one_path_leave_a_whole_file(tmp_path: Path) -> None:
    path, texts, errors = tmp_path / "a.txt", ["a" * 100_000, "b" * 100_000], []

    def many(text: str) -> None:
        try:
            for _ in range(50):
                write(path, text)
        except ValueError as error:
            errors.append(error)

    threads = [threading.Thread(target=many, args=[text]) for text in texts]
    for thread in threads:
        thread.start()
    torn = 0
    while any(thread.is_alive() for thread in threads):
        torn += path.exists() and path.read_text() not in texts
    assert (errors, torn) == ([], 0)
    assert names(tmp_path) == ["a.txt"]


def test_a_folder_is_tried_and_nothing_is_left(tmp_path: Path) -> None:
    check_folder(tmp_path / "a" / "b")
    check_folder(tmp_path)
    assert names(tmp_path) == []
    (tmp_path / "file").write_text("")
    long = tmp_path / "a" / ("b" * 256)
    for folder in (
        tmp_path / "file",
        tmp_path / "file" / "plots",
        Path("/proc/plots"),
        long,
        long / "c",
    ):
        with pytest.raises(ValueError, match=f"cannot write into the folder {folder}: "):
            check_folder(folder)


def test_a_temporary_place_is_new_each_time() -> None:
    first, second = temporary("page", ".html"), temporary("page", ".html")
    assert first != second
    assert not first.exists()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """That of a user who has snaps; temporary files are elsewhere."""
    for name in ("home", "temporary"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr("micrograd_sq.files.SNAPS", tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    return tmp_path / "home"


def test_where_browsers_may_be_snaps_a_page_is_in_a_visible_folder_of_the_users_own(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explore", "x", "--set", "x=1", "--no-open"]) == 0
    page = Path(capsys.readouterr().out.strip())
    assert page.read_text().startswith("<!DOCTYPE html>")
    assert names(home) == ["micrograd-sq-pages"]
    assert page.parent == home / "micrograd-sq-pages"
    assert stat.S_IMODE(page.parent.stat().st_mode) == 0o700


def test_what_is_older_than_a_day_goes_from_there(home: Path) -> None:
    pages = [temporary("page", ".html") for _ in range(2)]
    own = pages[0].with_name("mine.html")
    for path in (*pages, own):
        write(path)
    for path in (pages[0], own):
        os.utime(path, (time.time() - 2 * A_DAY,) * 2)
    temporary("page", ".html")
    assert names(home / "micrograd-sq-pages") == sorted(["mine.html", pages[1].name])


def test_where_the_home_cannot_be_written_into_pages_are_temporary_files(home: Path) -> None:
    home.rmdir()
    assert temporary("page", ".html").parent == home.parent / "temporary"
    home.write_text("no folder")
    assert temporary("page", ".html").parent == home.parent / "temporary"


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "micrograd_sq", *arguments],
        capture_output=True, text=True, check=False, cwd=folder, env=os.environ | {"TMPDIR": str(folder)},
    )  # fmt: skip


def test_a_failed_explore_leaves_nothing(tmp_path: Path) -> None:
    assert run("explore", "w * x", "--no-open", folder=tmp_path).returncode == 2
    assert names(tmp_path) == []


def test_the_folder_of_plots_is_tried_before_anything_is_trained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    begin = time.perf_counter()
    done = run("seven", "--json", "--plots", "file", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot write into the folder file: Not a directory" in done.stderr
    assert time.perf_counter() - begin < 60
    assert (tmp_path / "file").read_text() == "mine"


SOME = [signal.SIGTERM, signal.SIGHUP, signal.SIGINT]


@pytest.fixture
def heard() -> Iterator[None]:
    """Signals reach the programs that a test starts, even if the tests themselves were started to ignore them."""
    ignored = [each for each in SOME if signal.getsignal(each) is signal.SIG_IGN]
    for each in ignored:
        signal.signal(each, signal.SIG_DFL)
    yield
    for each in ignored:
        signal.signal(each, signal.SIG_IGN)


@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize("number", SOME)
def test_a_command_that_is_ended_leaves_no_partial_file(
    tmp_path: Path, number: signal.Signals
) -> None:
    command = [sys.executable, "-m", "micrograd_sq", "seven", "--plots", "plots"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.read(10)  # the results come before the plots
        while not (tmp_path / "plots").exists() or len(names(tmp_path / "plots")) < 2:
            time.sleep(0.01)
        process.send_signal(number)
        process.wait()
        assert process.stderr.read() == ""
    assert process.returncode == -number  # as of any program, so that a script stops, too
    assert [name for name in names(tmp_path / "plots") if name.startswith(".")] == []


@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize("number", ENDINGS)
def test_a_signal_takes_a_half_written_file_away_whatever_code_is_running(
    tmp_path: Path, number: signal.Signals
) -> None:
    program = f"""if True:
        import pathlib, resource, signal
        from micrograd_sq.files import atomic_write

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # else some leave a file themselves

        def half(partial):
            partial.write_text("half")
            try:
                signal.raise_signal({number:d})
            except BaseException:  # as code does that takes any error for one of its own
                pass

        signal.signal({number:d}, signal.SIG_DFL)
        atomic_write(pathlib.Path("a.txt"), half)
    """
    (tmp_path / "a.txt").write_text("old")
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (-number, b"")
    assert ((tmp_path / "a.txt").read_text(), names(tmp_path)) == ("old", ["a.txt"])


def test_what_a_program_does_at_a_signal_is_left_to_it(tmp_path: Path) -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _: heard.append(number))
    try:
        atomic_write(tmp_path / "a.txt", lambda _: signal.raise_signal(signal.SIGTERM))
    finally:
        signal.signal(signal.SIGTERM, before)
    assert (heard, names(tmp_path)) == ([signal.SIGTERM], ["a.txt"])


def test_a_signal_that_is_to_be_ignored_is(tmp_path: Path) -> None:
    for number in ("HUP", "INT"):  # as by nohup, or a script that runs a command beside it
        command = f"{sys.executable} -m micrograd_sq draw --out {number}.svg"
        sent = f"for each in $(seq 40); do kill -{number} $! || break; sleep 0.05; done"
        done = subprocess.run(
            ["sh", "-c", f"trap '' {number}; {command} & {sent}; wait $!"],
            cwd=tmp_path,
            stderr=subprocess.DEVNULL,
        )
        assert done.returncode == 0
    assert names(tmp_path) == ["HUP.svg", "INT.svg"]


def test_a_handler_in_c_stays(tmp_path: Path) -> None:
    program = f"""if True:
        import faulthandler, pathlib, signal
        from micrograd_sq.files import atomic_write
        faulthandler.register(signal.SIGUSR1)
        atomic_write(pathlib.Path({str(tmp_path / "a.txt")!r}), lambda path: path.write_text("a"))
        signal.raise_signal(signal.SIGUSR1)
        print("alive")
    """
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "alive\n")
    assert "most recent call first" in done.stderr  # as the handler says


def test_an_interpreter_within_another_writes_files(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    within = (
        "import pathlib, sys; from micrograd_sq.files import atomic_write; "
        f"atomic_write(pathlib.Path({str(path)!r}), lambda path: path.write_text('whole'))"
    )
    name = "_interpreters" if sys.version_info >= (3, 13) else "_xxsubinterpreters"
    program = f"""if True:
        import sys, {name} as interpreters
        one = interpreters.create({"'legacy'" if sys.version_info >= (3, 13) else "isolated=False"})
        failed = interpreters.run_string(one, f"import sys; sys.path[:] = {{sys.path!r}}; " + {within!r})
        sys.exit(str(failed) if failed else 0)
    """
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert path.read_text() == "whole"
