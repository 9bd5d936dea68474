"""Gradient descent from many random starts at once: does it always find the data?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from micrograd_sq import statquest
from micrograd_sq.nn import MLP
from micrograd_sq.statquest.training import GROWN
from micrograd_sq.straightline import value_and_grad
from micrograd_sq.text import ssr_digits, table

GOOD = 0.001  # an SSR below it is a good fit
BLOCK = 2000  # starts that go together; a few hundred kilobytes, which a processor's cache holds


@dataclass(frozen=True)
class Fits:
    """How the starts ended: the parameters and the SSR of each, and which of them diverged.

    `parameters` has a row for each of w1..w4, b1..b3 and a column for each start, `ssr` and
    `diverged` an entry for each start.
    """

    parameters: Any
    ssr: Any
    diverged: Any

    def document(self) -> dict[str, float | int]:
        """What became of them, unrounded, for JSON."""
        return {
            "starts": len(self.ssr),
            "good": int(np.sum(self.ssr < GOOD)),
            "share": float(np.mean(self.ssr < GOOD)),
            "best": float(np.min(self.ssr)),
            "median": float(
                np.quantile(self.ssr, 0.5, method="lower")
            ),  # of one start, so never infinite
            "diverged": int(np.sum(self.diverged)),
        }


def fit_many(
    starts: int = 10_000, seed: int | None = None, learning_rate: float = 0.1, max_steps: int = 2000
) -> Fits:
    """Fit all seven parameters of the lesson's network from each of many starts.

    Weights start from a standard normal, biases from 0. A start whose next step would leave the
    finite numbers stays where it is; it, and one whose SSR has grown a hundredfold, has diverged.

    Args:
        starts: how many.
        seed: makes them repeatable.
        learning_rate: what a gradient is multiplied by to make a step size.
        max_steps: how many steps each start takes.

    Raises:
        ValueError: a number out of its range.

    >>> fit_many(100, seed=0, max_steps=10).ssr.shape
    (100,)
    """
    if starts < 1 or max_steps < 1:
        raise ValueError(
            f"starts is {starts} and max_steps {max_steps}, but both must be 1 or more"
        )
    if seed is not None and seed < 0:
        raise ValueError(f"seed is {seed}, but it must be 0 or more")
    if not 0.0 < learning_rate < np.inf:
        raise ValueError(f"learning_rate is {learning_rate!r}, but it must be above 0 and finite")
    net = MLP(1, [2, 1])
    labels = [parameter.label for parameter in net.parameters()]
    f = value_and_grad(statquest.loss(net), net.parameters(), backend="numpy")

    parameters = np.random.default_rng(seed).normal(size=(len(labels), starts))
    parameters[[label.startswith("b") for label in labels]] = 0.0
    ssr, diverged = np.empty(starts), np.empty(starts, dtype=bool)
    with np.errstate(all="ignore"):
        for begin in range(0, starts, BLOCK):
            block = slice(begin, begin + BLOCK)
            first, gradients = f(*parameters[:, block])
            for _ in range(max_steps):
                moved = parameters[:, block] - learning_rate * np.array(gradients)
                value, moved_gradients = f(*moved)
                finite = np.isfinite(value) & np.isfinite(moved_gradients).all(axis=0)
                parameters[:, block] = np.where(finite, moved, parameters[:, block])
                gradients = np.where(finite, moved_gradients, gradients)
            ssr[block], _ = f(*parameters[:, block])
            diverged[block] = ~finite | (ssr[block] > GROWN * first)
    return Fits(parameters, ssr, diverged)


def fits_text(fits: Fits, seconds: float) -> str:
    """What became of the starts, as text."""
    good = fits.ssr < GOOD
    counts = {
        f"a good fit (SSR < {GOOD:g})": good.sum(),
        "diverged": fits.diverged.sum(),
        "neither, yet": (~good & ~fits.diverged).sum(),
    }
    ended = fits.document()
    starts = len(good)
    rows = [[name, f"{count:,}", f"{count / starts:.1%}"] for name, count in counts.items()]
    return f"""\
Gradient descent for all seven parameters, from {starts:,} random starts:

{table(["ended as", "starts", "share"], rows)}

The best SSR is {ssr_digits(ended["best"])}, the median {ssr_digits(ended["median"])}. It took {seconds:.1f} seconds."""
