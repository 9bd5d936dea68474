"""The plots: the artists drawn carry the numbers that the engine computed."""

import itertools
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from matplotlib.text import Annotation
from PIL import Image

import micrograd_sq
from micrograd_sq import (
    MLP,
    Value,
    animate_descent,
    plot_descent,
    plot_fit,
    plot_ssr,
    sgd,
    statquest,
    value_and_grad,
)
from micrograd_sq.files import atomic_write
from micrograd_sq.statquest import many_plot, plots, training
from micrograd_sq.statquest.many import GOOD
from micrograd_sq.statquest.training import FLAT
from tests.command import run

B3 = training.descend(statquest.network(), ["b3"], tolerance=0.001)
THREE = training.descend(
    training.start_network(["w3"], statquest.THREE, seed=None), [*statquest.THREE]
)


def line(axes: Axes, label: str) -> Line2D:
    (found,) = [drawn for drawn in axes.lines if drawn.get_label() == label]
    return found


def xy(drawn: Line2D) -> tuple[list[float], list[float]]:
    """The places that a line was drawn through."""
    xs, ys = np.asarray(drawn.get_xydata(), dtype=float).T
    return xs.tolist(), ys.tolist()


def at(drawn: Line2D, x: float) -> float:
    """The height of a line at a place that it was drawn through."""
    xs, ys = xy(drawn)
    return ys[xs.index(x)]


def coloured(axes: Axes, colour: str) -> list[Line2D]:
    return [drawn for drawn in axes.lines if to_hex(drawn.get_color()) == colour]


def tangents(axes: Axes) -> list[Line2D]:
    return [drawn for drawn in axes.lines if len(xy(drawn)[0]) == 2]


def points(axes: Axes) -> list[tuple[float, float]]:
    drawn = [xy(drawn) for drawn in axes.lines if drawn.get_marker() == "o"]
    return [(x, y) for (x,), (y,) in drawn]


def test_the_squiggle_passes_through_the_predictions() -> None:
    (axes,) = plot_fit(statquest.network()).axes
    squiggle = line(axes, "green squiggle")
    assert [at(squiggle, dosage) for dosage in (0, 0.5, 1)] == pytest.approx(
        [-2.60366523805941, -1.6090193181937857, -2.6148696340356783], rel=1e-14
    )
    assert to_hex(squiggle.get_color()) == plots.GREEN
    assert axes.get_title() == "SSR = 20.4"


def test_the_blue_and_the_orange_curve_and_b3_add_up_to_the_squiggle() -> None:
    (axes,) = plot_fit(statquest.network(2.61)).axes
    blue, orange = line(axes, "blue curve"), line(axes, "orange curve")
    curves = zip(xy(blue)[1], xy(orange)[1], strict=True)
    assert xy(line(axes, "green squiggle"))[1] == pytest.approx([b + o + 2.61 for b, o in curves])
    assert (to_hex(blue.get_color()), to_hex(orange.get_color())) == (plots.BLUE, plots.ORANGE)


def test_the_residuals_are_dotted_lines_from_the_squiggle_to_the_data() -> None:
    (axes,) = plot_fit(statquest.network()).axes
    (residuals,) = axes.collections
    ends = [[tuple(end) for end in segment] for segment in residuals.get_segments()]  # type: ignore[attr-defined]  # of a LineCollection
    lengths = [data[1] - predicted[1] for predicted, data in ends]
    assert [round(length, 2) for length in lengths] == [2.60, 2.61, 2.61]
    assert [data for _, data in ends] == [(0.0, 0.0), (0.5, 1.0), (1.0, 0.0)]
    solid: object = [(0.0, None)]
    assert residuals.get_linestyle() != solid
    assert list(zip(*xy(line(axes, "data")), strict=True)) == [(0, 0), (0.5, 1), (1, 0)]


def test_another_networks_shape_is_refused() -> None:
    with pytest.raises(ValueError, match=r"MLP\(1, \[2, 1\]\)"):
        plot_fit(MLP(1, [3, 1]))


