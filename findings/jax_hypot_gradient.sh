#!/usr/bin/env bash
# The gradient of jax.numpy.hypot is wrong for large numbers, and nothing warns.
#
# Expected: hypot(x, y) is the length of the vector (x, y). Its derivatives are x / length and
# y / length, so both lie between -1 and 1. At (3e20, 4e20) the derivatives are 0.6 and 0.8. The
# purpose of hypot is to work where x * x overflows or underflows.
#
# What happens, with JAX 0.10.2 on the CPU: the value at (3e20, 4e20) is right, 5e20. The derivative
# with respect to y is 1.25 and not 0.8. At (3e-25, 4e-25) the value is right too, but the
# derivatives are nan and -inf. JAX divides the smaller number by the larger number. The derivative
# of this division squares the larger number. In float32 the square overflows above 1.8e19. In
# float64 the square overflows above 1.3e154. At (3, 4) both derivatives are right. The length is
# also abs(x + 1j * y), and the derivatives of this formula are right at (3e20, 4e20).
#
# What to do: write jnp.abs(x + 1j * y), or scale the numbers to about 1 before hypot.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq jax==0.10.2 jaxlib==0.10.2 numpy==2.4.6 scipy==1.17.1
JAX_PLATFORMS=cpu "$folder/venv/bin/python" - <<'PYTHON'
import math

import jax
import jax.numpy as jnp

print("JAX", jax.__version__)


def derivatives(f, x, y):
    return [float(number) for number in jax.grad(f, (0, 1))(x, y)]


def close(numbers, expected):
    return all(math.isclose(one, other, rel_tol=1e-5) for one, other in zip(numbers, expected))


for x, y in ((3.0, 4.0), (3e20, 4e20), (3e-25, 4e-25)):
    print(f"hypot({x:g}, {y:g}) = {float(jnp.hypot(x, y)):g}, derivatives {derivatives(jnp.hypot, x, y)}")
    assert math.isclose(float(jnp.hypot(x, y)), math.hypot(x, y), rel_tol=1e-5)
assert close(derivatives(jnp.hypot, 3.0, 4.0), [0.6, 0.8])
assert close(derivatives(jnp.hypot, 3e20, 4e20), [0.6, 1.25]), "large numbers: the derivatives are different now"
small = derivatives(jnp.hypot, 3e-25, 4e-25)
assert math.isnan(small[0]) and small[1] == -math.inf, "small numbers: the derivatives are different now"


def length(x, y):
    return jnp.abs(x + 1j * y)


print("abs(3e20 + 4e20j): derivatives", derivatives(length, 3e20, 4e20))
assert close(derivatives(length, 3e20, 4e20), [0.6, 0.8])

with jax.enable_x64(True):
    print("float64, hypot(3e200, 4e200): derivatives", derivatives(jnp.hypot, 3e200, 4e200))
    assert close(derivatives(jnp.hypot, 3e200, 4e200), [0.6, 1.25])
PYTHON
