"""The plots: the artists drawn carry the numbers that the engine computed."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from matplotlib.text import Annotation
from PIL import Image

from micrograd_sq import MLP, Step, Value, sgd, statquest
from micrograd_sq.statquest import plots, training
from micrograd_sq.statquest.plots import animate_descent, plot_descent, plot_fit, plot_ssr
from tests.command import run

B3 = training.descend(["b3"], tolerance=0.001)
THREE = training.descend([*statquest.THREE], statquest.THREE)


def line(axes: Axes, label: str) -> Line2D:
    (found,) = [drawn for drawn in axes.lines if drawn.get_label() == label]
    return found


def xy(drawn: Line2D) -> tuple[list[float], list[float]]:
    xs, ys = np.asarray(drawn.get_xydata(), dtype=float).T
    return xs.tolist(), ys.tolist()


def coloured(axes: Axes, colour: str) -> list[Line2D]:
    return [drawn for drawn in axes.lines if to_hex(drawn.get_color()) == colour]


def points(axes: Axes) -> list[tuple[float, float]]:
    drawn = [xy(drawn) for drawn in axes.lines if drawn.get_marker() == "o"]
    return [(x, y) for (x,), (y,) in drawn]


def test_the_fit_shows_both_curves_the_squiggle_the_data_and_the_residuals() -> None:
    (axes,) = plot_fit(statquest.network(2.0)).axes
    labels = {"blue curve": plots.BLUE, "orange curve": plots.ORANGE, "green squiggle": plots.GREEN}
    assert {label: to_hex(line(axes, label).get_color()) for label in labels} == labels
    blue, orange, squiggle = (xy(line(axes, label)) for label in labels)
    dosages, predicted = squiggle
    assert predicted == pytest.approx([b + o + 2.0 for b, o in zip(blue[1], orange[1], strict=True)])
    shown = {dosage: predicted[dosages.index(dosage)] for dosage in (0, 0.5, 1)}
    expected = [2 - 2.60366523805941, 2 - 1.6090193181937857, 2 - 2.6148696340356783]
    assert list(shown.values()) == pytest.approx(expected)
    data = list(zip(*xy(line(axes, "data")), strict=True))
    assert data == [(0, 0), (0.5, 1), (1, 0)]
    (residuals,) = axes.collections
    ends = [[tuple(end) for end in segment] for segment in residuals.get_segments()]  # type: ignore[attr-defined]  # of a LineCollection
    assert ends == [[one, other] for one, other in zip(shown.items(), data, strict=True)]
    assert axes.get_title() == "SSR = 1.11"


@pytest.mark.parametrize(("descent", "parameter"), [(B3, "b3"), (THREE, "w3"), (THREE, "b3")])
def test_points_are_steps_and_tangents_have_the_gradients_as_slopes(descent: training.Descent, parameter: str) -> None:
    (axes,) = plot_ssr(parameter, descent.steps, descent.net).axes
    steps = {(step.values[parameter], step.loss): step for step in descent.steps}
    drawn = points(axes)
    tangents = [each for each in axes.lines if len(xy(each)[0]) == 2]
    assert len(drawn) == len(tangents) == 6
    assert (drawn[0], drawn[-1]) == (next(iter(steps)), list(steps)[-1])
    for (x, y), tangent in zip(drawn, tangents, strict=True):
        (x1, x2), (y1, y2) = xy(tangent)
        assert (y2 - y1) / (x2 - x1) == pytest.approx(steps[x, y].gradients[parameter], abs=1e-9)
        assert ((x1 + x2) / 2, (y1 + y2) / 2) == pytest.approx((x, y))


def test_the_pink_curve_is_the_ssr_with_the_slopes_of_the_video() -> None:
    for axes in (*plot_ssr("b3").axes, *plot_ssr("b3", B3.steps).axes):
        (pink,) = coloured(axes, plots.PINK)
        for b3, ssr in zip(*xy(pink), strict=True):
            assert ssr == pytest.approx(statquest.loss(statquest.network(b3)).data)
        assert axes.get_xlabel() == "b3"
    shown = [text.get_text().strip() for text in axes.texts if isinstance(text, Annotation)]
    assert shown == ["slope -15.7", "slope -6.26", "slope -2.50"]


def test_each_step_of_several_parameters_has_its_own_curve() -> None:
    (axes,) = plot_ssr("w4", THREE.steps).axes
    curves = coloured(axes, plots.PINK)
    assert len(curves) == 6
    for curve, (x, y) in zip(curves, points(axes), strict=True):
        assert y == pytest.approx(np.interp(x, *xy(curve)), abs=0.03)  # the point lies on its curve


def test_the_descent_is_drawn_step_by_step() -> None:
    above, below = plot_descent(iter(THREE.steps)).axes
    (ssr,) = above.lines
    assert xy(ssr)[1] == [step.loss for step in THREE.steps]
    assert above.get_yscale() == "log"
    for drawn, label in zip(below.lines, ("w3", "w4", "b3"), strict=True):
        assert xy(drawn)[1] == [step.values[label] for step in THREE.steps]
        assert xy(drawn)[0] == list(range(1, len(THREE.steps) + 1))
    shown = sorted(text.get_text().strip() for text in below.texts)
    assert shown == ["b3 = 2.61", "w3 = -1.22", "w4 = -2.30"]


def test_a_part_of_a_descent_and_any_loss_can_be_drawn() -> None:
    x = Value(0.0, "x")
    steps = list(sgd(lambda: (x - 3) ** 2 - 5, [x], max_steps=8))
    above, below = plot_descent(steps[5:]).axes
    assert [xy(axes.lines[0])[0] for axes in (above, below)] == [[6, 7, 8]] * 2
    assert above.get_yscale() == "linear"  # negative numbers have no logarithm
    perfect = Step(0, 0.0, {"b3": 2.6}, {"b3": 0.0}, {"b3": 0.0}, {"b3": 2.6}, True)
    (axes,) = plot_ssr("b3", [perfect]).axes
    assert points(axes) == [(2.6, 0.0)]
    plot_descent([perfect])._repr_png_()  # type: ignore[attr-defined]  # a notebook calls it


@pytest.mark.parametrize(
    ("draw", "error", "message"),
    [
        (lambda: plot_fit(MLP(1, [3, 1])), ValueError, r"net is MLP\(1, \[3, 1\].* only an MLP\(1, \[2, 1\]\)"),
        (lambda: plot_ssr("w1", THREE.steps), ValueError, "parameter is 'w1', but the steps optimise w3, w4, b3"),
        (lambda: plot_ssr("w9"), KeyError, "no parameter 'w9'"),
        (lambda: plot_descent([]), ValueError, r"steps is empty, .*: write steps = list\(sgd\(...\)\)"),
        (lambda: animate_descent(B3.steps, frames=0), ValueError, "frames is 0"),
    ],
)
def test_what_cannot_be_plotted_is_an_error(draw: Callable[[], object], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        draw()


def test_a_frame_shows_the_squiggle_of_its_step_and_the_network_stays_as_it_is() -> None:
    net = statquest.network(w1=1.5)
    before = [parameter.data for parameter in net.parameters()]
    film = animate_descent(B3.steps, net, frames=4)
    film._draw_frame(2)  # type: ignore[attr-defined]  # matplotlib's own, without types
    (axes,) = film._fig.axes  # type: ignore[attr-defined]  # the same
    step = B3.steps[4]  # of ten steps, early ones are shown more closely
    expected = float(statquest.network(step.values["b3"], w1=1.5)(0.5))
    assert np.interp(0.5, *xy(line(axes, "green squiggle"))) == pytest.approx(expected, rel=1e-12)
    assert axes.get_title() == "step 5: SSR = 0.01"
    assert film._repr_html_().count("data:image/png;base64,") == 4
    assert [parameter.data for parameter in net.parameters()] == before


def test_a_plot_does_not_import_pyplot_or_jax() -> None:
    code = "import sys, micrograd_sq; micrograd_sq.plot_ssr('b3'); print({'matplotlib.pyplot', 'jax'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_without_matplotlib_a_plot_names_the_extra_and_the_rest_works(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['matplotlib'] = None; import pydoc, micrograd_sq; "
        "assert 'sgd(' in pydoc.render_doc(micrograd_sq); from micrograd_sq.cli import main; "
        f"sys.exit(main({['three', '--plots', str(tmp_path / 'new')]}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    shown = 'micrograd-sq: plots need matplotlib: pip install "micrograd-sq[plots]"\n'
    assert (done.returncode, done.stdout, done.stderr) == (2, "", shown)
    assert list(tmp_path.iterdir()) == []


def test_the_command_writes_every_plot_of_a_descent(tmp_path: Path) -> None:
    command = ["train", "--parameters", "b2,b3", "--max-steps", "3"]
    done = run(*command, "--plots", str(tmp_path / "new" / "plots"))
    assert (done.returncode, done.stderr, done.stdout) == (0, "", run(*command).stdout)
    written = sorted((tmp_path / "new" / "plots").iterdir())
    names = ["descent.gif", "descent.png", "fit.png", "ssr-b2.png", "ssr-b3.png"]
    assert [path.name for path in written] == names
    for path in written:
        with Image.open(path) as picture:
            picture.load()
            assert picture.format == path.suffix[1:].upper()
            assert picture.width * picture.height > 100_000
            assert getattr(picture, "n_frames", 1) == (3 if path.suffix == ".gif" else 1)
