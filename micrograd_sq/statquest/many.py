"""Gradient descent from many random initial values at once, on NumPy's arrays or compiled by JAX."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
from tqdm import tqdm

from micrograd_sq import statquest
from micrograd_sq.number import checked_seed, positive, positive_int, short_repr
from micrograd_sq.statquest.text import ssr_digits, table, wrapped
from micrograd_sq.statquest.training import GROWN
from micrograd_sq.straightline import value_and_grad

GOOD = 0.001  # an SSR below this number is a good fit
FLAT = 0.001  # slopes closer to zero than this number are flat
# The descents computed together: few enough for a processor's cache. A GPU needs some hundred thousand.
BLOCK = 2000

Ends = tuple[Any, ...]  # the attributes of Fits


@dataclass(frozen=True)
class Fits:
    """The results of n descents. The first two have the shape (7, n), for w1..w4 and b1..b3. The others have (n,)."""

    parameters: Any
    gradients: Any
    ssr: Any
    diverged: Any

    def document(self) -> dict[str, Any]:
        """Return the results, unrounded, for JSON. The best and median SSR exclude diverged descents."""
        good, flat = self.ssr < GOOD, np.abs(self.gradients).max(axis=0) < FLAT
        diverged = self.diverged & ~good
        kept, other = self.ssr[~diverged], ~good & ~diverged
        found = {"good": good, "stuck": flat & other, "moving": ~flat & other, "diverged": diverged}
        return {
            "starts": len(self.ssr),
            "share": float(np.mean(good)),
            "best": float(np.min(kept)) if len(kept) else None,
            "median": float(np.quantile(kept, 0.5, method="lower")) if len(kept) else None,
        } | {name: int(np.sum(descents)) for name, descents in found.items()}


def fit_many(
    starts: int = 10_000,
    seed: int | None = None,
    learning_rate: float = 0.1,
    max_steps: int = 2000,
    backend: Literal["numpy", "jax"] = "numpy",
) -> Fits:
    """Train all seven parameters of the lesson's network from many random initial values.

    The weights are drawn from a standard normal, and the biases are 0. A terminal shows progress and remaining time.

    Args:
        starts: the number of descents. Each has its own initial values.
        seed: makes the initial values repeatable, the same for both backends.
        learning_rate, max_steps: numbers as for `sgd`, but every descent takes all steps.
        backend: "numpy" or "jax", which uses JAX's default device. For a GPU, increase `many.BLOCK`.

    Raise a ValueError for a number out of its range or an unknown backend, and an ImportError if JAX is missing.
    """
    size = len(statquest.SEVEN), positive_int(starts, "starts")
    initial = np.random.default_rng(checked_seed(seed)).normal(size=size)
    initial[[label.startswith("b") for label in statquest.SEVEN]] = 0.0
    if backend not in ("numpy", "jax"):
        raise ValueError(f"backend {short_repr(backend)} is not one of numpy, jax")
    rate, max_steps = positive(learning_rate, "learning_rate"), positive_int(max_steps, "max_steps")
    net = statquest.network()
    f = value_and_grad(statquest.loss(net), net.parameters(), backend=backend)
    descend = partial(_descend, f, rate, max_steps)
    blocks = np.array_split(initial, math.ceil(starts / BLOCK), axis=1)  # of at most two sizes: JAX compiles each size
    bar = tqdm(total=starts * max_steps, unit=" steps", unit_scale=True, leave=False, disable=None)
    with np.errstate(all="ignore"), bar:
        compute = partial(descend, np, partial(_fori_loop, bar)) if backend == "numpy" else _compiled(descend, bar)
        parts = [compute(block) for block in blocks]
    return Fits(*(np.concatenate(part, axis=-1) for part in zip(*parts, strict=True)))


def _fori_loop(bar: Any, begin: int, end: int, body: Callable[[int, Ends], Ends], state: Ends) -> Ends:
    """Run `body` as `jax.lax.fori_loop` does, on NumPy's arrays. Show the progress and return the last state."""
    for number in range(begin, end):
        state = body(number, state)
        bar.update(len(state[-1]))
    return state


def _compiled(descend: Any, bar: Any) -> Callable[[Any], Ends]:
    """Compile `_descend` with JAX. Return a function of a block of initial values."""
    import jax  # slow to import, and an extra

    try:
        from jax import enable_x64
    except ImportError:  # older versions
        from jax.experimental import enable_x64
    compiled = jax.jit(partial(descend, jax.numpy, jax.lax.fori_loop))

    def compute(start: Any) -> Ends:
        with enable_x64(True):
            ends = tuple(map(np.asarray, compiled(start)))
        bar.update(len(ends[-1]) * descend.args[2])
        return ends

    return compute


def _descend(f: Any, learning_rate: float, max_steps: int, numpy: Any, fori_loop: Any, start: Any) -> Ends:
    """Train one block of initial values, and return the arrays of `Fits`. A descent keeps its last finite numbers."""
    first, gradients = f(*start)

    def step(_: int, state: Ends) -> Ends:
        parameters, gradients, ssr, _ = state
        new = parameters - learning_rate * gradients
        new_ssr, new_gradients = f(*new)
        new_gradients = numpy.stack(new_gradients)
        finite = numpy.isfinite(new_ssr) & numpy.isfinite(new_gradients).all(axis=0)
        return (
            numpy.where(finite, new, parameters),
            numpy.where(finite, new_gradients, gradients),
            numpy.where(finite, new_ssr, ssr),
            finite,
        )

    begin = (start, numpy.stack(gradients), first, numpy.isfinite(first))
    parameters, gradients, ssr, finite = fori_loop(0, max_steps, step, begin)
    return parameters, gradients, ssr, ~finite | (ssr > GROWN * first)


def fits_text(fits: Fits, seconds: float) -> str:
    """Return the results of many descents, and the seconds that they took, as text."""
    ended = fits.document()
    names = {"good": "good fit", "stuck": "plateau", "moving": "not yet", "diverged": "diverged"}
    rows = [[words, f"{ended[name]:,}", f"{ended[name] / ended['starts']:.1%}"] for name, words in names.items()]
    best, median = ("none" if ended[name] is None else ssr_digits(ended[name]) for name in ("best", "median"))
    return wrapped(f"""\
Gradient descent from {ended["starts"]:,} random initial values of all seven parameters:

{table(["result", "count", "percent"], rows)}

Good fit: the SSR is below {GOOD:g}. Plateau: the fit is not good, and all slopes are closer to zero than {FLAT:g}.
Diverged: the SSR grew {GROWN:g} times, or is not finite. Not yet: all other descents.

Best SSR: {best}. Median SSR: {median}. Both exclude the diverged descents. The computation took {seconds:.1f} seconds.
Other machines can give slightly different counts, because steps amplify rounding errors.""")
