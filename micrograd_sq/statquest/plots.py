"""Plots of the lesson: the fit, the SSR, the descent, and an animation of the squiggle."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from copy import deepcopy
from io import BytesIO
from pathlib import Path

import numpy as np

from micrograd_sq import statquest
from micrograd_sq.descent import Step
from micrograd_sq.files import atomic_write
from micrograd_sq.nn import MLP
from micrograd_sq.number import as_list, positive_int
from micrograd_sq.statquest.text import digits, ssr_digits
from micrograd_sq.straightline import value_and_grad

try:
    from matplotlib.animation import FuncAnimation
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine
    from matplotlib.ticker import MaxNLocator
except ModuleNotFoundError:
    raise ModuleNotFoundError('plots need matplotlib: pip install "micrograd-sq[plots]"', name="matplotlib") from None

BLUE, ORANGE, GREEN, PINK, INK = "#2f7fd0", "#ee8420", "#34a04a", "#e0559f", "#333333"
STYLES = {
    "w1": (BLUE, "-"), "w3": (BLUE, "--"), "b1": (BLUE, ":"),
    "w2": (ORANGE, "-"), "w4": (ORANGE, "--"), "b2": (ORANGE, ":"), "b3": (GREEN, "-"),
}  # fmt: skip
GRID = [number / 100 for number in range(101)]  # dosages


class Picture(Figure):
    """A figure that a notebook shows, with or without pyplot."""

    def _repr_png_(self) -> bytes:
        buffer = BytesIO()
        self.savefig(buffer, format="png")
        return buffer.getvalue()


BUTTONS = {
    "minus": "−", "fast-backward": "⏮", "step-backward": "<", "play fa-flip-horizontal": "◀", "pause": "❚❚",
    "play": "▶", "step-forward": ">", "fast-forward": "⏭", "plus": "+",
}  # fmt: skip


class Film(FuncAnimation):
    """An animation that a notebook plays with matplotlib's player."""

    def _repr_html_(self) -> str:
        """Return the player with plain text on its buttons, because matplotlib would load icons from a network."""
        player = re.sub(r"<link[^>]*>", "", self.to_jshtml())
        return re.sub(r'<i class="fa fa-([^"]*)"></i>', lambda found: BUTTONS[found[1]], player)


def plot_fit(net: MLP) -> Figure:
    """Plot the data, curves, squiggle and dotted residuals. Raise a ValueError for other sizes than MLP(1, [2, 1])."""
    figure, (axes,) = _figure("dosage", "effectiveness")
    _draw_fit(axes, _curves(_copy(net)), f"SSR = {ssr_digits(statquest.loss(net).data)}")
    return figure


