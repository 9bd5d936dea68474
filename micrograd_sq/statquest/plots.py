"""Pictures of the lesson: the squiggle, the SSR, the descent, and the squiggle on the move."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from micrograd_sq import statquest
from micrograd_sq.checks import as_list, positive_int, short_repr
from micrograd_sq.descent import Step
from micrograd_sq.files import atomic_write, check_folder
from micrograd_sq.nn import MLP
from micrograd_sq.straightline import value_and_grad
from micrograd_sq.text import digits, ssr_digits

try:
    from matplotlib.animation import FuncAnimation
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine
    from matplotlib.ticker import MaxNLocator
    from PIL import Image
except ModuleNotFoundError:
    raise ModuleNotFoundError(
        'plots need matplotlib: pip install "micrograd-sq[plots]"', name="matplotlib"
    ) from None

BLUE, ORANGE, GREEN, PINK, INK = "#2f7fd0", "#ee8420", "#34a04a", "#e0559f", "#333333"
# A parameter has the colour of the curve that it shapes; weights into a node are solid lines.
STYLES = {
    "w1": (BLUE, "-"), "w3": (BLUE, "--"), "b1": (BLUE, ":"),
    "w2": (ORANGE, "-"), "w4": (ORANGE, "--"), "b2": (ORANGE, ":"), "b3": (GREEN, "-"),
}  # fmt: skip
LARGEST = 1e300  # an SSR beyond it leaves the axes no room among the floats
GRID = [place / 100 for place in range(101)]


class Picture(Figure):
    """A figure that a notebook shows by itself, with pyplot or without."""

    def _repr_png_(self) -> bytes:
        buffer = BytesIO()
        self.savefig(buffer, format="png")
        return buffer.getvalue()


BUTTONS = {
    "minus": "−", "fast-backward": "⏮", "step-backward": "<", "play fa-flip-horizontal": "◀", "pause": "❚❚",
    "play": "▶", "step-forward": ">", "fast-forward": "⏭", "plus": "+",
}  # fmt: skip


class Film(FuncAnimation):
    """An animation that a notebook plays by itself, with matplotlib's own player."""

    def _repr_html_(self) -> str:
        """The player, with letters on its buttons where matplotlib would fetch icons from a network."""
        player = re.sub(r"<link[^>]*>", "", self.to_jshtml())
        return re.sub(r'<i class="fa fa-([^"]*)"></i>', lambda found: BUTTONS[found[1]], player)


def plot_fit(net: MLP) -> Figure:
    """The data, the blue and the orange curve, the green squiggle, the residuals as dotted lines.

    Args:
        net: a network of the lesson's shape, MLP(1, [2, 1]).
    """
    figure, (axes,) = empty_figure("dosage", "effectiveness")
    _draw_fit(axes, _curve_heights(net), f"SSR = {ssr_digits(statquest.loss(net).data)}")
    return figure


def plot_ssr(parameter: str, steps: Iterable[Step] = (), net: MLP | None = None) -> Figure:
    """The pink curve of the SSR against one parameter, with a descent's points and tangents on it.

    Of many steps six are shown, the first and the last among them. Where they change other
    parameters too, each has a pink curve of its own, from pale to strong.

    Args:
        parameter: the label of the parameter along the x-axis.
        steps: what `sgd` yielded, if a descent is to be shown.
        net: gives the parameters that the descent did not change; the lesson's where it is None.

    Raises:
        KeyError: no parameter is labelled so, or as one that the steps optimise.
        ValueError: the steps do not optimise it, or are of several descents.
    """
    net, steps = _copy(net), _spread(_taken(steps), 6)
    if steps:
        net.load(steps[0].values)
    centre, reach = net[parameter].data, 3.0
    several = bool(steps) and len(steps[0].values) > 1
    if steps:
        if parameter not in steps[0].values:
            known = ", ".join(steps[0].values)
            raise ValueError(f"the steps do not optimise {parameter!r}; they optimise {known}")
        centre = min(steps, key=lambda step: step.loss).values[parameter]
        reach = max(0.5, *(1.2 * abs(step.values[parameter] - centre) for step in steps))
    figure, (axes,) = empty_figure(parameter, "SSR")
    across = np.linspace(centre - reach, centre + reach, len(GRID))
    f = value_and_grad(statquest.loss(net), net.parameters(), backend="numpy")
    still = {each.label: each.data for each in net.parameters()}
    others = [step.values for step in steps] if several else [{}]
    for number, values in enumerate(others, start=1):
        heights, _ = f(*(still | values | {parameter: across}).values())
        axes.plot(across, heights, color=PINK, linewidth=2.5, alpha=number / len(others))
    top = max([step.loss for step in steps], default=max(heights)) or 1.0  # a perfect fit has 0
    axes.set(xlim=(across[0], across[-1]), ylim=(-0.03 * top, 1.12 * top))
    for number, step in enumerate(steps):
        at, slope = step.values[parameter], step.gradients[parameter]
        half = 0.12 / math.hypot(0.5 / reach, slope / top)  # so that tangents look equally long
        ends = [at - half, at + half]
        axes.plot(ends, [step.loss + slope * (end - at) for end in ends], color=INK, linewidth=1)
        colour = GREEN if step is steps[-1] else INK
        axes.plot(at, step.loss, "o", color=colour, markeredgecolor="white", zorder=3)
        if number < (1 if several else 3):  # later ones would cover one another
            axes.annotate(
                f"slope {digits(slope)}",
                (at, step.loss),
                (10, 6) if at <= centre else (-10, 6),
                textcoords="offset points",
                ha="left" if at <= centre else "right",
                bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1},
            )
    return figure


