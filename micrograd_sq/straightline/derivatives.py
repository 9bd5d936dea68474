"""Operations that occur only in derivatives. With these operations, derivatives can be differentiated again."""

from __future__ import annotations

from typing import Any

from micrograd_sq import functions as fn
from micrograd_sq.operation import Operation


def _d_power_slope_d_exponent(x: Any, n: Any) -> Any:
    """Return the derivative of n x^(n - 1) with respect to n: n x^(n - 1) ln x + x^(n - 1)."""
    base = fn.safe_base(x)
    first = fn.masked_product(fn.slope_of_power(x, n), fn.log(base))
    return first + fn.unchecked_power(x, n) / base


gate: Operation = Operation("gate", fn.gate, lambda x, y: 0.0, lambda x, y: fn.gate(x, 1.0))
safe_base: Operation = Operation("safe_base", fn.safe_base, lambda x: fn.gate(x, 1.0))
masked_product: Operation = Operation("masked_product", fn.masked_product, lambda x, y: y, lambda x, y: x)
slope_of_power: Operation = Operation(
    "slope_of_power", fn.slope_of_power, lambda x, n: n * fn.slope_of_power(x, n - 1.0), _d_power_slope_d_exponent
)

DERIVATIVES: dict[str, Operation] = {each.name: each for each in (gate, safe_base, masked_product, slope_of_power)}