def plot_ssr(parameter: str, steps: Iterable[Step] = (), net: MLP | None = None) -> Figure:
    """Plot the pink curve: the SSR against one parameter. Add points and tangents for the steps of a descent.

    At most six steps are shown. If the steps change several parameters, each shown step has its own pink curve.

    Args:
        parameter: the label of the parameter on the x-axis.
        steps: the steps of a descent.
        net: gives the fixed parameters. The default is the lesson's network.

    Raise a KeyError if the network does not have this parameter. Raise a ValueError if the steps do not optimise this
    parameter, or if net has other sizes than MLP(1, [2, 1]).
    """
    net, steps = _copy(net), _spread(as_list(steps, "the steps"), 6)
    centre, reach = net[parameter].data, 3.0
    curves = [step.values for step in steps] or [{}]
    if steps:
        if parameter not in curves[0]:
            raise ValueError(f"parameter is {parameter!r}, but the steps optimise {', '.join(curves[0])}: choose one")
        centre = min(steps, key=lambda step: step.loss).values[parameter]
        reach = max(0.5, *(1.2 * abs(values[parameter] - centre) for values in curves))
    if len(curves[0]) <= 1:  # one curve for all steps
        curves = curves[:1]
    figure, (axes,) = _figure(parameter, "SSR")
    across = np.linspace(centre - reach, centre + reach, len(GRID))
    f = value_and_grad(statquest.loss(net), net.parameters(), backend="numpy")
    fixed = {each.label: each.data for each in net.parameters()}
    for number, values in enumerate(curves, start=1):
        heights, _ = f(*(fixed | values | {parameter: across}).values())
        axes.plot(across, heights, color=PINK, linewidth=2.5, alpha=number / len(curves))
    top = max([step.loss for step in steps], default=max(heights)) or 1.0  # a perfect fit has 0
    axes.set(xlim=(across[0], across[-1]), ylim=(-0.03 * top, 1.12 * top))
    for number, step in enumerate(steps):
        at, slope = step.values[parameter], step.gradients[parameter]
        half = 0.12 / math.hypot(0.5 / reach, slope / top)  # tangents of equal length
        ends = [at - half, at + half]
        axes.plot(ends, [step.loss + slope * (end - at) for end in ends], color=INK, linewidth=1)
        colour = GREEN if step is steps[-1] else INK
        axes.plot(at, step.loss, "o", color=colour, markeredgecolor="white", zorder=3)
        if number < (1 if len(curves) > 1 else 3):  # more labels would overlap
            side = "left" if at <= centre else "right"
            axes.annotate(f"    slope {digits(slope)}    ", (at, step.loss), ha=side, va="bottom")
    return figure


def plot_descent(steps: Iterable[Step]) -> Figure:
    """Plot the SSR (logarithmic if possible) and the parameters at each step. Raise a ValueError for no steps."""
    steps = _some(steps)
    figure, (above, below) = _figure("step", "SSR", "parameters")
    numbers, marker = [step.index + 1 for step in steps], "o" if len(steps) <= 30 else ""
    losses = [step.loss for step in steps]
    above.plot(numbers, losses, marker=marker, color=PINK, linewidth=2)
    if min(losses) >= 0.0 < max(losses):  # negative numbers have no logarithm
        above.set_yscale("log")
    below.xaxis.set_major_locator(MaxNLocator(integer=True))
    styles = {label: STYLES.get(label, (INK, "-")) for label in steps[0].values}
    for label, (colour, line) in styles.items():
        below.plot(numbers, [step.values[label] for step in steps], line, marker=marker, color=colour, linewidth=2)
    if len(styles) > len(STYLES):  # too many names
        return figure
    lowest, highest = below.get_ylim()
    height = -math.inf
    right = below.get_yaxis_transform()  # x = 1 is the right end of the axes
    for label, value in sorted(steps[-1].values.items(), key=lambda end: end[1]):
        height = max(value, height + (highest - lowest) / 11)  # names do not overlap
        name, colour = f" {label} = {digits(value)}", styles[label][0]
        below.text(1.0, height, name, color=colour, va="center", transform=right)
    return figure


