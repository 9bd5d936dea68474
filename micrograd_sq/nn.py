"""A fully connected network of neurons."""

from __future__ import annotations

import json
import math
import operator
import os
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from pathlib import Path
from textwrap import shorten
from typing import Any, Literal, NoReturn, SupportsFloat, TypeAlias, get_args

from micrograd_sq.engine import Value
from micrograd_sq.files import atomic_write
from micrograd_sq.number import Missing, as_list, checked_seed, positive_int, short_repr

Name = Literal["softplus", "relu", "tanh", "sigmoid"]
Activation: TypeAlias = "Name | Callable[[Value], Value]"
ACTIVATIONS: dict[Any, Callable[[Value], Value]] = {name: getattr(Value, name) for name in get_args(Name)}
SHAPE = ("n_inputs", "layer_sizes", "activation", "output_activation")  # of a saved network


@dataclass(frozen=True)
class Neuron:
    """A neuron. Its output is activation(weighted sum of the inputs + bias), or this sum if activation is None."""

    weights: list[Value]
    bias: Value
    activation: Activation | None

    def __call__(self, inputs: Sequence[Value]) -> Value:
        """Return the output of the neuron for one input per weight. Raise a ValueError for another number of inputs."""
        if len(inputs) != len(self.weights):
            raise ValueError(f"a neuron got {len(inputs)} input(s): pass {len(self.weights)}, one per weight")
        total = reduce(operator.add, map(operator.mul, inputs, self.weights)) + self.bias
        function: Any = ACTIVATIONS.get(self.activation, self.activation)
        output: Value = function(total) if function else total
        return output


