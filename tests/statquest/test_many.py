"""Many starts at once: each goes as it would alone, and none spoils another."""

import fcntl
import json
import math
import os
import pty
import struct
import subprocess
import sys
import termios

import numpy as np
import pytest

from micrograd_sq import MLP, sgd, statquest, value_and_grad
from micrograd_sq.statquest.many import GOOD, fit_many
from micrograd_sq.statquest.training import FLAT, GROWN
from tests.command import run, shell


def alone(start: list[float], steps: int, learning_rate: float) -> float:
    """The SSR after so many steps of `sgd` from a start; nan where it left the finite numbers."""
    net = MLP(1, [2, 1])
    net.load(dict(zip([p.label for p in net.parameters()], start, strict=True)))
    descent = sgd(lambda: statquest.loss(net), net.parameters(), learning_rate, 1e-300, steps)
    try:
        for _ in descent:
            pass
        return statquest.loss(net).data
    except FloatingPointError:
        return math.nan


def test_where_every_start_diverges_the_exit_code_says_it() -> None:
    assert (
        run("many", "--starts", "20", "--learning-rate", "100", "--max-steps", "20").returncode == 1
    )
    assert run("many", "--starts", "20", "--max-steps", "20").returncode == 0


def test_jax_without_the_device_that_is_asked_for_is_a_mistake() -> None:
    done = shell("JAX_PLATFORMS=bogus micrograd-sq many --starts 5 --backend jax")
    assert (done.returncode, done.stdout) == (2, "")
    assert "JAX finds no device, such as JAX_PLATFORMS may ask for" in done.stderr


def test_each_start_goes_as_it_would_alone() -> None:
    starts = fit_many(30, seed=5, max_steps=1, learning_rate=1e-300).parameters
    assert np.abs(starts[4:]).max() < 1e-290
    fits = fit_many(30, seed=5, max_steps=40)
    for start in range(30):
        expected = alone(starts[:, start].tolist(), 40, 0.1)
        assert fits.ssr[start] == pytest.approx(expected, rel=1e-6)


def test_weights_start_from_a_standard_normal() -> None:
    starts = fit_many(5000, seed=1, max_steps=1, learning_rate=1e-300).parameters
    assert abs(float(starts[:4].mean())) < 0.02
    assert abs(float(starts[:4].std()) - 1) < 0.02


def test_starts_that_leave_the_finite_numbers_stay_where_they_were() -> None:
    fits = fit_many(20, seed=0, max_steps=3000, learning_rate=0.4)
    assert np.isfinite(fits.parameters).all()
    assert fits.document()["diverged"] == 20


def test_a_start_that_diverges_is_counted_and_spoils_no_other() -> None:
    starts = fit_many(1000, seed=0, max_steps=1, learning_rate=1e-300).parameters
    fits = fit_many(1000, seed=0, max_steps=20, learning_rate=0.34)
    diverged = np.flatnonzero(fits.diverged)
    assert 100 < len(diverged) < 900
    for start in (*diverged[:3], *np.flatnonzero(~fits.diverged)[:10]):
        first = alone(starts[:, start].tolist(), 1, 1e-300)
        last = alone(starts[:, start].tolist(), 20, 0.34)
        assert fits.diverged[start] == (math.isnan(last) or last > GROWN * first)


def test_a_seed_repeats_it_and_the_blocks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = fit_many(50, seed=2, max_steps=20)
    monkeypatch.setattr("micrograd_sq.statquest.descents.BLOCK", 7)
    assert np.array_equal(fit_many(50, seed=2, max_steps=20).ssr, whole.ssr)


def test_the_document_counts_what_there_is() -> None:
    fits = fit_many(300, seed=0, max_steps=500)
    document = fits.document()
    assert list(document) == [
        "starts", "good", "share", "best", "median", "diverged", "stuck", "moving",
    ]  # fmt: skip
    assert document["good"] == sum(ssr < GOOD for ssr in fits.ssr.tolist()) > 0
    assert document["share"] == document["good"] / 300
    assert document["best"] == min(fits.ssr.tolist())
    assert document["diverged"] == sum(fits.diverged.tolist())


def test_a_start_without_a_good_fit_is_stuck_where_each_slope_is_nearly_zero() -> None:
    fits = fit_many(300, seed=0, max_steps=500, learning_rate=0.2)
    net = MLP(1, [2, 1])
    f = value_and_grad(statquest.loss(net), net.parameters())
    endings = fits.endings()
    assert np.array_equal(sum(endings.values()), np.ones(300))
    assert min(fits.counts()[name] for name in ("good", "stuck", "moving")) > 0
    for start in range(300):
        ssr, slopes = f(*fits.parameters[:, start].tolist())
        flat = all(abs(slope) < FLAT for slope in slopes)
        assert endings["stuck"][start] == (flat and ssr >= GOOD and not fits.diverged[start])
    document = fits.document()
    assert document["starts"] == sum(
        document[name] for name in ("good", "stuck", "moving", "diverged")
    )


