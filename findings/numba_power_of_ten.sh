#!/usr/bin/env bash
# In a function that numba compiles, 10 ** -k is 0.
#
# Expected: numba.njit makes a Python function faster and keeps its result. In Python, 10 ** -3 is
# the float 0.001, so [10 ** -k for k in range(4)] is a list of learning rates.
#
# What happens, with numba 0.65.1 and also 0.68.1: numba gives an integer power an integer type. The
# compiled function returns [1, 0, 0, 0] without a warning. A learning rate 0.5 * 10 ** -k is 0.0,
# so each step of the descent changes nothing. Errors disappear in the same manner, but only some:
# 0.0 ** -1 still raises a ZeroDivisionError, 0.0 ** -1.0 is inf, and math.log(0.0) is -inf. In
# Python all three raise an exception.
#
# What to do: write a float as the base, 10.0 ** -k.
#
# micrograd_sq: numba can compile a descent around a function of `value_and_grad`. The learning rate
# of such a loop needs a float as the base of each power.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for version in 0.65.1 0.68.1; do
  python3 -m venv "$folder/$version"
  "$folder/$version/bin/pip" install -qq "numba==$version"
  "$folder/$version/bin/python" - <<'PYTHON'
import math

import numba

print("numba", numba.__version__)


def learning_rates(n):
    return [10**-k for k in range(n)]


def float_rates(n):
    return [10.0**-k for k in range(n)]


def half(k):
    return 0.5 * 10**-k


print("Python:", learning_rates(4), "numba:", numba.njit(learning_rates)(4), "numba, 10.0:", numba.njit(float_rates)(4))
print("0.5 * 10 ** -1: Python", half(1), "and numba", numba.njit(half)(1))
assert learning_rates(4) == [1, 0.1, 0.01, 0.001]
assert numba.njit(learning_rates)(4) == [1, 0, 0, 0], "numba keeps the float now"
assert numba.njit(half)(1) == 0.0 and half(1) == 0.05
assert all(math.isclose(one, other) for one, other in zip(numba.njit(float_rates)(4), learning_rates(4)))


def outcome(f):
    try:
        return f(0.0)
    except (ArithmeticError, ValueError) as error:
        return type(error).__name__


functions = {"x ** -1": lambda x: x**-1, "x ** -1.0": lambda x: x**-1.0, "log(x)": lambda x: math.log(x)}
found = {name: (outcome(f), outcome(numba.njit(f))) for name, f in functions.items()}
for name, (python, compiled) in found.items():
    print(f"{name} at 0.0: Python {python}, numba {compiled}")
assert found["x ** -1"] == ("ZeroDivisionError", "ZeroDivisionError")
assert found["x ** -1.0"] == ("ZeroDivisionError", math.inf)
assert found["log(x)"] == ("ValueError", -math.inf)
PYTHON
done
