"""Gradient descent from many random starts at once: does it always find the data?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from micrograd_sq import statquest
from micrograd_sq.checks import checked_seed, positive, positive_int
from micrograd_sq.statquest.descents import BACKENDS, Backend, Watch, descents
from micrograd_sq.statquest.training import FLAT, GROWN
from micrograd_sq.text import paragraph, ssr_digits, table

GOOD = 0.001  # an SSR below it is a good fit


@dataclass(frozen=True)
class Fits:
    """How the starts ended: the parameters, their gradients and the SSR of each, and which of them diverged.

    `parameters` and `gradients` have a row for each of w1..w4, b1..b3 and a column for each start,
    `ssr` and `diverged` an entry for each start.
    """

    parameters: Any
    gradients: Any
    ssr: Any
    diverged: Any

    def endings(self) -> dict[str, Any]:
        """How each start ended: for "good", "stuck", "moving" and "diverged" an array of bools, one true for each."""
        good = self.ssr < GOOD
        diverged = self.diverged & ~good
        flat = np.abs(self.gradients).max(axis=0) < FLAT
        return {
            "good": good,
            "stuck": flat & ~good & ~diverged,
            "moving": ~flat & ~good & ~diverged,
            "diverged": diverged,
        }

    def counts(self) -> dict[str, int]:
        """How many starts ended how."""
        return {name: int(np.sum(ended)) for name, ended in self.endings().items()}

    def document(self) -> dict[str, Any]:
        """What became of them, unrounded, for JSON; the best and the median SSR are of those that did not diverge."""
        counts = self.counts()
        kept = self.ssr[~self.endings()["diverged"]]  # others have the SSR that they left, or any
        return {
            "starts": len(self.ssr),
            "good": counts["good"],
            "share": counts["good"] / len(self.ssr),
            "best": float(np.min(kept)) if len(kept) else None,
            # Of one start, so never between two.
            "median": float(np.quantile(kept, 0.5, method="lower")) if len(kept) else None,
            "diverged": counts["diverged"],
            "stuck": counts["stuck"],
            "moving": counts["moving"],
        }


def fit_many(
    starts: int = 10_000,
    seed: int | None = None,
    learning_rate: float = 0.1,
    max_steps: int = 2000,
    backend: Backend = "numpy",
    watch: Watch = iter,
) -> Fits:
    """Fit all seven parameters of the lesson's network from each of many starts.

    Weights start from a standard normal, biases from 0. A start whose next step would leave the
    finite numbers stays where it is; it, and one whose SSR has grown a hundredfold, has diverged.
    The seed decides where they start, and the machine, too, where they end: steps as large as these
    make the descent chaotic, so that the last digit of a number grows, and processors with other
    vector units round it otherwise. Seed 0 gave 2,973 good fits of 10,000 on one and 3,005 on another.

    With JAX, the descent is one loop, compiled in half a second, and its starts are split over all of
    JAX's devices. On two cores a million starts take a minute or two, a quarter of NumPy's time, if
    the cores are two devices (XLA_FLAGS=--xla_force_host_platform_device_count=2). A GPU needs JAX's
    build for it, such as "jax[cuda12]", a larger `descents.BLOCK`, and fast float64, which GPUs for
    games lack. A cluster needs the same call, with a seed, in each of its processes, after
    jax.distributed.initialize().

    Args:
        starts: how many.
        seed: makes them repeatable, for both backends alike.
        learning_rate: what a gradient is multiplied by to make a step size.
        max_steps: how many steps each start takes.
        backend: what computes, "numpy" or "jax".
        watch: passes the first starts of the blocks on, in which the starts go together, and may show how
            many there are.

    Raises:
        ValueError: a number out of its range, or an unknown backend.
        ImportError: the backend is JAX, which is missing.

    >>> fit_many(100, seed=0, max_steps=10).ssr.shape
    (100,)
    """
    starts, max_steps = positive_int(starts, "starts"), positive_int(max_steps, "max_steps")
    learning_rate = positive(learning_rate, "learning_rate")
    if backend not in list(BACKENDS):
        raise ValueError(f"backend {backend!r} is not one of {', '.join(BACKENDS)}")
    run = descents(learning_rate, max_steps, backend)
    parameters = np.random.default_rng(checked_seed(seed)).normal(
        size=(len(statquest.SEVEN), starts)
    )
    parameters[[label.startswith("b") for label in statquest.SEVEN]] = 0.0
    return Fits(*run(parameters, watch))


def fits_text(fits: Fits, seconds: float) -> str:
    """What became of the starts, as text."""
    words = {
        "good": f"a good fit (SSR < {GOOD:g})",
        "stuck": f"stuck (no good fit, each slope closer to zero than {FLAT:g})",
        "moving": "still moving",
        "diverged": f"diverged (SSR over {GROWN:g} times the first, or not finite)",
    }
    starts, ended = len(fits.ssr), fits.document()
    best = (
        "No start ended anywhere. "
        if ended["best"] is None or ended["median"] is None
        else f"The best SSR is {ssr_digits(ended['best'])}, the median {ssr_digits(ended['median'])}"
        f"{' of those that did not diverge' if ended['diverged'] else ''}. "
    )
    rows = [
        [words[name], f"{count:,}", f"{count / starts:.1%}"]
        for name, count in fits.counts().items()
    ]
    machine = (
        "Some of the same starts may end otherwise on another machine: where steps are large, the descent can be "
        "chaotic, and how a processor rounds the last digit decides. The counts differ less, for what one loses "
        "another may win."
    )
    return f"""\
Gradient descent for all seven parameters, from {starts:,} random start{"" if starts == 1 else "s"}:

{table(["ended as", "starts", "share"], rows)}

{paragraph(f"{best}It took {seconds:.1f} seconds.")}

{paragraph(machine)}"""
