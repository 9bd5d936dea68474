"""Neurons, and the fully connected network that they make: weighted sums, each through an activation."""

from __future__ import annotations

import math
import operator
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import count, pairwise
from typing import Literal, NoReturn, SupportsFloat, get_args

from micrograd_sq.checks import as_list, checked_seed, short_repr
from micrograd_sq.engine import Value

Activation = Literal["softplus", "relu", "tanh", "sigmoid"]
ACTIVATIONS: dict[str, Callable[[Value], Value]] = {
    name: getattr(Value, name) for name in get_args(Activation)
}


@dataclass(frozen=True)
class Neuron:
    """A weighted sum of its inputs plus a bias, through an activation where it has one.

    Args:
        weights: a Value for each input.
        bias: the Value that is added to the weighted sum.
        activation: a name from `ACTIVATIONS`, or None for an output node.
    """

    weights: list[Value]
    bias: Value
    activation: Activation | None

    def __call__(self, inputs: Sequence[Value]) -> Value:
        """What the neuron makes of a Value for each weight."""
        if len(inputs) != len(self.weights):
            raise ValueError(f"a neuron of {len(self.weights)} weights got {len(inputs)} inputs")
        total = reduce(operator.add, map(operator.mul, inputs, self.weights)) + self.bias
        return ACTIVATIONS[self.activation](total) if self.activation else total


class MLP:
    """A fully connected network: hidden layers with an activation, then an output layer without.

    Its parameters are labelled w1, w2, ... and b1, b2, ... layer by layer and neuron by neuron, so
    that `MLP(1, [2, 1])` has seven: w1..w4 and b1..b3. Biases start from 0, weights from a standard normal, which is
    divided by the square root of half the neuron's inputs where there are more than two: so what a neuron adds up is
    about as large in a wide layer as in a narrow one.

    Source: He, Zhang, Ren, Sun, "Delving Deep into Rectifiers" (2015), section 2.2, for wide layers.

    Args:
        n_inputs: how many numbers the network takes.
        layer_sizes: how many neurons each layer has; the last layer is the output.
        activation: what the hidden layers use: "softplus", "relu", "tanh" or "sigmoid".
        seed: makes the start weights repeatable.

    Raises:
        ValueError: a size below 1, no layer, an activation that is not there, or a seed that is no number from 0.

    >>> net = MLP(1, [2, 1], seed=7)
    >>> [parameter.label for parameter in net.parameters()]
    ['w1', 'w2', 'w3', 'w4', 'b1', 'b2', 'b3']
    """

    def __init__(
        self,
        n_inputs: int,
        layer_sizes: Sequence[int],
        activation: Activation = "softplus",
        seed: int | None = None,
    ) -> None:
        try:
            sizes = [operator.index(size) for size in (n_inputs, *as_list(layer_sizes, "sizes"))]
        except TypeError:
            sizes = []
        if len(sizes) < 2 or min(sizes) < 1:
            raise ValueError(
                f"MLP({n_inputs!r}, {layer_sizes!r}): the number of inputs and the sizes of the "
                "layers, one at least, are whole numbers from 1, as in MLP(1, [2, 1])"
            )
        if activation not in list(ACTIVATIONS):
            raise ValueError(
                f"activation {short_repr(activation)} is not one of {', '.join(ACTIVATIONS)}"
            )
        draw = random.Random(checked_seed(seed))
        weight_number, bias_number = count(1), count(1)
        self.n_inputs: int = sizes[0]
        self._input_labels: list[str] = [f"x{number}" for number in range(1, self.n_inputs + 1)]
        self.activation: Activation = activation
        self.layers: list[list[Neuron]] = [
            [
                Neuron(
                    [
                        Value(
                            draw.gauss(0.0, min(1.0, math.sqrt(2.0 / width))),
                            f"w{next(weight_number)}",
                        )
                        for _ in range(width)
                    ],
                    Value(0.0, f"b{next(bias_number)}"),
                    activation if depth < len(sizes) - 1 else None,
                )
                for _ in range(size)
            ]
            for depth, (width, size) in enumerate(pairwise(sizes), start=1)
        ]
        neurons = [neuron for layer in self.layers for neuron in layer]
        weights = [weight for neuron in neurons for weight in neuron.weights]
        biases = [neuron.bias for neuron in neurons]
        self._parameters = {parameter.label: parameter for parameter in weights + biases}

    def __call__(self, inputs: SupportsFloat | Iterable[SupportsFloat]) -> Value:
        """The prediction for one input.

        Args:
            inputs: a number or Value for each input; a single one may stand alone.

        Returns:
            A Value. Where the output layer has more than one neuron it is their list, which a type checker is told of
            by `outputs` alone.

        Raises:
            ValueError: there are more or fewer numbers than the network has inputs.
            TypeError: something that is not a number, or has no order.
        """
        values = self.outputs(inputs)
        return values[0] if len(values) == 1 else values  # type: ignore[return-value]  # as said

    def outputs(self, inputs: SupportsFloat | Iterable[SupportsFloat]) -> list[Value]:
        """The prediction for one input as a list, with a Value for each neuron of the output layer."""
        # A number, or what stands for one: a Value, an array without dimensions.
        alone = type(inputs) is float or (
            hasattr(inputs, "__float__") and not getattr(inputs, "ndim", 0)
        )
        given = [inputs] if alone else as_list(inputs, "what the network takes")
        if len(given) != self.n_inputs:
            raise ValueError(
                f"the network takes {self.n_inputs} input(s), but got {len(given)}: {short_repr(given)}"
            )
        values = list(map(_input, given, self._input_labels))
        for layer in self.layers:
            values = [neuron(values) for neuron in layer]
        return values

    def __repr__(self) -> str:
        sizes = [len(layer) for layer in self.layers]
        return f"MLP({self.n_inputs}, {sizes}, {self.activation!r})"

    def __iter__(self) -> NoReturn:
        raise TypeError(
            'a network is no list: net.parameters() is one, and net["w1"] a parameter of it'
        )

    def parameters(self) -> list[Value]:
        """All weights, then all biases."""
        return list(self._parameters.values())

    def zero_grad(self) -> None:
        """Set the gradient of each parameter to 0, where the next `backward` is to start anew."""
        for parameter in self.parameters():
            parameter.grad = 0.0

    def __getitem__(self, label: str) -> Value:
        """The parameter with this label; a KeyError lists those that there are."""
        try:
            return self._parameters[label]
        except KeyError:
            known = ", ".join(self._parameters)
            raise KeyError(f"no parameter {label!r}; this network has {known}") from None

    def load(self, data: Mapping[str, SupportsFloat]) -> None:
        """Set parameters by their labels: all that data names, or on any error none.

        Raises:
            KeyError: a label that is not there.
            TypeError: something that is not one real number, or data is no dict.
        """
        if not isinstance(data, Mapping):
            raise TypeError(f'load takes a dict, such as {{"w1": 3.34}}, not {short_repr(data)}')
        checked = [(self[label], Value(number).data) for label, number in data.items()]
        for parameter, number in checked:
            parameter.data = number


def _input(number: SupportsFloat, label: str) -> Value:
    """A number that goes into a network, as a Value."""
    return number if isinstance(number, Value) else Value(number, label)