def test_the_pink_curve_is_the_ssr() -> None:
    (axes,) = plot_ssr("b3", B3.steps).axes
    (pink,) = coloured(axes, plots.PINK)
    for b3, ssr in zip(*xy(pink), strict=True):
        assert ssr == pytest.approx(statquest.loss(statquest.network(b3)).data)
    assert axes.get_xlabel() == "b3"


@pytest.mark.parametrize(("descent", "parameter"), [(B3, "b3"), (THREE, "w3"), (THREE, "b3")])
def test_points_are_steps_and_tangents_have_the_gradients_as_slopes(
    descent: training.Descent, parameter: str
) -> None:
    (axes,) = plot_ssr(parameter, descent.steps, descent.net).axes
    steps = {(step.values[parameter], step.loss): step for step in descent.steps}
    drawn = points(axes)
    assert len(drawn) == len(tangents(axes)) == 6
    assert (drawn[0], drawn[-1]) == (next(iter(steps)), list(steps)[-1])
    for (x, y), tangent in zip(drawn, tangents(axes), strict=True):
        (x1, x2), (y1, y2) = xy(tangent)
        assert (y2 - y1) / (x2 - x1) == pytest.approx(steps[x, y].gradients[parameter], abs=1e-9)
        assert ((x1 + x2) / 2, (y1 + y2) / 2) == pytest.approx((x, y))


def test_the_slopes_are_those_of_the_video() -> None:
    (axes,) = plot_ssr("b3", B3.steps).axes
    shown = [text.get_text() for text in axes.texts if isinstance(text, Annotation)]
    assert shown == ["slope -15.7", "slope -6.26", "slope -2.50"]


def test_of_several_parameters_each_step_has_a_curve_of_its_own() -> None:
    (axes,) = plot_ssr("w4", THREE.steps).axes
    curves = coloured(axes, plots.PINK)
    assert len(curves) == 6
    for curve, (x, y) in zip(curves, points(axes), strict=True):
        xs, ys = xy(curve)
        after = next(place for place, other in enumerate(xs) if other > x)
        before, share = after - 1, (x - xs[after - 1]) / (xs[after] - xs[after - 1])
        between = ys[before] + share * (ys[after] - ys[before])
        assert y == pytest.approx(between, abs=0.03)  # the point lies on its curve


def test_a_curve_without_a_descent() -> None:
    (axes,) = plot_ssr("w3").axes
    (curve,) = axes.lines
    xs, ys = xy(curve)
    assert xs[ys.index(min(ys))] == pytest.approx(-1.22, abs=0.05)


def test_a_parameter_that_the_steps_do_not_optimise_is_told() -> None:
    with pytest.raises(ValueError, match="'w1'; they optimise w3, w4, b3"):
        plot_ssr("w1", THREE.steps)
    with pytest.raises(KeyError, match="no parameter 'w9'"):
        plot_ssr("w9")


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