def plot_descent(steps: Iterable[Step]) -> Figure:
    """The SSR by step, on a logarithmic scale, and below it the parameters by step.

    Args:
        steps: what `sgd` yielded, one at least.
    """
    steps = _some(steps)
    figure, (above, below) = empty_figure("step", "SSR", "parameters")
    numbers, marker = [step.index + 1 for step in steps], "o" if len(steps) <= 30 else ""
    losses = [step.loss for step in steps]
    above.plot(numbers, losses, marker=marker, color=PINK, linewidth=2)
    if min(losses) >= 0.0 < max(losses):  # a logarithm needs more than 0
        above.set_yscale("log")
    below.xaxis.set_major_locator(MaxNLocator(integer=True))
    for label in steps[0].values:
        colour, line = STYLES.get(label, (INK, "-"))
        values = [step.values[label] for step in steps]
        below.plot(numbers, values, line, marker=marker, color=colour, linewidth=2)
    lowest, highest = below.get_ylim()
    height = -math.inf
    ends = steps[-1].values if len(steps[0].values) <= len(STYLES) else {}  # room for names
    for label, value in sorted(ends.items(), key=lambda end: end[1]):
        height = max(value, height + (highest - lowest) / 11)  # so that no two names overlap
        colour, _ = STYLES.get(label, (INK, "-"))
        place = below.get_yaxis_transform()  # x as a share of the axes' width
        name = f" {label} = {digits(value)}"
        below.text(1.0, height, name, color=colour, va="center", transform=place)
    return figure


def animate_descent(
    steps: Iterable[Step], net: MLP | None = None, frames: int = 60
) -> FuncAnimation:
    """The squiggle on its way to the data: a notebook plays it, and its `save` writes a GIF.

    Args:
        steps: what `sgd` yielded, one at least.
        net: gives the parameters that the descent did not change; the lesson's where it is None.
        frames: the most frames; where there are more steps, early ones are shown more closely.
    """
    figure, draw, count, milliseconds = _scenes(steps, net, frames)
    return Film(figure, draw, count, init_func=list, interval=milliseconds)


def write_plots(folder: Path, net: MLP, steps: Sequence[Step]) -> None:
    """Write every plot of a descent into a folder: PNG files, and the animation as a GIF.

    Raises:
        ValueError: the folder, or a file in it, cannot be made, or an SSR is too large.
    """
    largest = max(step.loss for step in steps)
    if largest > LARGEST:
        raise ValueError(f"an SSR of {ssr_digits(largest)} is too large to plot: start closer to 0")
    pictures = {f"ssr-{label}": plot_ssr(label, steps, net) for label in steps[0].values}
    pictures |= {"fit": plot_fit(net), "descent": plot_descent(steps)}
    write_pictures(folder, pictures)
    atomic_write(folder / "descent.gif", lambda path: _write_film(path, *_scenes(steps, net)))


