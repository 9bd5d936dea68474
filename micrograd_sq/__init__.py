"""A minimal scalar autograd engine that brings StatQuest's backpropagation lesson to life."""

from micrograd_sq.engine import Value, topological_order
from micrograd_sq.losses import ssr
from micrograd_sq.nn import MLP
from micrograd_sq.sgd import Step, sgd
from micrograd_sq.straightline import value_and_grad

__all__ = ["MLP", "Step", "Value", "sgd", "ssr", "topological_order", "value_and_grad"]
