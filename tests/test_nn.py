"""Networks and the loss: their names, shapes and errors."""

import math
import statistics
from typing import Any

import numpy as np
import pytest

from micrograd_sq import MLP, Value, ssr, topological_order


def test_the_lessons_network_has_exactly_the_videos_seven_names() -> None:
    labels = [parameter.label for parameter in MLP(1, [2, 1]).parameters()]
    assert labels == ["w1", "w2", "w3", "w4", "b1", "b2", "b3"]


def test_parameters_are_numbered_layer_by_layer_and_neuron_by_neuron() -> None:
    net = MLP(2, [3, 2])
    hidden, output = net.layers
    assert [[w.label for w in neuron.weights] for neuron in hidden] == [
        ["w1", "w2"],
        ["w3", "w4"],
        ["w5", "w6"],
    ]
    assert [w.label for w in output[1].weights] == ["w10", "w11", "w12"]
    assert [neuron.bias.label for neuron in hidden + output] == ["b1", "b2", "b3", "b4", "b5"]


@pytest.mark.parametrize(
    ("activation", "at"),
    [
        ("softplus", lambda x: math.log(1 + math.exp(x))),
        ("relu", lambda x: max(x, 0.0)),
        ("tanh", math.tanh),
        ("sigmoid", lambda x: 1 / (1 + math.exp(-x))),
    ],
)
def test_hidden_layers_are_activated_and_the_output_is_linear(activation, at) -> None:  # type: ignore[no-untyped-def]  # a table of lambdas
    net = MLP(2, [2, 1], activation=activation)
    net.load({"w1": 1, "w2": 2, "w3": -1, "w4": 0.5, "w5": 3, "w6": -4, "b1": 0.1, "b3": -9})
    expected = 3 * at(0.5 * 1 + 0.25 * 2 + 0.1) - 4 * at(0.5 * -1 + 0.25 * 0.5) - 9
    assert net([0.5, 0.25]).data == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(("n_inputs", "deviation"), [(1, 1.0), (2, 1.0), (8, 0.5), (200, 0.1)])
