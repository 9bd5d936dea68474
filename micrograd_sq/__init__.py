"""A minimal scalar autograd engine that brings StatQuest's backpropagation lesson to life."""

from importlib import import_module
from typing import TYPE_CHECKING

from micrograd_sq.engine import Value, topological_order
from micrograd_sq.losses import ssr
from micrograd_sq.nn import MLP
from micrograd_sq.sgd import Step, sgd

if TYPE_CHECKING:
    from micrograd_sq.plots import animate_descent as animate_descent
    from micrograd_sq.plots import plot_descent as plot_descent
    from micrograd_sq.plots import plot_fit as plot_fit
    from micrograd_sq.plots import plot_ssr as plot_ssr

__all__ = ["MLP", "Step", "Value", "sgd", "ssr", "topological_order"]

# These names import heavier libraries, so their rooms are entered on first use.
_LAZY = {
    "animate_descent": "plots",
    "plot_descent": "plots",
    "plot_fit": "plots",
    "plot_ssr": "plots",
}

if not TYPE_CHECKING:  # else a type checker would believe in any name

    def __getattr__(name):
        if name in _LAZY:
            return getattr(import_module(f"micrograd_sq.{_LAZY[name]}"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
