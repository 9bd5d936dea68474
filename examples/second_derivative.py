"""Newton's step on b3: the slope's own slope tells how far to go, so that one step is enough."""

from micrograd_sq import Value, statquest, value_and_grad

net = statquest.network()
f = value_and_grad(statquest.loss(net), [net["b3"]], backend="value")

# On the "value" backend a gradient is a graph, so it can be differentiated like any other.
b3 = Value(0.0, "b3")
ssr, (slope,) = f(b3)
slope.backward()

print(f"SSR at b3 = 0:             {ssr.data:.1f}")
print(f"its slope:                 {slope.data:.1f}")
print(f"the slope of the slope:    {b3.grad:g}")

newton = b3.data - slope.data / b3.grad
print(f"b3 after one Newton step:  {newton:.2f}")
_, (slope,) = f(Value(newton))
print(f"the slope there is zero:   {abs(slope.data) < 1e-12}")
