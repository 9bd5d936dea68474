"""A minimal scalar autograd engine that brings StatQuest's backpropagation lesson to life."""

from contextlib import suppress
from importlib import import_module

from micrograd_sq.engine import Value, topological_order

TYPE_CHECKING = False  # True for type checkers. The import of `typing` would take a while.
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

    __all__ = ["MLP", "Operation", "Step", "Value", "adam", "binary_cross_entropy", "cross_entropy", "draw_dot"]
    __all__ += ["draw_network", "explore", "over_data", "sgd", "softmax", "ssr"]
    __all__ += ["topological_order", "value_and_grad", "write_page"]
    __version__: str
else:
    _LAZY = {  # a module is imported when one of its names is first used
        "descent": ["Step", "adam", "sgd"],
        "drawing": ["draw_dot", "draw_network"],
        "engine": ["Value", "topological_order"],
        "explorer": ["explore"],
        "losses": ["binary_cross_entropy", "cross_entropy", "softmax", "ssr"],
        "nn": ["MLP"],
        "operation": ["Operation"],
        "statquest.page": ["write_page"],
        "statquest.plots": ["animate_descent", "plot_descent", "plot_fit", "plot_ssr"],
        "straightline": ["value_and_grad"],
        "straightline.data": ["over_data"],
    }
    _MODULES = {name: module for module, names in _LAZY.items() for name in names}
    _PUBLIC = sorted(name for name in _MODULES if "plot" not in _MODULES[name])  # `help` needs no extra

    def __getattr__(name):
        if name == "__all__":  # pdoc then looks for the names in this module's dictionary
            globals().update({each: __getattr__(each) for each in _PUBLIC})
            return _PUBLIC
        if name == "__version__":
            from importlib.metadata import version

            with suppress(ImportError):  # a copy of the source that is not installed has no version
                return version("micrograd-sq")
        if name in _MODULES:
            return getattr(import_module(f"micrograd_sq.{_MODULES[name]}"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__():
        return {*globals(), *_PUBLIC}
