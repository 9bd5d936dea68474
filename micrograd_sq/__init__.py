"""A minimal scalar autograd engine that brings StatQuest's backpropagation lesson to life."""

from importlib import import_module

from micrograd_sq.engine import Value, topological_order

__all__ = ["MLP", "Operation", "Step", "Value", "adam", "sgd", "topological_order", "value_and_grad"]
__all__ += ["binary_cross_entropy", "cross_entropy", "softmax", "ssr"]
__all__ += ["draw_dot", "draw_network", "explore", "over_data", "write_page"]

TYPE_CHECKING = False  # a type checker takes it for True; `typing` would take a while to import
if TYPE_CHECKING:
    from micrograd_sq.descent import Step, adam, sgd
    from micrograd_sq.drawing import draw_dot, draw_network
    from micrograd_sq.explorer import explore
    from micrograd_sq.losses import binary_cross_entropy, cross_entropy, softmax, ssr
    from micrograd_sq.nn import MLP
    from micrograd_sq.operation import Operation
    from micrograd_sq.statquest.page import write_page
    from micrograd_sq.statquest.plots import animate_descent as animate_descent
    from micrograd_sq.statquest.plots import plot_descent as plot_descent
    from micrograd_sq.statquest.plots import plot_fit as plot_fit
    from micrograd_sq.statquest.plots import plot_ssr as plot_ssr
    from micrograd_sq.straightline import value_and_grad
    from micrograd_sq.straightline.data import over_data
else:  # a module is imported when one of its names is used
    _LAZY = {
        "descent": ["Step", "adam", "sgd"],
        "drawing": ["draw_dot", "draw_network"],
        "explorer": ["explore"],
        "losses": ["binary_cross_entropy", "cross_entropy", "softmax", "ssr"],
        "nn": ["MLP"],
        "operation": ["Operation"],
        "statquest.page": ["write_page"],
        "statquest.plots": ["animate_descent", "plot_descent", "plot_fit", "plot_ssr"],
        "straightline": ["value_and_grad"],
        "straightline.data": ["over_data"],
    }

    def __getattr__(name):
        for module, names in _LAZY.items():
            if name in names:
                return getattr(import_module(f"micrograd_sq.{module}"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__():  # without the plots: `help` must work without their extra
        return {*globals(), *__all__}