class MLP:
    """A fully connected network (multilayer perceptron).

    The parameters are labelled w1, w2, ... and b1, b2, ..., layer by layer and neuron by neuron: `MLP(1, [2, 1])` has
    w1..w4 and b1..b3. The initial biases are 0. The initial weights are drawn from a normal distribution with the
    standard deviation min(1, sqrt(2 / inputs of the neuron)), so that wide layers do not have larger sums (He, Zhang,
    Ren, Sun, "Delving Deep into Rectifiers", 2015, section 2.2).

    Args:
        n_inputs: the number of inputs.
        layer_sizes: the number of neurons of each layer. The last layer is the output layer.
        activation: for the hidden layers, "softplus", "relu", "tanh", "sigmoid", or a function from a Value to a Value.
        output_activation: the same for the output layer. None leaves the weighted sums as they are.
        seed: an integer of at least 0, for repeatable weights. Without a seed, Python's `random` module draws them.

    Raise a ValueError for a wrong size, activation or seed, and a TypeError if layer_sizes is not a list.

    >>> net = MLP(1, [2, 1], seed=7)
    >>> [parameter.label for parameter in net.parameters()]
    ['w1', 'w2', 'w3', 'w4', 'b1', 'b2', 'b3']
    """

    def __init__(
        self,
        n_inputs: int,
        layer_sizes: Sequence[int],
        activation: Activation = "softplus",
        output_activation: Activation | None = None,
        seed: int | None = None,
    ) -> None:
        sizes = as_list(layer_sizes, "layer_sizes")
        if not sizes:
            raise ValueError("layer_sizes is empty, but an MLP needs a layer: give an integer for each, such as [2, 1]")
        self.n_inputs: int = positive_int(n_inputs, "n_inputs")
        self.layer_sizes: list[int] = [positive_int(size, f"layer_sizes[{k}]") for k, size in enumerate(sizes)]
        for name, each in (("activation", activation), ("output_activation", output_activation or activation)):
            if each not in list(ACTIVATIONS) and not (callable(each) and isinstance(each(Value(0.5)), Value)):
                names = f"one of {[*ACTIVATIONS]} or a function from a Value to a Value"
                raise ValueError(f"{name} {short_repr(each)} is not {names}")
        draw: Any = random if seed is None else random.Random(checked_seed(seed))
        self.activation: Activation = activation
        self.output_activation: Activation | None = output_activation
        self.layers: list[list[Neuron]] = []
        weights: list[Value] = []
        biases: list[Value] = []
        for width, size in pairwise((self.n_inputs, *self.layer_sizes)):
            deviation = min(1.0, math.sqrt(2.0 / width))
            is_output = len(self.layers) == len(self.layer_sizes) - 1
            self.layers.append([])
            for _ in range(size):
                own = [Value(draw.gauss(0.0, deviation), f"w{len(weights) + k}") for k in range(1, width + 1)]
                weights += own
                biases.append(Value(0.0, f"b{len(biases) + 1}"))
                self.layers[-1].append(Neuron(own, biases[-1], output_activation if is_output else activation))
        self._parameters = {parameter.label: parameter for parameter in weights + biases}

    def __call__(self, inputs: SupportsFloat | Iterable[SupportsFloat]) -> Value:
        """Return the prediction for one data point: a Value, or a list of Values for several outputs.

        Give a list with a number or Value for each input of the network. A single input needs no list. Raise a
        ValueError for a wrong number of inputs, and a TypeError for an input that is not a number.
        """
        values = self.outputs(inputs)
        return values[0] if len(values) == 1 else values  # type: ignore[return-value]  # see outputs

    def outputs(self, inputs: SupportsFloat | Iterable[SupportsFloat]) -> list[Value]:
        """Return the prediction for one data point as a list, with a Value for each output.

        It takes the same inputs, and raises the same errors, as a call, net(x).
        """
        alone = isinstance(inputs, Value) or (hasattr(inputs, "__float__") and not getattr(inputs, "ndim", 0))
        given = [inputs] if alone else as_list(inputs, "the inputs of a network")
        if len(given) != self.n_inputs:
            wrong = f"the network takes {self.n_inputs} input(s), but got {len(given)}, {short_repr(given)}"
            raise ValueError(f"{wrong}: pass one data point, and for several write [net(x) for x in rows]")
        if isinstance(given[0], list | tuple) or (type(given[0]) is not float and getattr(given[0], "ndim", None)):
            raise TypeError(f"an input is {short_repr(given[0])}, not a number: write [net(x) for x in rows]")
        values = [x if isinstance(x, Value) else Value(x, f"x{place}") for place, x in enumerate(given, start=1)]
        for layer in self.layers:
            values = [neuron(values) for neuron in layer]
        return values

    forward: Missing = Missing("an MLP has no forward(): write net(x), or net.outputs(x) for a list of all outputs")

    def __repr__(self) -> str:
        output = f", {self.output_activation!r}" if self.output_activation else ""
        return f"MLP({self.n_inputs}, {self.layer_sizes}, {self.activation!r}{output})"

    def __iter__(self) -> NoReturn:
        raise TypeError('a network is not a list: use net.parameters(), or net["w1"] for one parameter')

    def parameters(self) -> list[Value]:
        """Return the parameters as a list of Values: all weights, then all biases."""
        return list(self._parameters.values())

    def zero_grad(self) -> None:
        """Set the `grad` of each parameter to 0. Call this method before the next `backward`."""
        for parameter in self.parameters():
            parameter.grad = 0.0

    def __getitem__(self, label: str) -> Value:
        """Return the parameter that got this label when the network was built. Raise a KeyError for another label."""
        if label not in self._parameters:
            raise KeyError(f"no parameter {label!r}: this network has {shorten(', '.join(self._parameters), 200)}")
        return self._parameters[label]

    def load(self, data: Mapping[str, SupportsFloat]) -> None:
        """Set the parameters whose labels are keys of data. After an error, all parameters are unchanged.

        `data` does not contain the sizes of the network. To store the sizes too, use `save` and `MLP.open`.
        Raise a KeyError for an unknown label, and a TypeError for anything but a dict of real numbers.
        """
        if not isinstance(data, Mapping):
            raise TypeError(f'load takes a dict, such as {{"w1": 3.34}}, not {short_repr(data)}: MLP.open reads a file')
        checked = [(self[label], Value(number).data) for label, number in data.items()]
        for parameter, number in checked:
            parameter.data = number

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the sizes, activations and unrounded parameters as JSON. After an error, an old file is unchanged.

        Raise a ValueError if a parameter is not finite, an activation is not a name, or the file cannot be written.
        """
        for each in (self.activation, self.output_activation):
            if callable(each):
                raise ValueError(f"activation {each!r} cannot be saved: a file has only names. Use a name: 'relu'")
        data = {label: float(parameter.data) for label, parameter in self._parameters.items()}
        if wrong := [label for label, number in data.items() if not math.isfinite(number)]:
            raise ValueError(f"{wrong[0]} is {data[wrong[0]]}, but a file holds finite numbers only: train again")
        network = {key: getattr(self, key) for key in SHAPE} | {"parameters": data}
        text = json.dumps(network, indent=1) + "\n"
        atomic_write(Path(path), lambda file: file.write_text(text, encoding="utf-8"))

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> MLP:
        """Return a network that `save` wrote. Raise a ValueError for any other file, an OSError if reading fails."""
        try:
            network = json.loads(Path(path).read_text(encoding="utf-8"))
            net = cls(**{key: network[key] for key in SHAPE})
            data = dict(network["parameters"])
            if data.keys() != net._parameters.keys():
                raise ValueError(f"its {len(data)} parameters do not match the {len(net._parameters)} of {net!r}")
            if wrong := [label for label, number in data.items() if not math.isfinite(number)]:
                raise ValueError(f"{wrong[0]} is {data[wrong[0]]}, but a parameter must be a finite number")
            net.load(data)
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            what = f"it has no {error}" if isinstance(error, KeyError) else error
            raise ValueError(f"{path} is not a network that MLP.save wrote: {what}") from None
        return net
