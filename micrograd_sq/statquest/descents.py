"""Gradient descent from many starts, block by block: one loop, on NumPy's arrays or compiled for JAX's devices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial, reduce
from typing import Any, Literal

import numpy as np

from micrograd_sq import statquest
from micrograd_sq.nn import MLP
from micrograd_sq.statquest.training import GROWN
from micrograd_sq.straightline import value_and_grad

# Starts that go together on a device; a few hundred kilobytes, which a processor's cache holds. A GPU would be idle
# with so few: some hundred thousand keep it busy.
BLOCK = 2000

Backend = Literal["numpy", "jax"]
Watch = Callable[[Sequence[int]], Iterable[int]]  # of the first starts of the blocks
Ends = tuple[Any, Any, Any, Any]


def descents(
    learning_rate: float, max_steps: int, backend: Backend
) -> Callable[[Any, Watch], Ends]:
    """A function that fits all seven parameters of the lesson's network from each of many starts.

    Args:
        learning_rate, max_steps, backend: as for `fit_many`.

    Returns:
        run(starts, watch) -> (parameters, gradients, ssr, diverged). The starts, and where they end, have a row for
        each of w1..w4, b1..b3 and a column for each start, the SSRs and whether it diverged an entry for each.

    Raises:
        ImportError: JAX is to compute, and missing.
    """
    net = MLP(1, [2, 1])
    f = value_and_grad(statquest.loss(net), net.parameters(), backend=backend)
    descend, devices = BACKENDS[backend](f, learning_rate, max_steps)

    def run(starts: Any, watch: Watch) -> Ends:
        count = starts.shape[1]
        width = min(BLOCK * devices, -(-count // devices) * devices)
        ends = np.empty_like(starts), np.empty_like(starts), np.empty(count), np.empty(count, bool)
        for begin in watch(range(0, count, width)):
            block = starts[:, begin : begin + width]
            for end, part in zip(ends, descend(block, width), strict=True):
                end[..., begin : begin + width] = part[..., : block.shape[1]]
        return ends

    return run


def _with_numpy(f: Any, learning_rate: float, max_steps: int) -> tuple[Callable[..., Any], int]:
    def fori_loop(first: int, end: int, body: Callable[[int, Any], Any], state: Any) -> Any:
        return reduce(lambda state, index: body(index, state), range(first, end), state)

    def descend(block: Any, _: int) -> Any:
        with np.errstate(all="ignore"):
            return _descend(f, np, fori_loop, learning_rate, max_steps, block)

    return descend, 1


def _with_jax(f: Any, learning_rate: float, max_steps: int) -> tuple[Callable[..., Any], int]:
    import jax  # only here: it takes a while, and is an extra

    try:
        from jax import enable_x64
    except ImportError:  # where older versions have it
        from jax.experimental import enable_x64

    try:
        devices = jax.devices()
    except (RuntimeError, AssertionError) as error:
        raise ValueError(
            f"JAX finds no device, such as JAX_PLATFORMS may ask for: {error}"
        ) from None
    every = jax.sharding.Mesh(np.array(devices), ("starts",))
    split = jax.sharding.NamedSharding(every, jax.sharding.PartitionSpec(None, "starts"))
    whole = jax.sharding.NamedSharding(every, jax.sharding.PartitionSpec())
    compiled = jax.jit(
        partial(_descend, f, jax.numpy, jax.lax.fori_loop, learning_rate, max_steps),
        out_shardings=whole,  # so that each process of a cluster has all of it
    )

    def descend(block: Any, width: int) -> Any:
        # All blocks get one width, which the devices can share and one compilation serves.
        missing = width - block.shape[1]
        with enable_x64(True):
            start = jax.device_put(np.pad(block, ((0, 0), (0, missing))), split)
            return [np.asarray(end) for end in compiled(start)]

    return descend, len(devices)


def _descend(
    f: Any, numpy: Any, fori_loop: Any, learning_rate: float, max_steps: int, start: Any
) -> Ends:
    """A block's descent, for NumPy and JAX alike; a start that would leave the finite numbers stays where it is."""
    first, gradients = f(*start)

    def step(_: int, state: Ends) -> Ends:
        parameters, gradients, ssr, _ = state
        moved = parameters - learning_rate * gradients
        moved_ssr, moved_gradients = f(*moved)
        moved_gradients = numpy.stack(moved_gradients)
        finite = numpy.isfinite(moved_ssr) & numpy.isfinite(moved_gradients).all(axis=0)
        return (
            numpy.where(finite, moved, parameters),
            numpy.where(finite, moved_gradients, gradients),
            numpy.where(finite, moved_ssr, ssr),
            finite,
        )

    begin = (start, numpy.stack(gradients), first, numpy.isfinite(first))
    parameters, gradients, ssr, finite = fori_loop(0, max_steps, step, begin)
    return parameters, gradients, ssr, ~finite | (ssr > GROWN * first)


BACKENDS = {"numpy": _with_numpy, "jax": _with_jax}
