"""Benchmarks against peers: each pair is measured in turn, three times over, and one table of ratios is printed.

python -m pip install ".[bench]" && python tests/benchmarks/compare.py
"""

import gc
import math
import platform
import random
import statistics
import subprocess
import sys
import time
import timeit
import tracemalloc
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from typing import Any

import casadi
import jax
import jax.numpy as jnp
import micrograd.engine
import micrograd.nn
import numba
import numpy as np
import sympy
import torch

from micrograd_sq import MLP, Value, over_data, ssr, statquest, value_and_grad

ROUNDS = 15
RUNS = 3
DOSAGES, OBSERVED = statquest.DOSAGES, statquest.OBSERVED
NET = statquest.network()
AT = [parameter.data for parameter in NET.parameters()]  # w1..w4, b1..b3
LOSS = statquest.loss(NET)


def pair(ours: Callable[[], Any], theirs: Callable[[], Any]) -> tuple[float, float, float]:
    """Median seconds a call of each, and the median of the rounds' ratios, theirs / ours."""
    # timeit turns the garbage collector off; on, as in any program, it is what frees micrograd's cycles. What one side
    # has left behind is collected before the other is timed.
    timers = [timeit.Timer(call, setup=gc.enable) for call in (ours, theirs)]
    counts = [max(1, int(0.02 / (timer.timeit(3) / 3))) for timer in timers]
    rounds = []
    for _ in range(ROUNDS):
        seconds = []
        for timer, count in zip(timers, counts, strict=True):
            gc.collect()
            seconds.append(timer.timeit(count) / count)
        rounds.append(seconds)
    one, other = (statistics.median(column) for column in zip(*rounds, strict=True))
    return one, other, statistics.median(b / a for a, b in rounds)


def softplus(self: Any) -> Any:
    """What micrograd lacks for the lesson, in its own style."""
    out = micrograd.engine.Value(math.log(1 + math.exp(self.data)), (self,), "softplus")

    def _backward() -> None:
        self.grad += (1 / (1 + math.exp(-self.data))) * out.grad

    out._backward = _backward
    return out


micrograd.engine.Value.softplus = softplus


def lesson(value: Any) -> float:
    w1, w2, w3, w4, b1, b2, b3 = map(value, AT)
    total = value(0.0)
    for dosage, observed in zip(DOSAGES, OBSERVED, strict=True):
        top = (w1 * dosage + b1).softplus() * w3
        bottom = (w2 * dosage + b2).softplus() * w4
        total = total + (observed - (top + bottom + b3)) ** 2
    total.backward()
    return float(b3.grad)


class PeersNeuron(micrograd.nn.Neuron):  # type: ignore[misc]  # micrograd has no types
    """micrograd's own, with softplus in place of its relu."""

    def __call__(self, x: Any) -> Any:
        total = sum((weight * value for weight, value in zip(self.w, x, strict=True)), self.b)
        return total.softplus() if self.nonlin else total


def peers_network() -> Any:
    """micrograd's own network, of the lesson's size."""
    net = micrograd.nn.MLP(1, [2, 1])
    for layer in net.layers:
        layer.neurons = [PeersNeuron(len(n.w), nonlin=n.nonlin) for n in layer.neurons]
    return net


def loss_and_gradients(loss: Callable[[Any], Any], net: Any) -> float:
    """The lesson's loss of a network, and its gradients: what a user of the library calls."""
    total = loss(net)
    net.zero_grad()
    total.backward()
    return float(total.data)


def peers_loss(net: Any) -> Any:
    return sum((seen - net([dose])) ** 2 for dose, seen in zip(DOSAGES, OBSERVED, strict=True))


def tiny(value: Any) -> float:
    a, b = value(-41.0), value(2.0)
    (((a + b) - (a * b + b**3)) ** 2 / 2).backward()
    return float(a.grad)


def moons() -> list[tuple[list[float], int]]:
    noise = random.Random(1)
    points = []
    for k in range(100):
        angle, lower = math.pi * (k // 2) / 49, k % 2
        x, y = math.cos(angle), math.sin(angle)
        x, y = (1 - x, 0.5 - y) if lower else (x, y)
        points.append(([x + noise.gauss(0, 0.1), y + noise.gauss(0, 0.1)], 1 if lower else -1))
    return points


MOONS = moons()


def demo(net: Any) -> float:
    """One step of micrograd's own demo: hinge loss and L2 on 100 points."""
    scores = [net(point) for point, _ in MOONS]
    losses = [(1 + -label * score).relu() for (_, label), score in zip(MOONS, scores, strict=True)]
    total = sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in net.parameters())
    for parameter in net.parameters():
        parameter.grad = 0.0
    total.backward()
    return float(total.data)


