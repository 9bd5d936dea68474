"""A minimal scalar autograd engine that brings StatQuest's backpropagation lesson to life."""

from importlib import import_module

TYPE_CHECKING = False  # but true for a type checker, as typing's own, whose import takes a while
if TYPE_CHECKING:
    from micrograd_sq.descent import Step, sgd
    from micrograd_sq.drawing import draw_dot, draw_network
    from micrograd_sq.engine import Value, topological_order
    from micrograd_sq.explorer import explore
    from micrograd_sq.losses import ssr
    from micrograd_sq.nn import MLP
    from micrograd_sq.operation import Operation
    from micrograd_sq.statquest.page import write_page
    from micrograd_sq.statquest.plots import animate_descent as animate_descent
    from micrograd_sq.statquest.plots import plot_descent as plot_descent
    from micrograd_sq.statquest.plots import plot_fit as plot_fit
    from micrograd_sq.statquest.plots import plot_ssr as plot_ssr
    from micrograd_sq.straightline import value_and_grad
    from micrograd_sq.straightline.data import over_data

__all__ = [  # the plots too may be imported, but "import *" must not need their extra
    "MLP",
    "Operation",
    "Step",
    "Value",
    "draw_dot",
    "draw_network",
    "explore",
    "over_data",
    "sgd",
    "ssr",
    "topological_order",
    "value_and_grad",
    "write_page",
]

# A room is entered when something of it is first asked for: some need heavy libraries, and a command that is
# interrupted before it has begun must not be told of in the middle of an import. No room has its function's name.
_ROOMS = {
    "MLP": "nn",
    "Operation": "operation",
    "Step": "descent",
    "Value": "engine",
    "animate_descent": "statquest.plots",
    "draw_dot": "drawing",
    "draw_network": "drawing",
    "explore": "explorer",
    "over_data": "straightline.data",
    "plot_descent": "statquest.plots",
    "plot_fit": "statquest.plots",
    "plot_ssr": "statquest.plots",
    "sgd": "descent",
    "ssr": "losses",
    "topological_order": "engine",
    "value_and_grad": "straightline",
    "write_page": "statquest.page",
}


if not TYPE_CHECKING:  # else a type checker would believe in any name

    def __getattr__(name):
        if name in _ROOMS:
            return getattr(import_module(f"micrograd_sq.{_ROOMS[name]}"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__():  # without the plots, which help() would ask for where their extra is not there
        return [*globals(), *__all__]
