"""Networks and losses: names, shapes, initial values, files, errors."""

import json
import math
import random
import statistics
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from micrograd_sq import MLP, Operation, Value, binary_cross_entropy, cross_entropy, softmax, ssr, topological_order
from micrograd_sq.nn import Neuron
from micrograd_sq.statquest import loss, network
from tests.evaluation import eager


def test_parameters_are_numbered_layer_by_layer_and_neuron_by_neuron() -> None:
    lesson = [parameter.label for parameter in MLP(1, [2, 1]).parameters()]
    assert lesson == ["w1", "w2", "w3", "w4", "b1", "b2", "b3"]
    net = MLP(2, [3, 2])
    neurons = [neuron for layer in net.layers for neuron in layer]
    labels = [" ".join(weight.label for weight in neuron.weights) for neuron in neurons]
    assert labels == ["w1 w2", "w3 w4", "w5 w6", "w7 w8 w9", "w10 w11 w12"]
    assert [neuron.bias.label for neuron in neurons] == ["b1", "b2", "b3", "b4", "b5"]
    assert [len(layer) for layer in net.layers] == [3, 2]


@pytest.mark.parametrize("activation", ["softplus", "relu", "tanh", "sigmoid"])
def test_hidden_layers_are_activated_and_the_output_is_linear_unless_it_is_activated_too(activation: Any) -> None:
    at: Any = getattr(Value, activation)
    net = MLP(2, [2, 1], activation=activation)
    both = MLP(2, [2, 1], Operation("half", lambda x: x / 2, lambda x: 0.5), activation)
    for each in (net, both):
        each.load({"w1": 1, "w2": 2, "w3": -1, "w4": 0.5, "w5": 3, "w6": -4, "b1": 0.1, "b3": -1})
    first, second = Value(0.5 * 1 + 0.25 * 2 + 0.1), Value(0.5 * -1 + 0.25 * 0.5)
    assert net([0.5, 0.25]).data == pytest.approx((3 * at(first) - 4 * at(second) - 1).data, rel=1e-14)
    assert both([0.5, 0.25]).data == pytest.approx(at(1.5 * first - 2 * second - 1).data, rel=1e-14)
    assert repr(net) == f"MLP(2, [2, 1], '{activation}')"
    assert repr(both) == f"MLP(2, [2, 1], <operation half>, '{activation}')"


def test_an_input_is_labelled_by_its_place_and_a_value_stays_itself() -> None:
    net, dosage = MLP(3, [1]), Value(0.5, "dosage")
    net.load({"w2": -3.0})
    order = topological_order(net([1, dosage, 3]))
    assert {"x1", "dosage", "x3"} < {value.label for value in order}
    assert not {"x0", "x2"} & {value.label for value in order}
    order[-1].backward()
    assert dosage.grad == -3.0