def write_pictures(folder: Path, pictures: Mapping[str, Figure]) -> None:
    """Write pictures into a folder, made where it is missing, as PNG files by their names.

    Raises:
        ValueError: the folder, or a file in it, cannot be made.
    """
    check_folder(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, picture in pictures.items():
        atomic_write(folder / f"{name}.png", picture.savefig)


def _scenes(
    steps: Iterable[Step], net: MLP | None, frames: int = 60
) -> tuple[Figure, Callable[[int], list[Artist]], int, int]:
    """A figure, what draws a frame into it and returns what moves, how many frames, and the milliseconds of each."""
    net, steps = _copy(net), _spread(_some(steps), positive_int(frames, "frames"))
    scenes = []
    for step in steps:
        net.load(step.values)
        scenes.append(_curve_heights(net))
    heights = [height for curves in scenes for curve in curves.values() for height in curve]
    figure, (axes,) = empty_figure("dosage", "effectiveness")

    def draw(number: int) -> list[Artist]:
        for artist in [*axes.lines, *axes.collections]:
            artist.remove()
        step = steps[number]
        _draw_fit(axes, scenes[number], f"step {step.index + 1}: SSR = {ssr_digits(step.loss)}")
        moving = [*axes.lines, *axes.collections, axes.title]
        return sorted(moving, key=Artist.get_zorder)  # from the back to the front

    draw(0)
    lowest, highest = min(heights), max(*heights, *statquest.OBSERVED)
    margin = 0.05 * (highest - lowest)
    axes.set_ylim(lowest - margin, highest + margin)
    figure.draw_without_rendering()
    figure.set_layout_engine("none")  # the first frame's serves all, so that nothing jumps
    return figure, draw, len(steps), min(max(4000 // len(steps), 70), 500)


def _write_film(
    path: Path,
    figure: Figure,
    draw: Callable[[int], list[Artist]],
    count: int,
    milliseconds: int,
) -> None:
    """Write the frames as a GIF. What does not move is drawn once, and all frames have the first one's colours.

    An animation's own `save` draws everything twice for each frame, and takes eight times as long.
    """
    canvas: Any = FigureCanvasAgg(figure)  # most of it has no types
    moving = draw(0)
    for artist in moving:
        artist.set_visible(False)
    canvas.draw()
    background = canvas.copy_from_bbox(figure.bbox)
    for artist in moving:
        artist.set_visible(True)
    frames: list[Image.Image] = []
    for number in range(count):
        canvas.restore_region(background)
        for artist in draw(number):
            figure.draw_artist(artist)
        drawn = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
        # Of the ways to choose colours, this one keeps white as white.
        method = Image.Quantize.MAXCOVERAGE
        palette = frames[0] if frames else drawn.quantize(128, method)
        frames.append(drawn.quantize(palette=palette, dither=Image.Dither.NONE))
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=milliseconds, loop=0)


def empty_figure(x_label: str, *y_labels: str) -> tuple[Figure, list[Axes]]:
    """An empty figure with axes one above the other."""
    figure = Picture(figsize=(6.4, 4.4), layout=ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.1))
    column = list(figure.subplots(len(y_labels), sharex=True, squeeze=False)[:, 0])
    for axes, y_label in zip(column, y_labels, strict=True):
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_ylabel(y_label)
    column[-1].set_xlabel(x_label)
    return figure, column


def _curve_heights(net: MLP) -> dict[str, list[float]]:
    """The blue curve, the orange curve and the squiggle, at each dosage of the grid."""
    _check(net)
    values = [statquest.labelled(statquest.predict(net, dosage)) for dosage in GRID]
    return {
        label: [at[label].data for at in values]
        for label in ("blue curve", "orange curve", "predicted")
    }


def _draw_fit(axes: Axes, curves: dict[str, list[float]], title: str) -> None:
    predicted = [curves["predicted"][GRID.index(dosage)] for dosage in statquest.DOSAGES]
    axes.plot(GRID, curves["blue curve"], color=BLUE, linewidth=2, label="blue curve")
    axes.plot(GRID, curves["orange curve"], color=ORANGE, linewidth=2, label="orange curve")
    axes.plot(GRID, curves["predicted"], color=GREEN, linewidth=3.5, label="green squiggle")
    axes.vlines(
        statquest.DOSAGES, predicted, statquest.OBSERVED, INK, ":", linewidth=2, label="residuals"
    )
    (data,) = axes.plot(statquest.DOSAGES, statquest.OBSERVED, "o", color=INK, label="data")
    data.set(markeredgecolor="white", markersize=10, zorder=3)
    axes.set_xticks(statquest.DOSAGES, ["0 (low)", "0.5", "1 (high)"])
    axes.set_title(title)
    if not axes.figure.legends:
        axes.figure.legend(
            loc="outside lower center", ncols=5, frameon=False, columnspacing=1.2, handlelength=1.5
        )


def _copy(net: MLP | None) -> MLP:
    """A network to change, with the values of the one that is not to be."""
    if net is None:
        return statquest.network(statquest.B3)
    _check(net)
    return deepcopy(net)


def _check(net: MLP) -> None:
    if not isinstance(net, MLP):
        raise TypeError(f"the plots show a network, not {short_repr(net)}")
    if (net.n_inputs, [len(layer) for layer in net.layers]) != (1, [2, 1]):
        raise ValueError("the plots show a network of the lesson's shape, MLP(1, [2, 1])")


def _some(steps: Iterable[Step]) -> list[Step]:
    if not (taken := _taken(steps)):
        raise ValueError("there are no steps to plot; keep those that sgd yields in a list")
    return taken


def _taken(steps: Iterable[Step]) -> list[Step]:
    taken = as_list(steps, "the steps")
    for step in taken:
        if not isinstance(step, Step):
            raise TypeError(
                f"the steps are those that sgd yields, in a list, not {short_repr(step)}"
            )
    for one, other in pairwise(taken):
        if one.values.keys() != other.values.keys() or one.index >= other.index:
            several = ", then of ".join(", ".join(each.values) for each in (one, other))
            raise ValueError(f"the steps are of several descents, of {several}: give those of one")
    return taken


def _spread(steps: list[Step], count: int) -> list[Step]:
    """At most that many of the steps, from the first to the last, early ones closer together."""
    if len(steps) <= count:
        return steps
    shares = [number / max(count - 1, 1) for number in range(count)]
    last = len(steps) - 1
    return [steps[max(number, round(last * share**2))] for number, share in enumerate(shares)]