ON_EIGHT_DEVICES = """
import json
import jax
from micrograd_sq.statquest import descents
from micrograd_sq.statquest.many import fit_many

put, parts, blocks = jax.device_put, [], []


def watched_put(*arguments):
    placed = put(*arguments)
    parts.append([shard.data.shape[1] for shard in placed.addressable_shards])
    return placed


jax.device_put = watched_put
descents.BLOCK = 50
fits = fit_many(1001, 0, 0.34, 30, "jax", watch=lambda begins: blocks.extend(begins) or begins)
ended = [ended.tolist() for ended in fits.endings().values()]
print(json.dumps([parts, blocks, ended, str(jax.numpy.ones(1).dtype)]))
"""


def test_jax_counts_on_eight_devices_what_numpy_counts() -> None:
    environment = os.environ | {"XLA_FLAGS": "--xla_force_host_platform_device_count=8"}
    done = subprocess.run(
        [sys.executable, "-c", ON_EIGHT_DEVICES],
        capture_output=True, text=True, env=environment, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    parts, begins, ended, usual = json.loads(done.stdout)
    assert (parts, begins) == ([[50] * 8] * 3, [0, 400, 800])
    assert usual == "float32"  # float64 is for the computation alone
    fits = fit_many(1001, 0, 0.34, 30)
    assert fits.counts()["diverged"] > 100
    for begin in begins:
        block = slice(begin, begin + 400)
        counts = [sum(each[block]) for each in ended]
        assert counts == [each[block].sum() for each in fits.endings().values()]


def test_jax_goes_where_numpy_goes_in_float64() -> None:
    numpy, jax = fit_many(30, 5, max_steps=40), fit_many(30, 5, max_steps=40, backend="jax")
    assert numpy.ssr.dtype == jax.ssr.dtype == np.float64
    assert jax.parameters == pytest.approx(numpy.parameters, rel=1e-9)
    assert jax.gradients == pytest.approx(numpy.gradients, rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("options", [[], ["--json"], ["--starts", "100000000"]])
def test_without_jax_the_extra_is_named_before_any_work(options: list[str]) -> None:
    code = (
        "import sys; sys.modules['jax'] = sys.modules['jax.numpy'] = None; "
        "from micrograd_sq.cli import main; "
        f"sys.exit(main({['many', '--backend', 'jax', *options]}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("micrograd-sq: backend 'jax' needs jax:")
    assert "micrograd-sq[jax]" in done.stderr


def test_without_being_asked_for_jax_stays_away() -> None:
    code = (
        "import sys; from micrograd_sq.statquest.many import fit_many; "
        "fit_many(10, 0, max_steps=2); print('jax' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_progress_is_shown_on_a_terminal_alone() -> None:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 24, 80, 0, 0))  # rows and columns
    command = [sys.executable, "-m", "micrograd_sq", "many", "--starts", "9", "--max-steps", "5"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=theirs, text=True, check=False)
    os.set_blocking(ours, False)
    shown = os.read(ours, 10_000)
    os.close(theirs)
    os.close(ours)
    assert b"blocks of starts" in shown
    assert (done.returncode, "blocks of starts" in done.stdout) == (0, False)
    assert run(*command[3:]).stderr == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0,), "starts is 0"),
        ((5, 1, 0.1, 0), "max_steps is 0"),
        ((5, 1, -1.0), r"learning_rate is -1\.0"),
        ((5, 1, 0.1, 1, "torch"), "backend 'torch' is not one of numpy, jax"),
    ],
)
def test_a_number_out_of_range_is_told(arguments: tuple[int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fit_many(*arguments)


def test_the_command_tells_what_became_of_them() -> None:
    done = run("many", "--starts", "200", "--seed", "0", "--max-steps", "300")
    ended = fit_many(200, seed=0, max_steps=300).document()
    assert (done.returncode, done.stderr) == (0, "")
    assert "from 200 random starts" in done.stdout
    told = " ".join(done.stdout.split())
    assert f"(SSR < 0.001) {ended['good']} {ended['share']:.1%} stuck" in told
    assert f"still moving {ended['moving']} {ended['moving'] / 200:.1%} diverged (SSR over" in told
    assert "times the first, or not finite) 0 0.0%" in told
    assert "may end otherwise on another machine" in told
    options = ("--starts", "200", "--seed", "0", "--max-steps", "300")
    assert json.loads(run("many", "--json", *options).stdout) == ended


def test_where_all_starts_diverge_there_is_no_best() -> None:
    options = ("--starts", "20", "--seed", "0", "--max-steps", "3", "--learning-rate", "1e300")
    done = run("many", *options)
    assert (done.returncode, done.stderr) == (1, "")
    assert "No start ended anywhere." in done.stdout
    document = json.loads(run("many", "--json", *options).stdout)
    assert (document["best"], document["median"], document["diverged"]) == (None, None, 20)


@pytest.mark.parametrize(
    "mistake",
    [("--starts", "0"), ("--learning-rate", "-1"), ("--seed", "x"), ("--backend", "torch")],
)
def test_a_mistake_in_the_command_is_a_usage_message(mistake: tuple[str, str]) -> None:
    done = run("many", *mistake)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("usage: micrograd-sq many")
