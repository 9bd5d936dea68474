"""The lesson's three parameters with SciPy: BFGS needs a value and a gradient, which generated code computes at once."""

from scipy.optimize import minimize

from micrograd_sq import statquest, value_and_grad

net = statquest.network()
net.load(statquest.THREE)
parameters = [net[label] for label in statquest.THREE]
f = value_and_grad(statquest.loss(net), parameters)  # f(w3, w4, b3), and f(array) for SciPy

found = minimize(f, [parameter.data for parameter in parameters], jac=True)
print(f"{found.nit} iterations of BFGS, SSR {found.fun:.1e}")
print(", ".join(f"{p.label} = {number:.2f}" for p, number in zip(parameters, found.x, strict=True)))
