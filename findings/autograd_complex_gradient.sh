#!/usr/bin/env bash
# In autograd, the type of a scalar decides whether its gradient is nan, complex or an exception.
#
# Expected: grad(anp.sqrt) gives the same result for -1.0 and for numpy.float64(-1.0), because the
# two numbers are equal. The value sqrt(-1.0) is nan, so the gradient is nan too.
#
# What happens, with autograd 1.9.1 and NumPy 2.4.6: at numpy.float64(-1.0) the gradient is nan. At
# the Python float -1.0 the value is nan, but the gradient is a complex number, about -0.5j. The
# derivative rule computes 0.5 * x ** -0.5 on the original argument. Python's own float power
# returns a complex number for a negative base. At 0.0 the same rule raises a ZeroDivisionError,
# and at numpy.float64(0.0) the gradient is inf. A loss that is real therefore gets a complex
# gradient, and one step of gradient descent makes the parameter complex.
#
# What to do: start with numpy.float64 or an array, as in grad(f)(numpy.float64(-1.0)).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq autograd==1.9.1 numpy==2.4.6
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import importlib.metadata
import math

import autograd.numpy as anp
import numpy
from autograd import grad

print("autograd", importlib.metadata.version("autograd"), "and NumPy", numpy.__version__)


def gradient(x):
    try:
        return grad(anp.sqrt)(x)
    except ZeroDivisionError as error:
        return error


found = {repr(x): gradient(x) for x in (-1.0, numpy.float64(-1.0), 0.0, numpy.float64(0.0))}
for argument, result in found.items():
    print(f"gradient of sqrt at {argument}: {result!r}")
python_negative, numpy_negative, python_zero, numpy_zero = found.values()
assert math.isnan(anp.sqrt(-1.0)), "the value is not nan now"
assert isinstance(python_negative, complex) and abs(python_negative + 0.5j) < 1e-15, "the gradient is not -0.5j now"
assert not isinstance(numpy_negative, complex) and math.isnan(numpy_negative)
assert isinstance(python_zero, ZeroDivisionError), "no exception at 0.0 now"
assert numpy_zero == math.inf

parameter = -1.0
parameter -= 0.1 * grad(anp.sqrt)(parameter)
print("the parameter after one step:", parameter)
assert isinstance(parameter, complex)
PYTHON
