"""Find b3 without the library's network class: predictions, SSR, slope, and gradient descent."""

from micrograd_sq import Value, sgd, ssr
from micrograd_sq.statquest.text import digits, ssr_digits

dosages = [0, 0.5, 1]
observed = [0, 1, 0]

# Six parameters are already optimised, as at the start of the video. b3 is unknown.
w1, b1 = Value(3.34, "w1"), Value(-1.43, "b1")
w2, b2 = Value(-3.53, "w2"), Value(0.57, "b2")
w3, w4 = Value(-1.22, "w3"), Value(-2.30, "w4")
b3 = Value(0.0, "b3")


def predict(dosage: float) -> Value:
    """Return the green squiggle: the blue curve, plus the orange curve, plus b3."""
    blue = (dosage * w1 + b1).softplus() * w3
    orange = (dosage * w2 + b2).softplus() * w4
    return blue + orange + b3


def loss() -> Value:
    return ssr(observed, [predict(dosage) for dosage in dosages])


print("The SSR for some values of b3:")
for guess in (0, 1, 2, 3):
    b3.data = float(guess)
    print(f"  b3 = {guess}: {ssr_digits(loss().data)}")

b3.data = 0.0
loss().backward()  # the chain rule through the whole graph
print(f"The slope at b3 = 0: {digits(b3.grad)}")

print("Gradient descent:")
for step in sgd(loss, [b3], learning_rate=0.1):
    numbers = step.gradients["b3"], step.step_sizes["b3"], step.new_values["b3"]
    slope, step_size, new_b3 = map(digits, numbers)
    print(f"  slope {slope:>6}   step size {step_size:>7}   new b3 {new_b3}")
print(f"The step size is close to zero, so b3 = {digits(b3.data)}")
