"""Functions of arrays: computed block by block in buffers, they give exactly what the plain text gives."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from micrograd_sq import statquest, value_and_grad
from micrograd_sq.straightline.blocks import BLOCK

NET = statquest.network()
F: Any = value_and_grad(statquest.loss(NET), NET.parameters(), backend="numpy")
DRAW = np.random.default_rng(0)


def plain(arguments: list[Any]) -> list[Any]:
    """The same by the function in the text, which makes an array for each operation."""
    arrays = [np.asarray(each).astype(float) for each in arguments]
    with np.errstate(all="ignore"):
        value, gradients = F.unchecked(*arrays)
    return [np.broadcast_to(each, np.broadcast_shapes(*map(np.shape, arrays))) for each in (value, *gradients)]


@pytest.mark.parametrize(
    "arguments",
    [
        list(DRAW.normal(size=(7, 1))),
        list(DRAW.normal(size=(7, 50))),
        list(DRAW.normal(size=(7, BLOCK))),
        list(DRAW.normal(size=(7, 2 * BLOCK + 1))),
        list(DRAW.normal(size=(7, 0))),
        list(DRAW.normal(size=(7, 3, 4))),
        list(DRAW.normal(size=(7, 100, 90))),
        [*DRAW.normal(size=(4, 50)), 0.5, np.float64(-1.0), 0],
        [DRAW.normal(size=50), *[0.5] * 6],
        [DRAW.normal(size=(3, 1)), DRAW.normal(size=(1, 4)), *[0.5] * 5],
        [DRAW.normal(size=4), DRAW.normal(size=(3, 4)), *DRAW.normal(size=(5, 3, 4))],
        list(DRAW.normal(size=(7, 100))[:, ::2]),
        list(DRAW.normal(size=(50, 7)).T),
        list(DRAW.normal(size=(7, 50)).astype(np.float32)),
        list(DRAW.integers(-3, 3, size=(7, 50))),
        list(DRAW.choice([*DRAW.normal(size=20), np.inf, np.nan], size=(7, 50))),
        [np.broadcast_to(DRAW.normal(size=50), 50) for _ in range(7)],  # read-only
    ],
    ids=lambda arguments: f"{np.shape(arguments[0])} {getattr(arguments[0], 'dtype', '')}",
)
def test_arrays_of_any_shape_and_kind_give_the_numbers_of_the_plain_text(arguments: list[Any]) -> None:
    kept = [np.array(each) for each in arguments]
    for _ in range(2):  # with new buffers, and again with the same
        value, gradients = F(*arguments)
        for result, expected in zip((value, *gradients), plain(arguments), strict=True):
            assert np.array_equal(result, expected, equal_nan=True)
    assert all(np.array_equal(one, other, equal_nan=True) for one, other in zip(kept, arguments, strict=True))


def test_results_share_no_memory_with_arguments_or_with_other_results() -> None:
    first, second = list(DRAW.normal(size=(7, 60))), list(DRAW.normal(size=(7, 60)))
    value, gradients = F(*first)
    before = [value.copy(), *(gradient.copy() for gradient in gradients)]
    F(*second)
    assert all(map(np.array_equal, (value, *gradients), before))
    everything = [value, *gradients, *first]
    pairs = [(one, other) for k, one in enumerate(everything) for other in everything[k + 1 :]]
    assert not any(np.shares_memory(one, other) for one, other in pairs)


def test_threads_may_call_one_function_at_once() -> None:
    sets = [list(DRAW.normal(size=(7, 3000))) for _ in range(8)]
    expected = [F(*arguments)[0] for arguments in sets]
    barrier = threading.Barrier(4)

    def work(shift: int) -> bool:
        barrier.wait()
        return all(np.array_equal(F(*sets[(k + shift) % 8])[0], expected[(k + shift) % 8]) for k in range(40))

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(work, range(4)))
