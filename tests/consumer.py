"""What a strict user of the installed package sees: a type checker reads this file, nothing runs it.

Each public name has its promised type, and each mistake is found: an unneeded comment that expects one is an error.
"""

import math
from typing import Any

from numpy import float64
from numpy.typing import NDArray
from typing_extensions import assert_type

import micrograd_sq
from micrograd_sq import MLP, Operation, Step, Value, draw_dot, draw_network, over_data, sgd, ssr, value_and_grad

# Values and what is computed from them.
b3 = Value(0.0, "b3")
assert_type(b3.data, float)
assert_type(b3.grad, float)
assert_type(b3.label, str)
assert_type(2 * b3**2 - b3 / 4, Value)
assert_type(abs(-b3).softplus(), Value)
assert_type(b3.operands, tuple[Value, ...])
assert_type(float(b3), float)
assert_type(f"{b3:.2f}", str)
assert_type(sorted([b3, b3 + 1]), list[Value])
assert_type(micrograd_sq.topological_order(b3), list[Value])
Value("0")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
Value(1.0, (b3,))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
b3.gard  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]

# The network and its loss.
net = MLP(1, [2, 1], activation="softplus", seed=1)
assert_type(net(0.5), Value)
assert_type(net.outputs([0.5]), list[Value])
assert_type(net.parameters(), list[Value])
assert_type(net["w3"], Value)
assert_type(ssr([0, 1, 0], [net(dosage) for dosage in (0, 0.5, 1)]), Value)
MLP(1, [2, 1], activation="swish")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
net("0.5")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

# Generated code.
loss = ssr([1], [net(0.5)])
f = value_and_grad(loss, net.parameters())
assert_type(f(1.0, 2.0), tuple[float, tuple[float, ...]])
assert_type(f.source, str)
f("1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
f.sourc  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
on_arrays = value_and_grad(loss, [b3], backend="numpy")
assert_type(on_arrays([1.0, 2.0])[0], NDArray[float64])
assert_type(value_and_grad(loss, [b3], backend="value")(1.0)[1], tuple[Value, ...])
assert_type(value_and_grad(loss, [b3], backend="javascript"), str)
value_and_grad(loss, [b3], backend="cobol")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
data = over_data(loss, net.parameters(), {b3: [0, 0.5, 1]}, "sum")
assert_type(data(1.0), tuple[float, tuple[float, ...]])
over_data(loss, [b3], {b3: [1]}, "median")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

# The descent takes a loss, a function of numbers, and one over data.
for step in sgd(lambda: ssr([1], [net(0.5)]), [net["b3"]], learning_rate=0.1):
    assert_type(step, Step)
    assert_type(step.gradients, dict[str, float])
    assert_type(step.converged, bool)
sgd(f, net.parameters())
sgd(on_arrays, [b3])
sgd(data.batches(2, seed=1), net.parameters())
sgd(loss, [b3])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
sgd(lambda: 3.0, [b3])  # type: ignore[arg-type, return-value]  # pyright: ignore[reportArgumentType]

# Pictures and pages.
picture = draw_dot(loss, rankdir="TB")
assert_type(picture.source, str)
assert_type(picture.pipe("svg"), bytes)
assert_type(picture.pipe("svg", encoding="utf-8"), str)
picture.write("ssr.svg")
assert_type(draw_network(net).source, str)
picture.sourc  # type: ignore[attr-defined, unused-ignore]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
draw_dot(loss, rankdir="sideways")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
micrograd_sq.explore(loss).write("graph.html")
micrograd_sq.write_page("lesson.html", net, ["b3"])

# An operation of the user's own.
assert_type(Operation("sine", math.sin, math.cos)(b3), Any)
