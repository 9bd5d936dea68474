"""Gradients against complex steps and central differences: each operation, and random graphs."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from micrograd_sq import Value, topological_order
from tests.operations import OPERATIONS, Instruction, close, complex_step, run

AWKWARD = [-30.0, -3.0, -1.0, -0.5, -1e-9, 1e-9, 0.02, 0.5, 1.0, 2.0, 7.0, 30.0]


@pytest.mark.parametrize("name", OPERATIONS)
def test_each_operation_agrees_with_complex_steps_and_central_differences(name: str) -> None:
    operation = OPERATIONS[name]
    program: list[Instruction] = [(name, 0, 1)]
    tried = 0
    for first in AWKWARD:
        for second in AWKWARD if operation.arity == 2 else AWKWARD[:1]:
            at = [first, second][: operation.arity]
            if not operation.allowed(*at):
                continue
            tried += 1
            leaves = [Value(number) for number in at]
            operation.on_values(*leaves).backward()
            by_complex_step = complex_step(program, at)
            for place, leaf in enumerate(leaves):
                h = 1e-6 * max(1.0, abs(at[place]))
                if not operation.allowed(*[abs(number) - 2 * h for number in at]):
                    h = 1e-9
                up, down = list(at), list(at)
                up[place] += h
                down[place] -= h
                central = float(
                    operation.on_values(*map(Value, up)) - operation.on_values(*map(Value, down))
                ) / (2 * h)
                message = f"{name} at {at}, operand {place}: backward {leaf.grad}"
                assert close(leaf.grad, by_complex_step[place], 1e-13), (
                    f"{message}, complex step {by_complex_step[place]}"
                )
                if name not in ("relu", "gate") or abs(first) > h:  # these have a corner at 0
                    scale = max(1.0, abs(float(operation.on_values(*map(Value, at)))) * 1e-9 / h)
                    assert abs(leaf.grad - central) <= 1e-5 * scale * max(1.0, abs(central)), (
                        f"{message}, central difference {central}"
                    )
    assert tried >= 4


numbers = st.one_of(
    st.sampled_from(AWKWARD), st.floats(-50, 50).filter(lambda number: abs(number) > 1e-6)
)
instructions = st.tuples(
    st.sampled_from(sorted(OPERATIONS)), st.integers(0, 30), st.integers(0, 30)
)
programs = st.lists(instructions, min_size=1, max_size=25)


@settings(max_examples=400, deadline=None)
@given(program=programs, leaves=st.lists(numbers, min_size=1, max_size=5))
@example([("-", 0, 1), ("slope_of_power", 1, 2), ("relu", 3, 0)], [1.0, 1.0])  # relu's corner
def test_random_graphs_with_shared_nodes_agree_with_complex_steps(
    program: list[Instruction], leaves: list[float]
) -> None:
    values = [Value(number) for number in leaves]
    run(program, values, "values")[-1].backward()
    expected = complex_step(program, leaves)
    scale = max(1.0, *map(abs, expected))
    for value, derivative in zip(values, expected, strict=True):
        assert abs(value.grad - derivative) <= 1e-9 * scale


@settings(max_examples=200, deadline=None)
@given(program=programs, leaves=st.lists(numbers, min_size=1, max_size=5))
def test_topological_order_holds_each_value_once_and_operands_first(
    program: list[Instruction], leaves: list[float]
) -> None:
    root = run(program, [Value(number) for number in leaves], "values")[-1]
    order = topological_order(root)
    place = {value: number for number, value in enumerate(order)}
    assert order[-1] is root
    assert len(place) == len(order)
    for value in order:
        assert all(place[operand] < place[value] for operand in value.operands)


@settings(max_examples=200, deadline=None)
@given(program=programs, leaves=st.lists(numbers, min_size=1, max_size=5))
def test_a_second_backward_adds_the_same_to_the_leaves_and_resets_the_rest(
    program: list[Instruction], leaves: list[float]
) -> None:
    root = run(program, [Value(number) for number in leaves], "values")[-1]
    root.backward()
    once = {value: value.grad for value in topological_order(root)}
    root.backward()
    for value, gradient in once.items():
        assert close(value.grad, gradient if value.operands else 2 * gradient, 1e-14)
