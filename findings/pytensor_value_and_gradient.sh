#!/usr/bin/env bash
# PyTensor's value and its gradient can belong to two different functions.
#
# Expected: a compiled function that returns a formula and its gradient evaluates both in the same
# manner. If the value of a smooth function is finite and right, its gradient is finite and right too.
#
# What happens, with PyTensor 3.0.7: PyTensor rewrites a formula into a more stable formula, but only
# where a pattern matches. The value and the gradient are separate formulas, so the patterns match
# separately. For log(exp(x) + exp(-x)) at 800, PyTensor returns the right value 800 and the gradient
# nan. The right gradient is 1. For x / x at 0, PyTensor returns the value 1 and the gradient nan. A
# constant decides too: log(1 + exp(x)) at 800 is 800, and log(2 + exp(x)) at 800 is inf. The mode
# decides as well: with FAST_COMPILE, log(1 + exp(x)) at 800 is inf.
#
# What to do: write the stable function (pt.softplus, pt.logaddexp) and not a formula that PyTensor
# must recognize. Test the gradient at large arguments, and not only the value.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq pytensor==3.0.7 numpy==2.4.6 numba==0.65.1 scipy==1.17.1
PYTENSOR_FLAGS="base_compiledir=$folder/compiled" "$folder/venv/bin/python" -W ignore - <<'PYTHON'
import math

import pytensor
import pytensor.tensor as pt

print("PyTensor", pytensor.__version__)
x = pt.dscalar("x")


def both(formula, at, mode=None):
    f = pytensor.function([x], [formula, pytensor.grad(formula, x)], mode=mode)
    value, gradient = (float(number) for number in f(at))
    return value, gradient


two = both(pt.log(pt.exp(x) + pt.exp(-x)), 800.0)
print("log(exp(x) + exp(-x)) at 800:", two)
assert two[0] == 800.0 and math.isnan(two[1]), "the value or the gradient is different now"

ratio = both(x / x, 0.0)
print("x / x at 0:", ratio)
assert ratio[0] == 1.0 and math.isnan(ratio[1]), "x / x is different now"

one, two = both(pt.log(1 + pt.exp(x)), 800.0), both(pt.log(2 + pt.exp(x)), 800.0)
print("log(1 + exp(x)) at 800:", one)
print("log(2 + exp(x)) at 800:", two)
assert one == (800.0, 1.0) and two[0] == math.inf and math.isnan(two[1]), "the stable formulas are different now"

quick = both(pt.log(1 + pt.exp(x)), 800.0, "FAST_COMPILE")
print("log(1 + exp(x)) at 800 with FAST_COMPILE:", quick)
assert quick[0] == math.inf and math.isnan(quick[1])
PYTHON