@pytest.mark.parametrize(("n_inputs", "deviation"), [(1, 1.0), (2, 1.0), (3, math.sqrt(2 / 3)), (8, 0.5), (200, 0.1)])
def test_weights_are_drawn_from_a_normal_of_the_right_width_and_biases_are_0(n_inputs: int, deviation: float) -> None:
    parameters = MLP(n_inputs, [4000 // n_inputs], seed=3).parameters()
    weights = [p.data for p in parameters if p.label.startswith("w")]
    assert abs(statistics.mean(weights)) < 0.06 * deviation
    assert abs(statistics.stdev(weights) - deviation) < 0.06 * deviation
    assert {p.data for p in parameters if p.label.startswith("b")} == {0.0}


def test_a_seed_repeats_the_initial_values_and_no_seed_does_not() -> None:
    def initial(seed: Any) -> list[float]:
        return [parameter.data for parameter in MLP(1, [2, 1], seed=seed).parameters()]

    assert initial(7) == initial(7) == initial(np.int64(7))
    assert initial(7) != initial(8)
    assert initial(0) == initial(0)
    assert initial(None) != initial(None)
    drawn = []
    for _ in range(2):
        random.seed(5)  # a network without a seed draws from Python's module
        drawn.append(initial(None))
    assert drawn[0] == drawn[1]
    for seed in (-1, 1.5, "a", True):
        with pytest.raises(ValueError, match=r"seed is .*, but it must be an integer of at least 0"):
            initial(seed)


def test_a_number_a_sequence_an_array_and_a_value_are_inputs() -> None:
    net = MLP(1, [2, 1], seed=1)
    inputs: list[Any] = [0.5, [0.5], (0.5,), np.array([0.5]), np.array(0.5), np.float64(0.5)]
    inputs += [Value(0.5), [Value(0.5)], iter([0.5])]
    assert {net(each).data for each in inputs} == {net(0.5).data}
    assert net(2).data == net.outputs(2)[0].data


def test_several_outputs_are_a_list() -> None:
    net = MLP(3, [4, 2], seed=1)
    outputs: Any = net([1, 2, 3])
    assert [type(output) for output in outputs] == [Value, Value]
    assert [output.data for output in net.outputs([1, 2, 3])] == [output.data for output in outputs]
    assert outputs[0].data != outputs[1].data


def test_load_sets_parameters_by_name_all_or_none() -> None:
    net = MLP(1, [2, 1], seed=1)
    net.load({"w3": -1.22, "b3": np.float64(2)})
    assert (net["w3"].data, net["b3"].data, type(net["b3"].data)) == (-1.22, 2.0, float)
    with pytest.raises(KeyError, match=r"w9.*w1, w2, w3, w4, b1, b2, b3"):
        net.load({"w3": 5.0, "w9": 1.0})
    with pytest.raises(TypeError, match="one real number"):
        net.load({"w3": 5.0, "b3": "2"})  # type: ignore[dict-item]  # the mistake that is tested
    with pytest.raises(TypeError, match="load takes a dict"):
        net.load([("w3", 5.0)])  # type: ignore[arg-type]  # the mistake that is tested
    assert net["w3"].data == -1.22


def test_a_network_is_saved_whole_and_opened(tmp_path: Path) -> None:
    net = MLP(2, [3, 1], "tanh", "sigmoid", seed=1)
    net["b1"].data = 0.1 + 0.2  # unrounded
    path = tmp_path / "net.json"
    net.save(path)
    again = MLP.open(str(path))
    assert repr(again) == repr(net)
    assert [p.data for p in again.parameters()] == [p.data for p in net.parameters()]

    saved = json.loads(path.read_text())
    for wrong, words in (
        ("{", "a network that MLP.save wrote: "),
        ('"text"', "a network that MLP.save wrote: "),
        (json.dumps(saved | {"layer_sizes": [2, 1]}), "its 13 parameters do not match the 9 of"),
        (json.dumps(saved | {"parameters": {}}), "its 0 parameters do not match the 13 of"),
        (json.dumps(saved | {"activation": "swish"}), "'swish' is not one of"),
        (json.dumps(saved | {"parameters": saved["parameters"] | {"w1": math.nan}}), "w1 is nan, but"),
        ("{}", "wrote: it has no 'n_inputs'"),
        ("[" * 100_000, "recursion"),
    ):
        (tmp_path / "wrong.json").write_text(wrong)
        with pytest.raises(ValueError, match=rf"wrong\.json is not .*{words}"):
            MLP.open(tmp_path / "wrong.json")
    with pytest.raises(FileNotFoundError):
        MLP.open(tmp_path / "nothing.json")

    net["w2"].data = math.inf
    other = MLP(1, [1, 1], Operation("half", lambda x: x / 2, lambda x: 0.5))
    for refused, words in ((net, "w2 is inf, but a file holds finite"), (other, "half> cannot be")):
        with pytest.raises(ValueError, match=words):
            refused.save(path)
    assert json.loads(path.read_text()) == saved


def test_zero_grad_clears_every_gradient() -> None:
    net = MLP(1, [2, 1], seed=1)
    gradients = []
    for _ in range(2):
        net.zero_grad()
        net(0.5).backward()
        gradients.append([parameter.grad for parameter in net.parameters()])
    assert gradients[0] == gradients[1] != [0.0] * 7


make: Any = MLP
anything: Any = 0.5


@pytest.mark.parametrize(
    ("mistake", "kind", "message"),
    [
        (lambda: MLP(1, [2, 1])["b4"], KeyError, r"'b4'.*w1, w2, w3, w4, b1, b2, b3"),
        (lambda: make(1, [1], "swish"), ValueError, "^activation 'swish' is not one of .'softplus', 'relu', 'tanh',"),
        (lambda: make(1, [1], ["relu"]), ValueError, r"\['relu'\] is not one of"),
        *[
            (lambda sizes=sizes: make(*sizes), ValueError, f"^{name} is .*integer")
            for name, sizes in [
                ("n_inputs", (0, [1])), ("n_inputs", (-1, [1])), ("n_inputs", ("1", [1])),
                ("layer_sizes", (1, [])), (r"layer_sizes\[1\]", (1, [2, 0])), (r"layer_sizes\[0\]", (1, [2.0])),
            ]
        ],
        (lambda: make(1, 2), TypeError, "layer_sizes must be in a list"),
        (lambda: make(1, {4, 1}), TypeError, "layer_sizes must be in a list"),
        (lambda: MLP(2, [1])([1, 2, 3]), ValueError, r"takes 2 input\(s\), but got 3"),
        (lambda: MLP(2, [1])(0.5), ValueError, r"takes 2 input\(s\), but got 1"),
        (lambda: make(3, [1])("0.5"), TypeError, r"must be in a list, \[\.\.\.\], not '0\.5'"),
        (lambda: Neuron([Value(1.0)] * 2, Value(0.0), None)([Value(1.0)]), ValueError, r"1 input\(s\): pass 2, one"),
        (lambda: make(1, [1], "relu", "swish"), ValueError, "^output_activation 'swish' is not one of"),
        (lambda: ssr([[1, 2], [3]], [[1, 2], [3, 4]]), ValueError, "1 observed and 2 predicted in a row"),
        (lambda: ssr([1], [[1, 2]]), TypeError, "each row of observed must be in a list"),
        (lambda: cross_entropy([1, 2], 2), ValueError, "target is 2, but it must be below 2, the number of logits"),
        (lambda: cross_entropy([1, 2], anything), ValueError, "target is .*, but it must be an integer of at least 0"),
        (lambda: cross_entropy([], 0), ValueError, r"logits is \[\], but it must have a number for each class"),
        (lambda: softmax(anything), TypeError, r"logits must be in a list, \[\.\.\.\], not 0\.5"),
        (lambda: softmax([]), ValueError, r"logits is \[\], but it must have a number for each class"),
        (lambda: binary_cross_entropy(1, 1.5), ValueError, r"observed is 1\.5, but it must be from 0 to 1"),
        (lambda: binary_cross_entropy(1, -0.5), ValueError, r"observed is -0\.5, but it must be from 0 to 1"),
        (lambda: ssr([], []), ValueError, "0 observed and 0 predicted"),
        (lambda: ssr(anything, []), TypeError, r"observed must be in a list, \[\.\.\.\], not 0\.5"),
        (lambda: make(1, {10**5000}), TypeError, "layer_sizes must be in a list, .*, not huge integers"),
        (lambda: loss(network(), 0.7), ValueError, r"dosage 0\.7 has no observation: use one of"),
        (lambda: ssr([1, 2], [Value(1)]), ValueError, "2 observed and 1 predicted"),
    ],
)  # fmt: skip
def test_a_mistake_is_refused(mistake: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        mistake()


def test_ssr_adds_up_squared_residuals() -> None:
    predicted = [Value(0.5), Value(2.0)]
    observed: list[Any] = [1, Value(4.0), 0]
    anything: Any = 1.0  # a plain number becomes a Value
    total = ssr(iter(observed), iter([*predicted, anything]))
    assert (total.data, total.label) == (0.25 + 4.0 + 1.0, "SSR")
    total.backward()
    assert [value.grad for value in predicted] == [-2 * 0.5, -2 * 2.0]
    labels = [value.label for value in topological_order(total) if value.label]
    assert sorted(labels) == ["SSR", "observed", "observed", "predicted", *["residual"] * 3]
    rows = [[1, 4.0], (0, 0.5)]
    assert ssr(rows, [[0.5, 2.0], [1.0, 0.5]]).data == 0.25 + 4.0 + 1.0


def test_ssr_of_many_residuals_is_exact_to_the_last_digits_and_shallow() -> None:
    numbers = [0.1 * place for place in range(20_000)]
    total = ssr([0.0] * len(numbers), map(Value, numbers))
    exact = math.fsum(number * number for number in numbers)
    assert abs(total.data - exact) <= 4e-16 * exact
    depth = dict.fromkeys(topological_order(total), 0)
    for value in depth:
        depth[value] = 1 + max((depth[operand] for operand in value.operands), default=0)
    assert depth[total] <= 3 + math.ceil(math.log2(len(numbers)))


@pytest.mark.parametrize("logits", [[0.5, -1.0, 2.0], [3.0], [1000.0, -3.0, 998.0], [-800.0, 0.0]])
def test_softmax_and_cross_entropy_agree_with_their_definitions(logits: list[float]) -> None:
    top = max(logits)
    powers = [math.exp(logit - top) for logit in logits]
    probabilities = [power / math.fsum(powers) for power in powers]
    values = [Value(logit) for logit in logits]
    found = [probability.data for probability in softmax(values)]
    assert found == pytest.approx(probabilities, rel=1e-12, abs=1e-300)
    for target in range(len(logits)):
        loss, *slopes = eager(cross_entropy(iter(values), target), values)
        assert loss == pytest.approx(top - logits[target] + math.log(math.fsum(powers)), rel=1e-12)
        expected = [p - (k == target) for k, p in enumerate(probabilities)]
        assert slopes == pytest.approx(expected, abs=1e-12)
    assert cross_entropy(logits, 0).label == "cross entropy"


@pytest.mark.parametrize("logit", [-800.0, -1.5, 0.0, 3.0, 800.0])
@pytest.mark.parametrize("observed", [0, 1, 0.25])
def test_binary_cross_entropy_agrees_with_its_definition(logit: float, observed: float) -> None:
    value = Value(logit)
    loss, slope = eager(binary_cross_entropy(value, observed), [value])
    right, wrong = (max(x, 0.0) + math.log1p(math.exp(-abs(x))) for x in (-logit, logit))
    assert loss == pytest.approx(observed * right + (1 - observed) * wrong, rel=1e-15)
    assert slope == pytest.approx(math.exp(-right) - observed, abs=1e-15)
    plain = binary_cross_entropy(logit, Value(observed))
    assert plain.data == loss
    assert "logit" in [value.label for value in topological_order(plain)]
