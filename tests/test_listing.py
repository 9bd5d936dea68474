"""The listing of a graph: a program with a line for each Value and each arrow, which computes what the engine computes."""

import keyword
import math
import operator
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from micrograd_sq import Value, functions, statquest, topological_order
from micrograd_sq.straightline import derivatives
from micrograd_sq.straightline.listing import Listing, listing
from tests.browser import HOSTILE
from tests.evaluation import close, sine
from tests.operations import Instruction, leaves_of_graphs, programs, run


def check(root: Value, known: dict[str, Any] | None = None) -> Listing:
    """Run a graph's program and compare every number with the engine's."""
    root.backward()
    order = topological_order(root)
    program = listing(order)
    namespace: dict[str, Any] = dict(known or {})
    exec(program.text([value.data for value in order if not value.operands]), namespace)
    gradients = {line.of: re.split(r" [-+]?= ", line.text)[0] for line in program.backward}
    assert sorted(gradients) == list(range(len(order)))
    assert len({*gradients.values(), *program.names}) == 2 * len(order)
    for place, value in enumerate(order):
        assert close(namespace[program.names[place]], value.data, 1e-12)
        assert close(namespace[gradients[place]], value.grad, 1e-12), (place, value.grad)
    return program


LABELS = ["", "", "x", "x", "d_x", "v", "exp", "lambda", "float", "t", "f", "_", "2", "π", HOSTILE]


@settings(max_examples=200, deadline=None)
@given(program=programs, leaves=leaves_of_graphs, labels=st.lists(st.sampled_from(LABELS), min_size=1, max_size=12))
def test_the_program_of_a_random_graph_computes_all_data_and_gradients_of_the_engine(
    program: list[Instruction], leaves: list[float], labels: list[str]
) -> None:
    root = run(program, [Value(number) for number in leaves])[-1]
    for place, value in enumerate(topological_order(root)):
        value.label = labels[place % len(labels)]
    check(root)


TWO_OPERANDS = [operator.mul, operator.sub, operator.add, operator.truediv, operator.pow, derivatives.gate]


@pytest.mark.parametrize("operate", TWO_OPERANDS)
def test_a_leaf_used_twice_in_one_operation_gets_both_contributions(operate: Callable[..., Value]) -> None:
    x = Value(1.75, "x")
    root = operate(x, x)
    place = topological_order(root).index(x)
    first, second = (line for line in check(root).backward if line.of == place)
    assert (first.side, second.side) == (0, 1)
    assert first.text.startswith("d_x = ")
    assert re.match(r"d_x [-+]= ", second.text)


@pytest.mark.parametrize("exponent", [0.0, 1.0, 2.0, 3.0, -1.0, -2.5, 0.5, 1e-20, 2.0**54])
def test_a_power_with_a_plain_exponent_is_written_out(exponent: float) -> None:
    for base in (1.0, 1.75 if exponent < 2.0**54 else 1.0, 0.25):
        check((Value(base, "x") ** exponent) * 3)


@pytest.mark.parametrize("label", [*keyword.kwlist, *vars(functions), "float", "d_x", "print"])
def test_any_label_becomes_a_name_of_its_own(label: str) -> None:
    x, other, same = Value(0.5, "x"), Value(1.5, label), Value(-0.75, label)
    named = (x * other).softplus()
    named.label = label
    check(named.exp() * same + (x + 2).log().sigmoid())


def test_hostile_labels_run_nothing() -> None:
    root = Value(0.5, HOSTILE)
    for label in ("x = 1; raise SystemExit", "x\nraise SystemExit", "#", '"""'):
        root = root * Value(0.5, label) + root
    check(root)


def test_an_infinite_leaf_can_be_read_by_python() -> None:
    namespace: dict[str, Any] = {}
    exec(listing(topological_order(Value(math.inf, "x") + 1)).text([math.inf, 1.0]), namespace)
    assert (namespace["x"], namespace["d_x"]) == (math.inf, 1.0)


def test_an_operation_of_the_users_is_called_by_its_name() -> None:
    check(sine(Value(0.5, "x")) * 3, {"sine": math.sin, "cosine": math.cos})


def test_lines_are_in_the_engines_order_and_name_the_sender_and_the_receiver() -> None:
    order = topological_order(statquest.loss(statquest.network()))
    place = {value: number for number, value in enumerate(order)}
    program = listing(order)
    leaves = [place[value] for value in order if not value.operands]
    assert [line.of for line in program.leaves] == leaves
    forward = list(dict.fromkeys(line.of for line in program.forward))
    assert forward == [place[value] for value in order if value.operands]
    root, *contributions = program.backward
    assert (root.of, root.sender, root.side) == (len(order) - 1, -1, -1)
    assert [(line.of, line.sender, line.side) for line in contributions] == [
        (place[operand], place[value], side) for value in reversed(order) for side, operand in enumerate(value.operands)
    ]
