#!/usr/bin/env bash
# SymPy's lambdify rounds the constants of a formula to 15 digits.
#
# Expected: lambdify turns a formula into a Python function. The function of `x + w` for a weight w
# returns exactly w at x = 0, because a float constant needs no rounding.
#
# What happens, with SymPy 1.14.0: the generated code contains 15 significant digits of each
# constant. Many floats need 16 or 17 digits. The function of x / 3 multiplies by 0.333333333333333
# and not by 0.3333333333333333. Of 1000 random constants between 0 and 1, more than 900 change.
# The relative error is up to 5e-15, about 40 times the largest rounding error of one operation.
# `sympy.pycode` and `sympy.jscode` round too. `sympy.ccode` writes 17 digits and does not round.
# The "mpmath" module of lambdify does not round either. The formula itself keeps every digit.
#
# What to do: pass each weight as an argument of the function, as in lambdify([x, w], w * x).
#
# micrograd_sq: a comparison of its generated code with lambdify needs a tolerance, or weights that
# are arguments.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq sympy==1.14.0 mpmath==1.3.0
"$folder/venv/bin/python" - <<'PYTHON'
import inspect
import random

import sympy

x, w = sympy.symbols("x w")
third = 1 / 3
print("SymPy", sympy.__version__)
rounded = sympy.lambdify(x, third * x, "math")
print("1 / 3 in Python:      ", repr(third))
print("lambdify(x, x / 3)(1):", repr(rounded(1.0)))
print("its code:             ", inspect.getsource(rounded).split("return ")[1].strip())
assert rounded(1.0) == 0.333333333333333 != third, "lambdify no longer rounds 1 / 3"

generator = random.Random(0)
constants = [generator.random() for _ in range(1000)]
functions = [sympy.lambdify(x, x + constant, "math") for constant in constants]
changed = [abs(f(0.0) / constant - 1) for f, constant in zip(functions, constants) if f(0.0) != constant]
print(f"constants that changed: {len(changed)} of 1000, by at most {max(changed):.1e} of the constant")
assert len(changed) > 900, "fewer constants changed"

print("pycode:", sympy.pycode(third * x))
print("jscode:", sympy.jscode(third * x))
print("ccode: ", sympy.ccode(third * x))
assert "0.333333333333333*" in sympy.pycode(third * x) and "0.333333333333333*" in sympy.jscode(third * x)
assert float(sympy.ccode(third * x).split("*")[0]) == third, "ccode rounds now"
assert float(sympy.lambdify(x, third * x, "mpmath")(1)) == third, "mpmath rounds now"
assert float((third * x).subs(x, 1)) == third, "the formula itself rounds now"
as_argument = sympy.lambdify([x, w], w * x, "math")(1.0, third)
print("lambdify([x, w], w * x)(1, 1 / 3):", repr(as_argument))
assert as_argument == third
PYTHON
