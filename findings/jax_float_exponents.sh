#!/usr/bin/env bash
# JAX's gradient of x ** 0.0 at 0 is nan, also inside jax.numpy.vander.
#
# Expected: x ** 0.0 is 1 for each x, so the derivative is 0. x ** 0 is the same function. The
# polynomial 1 + x + x ** 2 has the derivative 1 at x = 0, whatever computes the powers.
#
# What happens, with JAX 0.10.2 on the CPU: an integer exponent and a float exponent have different
# derivative rules. jax.grad of x ** 0 is 0 at x = 0, and jax.grad of x ** 0.0 is nan. The rule for
# a float exponent computes 0 * 0 ** -1, which is 0 times infinity. jax.numpy.vander uses float
# exponents. One data point with the feature 0 makes the gradient of the whole polynomial nan. A
# higher derivative meets the same rule later: the third derivative of x ** 2.0 at 0 is nan, and
# the third derivative of x ** 2 is 0. In autograd 1.9.1 the gradient of x ** 0.0 at 0 is 0.
#
# What to do: write an exponent as a Python int. Use jax.numpy.polyval, or a product of factors x,
# and not jax.numpy.vander or x ** jnp.arange(3.0).
#
# micrograd_sq: the gradient of x ** 0.0 at x = 0 is 0 in its engine. The same formula written for
# JAX by hand can return nan.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq jax==0.10.2 jaxlib==0.10.2 numpy==2.4.6 scipy==1.17.1 autograd==1.9.1
JAX_PLATFORMS=cpu "$folder/venv/bin/python" - <<'PYTHON'
import math

import autograd
import jax
import jax.numpy as jnp

print("JAX", jax.__version__)


def derivative(f, x=0.0, order=1):
    for _ in range(order):
        f = jax.grad(f)
    return float(f(x))


coefficients = jnp.array([1.0, 1.0, 1.0])
polynomials = {
    "polyval": lambda x: jnp.polyval(coefficients, x),
    "x ** jnp.arange(3)": lambda x: jnp.sum(coefficients * x ** jnp.arange(3)),
    "x ** jnp.arange(3.0)": lambda x: jnp.sum(coefficients * x ** jnp.arange(3.0)),
    "vander": lambda x: jnp.sum(coefficients * jnp.vander(jnp.array([x]), 3)),
}
found = {
    "x ** 0": derivative(lambda x: x**0),
    "x ** 0.0": derivative(lambda x: x**0.0),
    "third derivative of x ** 2": derivative(lambda x: x**2, order=3),
    "third derivative of x ** 2.0": derivative(lambda x: x**2.0, order=3),
    **{f"1 + x + x ** 2 with {name}": derivative(f) for name, f in polynomials.items()},
    "x ** 0.0 in autograd": float(autograd.grad(lambda x: x**0.0)(0.0)),
}
for name, number in found.items():
    print(f"{name}, at x = 0: {number}")
stated = [0.0, math.nan, 0.0, math.nan, 1.0, 1.0, math.nan, math.nan, 0.0]
assert repr(list(found.values())) == repr(stated), f"expected {stated}"
assert derivative(polynomials["vander"], x=0.5) == 2.0  # away from 0 the gradient is right
PYTHON