def animate_descent(steps: Iterable[Step], net: MLP | None = None, frames: int = 60) -> FuncAnimation:
    """Animate the squiggle during a descent. A notebook plays the animation, and `save` writes a GIF.

    `steps` and `net` are those of `plot_ssr`. If there are more steps than frames, mostly late steps are left out.
    Raise a ValueError for no steps, for frames below 1, or if net has other sizes than MLP(1, [2, 1]).
    """
    net, steps = _copy(net), _spread(_some(steps), positive_int(frames, "frames"))
    scenes = []
    for step in steps:
        net.load(step.values)
        scenes.append(_curves(net))
    figure, (axes,) = _figure("dosage", "effectiveness")

    def draw(number: int) -> list[Artist]:
        for artist in [*axes.lines, *axes.collections]:
            artist.remove()
        step = steps[number]
        _draw_fit(axes, scenes[number], f"step {step.index + 1}: SSR = {ssr_digits(step.loss)}")
        return axes.get_children()

    draw(0)
    heights = [height for curves in scenes for curve in curves.values() for height in curve]
    lowest, highest = min(heights), max(*heights, *statquest.OBSERVED)
    margin = 0.05 * (highest - lowest)
    axes.set_ylim(lowest - margin, highest + margin)
    figure.draw_without_rendering()
    figure.set_layout_engine("none")  # all frames keep the layout of the first frame
    milliseconds = min(max(4000 // len(steps), 70), 500)
    return Film(figure, draw, len(steps), init_func=list, interval=milliseconds)


def write_plots(folder: Path, net: MLP, steps: Sequence[Step]) -> None:
    """Write every plot of a descent into a folder: PNG files, and the animation as a GIF. Create a missing folder."""
    folder.mkdir(parents=True, exist_ok=True)
    figures = {"fit": plot_fit(net), "descent": plot_descent(steps)}
    figures |= {f"ssr-{label}": plot_ssr(label, steps, net) for label in steps[0].values}
    for name, figure in figures.items():
        atomic_write(folder / f"{name}.png", figure.savefig)
    film = animate_descent(steps, net)
    atomic_write(folder / "descent.gif", lambda path: film.save(path, writer="pillow"))


def _figure(x_label: str, *y_labels: str) -> tuple[Figure, list[Axes]]:
    """Return an empty figure, and its axes from top to bottom, one for each y-label."""
    figure = Picture(figsize=(6.4, 4.4), layout=ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.1))
    column = list(figure.subplots(len(y_labels), sharex=True, squeeze=False)[:, 0])
    for axes, y_label in zip(column, y_labels, strict=True):
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_ylabel(y_label)
    column[-1].set_xlabel(x_label)
    return figure, column


def _curves(net: MLP) -> dict[str, list[float]]:
    """Return the blue curve, the orange curve and the squiggle at each dosage of the grid."""
    values = [statquest.labelled(statquest.predict(net, dosage)) for dosage in GRID]
    labels = ("blue curve", "orange curve", "predicted")
    return {label: [at[label].data for at in values] for label in labels}


def _draw_fit(axes: Axes, curves: dict[str, list[float]], title: str) -> None:
    dosages, observed = statquest.DOSAGES, statquest.OBSERVED
    predicted = [curves["predicted"][GRID.index(dosage)] for dosage in dosages]
    axes.plot(GRID, curves["blue curve"], color=BLUE, linewidth=2, label="blue curve")
    axes.plot(GRID, curves["orange curve"], color=ORANGE, linewidth=2, label="orange curve")
    axes.plot(GRID, curves["predicted"], color=GREEN, linewidth=3.5, label="green squiggle")
    axes.vlines(dosages, predicted, observed, INK, ":", linewidth=2, label="residuals")
    axes.plot(dosages, observed, "o", color=INK, markeredgecolor="white", markersize=10, zorder=3, label="data")
    axes.set_xticks(dosages, ["0 (low)", "0.5", "1 (high)"])
    axes.set_title(title)
    if not axes.figure.legends:
        axes.figure.legend(loc="outside lower center", ncols=5, frameon=False, columnspacing=1.2, handlelength=1.5)


def _copy(net: MLP | None) -> MLP:
    """Return a copy of net, or the lesson's network for None. Raise a ValueError for other sizes than 1, [2, 1]."""
    if net is None:
        return statquest.network(statquest.B3)
    if (net.n_inputs, net.layer_sizes) != (1, [2, 1]):
        raise ValueError(f"net is {net!r}, but the plots can show only an MLP(1, [2, 1]): pass such a network")
    return deepcopy(net)


def _some(steps: Iterable[Step]) -> list[Step]:
    taken = as_list(steps, "the steps")
    if not taken:
        raise ValueError("steps is empty, but a plot needs at least one step: write steps = list(sgd(...))")
    return taken


def _spread(steps: list[Step], count: int) -> list[Step]:
    """Return at most `count` of the steps, with the first step. Mostly late steps are left out."""
    if len(steps) <= count:
        return steps
    last, intervals = len(steps) - 1, max(count - 1, 1)
    return [steps[max(number, round(last * (number / intervals) ** 2))] for number in range(count)]
