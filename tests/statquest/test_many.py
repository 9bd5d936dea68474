"""Many starts at once: each goes as it would alone, and none spoils another."""

import json
import math

import numpy as np
import pytest

from micrograd_sq import MLP, sgd, statquest
from micrograd_sq.statquest.many import GOOD, fit_many
from micrograd_sq.statquest.training import GROWN
from tests.command import run


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
    monkeypatch.setattr("micrograd_sq.statquest.many.BLOCK", 7)
    assert np.array_equal(fit_many(50, seed=2, max_steps=20).ssr, whole.ssr)


def test_the_document_counts_what_there_is() -> None:
    fits = fit_many(300, seed=0, max_steps=500)
    document = fits.document()
    assert list(document) == ["starts", "good", "share", "best", "median", "diverged"]
    assert document["good"] == sum(ssr < GOOD for ssr in fits.ssr.tolist()) > 0
    assert document["share"] == document["good"] / 300
    assert document["best"] == min(fits.ssr.tolist())
    assert document["diverged"] == sum(fits.diverged.tolist())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0,), "starts is 0"),
        ((5, 1, 0.1, 0), "max_steps 0"),
        ((5, 1, -1.0), r"learning_rate is -1\.0"),
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
    assert f"{ended['good']}   {ended['share']:.1%}" in " ".join(done.stdout.split()).replace(
        " ", "   "
    )
    options = ("--starts", "200", "--seed", "0", "--max-steps", "300")
    assert json.loads(run("many", "--json", *options).stdout) == ended


@pytest.mark.parametrize("mistake", [("--starts", "0"), ("--learning-rate", "-1"), ("--seed", "x")])
def test_a_mistake_in_the_command_is_a_usage_message(mistake: tuple[str, str]) -> None:
    done = run("many", *mistake)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("usage: micrograd-sq many")
