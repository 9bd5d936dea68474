"""A minimal scalar autograd engine that brings StatQuest's backpropagation lesson to life."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from micrograd_sq.engine import Value, topological_order
from micrograd_sq.losses import ssr
from micrograd_sq.nn import MLP
from micrograd_sq.sgd import Step, sgd
from micrograd_sq.straightline import value_and_grad

if TYPE_CHECKING:
    from micrograd_sq.drawing import draw_dot, draw_network
    from micrograd_sq.page import write_page

__all__ = [
    "MLP",
    "Step",
    "Value",
    "draw_dot",
    "draw_network",
    "sgd",
    "ssr",
    "topological_order",
    "value_and_grad",
    "write_page",
]

# Imported when first asked for, so that nobody waits for what they do not use.
_ROOMS = {"draw_dot": "drawing", "draw_network": "drawing", "write_page": "page"}


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
