"""Many starts at once: each descends as it would alone, and no start changes another."""

import json
import math
import subprocess
import sys

import numpy as np
import pytest

from micrograd_sq import MLP, sgd, statquest, value_and_grad
from micrograd_sq.statquest.many import FLAT, GOOD, fit_many
from micrograd_sq.statquest.training import GROWN
from tests.command import run, shell


def alone(start: list[float], steps: int, learning_rate: float) -> float:
    """The SSR after so many steps of `sgd` from a start; nan where it left the finite numbers."""
    net = MLP(1, [2, 1])
    net.load(dict(zip([p.label for p in net.parameters()], start, strict=True)))
    f = value_and_grad(statquest.loss(net), net.parameters())
    try:
        list(sgd(f, net.parameters(), learning_rate, 1e-300, steps))
        return statquest.loss(net).data
    except FloatingPointError:
        return math.nan


def test_weights_start_from_a_standard_normal_and_biases_from_0() -> None:
    starts = fit_many(5000, seed=1, max_steps=1, learning_rate=1e-300).parameters
    assert abs(float(starts[:4].mean())) < 0.02
    assert abs(float(starts[:4].std()) - 1) < 0.02
    assert np.abs(starts[4:]).max() < 1e-290


def test_each_start_descends_or_diverges_as_it_would_alone() -> None:
    starts = fit_many(100, seed=0, max_steps=1, learning_rate=1e-300).parameters
    fits = fit_many(100, seed=0, max_steps=20, learning_rate=0.34)
    assert 10 < fits.diverged.sum() < 90
    for number, start in enumerate(starts.T.tolist()):
        last = alone(start, 20, 0.34)
        grown = last > GROWN * alone(start, 1, 1e-300)
        assert fits.diverged[number] == (math.isnan(last) or grown)
        if not fits.diverged[number]:
            assert fits.ssr[number] == pytest.approx(last, rel=1e-6)


def test_starts_that_leave_the_finite_numbers_stay_where_they_were() -> None:
    fits = fit_many(10, seed=0, max_steps=1500, learning_rate=0.4)
    assert np.isfinite(fits.parameters).all()
    assert fits.document()["diverged"] == 10


def test_a_seed_repeats_the_result_in_blocks_of_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = fit_many(50, seed=2, max_steps=20)
    monkeypatch.setattr("micrograd_sq.statquest.many.BLOCK", 7)
    assert np.array_equal(fit_many(50, seed=2, max_steps=20).ssr, whole.ssr)


def test_every_start_is_counted_once_by_its_ssr_and_its_slopes() -> None:
    fits = fit_many(200, seed=0, max_steps=400, learning_rate=0.2)
    net = MLP(1, [2, 1])
    f = value_and_grad(statquest.loss(net), net.parameters())
    counts, kept = dict.fromkeys(("good", "stuck", "moving", "diverged"), 0), []
    for start, diverged in zip(fits.parameters.T.tolist(), fits.diverged, strict=True):
        ssr, slopes = f(*start)
        flat = all(abs(slope) < FLAT for slope in slopes)
        ending = "good" if ssr < GOOD else "diverged" if diverged else "stuck" if flat else "moving"
        counts[ending] += 1
        if ending != "diverged":
            kept.append(ssr)
    kept.sort()
    document = fits.document()
    assert counts.items() <= document.items()
    assert min(document[name] for name in ("good", "stuck", "moving")) > 0
    assert (document["starts"], document["share"]) == (200, document["good"] / 200)
    assert (document["best"], document["median"]) == pytest.approx((kept[0], kept[(len(kept) - 1) // 2]))


def test_the_command_prints_the_results_as_text_and_as_json() -> None:
    options = ("many", "--starts", "200", "--seed", "0", "--max-steps", "300")
    ended = fit_many(200, seed=0, max_steps=300).document()
    done = run(*options)
    assert (done.returncode, done.stderr) == (0, "")
    text = " ".join(done.stdout.split())
    assert "Gradient descent from 200 random initial values" in text
    assert f"good fit {ended['good']} {ended['share']:.1%} plateau" in text
    assert f"not yet {ended['moving']} {ended['moving'] / 200:.1%} diverged" in text
    assert json.loads(run(*options, "--json").stdout) == ended


def test_where_all_starts_diverge_there_is_no_best_and_the_exit_code_is_1() -> None:
    options = ("many", "--starts", "20", "--seed", "0", "--max-steps", "3", "--learning-rate=1e300")
    done = run(*options)
    assert (done.returncode, done.stderr) == (1, "")
    assert "Best SSR: none. Median SSR: none." in done.stdout
    document = json.loads(run(*options, "--json").stdout)
    assert (document["best"], document["median"], document["diverged"]) == (None, None, 20)


IN_BLOCKS = """
import json, jax
from micrograd_sq.statquest import many

many.BLOCK = 40
fits = many.fit_many(101, 0, 0.34, 20, "jax")
print(json.dumps([fits.parameters.tolist(), fits.diverged.tolist(), str(jax.numpy.ones(1).dtype)]))
"""


def test_jax_gives_the_numbers_of_numpy_in_blocks_of_any_size() -> None:
    code = [sys.executable, "-c", IN_BLOCKS]
    done = subprocess.run(code, capture_output=True, text=True, check=True)
    parameters, diverged, usual = json.loads(done.stdout)
    assert usual == "float32"  # only the computation uses float64
    fits = fit_many(101, 0, 0.34, 20)
    assert diverged == fits.diverged.tolist()
    kept = ~fits.diverged
    assert np.array(parameters)[:, kept] == pytest.approx(fits.parameters[:, kept], rel=1e-6)


def test_jax_without_the_device_of_jax_platforms_is_a_mistake() -> None:
    done = shell("JAX_PLATFORMS=bogus micrograd-sq many --starts 5 --backend jax")
    assert (done.returncode, done.stdout) == (2, "")
    assert "JAX_PLATFORMS" in done.stderr


def test_without_jax_the_extra_is_named_before_any_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jax", None)
    monkeypatch.setitem(sys.modules, "jax.numpy", None)
    with pytest.raises(ImportError, match=r"backend 'jax' needs jax:.*micrograd-sq\[jax\]"):
        fit_many(10**6, max_steps=10**6, backend="jax")


def test_a_number_out_of_range_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"learning_rate is -1\.0"):
        fit_many(5, learning_rate=-1.0)
    with pytest.raises(ValueError, match="backend 'torch' is not one of numpy, jax"):
        fit_many(5, backend="torch")  # type: ignore[arg-type]  # the mistake
