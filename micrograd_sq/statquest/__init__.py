"""The lesson, StatQuest's "Neural Networks Pt. 2" (youtu.be/IN2XmBhILt4), computed by the engine."""

from micrograd_sq.statquest.lesson import B3 as B3
from micrograd_sq.statquest.lesson import DOSAGES as DOSAGES
from micrograd_sq.statquest.lesson import OBSERVED as OBSERVED
from micrograd_sq.statquest.lesson import OPTIMISED as OPTIMISED
from micrograd_sq.statquest.lesson import SEVEN as SEVEN
from micrograd_sq.statquest.lesson import THREE as THREE
from micrograd_sq.statquest.lesson import labelled as labelled
from micrograd_sq.statquest.lesson import loss as loss
from micrograd_sq.statquest.lesson import network as network
from micrograd_sq.statquest.lesson import predict as predict
