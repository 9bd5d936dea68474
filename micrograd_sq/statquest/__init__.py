"""The wing of the lesson: StatQuest's "Neural Networks Pt. 2" (youtu.be/IN2XmBhILt4), computed by the engine."""

from micrograd_sq.statquest.lesson import (
    B3,
    DOSAGES,
    OBSERVED,
    OPTIMISED,
    SEVEN,
    THREE,
    labelled,
    loss,
    network,
    predict,
)

__all__ = [
    "B3",
    "DOSAGES",
    "OBSERVED",
    "OPTIMISED",
    "SEVEN",
    "THREE",
    "labelled",
    "loss",
    "network",
    "predict",
]