def demo_over_data() -> tuple[Callable[[], Any], Callable[[], Any]]:
    """The same step of our own network: over the columns of the data, and by graphs."""
    net = MLP(2, [16, 16, 1], activation="relu", seed=1)
    x, y, label = point = [Value(0.0, "x"), Value(0.0, "y"), Value(1.0, "label")]
    columns = zip(*((*place, side) for place, side in MOONS), strict=True)
    weights = sum((p * p for p in net.parameters()), Value(0.0))
    loss = (1 - label * net([x, y])).relu() + 1e-4 * weights
    f = over_data(loss, net.parameters(), dict(zip(point, columns, strict=True)))
    start = [parameter.data for parameter in net.parameters()]
    demo(net)
    expected = [parameter.grad for parameter in net.parameters()]
    assert all(math.isclose(a, b, abs_tol=1e-12) for a, b in zip(f(*start)[1], expected, strict=True))
    return lambda: f(*start), lambda: demo(net)


def by_hand(w1: float, w2: float, w3: float, w4: float, b1: float, b2: float, b3: float) -> Any:
    """The lesson's SSR and its seven derivatives, as one would write them in Python."""
    ssr = d_w1 = d_w2 = d_w3 = d_w4 = d_b1 = d_b2 = d_b3 = 0.0
    for dosage, observed in zip(DOSAGES, OBSERVED, strict=True):
        top_x = w1 * dosage + b1
        bottom_x = w2 * dosage + b2
        top_y = math.log1p(math.exp(top_x))
        bottom_y = math.log1p(math.exp(bottom_x))
        residual = observed - (top_y * w3 + bottom_y * w4 + b3)
        ssr += residual * residual
        d_predicted = -2.0 * residual
        d_b3 += d_predicted
        d_w3 += d_predicted * top_y
        d_w4 += d_predicted * bottom_y
        d_top_x = d_predicted * w3 / (1.0 + math.exp(-top_x))
        d_bottom_x = d_predicted * w4 / (1.0 + math.exp(-bottom_x))
        d_w1 += d_top_x * dosage
        d_b1 += d_top_x
        d_w2 += d_bottom_x * dosage
        d_b2 += d_bottom_x
    return ssr, (d_w1, d_w2, d_w3, d_w4, d_b1, d_b2, d_b3)


def of_arrays(doses: Any, seen: Any, act: Any, parameters: Any) -> Any:
    """The lesson's SSR as one would write it in PyTorch or in JAX."""
    w1, w2, w3, w4, b1, b2, b3 = parameters
    predicted = act(w1 * doses + b1) * w3 + act(w2 * doses + b2) * w4 + b3
    return ((seen - predicted) ** 2).sum()


def with_torch() -> Callable[[], float]:
    data = torch.tensor(DOSAGES), torch.tensor(OBSERVED), torch.nn.functional.softplus
    parameters = [torch.tensor(number, requires_grad=True) for number in AT]
    return lambda: float(torch.autograd.grad(of_arrays(*data, parameters), parameters)[-1])


def with_jax(*parameters: Any) -> Any:
    return of_arrays(jnp.array(DOSAGES), jnp.array(OBSERVED), jax.nn.softplus, parameters)


def symbolic(library: Any, names: list[Any]) -> Any:
    """The lesson's SSR as one would write it in SymPy or in CasADi."""
    w1, w2, w3, w4, b1, b2, b3 = names
    total = 0.0
    for dosage, observed in zip(DOSAGES, OBSERVED, strict=True):
        top = library.log(1 + library.exp(w1 * dosage + b1)) * w3
        bottom = library.log(1 + library.exp(w2 * dosage + b2)) * w4
        total += (observed - (top + bottom + b3)) ** 2
    return total


def with_sympy(modules: str) -> Any:
    names = list(sympy.symbols("w1 w2 w3 w4 b1 b2 b3"))
    ssr = symbolic(sympy, names)
    return sympy.lambdify(names, [ssr, *(sympy.diff(ssr, name) for name in names)], modules, cse=True)


def with_casadi() -> Any:
    names = [casadi.SX.sym(name) for name in ("w1", "w2", "w3", "w4", "b1", "b2", "b3")]
    ssr = symbolic(casadi, names)
    return casadi.Function("f", names, [ssr, *(casadi.gradient(ssr, name) for name in names)])