def test_weights_start_from_a_normal_as_wide_as_the_inputs_are_few_and_biases_from_zero(
    n_inputs: int, deviation: float
) -> None:
    parameters = MLP(n_inputs, [2000 // n_inputs], seed=3).parameters()
    weights = [p.data for p in parameters if p.label.startswith("w")]
    assert len(weights) == 2000
    assert abs(statistics.mean(weights)) < 0.1 * deviation
    assert abs(statistics.stdev(weights) - deviation) < 0.1 * deviation
    assert {p.data for p in parameters if p.label.startswith("b")} == {0.0}


def test_a_seed_is_any_whole_number_from_0() -> None:
    seeds: list[Any] = [3, np.int64(3)]
    one, two = (MLP(1, [1], seed=seed)["w1"].data for seed in seeds)
    assert one == two
    for seed in (-1, 1.5, "a"):
        with pytest.raises(ValueError, match=r"seed is .*, but it must be an integer from 0"):
            MLP(1, [1], seed=seed)  # type: ignore[arg-type]  # the mistake that is tested


def test_a_seed_repeats_the_start_and_no_seed_does_not() -> None:
    def start(seed: int | None) -> list[float]:
        return [parameter.data for parameter in MLP(1, [2, 1], seed=seed).parameters()]

    assert start(7) == start(7)
    assert start(7) != start(8)
    assert start(None) != start(None)


def test_a_number_a_sequence_an_array_and_a_value_are_inputs() -> None:
    net = MLP(1, [2, 1], seed=1)
    expected = net(0.5).data
    for inputs in (
        [0.5],
        (0.5,),
        np.array([0.5]),
        np.array(0.5),
        np.float64(0.5),
        Value(0.5),
        [Value(0.5)],
    ):
        assert net(inputs).data == expected


def test_several_outputs_come_as_a_list() -> None:
    net = MLP(3, [4, 2], seed=1)
    outputs: Any = net([1, 2, 3])
    assert [type(output) for output in outputs] == [Value, Value]
    assert [output.data for output in net.outputs([1, 2, 3])] == [output.data for output in outputs]
    assert [output.data for output in MLP(1, [1], seed=1).outputs(2)] == [
        MLP(1, [1], seed=1)(2).data
    ]


def test_an_input_value_gets_a_gradient() -> None:
    net, dosage = MLP(1, [1]), Value(0.5, "dosage")
    net.load({"w1": -3.0})
    net(dosage).backward()
    assert dosage.grad == -3.0


def test_load_sets_some_by_name_or_nothing_on_an_error() -> None:
    net = MLP(1, [2, 1], seed=1)
    net.load({"w3": -1.22, "b3": np.float64(2)})
    assert (net["w3"].data, net["b3"].data) == (-1.22, 2.0)
    with pytest.raises(KeyError, match=r"w9.*w1, w2, w3, w4, b1, b2, b3"):
        net.load({"w3": 5.0, "w9": 1.0})
    with pytest.raises(TypeError, match="one real number"):
        net.load({"w3": 5.0, "b3": "2"})  # type: ignore[dict-item]  # the mistake that is tested
    assert net["w3"].data == -1.22


def test_a_wrong_name_lists_those_that_there_are() -> None:
    with pytest.raises(KeyError, match=r"'b4'.*w1, w2, w3, w4, b1, b2, b3"):
        MLP(1, [2, 1])["b4"]


def test_a_wrong_activation_lists_those_that_there_are() -> None:
    with pytest.raises(ValueError, match="'swish' is not one of softplus, relu, tanh, sigmoid"):
        MLP(1, [2, 1], activation="swish")  # type: ignore[arg-type]  # the mistake


@pytest.mark.parametrize(
    ("n_inputs", "layer_sizes"),
    [(0, [1]), (1, []), (1, [2, 0]), (1, [2.0]), (-1, [1]), ("1", [1]), (1, 2)],
)
def test_a_wrong_size_is_shown_beside_an_example(n_inputs: int, layer_sizes: list[int]) -> None:
    with pytest.raises(ValueError, match=r"MLP\(1, \[2, 1\]\)"):
        MLP(n_inputs, layer_sizes)


def test_a_wrong_number_of_inputs_says_how_many_there_should_be() -> None:
    with pytest.raises(ValueError, match=r"takes 2 input\(s\), but got 3"):
        MLP(2, [1])([1, 2, 3])
    with pytest.raises(ValueError, match=r"takes 2 input\(s\), but got 1"):
        MLP(2, [1])(0.5)


def test_ssr_adds_up_squared_residuals() -> None:
    predicted = [Value(0.5), Value(2.0)]
    total = ssr([1, Value(4.0)], predicted)
    assert (total.data, total.label) == (0.25 + 4.0, "SSR")
    total.backward()
    assert [value.grad for value in predicted] == [-2 * 0.5, -2 * 2.0]


def test_ssr_of_very_many_residuals_is_exact_to_the_last_digits_and_shallow() -> None:
    numbers = [0.1 * place for place in range(100_000)]
    total = ssr([0.0] * len(numbers), map(Value, numbers))
    exact = math.fsum(number * number for number in numbers)
    assert abs(total.data - exact) <= 4e-16 * exact
    depth = dict.fromkeys(topological_order(total), 0)
    for value in depth:
        depth[value] = 1 + max((depth[operand] for operand in value.operands), default=0)
    assert depth[total] <= 3 + math.ceil(math.log2(len(numbers)))


def test_ssr_takes_any_iterable() -> None:
    assert ssr((number for number in (1, 2)), map(Value, (0, 0))).data == 5.0


def test_ssr_refuses_nothing_and_unequal_lengths() -> None:
    with pytest.raises(ValueError, match="0 observed and 0 predicted"):
        ssr([], [])
    with pytest.raises(ValueError, match="2 observed and 1 predicted"):
        ssr([1, 2], [Value(1)])


def test_a_network_shows_how_it_was_made() -> None:
    assert repr(MLP(1, [2, 1], activation="tanh")) == "MLP(1, [2, 1], 'tanh')"


def test_a_string_is_no_input() -> None:
    with pytest.raises(TypeError, match=r"must be in a list, \[\.\.\.\], not '0\.5'"):
        MLP(3, [1])("0.5")  # type: ignore[arg-type]  # the mistake that is tested


def test_zero_grad_clears_every_parameter_s_gradient() -> None:
    net = MLP(1, [2, 1], seed=1)
    first: list[float] = []
    second: list[float] = []
    for gradients in (first, second):
        net.zero_grad()
        net(0.5).backward()
        gradients += [parameter.grad for parameter in net.parameters()]
    assert any(first)
    assert first == second
