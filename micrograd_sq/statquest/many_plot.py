"""A picture of many starts: which of them find the data, over a grid of the start values of two parameters."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.colors import ListedColormap, NoNorm
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from micrograd_sq import statquest
from micrograd_sq.statquest.descents import Backend, Watch, descents
from micrograd_sq.statquest.many import Fits
from micrograd_sq.statquest.plots import INK, empty_figure, write_pictures

ACROSS, UP = (
    "w2",
    "w4",
)  # the weights on both sides of the bottom node, which shape the orange curve
REACH = 3.0  # all but three of a thousand weights from a standard normal are closer to zero
PLACES = 151  # along each side
# Told apart by lightness, too, for those who see green and red alike.
ENDINGS = {
    "good": ("find the data", "#1a9c74"),
    "stuck": ("are stuck", "#2b2b3c"),
    "moving": ("are still moving", "#f2e6bd"),
    "diverged": ("diverge", "#d5540f"),
}


def fit_grid(
    learning_rate: float = 0.1,
    max_steps: int = 2000,
    backend: Backend = "numpy",
    watch: Watch = iter,
) -> Fits:
    """Fit all seven parameters from each place of a grid of w2 and w4; the others start as in `seven`.

    Args:
        learning_rate, max_steps, backend, watch: as for `fit_many`.

    Returns:
        What became of the starts, row by row from the lowest w4, and in a row from the lowest w2.
    """
    side = np.linspace(-REACH, REACH, PLACES)
    across, up = np.meshgrid(side, side)
    start = statquest.SEVEN | {ACROSS: across, UP: up}
    starts = np.stack([np.broadcast_to(value, across.shape).ravel() for value in start.values()])
    return Fits(*descents(learning_rate, max_steps, backend)(starts, watch))


def plot_starts(fits: Fits, max_steps: int) -> Figure:
    """The grid of starts, each place in the colour of how its descent ended.

    Args:
        fits: from `fit_grid`.
        max_steps: how many steps each start took.
    """
    figure, (axes,) = empty_figure(f"{ACROSS} at the start", f"{UP} at the start")
    figure.suptitle(f"Which starts find the data in {max_steps:,} steps?")
    edge = REACH * PLACES / (PLACES - 1)  # half a place beyond the last one
    axes.imshow(
        np.argmax(list(fits.endings().values()), axis=0).reshape(PLACES, PLACES),
        ListedColormap([colour for _, colour in ENDINGS.values()]),
        norm=NoNorm(),
        interpolation="nearest",
        origin="lower",
        extent=(-edge, edge, -edge, edge),
    )
    ticks = range(-int(REACH), int(REACH) + 1)
    axes.set(xticks=ticks, yticks=ticks)
    seven = [statquest.SEVEN[label] for label in (ACROSS, UP)]
    axes.plot(*seven, "o", color="white", markeredgecolor=INK, label="where seven starts")
    axes.legend(
        handles=[
            *(
                Patch(facecolor=colour, edgecolor=INK, linewidth=0.5, label=f"{count:,} {words}")
                for (words, colour), count in zip(
                    ENDINGS.values(), fits.counts().values(), strict=True
                )
            ),
            *axes.lines,
        ],
        title=f"Of {len(fits.ssr):,} starts",
        alignment="left",
        frameon=False,
        loc="upper left",
        bbox_to_anchor=(1.0, 1.02),
    )
    others = {label: value for label, value in statquest.SEVEN.items() if label not in (ACROSS, UP)}
    axes.annotate(
        "\n".join(
            ["The others start from", *(f"{label} = {value:g}" for label, value in others.items())]
        ),
        (1.07, 0),
        xycoords="axes fraction",
    )
    return figure


def write_starts(folder: Path, fits: Fits, max_steps: int) -> None:
    """Write the picture of a grid of starts into a folder, as starts.png."""
    write_pictures(folder, {"starts": plot_starts(fits, max_steps)})