def in_casadis_buffer() -> Callable[[], None]:
    f = with_casadi()
    buffer, evaluate = f.buffer()
    arrays = [np.array(number) for number in AT], [np.zeros(1) for _ in range(8)]
    for k, array in enumerate(arrays[0]):
        buffer.set_arg(k, array.data)
    for k, array in enumerate(arrays[1]):
        buffer.set_res(k, array.data)
    evaluate()
    assert math.isclose(arrays[1][-1][0], by_hand(*AT)[1][-1])

    def run(_kept: object = (f, buffer, arrays)) -> None:  # the buffer itself does not keep its arrays
        evaluate()

    return run


def network_of(count: int) -> tuple[Value, list[Value]]:
    """The SSR of a network with 33 parameters for as many data points as give some `count` nodes."""
    net, places = MLP(2, [8, 1], seed=1), range(count // 54)
    return ssr([0.1 * k for k in places], [net([0.01 * k, 1 - 0.02 * k]) for k in places]), net.parameters()


def casadis_network_of(count: int) -> Any:
    names = casadi.SX.sym("p", 33)
    total = 0.0
    for k in range(count // 54):
        hidden = [0.01 * k * names[2 * j] + (1 - 0.02 * k) * names[2 * j + 1] + names[24 + j] for j in range(8)]
        output = sum(casadi.log(1 + casadi.exp(x)) * names[16 + j] for j, x in enumerate(hidden)) + names[32]
        total += (0.1 * k - output) ** 2
    return casadi.Function("f", [names], [total, casadi.gradient(total, names)])


def with_numba() -> Any:
    a, b = Value(-41.0, "a"), Value(2.0, "b")
    e = (a + b) - (a * b + b**3)
    f = numba.njit(value_and_grad(e**2 / 2, [a, b]))

    @numba.njit  # type: ignore[untyped-decorator]  # numba has no types
    def loop(count: int) -> float:
        total = 0.0
        for k in range(count):
            value, gradients = f(-41.0 + 1e-6 * k, 2.0)
            total += value + gradients[0] + gradients[1]
        return total

    loop(1)
    return loop


def bytes_a_node(value: Any) -> float:
    count = 200_000
    x = y = value(1.0)
    gc.collect()
    tracemalloc.start()
    for _ in range(count // 2):
        y = (y + x) * x
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return used / count


def seconds_a_node(count: int) -> float:
    """Forward and backward of a chain, a node, over ten thousand nodes at least."""
    start, repeats = time.perf_counter(), max(1, 10_000 // count)
    for _ in range(repeats):
        x = y = Value(0.5)
        for _ in range(count // 2):
            y = (y + x).relu()
        y.backward()
    return (time.perf_counter() - start) / repeats / count


def seconds_to_import(module: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", f"import {module}"], check=True)
    return time.perf_counter() - start


def show(work: str, peer: str, ours: str, theirs: str, ratio: str, goal: str) -> None:
    print(f"| {work} | {peer} | {ours} | {theirs} | {ratio} | {goal} |", flush=True)


def timed(work: str, peer: str, ours: Any, theirs: Any, goal: float, ours_calls: int = 1) -> None:
    """Show a pair; one call of ours may do the work of many calls of theirs."""
    runs = sorted((pair(ours, theirs) for _ in range(RUNS)), key=lambda run: run[2])
    one, other, ratio = runs[RUNS // 2]
    low, high = runs[0][2] * ours_calls, runs[-1][2] * ours_calls
    spread = f"{ratio * ours_calls:,.3g} x ({low:,.3g} to {high:,.3g})"
    show(work, peer, f"{one / ours_calls * 1e6:,.3f} us", f"{other * 1e6:,.3f} us", spread, f"{goal:,g} x")


def main() -> None:
    jax.config.update("jax_enable_x64", True)
    gc.freeze()  # so that no peer pays for looking through the other peers' modules
    theirs = micrograd.engine.Value
    python = value_and_grad(LOSS, NET.parameters())
    assert math.isclose(lesson(Value), lesson(theirs))
    assert math.isclose(python(*AT)[1][-1], by_hand(*AT)[1][-1])
    versions = ", ".join(f"{name} {version(name)}" for name in "micrograd torch jax numba sympy casadi".split())
    print(f"CPython {platform.python_version()} on {platform.machine()}, {versions}; medians of {RUNS} runs")
    print(f"of {ROUNDS} rounds each, and the lowest and the highest of the {RUNS}\n")
    print("| work | against | ours | theirs | ratio | goal |")
    print("| --- | --- | --- | --- | --- | --- |")

    peers_lesson = partial(lesson, theirs)
    timed("lesson, eager", "micrograd", partial(lesson, Value), peers_lesson, 3.5)
    one_step = partial(loss_and_gradients, statquest.loss, NET)
    peers_step = partial(loss_and_gradients, peers_loss, peers_network())
    timed("lesson by network and loss, eager", "micrograd", one_step, peers_step, 3)
    timed("tiny graph, eager", "micrograd", partial(tiny, Value), partial(tiny, theirs), 3)
    net, peer = MLP(2, [16, 16, 1], activation="relu", seed=1), micrograd.nn.MLP(2, [16, 16, 1])
    timed("micrograd's demo step, eager", "micrograd", lambda: demo(net), lambda: demo(peer), 3)
    timed("the same over the data's columns, numpy", "our eager engine", *demo_over_data(), 30)
    one, other = bytes_a_node(Value), bytes_a_node(theirs)
    show("memory of a node, eager", "micrograd", f"{one:.0f} B", f"{other:.0f} B", f"{other / one:.3g} x", "3.5 x")
    for collector in ("on", "off"):
        (gc.enable if collector == "on" else gc.disable)()
        small = statistics.median(seconds_a_node(1000) for _ in range(ROUNDS))
        for count in (10_000, 100_000, 1_000_000):
            one = min(seconds_a_node(count) for _ in range(3))
            work = f"time of a node, {count:,} nodes, garbage collector {collector}"
            times = f"{one * 1e9:.0f} ns", f"{small * 1e9:.0f} ns", f"{one / small:.2f} x"
            show(work, "at 1,000", *times, "at most 1.5 x")
    gc.enable()

    timed("lesson, straight line", "micrograd", lambda: python(*AT), peers_lesson, 40)
    timed("the same", "written by hand", lambda: python(*AT), lambda: by_hand(*AT), 1)
    timed("the same", "torch, eager", lambda: python(*AT), with_torch(), 50)
    by_jax = jax.value_and_grad(with_jax, argnums=tuple(range(7)))
    jitted, vmapped = jax.jit(by_jax), jax.jit(jax.vmap(by_jax))
    timed("the same", "jax.jit", lambda: python(*AT), lambda: jax.block_until_ready(jitted(*AT)), 4)
    by_sympy, by_casadi, by_arrays = with_sympy("math"), with_casadi(), with_sympy("numpy")
    timed("the same", "SymPy's lambdify, math", lambda: python(*AT), lambda: by_sympy(*AT), 1)
    jit, theirs_jit = numba.njit(python), numba.njit(by_sympy)
    timed("the same in numba.njit", "SymPy's lambdify in it", lambda: jit(*AT), lambda: theirs_jit(*AT), 1)
    timed("the same", "CasADi, a call", lambda: python(*AT), lambda: by_casadi(*AT), 10)
    timed("the same", "CasADi, in its own buffer", lambda: python(*AT), in_casadis_buffer(), 0.15)
    generate = partial(value_and_grad, LOSS, NET.parameters())
    generate_large = partial(value_and_grad, *network_of(4000))
    timed("generating code, lesson", "SymPy", generate, partial(with_sympy, "math"), 10)
    timed("the same, 4,000 nodes", "CasADi", generate_large, partial(casadis_network_of, 4000), 0.3)
    loop = with_numba()
    timed("tiny graph in a numba loop", "micrograd", lambda: loop(10**5), lambda: tiny(theirs), 2000, 10**5)
    sets = np.random.default_rng(0).normal(size=(7, 10_000))
    arrays = value_and_grad(LOSS, NET.parameters(), backend="numpy")
    timed("lesson for 10,000 sets, numpy, a set", "micrograd", lambda: arrays(*sets), peers_lesson, 250, 10_000)
    timed("the same, all", "SymPy's lambdify, numpy", lambda: arrays(*sets), lambda: by_arrays(*sets), 1)
    mapped, rows = by_casadi.map(10_000), [row.reshape(1, -1) for row in sets]
    timed("the same, all", "CasADi's map", lambda: arrays(*sets), lambda: mapped(*rows), 3)
    ours = jax.jit(value_and_grad(LOSS, NET.parameters(), backend="jax"))
    columns = [jnp.asarray(column) for column in sets]
    one_call, peers_call = (lambda f=f: jax.block_until_ready(f(*columns)) for f in (ours, vmapped))
    timed("lesson for 10,000 sets, jax.jit, all", "jax.jit(jax.vmap)", one_call, peers_call, 2)
    rounds = [(seconds_to_import("micrograd_sq.engine"), seconds_to_import("torch")) for _ in range(5)]
    bare = min(seconds_to_import("sys") for _ in range(5))
    one, other = (min(column) - bare for column in zip(*rounds, strict=True))
    times = f"{one * 1e3:.0f} ms", f"{other * 1e3:.0f} ms", f"{other / one:.3g} x"
    show("import, beyond Python's own start", "torch", *times, "20 x")


if __name__ == "__main__":
    main()