@pytest.mark.parametrize(
    ("draw", "given", "message"),
    [
        (plot_descent, [THREE.steps[-1]], r"the steps must be in a list, .* not Step\("),
        (plot_descent, [[1.0, 2.0]], "the steps are those that sgd yields, .* not 1.0"),
        (plot_ssr, ["b3", [None]], "the steps are those that sgd yields, .* not None"),
        (plot_fit, [None], "the plots show a network, not None"),
        (plot_ssr, ["b3", [], 0], "the plots show a network, not 0"),
        (animate_descent, [THREE.steps, []], r"the plots show a network, not \[\]"),
    ],
)
def test_what_is_no_step_and_no_network_is_told(draw: Any, given: list[Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        draw(*given)


def test_steps_that_do_not_belong_together_or_to_the_network_are_told() -> None:
    b3 = training.descend(statquest.network(), ["b3"], max_steps=2)
    with pytest.raises(ValueError, match="of several descents, of w3, w4, b3, then of b3: give"):
        plot_descent(THREE.steps + b3.steps)
    with pytest.raises(ValueError, match="of several descents, of b3, then of b3: give"):
        plot_ssr("b3", b3.steps + b3.steps)
    net, other = statquest.network(), Value(0.0, "other")
    steps = list(sgd(lambda: statquest.loss(net) + other**2, [net["b3"], other], max_steps=2))
    with pytest.raises(KeyError, match="no parameter 'other'; this network has w1"):
        plot_ssr("b3", steps)


def test_no_steps_are_told() -> None:
    net = statquest.network()
    steps = sgd(lambda: statquest.loss(net), [net["b3"]])
    assert len(list(steps)) > 1
    with pytest.raises(ValueError, match="no steps to plot; keep those that sgd yields in a list"):
        plot_descent(steps)


def test_the_plots_leave_the_network_as_it_is() -> None:
    net = training.start_network([], {"w1": 1.5}, seed=None)
    before = [parameter.data for parameter in net.parameters()]
    plot_ssr("b3", B3.steps, net)
    animate_descent(B3.steps, net, frames=2).to_jshtml()
    assert [parameter.data for parameter in net.parameters()] == before


@pytest.mark.parametrize(("asked", "shown"), [(1, 1), (4, 4), (10, 10), (60, 10)])
def test_the_gif_has_as_many_frames_as_asked_or_as_there_are_steps(
    asked: int, shown: int, tmp_path: Path
) -> None:
    animate_descent(B3.steps, frames=asked).save(tmp_path / "film.gif", writer="pillow")
    with Image.open(tmp_path / "film.gif") as film:
        assert getattr(film, "n_frames", 1) == shown


def test_each_frame_of_the_written_gif_looks_as_if_it_had_been_drawn_whole(tmp_path: Path) -> None:
    figure, draw, count, milliseconds = plots._scenes(B3.steps, None)
    plots._write_film(tmp_path / "film.gif", figure, draw, count, milliseconds)
    with Image.open(tmp_path / "film.gif") as film:
        assert (getattr(film, "n_frames", 1), film.info["duration"]) == (count, milliseconds)
        for number in range(count):
            draw(number)
            figure.savefig(tmp_path / "whole.png")
            film.seek(number)
            with Image.open(tmp_path / "whole.png") as whole:
                expected = np.asarray(whole.convert("RGB"), dtype=int)
            shown = np.asarray(film.convert("RGB"), dtype=int)
            assert (shown[expected == 255] == 255).mean() > 0.999  # white stays white
            assert (np.abs(shown - expected) > 40).mean() < 0.0001


def test_frames_go_from_the_first_step_to_the_last_and_early_ones_closely() -> None:
    indices = [step.index for step in plots._spread(THREE.steps, 60)]
    assert len(set(indices)) == 60
    assert (indices[:4], indices[-1]) == ([0, 1, 2, 3], len(THREE.steps) - 1)
    assert indices[-1] - indices[-2] > 10


def test_a_frame_shows_the_squiggle_of_its_step() -> None:
    film = animate_descent(B3.steps)
    film._draw_frame(3)  # type: ignore[attr-defined]  # matplotlib's own, without types
    (axes,) = film._fig.axes  # type: ignore[attr-defined]  # the same
    expected = float(statquest.network(B3.steps[3].values["b3"])(0.5))
    assert at(line(axes, "green squiggle"), 0.5) == pytest.approx(expected, rel=1e-12)
    assert axes.get_title() == "step 4: SSR = 0.08"
    film.to_jshtml()  # else matplotlib warns of an animation that nobody saw


def test_a_frame_count_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match=r"frames is 2\.5, but it must be an integer"):
        animate_descent(THREE.steps, frames=2.5)  # type: ignore[arg-type]  # the mistake
    with pytest.raises(ValueError, match="frames is 0"):
        animate_descent(B3.steps, frames=0)


def test_a_notebook_shows_a_plot_and_plays_an_animation() -> None:
    figure = plot_fit(statquest.network())
    assert figure._repr_png_().startswith(b"\x89PNG")  # type: ignore[attr-defined]  # what a notebook asks for
    page = animate_descent(B3.steps, frames=3)._repr_html_()
    assert page.count("data:image/png;base64,") == 3


def test_pyplot_is_left_alone() -> None:
    code = (
        "import sys, micrograd_sq as m; m.plot_ssr('b3'); print('matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_the_package_is_imported_without_matplotlib() -> None:
    code = "import sys, micrograd_sq; print('matplotlib' in sys.modules, 'tqdm' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'micrograd_sq' has no attribute 'plot_nothing'"):
        micrograd_sq.plot_nothing  # type: ignore[attr-defined]  # noqa: B018 - the mistake that is tested


def without_matplotlib(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command, where Python finds no matplotlib."""
    code = (
        "import sys; sys.modules['matplotlib'] = None; "
        f"from micrograd_sq.cli import main; sys.exit(main({list(arguments)}))"
    )
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_a_missing_matplotlib_is_one_line_that_names_the_extra(tmp_path: Path) -> None:
    done = without_matplotlib("three", "--plots", str(tmp_path / "new"))
    assert (done.returncode, done.stdout) == (2, "")
    shown = 'micrograd-sq: plots need matplotlib: pip install "micrograd-sq[plots]"\n'
    assert done.stderr == shown
    assert list(tmp_path.iterdir()) == []
    assert without_matplotlib("three").stdout == run("three").stdout


@pytest.mark.parametrize("command", [["b3"], ["train", "--parameters", "b2,b3"]])
def test_the_command_writes_the_plots(command: list[str], tmp_path: Path) -> None:
    folder = tmp_path / "new" / "plots"
    done = run(*command, "--max-steps", "5", "--plots", str(folder))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == run(*command, "--max-steps", "5").stdout
    parameters = command[-1].split(",")
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        ["descent.gif", "descent.png", "fit.png", *(f"ssr-{name}.png" for name in parameters)]
    )
    for path in folder.iterdir():
        with Image.open(path) as picture:
            picture.load()
            assert picture.format == path.suffix[1:].upper()
            assert math.prod(picture.size) > 100_000


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "plots"):
        done = run("--plots", str(folder))
        assert (done.returncode, done.stdout) == (2, "")
        assert f"error: cannot write into the folder {folder}: " in done.stderr
        assert "Traceback" not in done.stderr


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "fit.png"
    path.write_text("before")

    def fail(temporary: Path) -> None:
        temporary.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(ValueError, match=r"cannot write .*fit\.png: No space left on device"):
        atomic_write(path, fail)
    assert [(other.name, other.read_text()) for other in tmp_path.iterdir()] == [
        ("fit.png", "before")
    ]


@pytest.mark.parametrize(
    ("rate", "steps", "endings"),
    [
        (0.05, 1000, {"good", "stuck", "moving"}),
        (0.2, 50, {"stuck", "moving"}),
        (0.33, 50, {"moving", "diverged"}),
    ],
)
def test_the_picture_of_many_starts_has_each_start_in_the_colour_of_its_end(
    rate: float, steps: int, endings: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many_plot, "PLACES", 9)
    (axes,) = many_plot.plot_starts(many_plot.fit_grid(rate, steps), steps).axes
    (image,) = axes.images
    drawn = np.asarray(image.get_array())
    net = statquest.network()
    f = value_and_grad(statquest.loss(net), net.parameters())
    met = set()
    for row, column in itertools.product(range(9), range(9)):
        at = statquest.SEVEN | {"w2": -3 + 6 * column / 8, "w4": -3 + 6 * row / 8}
        first, slopes = f(*at.values())
        for _ in range(steps):
            at = {name: at[name] - rate * slope for name, slope in zip(at, slopes, strict=True)}
            ssr, slopes = f(*at.values())
        end = "stuck" if max(map(abs, slopes)) < FLAT else "moving"
        end = "diverged" if ssr > training.GROWN * first else "good" if ssr < GOOD else end
        assert to_hex(image.cmap(int(drawn[row, column]))) == many_plot.ENDINGS[end][1]
        met.add(end)
    assert met == endings
    left, right, bottom, top = image.get_extent()
    assert (left, right) == (bottom, top) == pytest.approx((-3.375, 3.375))  # half a place beyond


def test_the_picture_of_many_starts_counts_them_in_its_legend(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(many_plot, "PLACES", 9)
    fits = many_plot.fit_grid(learning_rate=0.3, max_steps=100)
    (axes,) = many_plot.plot_starts(fits, 100).axes
    legend = axes.get_legend()
    assert legend is not None
    *shown, seven = [text.get_text() for text in legend.get_texts()]
    assert [int(text.split()[0]) for text in shown] == [*fits.counts().values()]
    assert (legend.get_title().get_text(), seven) == ("Of 81 starts", "where seven starts")
    assert points(axes) == [(statquest.SEVEN["w2"], statquest.SEVEN["w4"])]


def test_many_writes_its_picture_after_its_results(tmp_path: Path) -> None:
    options = ("many", "--starts", "20", "--seed", "0", "--max-steps", "2", "--json")
    done = run(*options, "--plots", str(tmp_path / "new"))
    assert (done.returncode, done.stdout, done.stderr) == (0, run(*options).stdout, "")
    (path,) = (tmp_path / "new").iterdir()
    with Image.open(path) as picture:
        picture.load()
        assert (path.name, picture.format) == ("starts.png", "PNG")


def test_many_tries_the_folder_and_matplotlib_before_its_work(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    endless = ("many", "--max-steps", "100000", "--plots")
    done = run(*endless, str(tmp_path / "file"))
    assert (done.returncode, done.stdout) == (2, "")
    assert f"error: cannot write into the folder {tmp_path / 'file'}: " in done.stderr
    done = without_matplotlib(*endless, str(tmp_path / "new"))
    assert done.stderr == 'micrograd-sq: plots need matplotlib: pip install "micrograd-sq[plots]"\n'


def test_a_diverged_descent_is_not_plotted(tmp_path: Path) -> None:
    done = run("three", "--learning-rate", "0.5", "--plots", str(tmp_path / "new"))
    assert done.returncode == 1
    assert done.stderr == "micrograd-sq: there is nothing to plot\n"
    assert list(tmp_path.iterdir()) == []


def test_help_is_there_without_matplotlib() -> None:
    code = (
        "import sys; sys.modules['matplotlib'] = None; import pydoc, micrograd_sq; "
        "print('sgd(' in pydoc.render_doc(micrograd_sq), 'sgd' in dir(micrograd_sq))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("True True\n", "")


def test_a_part_of_a_descent_has_its_own_steps_along_the_axis_and_any_loss() -> None:
    x = micrograd_sq.Value(0.0, "x")
    steps = list(micrograd_sq.sgd(lambda: (x - 3) ** 2 - 5, [x], max_steps=8))
    above, below = plot_descent(steps[5:]).axes
    for axes in (above, below):
        assert np.array_equal(axes.lines[0].get_xdata(), [6, 7, 8])
    assert above.get_yscale() == "linear"  # a logarithm has no room for what is below 0
    assert plot_descent([step for step in steps if step.loss > 0.0]).axes[0].get_yscale() == "log"


def test_a_perfect_fit_can_be_drawn() -> None:
    step = micrograd_sq.Step(0, 0.0, {"b3": 2.6}, {"b3": 0.0}, {"b3": 0.0}, {"b3": 2.6}, True)
    (axes,) = plot_ssr("b3", [step]).axes
    assert points(axes) == [(2.6, 0.0)]
    plot_descent([step])._repr_png_()  # type: ignore[attr-defined]  # what a notebook asks for
