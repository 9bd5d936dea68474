"""A minimal scalar autograd engine that brings StatQuest's backpropagation lesson to life."""

from importlib import import_module
from typing import TYPE_CHECKING

from micrograd_sq.engine import Value, topological_order
from micrograd_sq.losses import ssr
from micrograd_sq.nn import MLP
from micrograd_sq.sgd import Step, sgd
from micrograd_sq.straightline import value_and_grad

if TYPE_CHECKING:
    from micrograd_sq.drawing import draw_dot, draw_network
    from micrograd_sq.page import write_page
    from micrograd_sq.plots import animate_descent, plot_descent, plot_fit, plot_ssr

__all__ = [
    "MLP",
    "Step",
    "Value",
    "animate_descent",
    "draw_dot",
    "draw_network",
    "plot_descent",
    "plot_fit",
    "plot_ssr",
    "sgd",
    "ssr",
    "topological_order",
    "value_and_grad",
    "write_page",
]

# These import heavier libraries, so their rooms are entered when they are first asked for.
_LAZY = {
    "animate_descent": "plots",
    "draw_dot": "drawing",
    "draw_network": "drawing",
    "plot_descent": "plots",
    "plot_fit": "plots",
    "plot_ssr": "plots",
    "write_page": "page",
}


if not TYPE_CHECKING:  # else a type checker would believe in any name

    def __getattr__(name):
        if name in _LAZY:
            return getattr(import_module(f"micrograd_sq.{_LAZY[name]}"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
