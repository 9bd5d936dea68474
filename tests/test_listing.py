"""A graph's program, a line for each Value and one for each arrow: Python runs it, and gets what the engine gets."""

import keyword
import math
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from micrograd_sq import Operation, Value, functions, statquest, topological_order
from micrograd_sq.straightline.listing import Listing, listing
from tests.browser import HOSTILE
from tests.operations import Instruction, run
from tests.test_gradients import numbers, programs


def ran(order: list[Value], known: dict[str, Any] | None = None) -> tuple[Listing, dict[str, Any]]:
    """A graph's program, and what its names stand for when Python has run it."""
    program = listing(order)
    text = program.text([value.data for value in order if not value.operands])
    namespace: dict[str, Any] = dict(known or {})
    exec(text, namespace)
    return program, namespace


def check(root: Value, known: dict[str, Any] | None = None) -> Listing:
    root.backward()
    order = topological_order(root)
    program, namespace = ran(order, known)
    assert len(set(program.names)) == len(order)
    gradients = {line.of: re.split(r" [-+]?= ", line.text)[0] for line in program.backward}
    assert sorted(gradients) == list(range(len(order)))
    assert len(set(gradients.values()) | set(program.names)) == 2 * len(order)
    for place, value in enumerate(order):
        assert close(namespace[program.names[place]], value.data)
        assert close(namespace[gradients[place]], value.grad), (program.names[place], value.grad)
    return program


def close(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-12)


LABELS = ["", "", "x", "x", "d_x", "v", "exp", "lambda", "float", "t", "f", "_", "2", "π", HOSTILE]


@settings(max_examples=300, deadline=None)
@given(
    program=programs,
    leaves=st.lists(numbers, min_size=1, max_size=5),
    labels=st.lists(st.sampled_from(LABELS), min_size=1, max_size=12),
)
def test_a_random_graph_s_program_gets_all_data_and_gradients_of_the_engine(
    program: list[Instruction], leaves: list[float], labels: list[str]
) -> None:
    root = run(program, [Value(number) for number in leaves], "values")[-1]
    for place, value in enumerate(topological_order(root)):
        value.label = labels[place % len(labels)]
    check(root)


TWICE: dict[str, Callable[[Value], Value]] = {
    "x * x": lambda x: x * x,
    "x - x": lambda x: x - x,
    "x + x": lambda x: x + x,
    "x / x": lambda x: x / x,
    "x ** x": lambda x: x**x,
    "x.gate(x)": lambda x: x.gate(x),
}


@pytest.mark.parametrize("name", TWICE)
def test_a_leaf_used_twice_in_one_operation_gets_both_shares(name: str) -> None:
    x = Value(1.75, "x")
    root = TWICE[name](x)
    program = check(root)
    place = topological_order(root).index(x)
    shares = [line for line in program.backward if line.of == place]
    assert [line.side for line in shares] == [0, 1]
    assert shares[0].text.startswith("d_x = ")
    assert re.match(r"d_x [-+]= ", shares[1].text)


@pytest.mark.parametrize("exponent", [0.0, 1.0, 2.0, 3.0, -1.0, -2.5, 0.5, 1e-20, 2.0**54])
@pytest.mark.parametrize("base", [1.0, 1.75, 0.25])
def test_a_power_with_a_plain_exponent_is_spelled_out(base: float, exponent: float) -> None:
    if (exponent, base) != (2.0**54, 1.75):  # too large for a float
        check((Value(base, "x") ** exponent) * 3)


@pytest.mark.parametrize("label", [*keyword.kwlist, *vars(functions), "float", "d_x", "print"])
def test_any_label_becomes_a_name_of_its_own(label: str) -> None:
    x, other, same = Value(0.5, "x"), Value(1.5, label), Value(-0.75, label)
    named = (x * other).softplus()
    named.label = label
    check(named.exp() * same + (x + 2).log().sigmoid())


def test_hostile_labels_run_nothing() -> None:
    leaves = [
        Value(0.5, label)
        for label in (HOSTILE, "x = 1; raise SystemExit", "x\nraise SystemExit", "#", '"""')
    ]
    root = leaves[0]
    for leaf in leaves[1:]:
        root = root * leaf + root
    check(root)


def test_an_infinite_leaf_can_be_read_by_python() -> None:
    x = Value(math.inf, "x")
    root = x + 1
    root.backward()
    _, namespace = ran(topological_order(root))
    assert namespace["x"] == math.inf
    assert namespace["d_x"] == 1.0


def test_an_operation_of_the_user_s_is_called_by_its_name() -> None:
    sine: Operation = Operation("sine", math.sin, lambda x: cosine(x))
    cosine: Operation = Operation("cosine", math.cos, lambda x: -sine(x))
    check(sine(Value(0.5, "x")) * 3, {"sine": math.sin, "cosine": math.cos})


def test_lines_are_in_the_engine_s_order_and_say_who_sends_to_whom() -> None:
    order = topological_order(statquest.loss(statquest.network()))
    place = {value: number for number, value in enumerate(order)}
    program = listing(order)
    assert [line.of for line in program.leaves] == [
        place[value] for value in order if not value.operands
    ]
    assert list(dict.fromkeys(line.of for line in program.forward)) == [
        place[value] for value in order if value.operands
    ]
    root, *shares = program.backward
    assert (root.of, root.sender, root.side) == (len(order) - 1, -1, -1)
    assert [(line.of, line.sender, line.side) for line in shares] == [
        (place[operand], place[value], side)
        for value in reversed(order)
        for side, operand in enumerate(value.operands)
    ]
