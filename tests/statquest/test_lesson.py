"""The lesson's numbers: those that the video shows, and the same unrounded."""

import re

import pytest

from micrograd_sq import MLP, sgd, statquest
from micrograd_sq.statquest.walkthrough import b3_lesson, lesson_text
from micrograd_sq.text import digits, ssr_digits, table


def test_the_predictions_with_b3_at_zero() -> None:
    predicted = b3_lesson().document()["predicted"]
    expected = [-2.60366523805941, -1.6090193181937857, -2.6148696340356783]
    assert predicted == pytest.approx(expected, rel=1e-14)


def test_the_ssr_at_four_values_of_b3() -> None:
    at = {point["b3"]: point["ssr"] for point in b3_lesson().document()["ssr_at"]}
    assert list(at) == [0.0, 1.0, 2.0, 3.0]
    expected = [20.423597677589214, 7.768489297011464, 1.1133809164337165, 0.45827253585596883]
    assert list(at.values()) == pytest.approx(expected, rel=1e-14)
    assert [ssr_digits(ssr) for ssr in at.values()] == ["20.4", "7.8", "1.11", "0.46"]


def test_both_parts_of_the_chain_rule_and_the_slope() -> None:
    lesson = b3_lesson()
    for parts, residual in zip(lesson.chain_rule, lesson.residuals, strict=True):
        assert parts.d_ssr_d_predicted == -2 * residual
        assert parts.d_predicted_d_b3 == 1.0
    assert sum(parts.product for parts in lesson.chain_rule) == pytest.approx(lesson.slope)
    assert lesson.slope == pytest.approx(-15.655108380577747, rel=1e-14)
    assert digits(lesson.slope) == "-15.7"


@pytest.mark.parametrize("start", [0.0, 2.0, 2.6, 2.605, 2.61, 5.0, 1e15])
def test_a_small_move_tells_the_slope_that_the_chain_rule_gives(start: float) -> None:
    lesson = b3_lesson(start)
    told = f"so by about {digits(lesson.slope)} for 1"
    assert told in " ".join(lesson_text(lesson).split())


def test_gradient_descent_goes_where_the_video_goes() -> None:
    lesson = b3_lesson()
    b3 = [step.values["b3"] for step in lesson.descent.steps]
    slopes = [step.gradients["b3"] for step in lesson.descent.steps]
    assert b3[:3] == pytest.approx([0.0, 1.5655108380577747, 2.1917151732808848], rel=1e-14)
    assert slopes[:3] == pytest.approx(
        [-15.655108380577747, -6.2620433522310985, -2.5048173408924394], rel=1e-13
    )
    assert [digits(x) for x in b3[1:3]] == ["1.57", "2.19"]
    assert digits(slopes[1]) == "-6.26"
    assert digits(lesson.descent.steps[0].step_sizes["b3"]) == "-1.57"
    assert (digits(lesson.b3), lesson.descent.converged) == ("2.61", True)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"start": 1e17, "tolerance": 1e18}, "The lowest place itself is 2.6092; the descent"),
        ({"start": 3e16, "learning_rate": 1e-21}, "The lowest place itself is 2.6092; the descent"),
        ({"learning_rate": 1e308}, "it leaves more than a float can tell: to and fro, and further"),
        ({"learning_rate": 1 / 6}, "it leaves 0 of it: one step is enough."),
        (
            {"start": 1e20, "learning_rate": 1 / 6},
            "one step is enough, but for what rounding leaves.",
        ),
        ({"start": 1e16, "learning_rate": 1 / 6, "max_steps": 1}, "enough, but for what rounding"),
        ({"start": 1e12, "learning_rate": 0.1666666667}, "e-10 of it: to and fro, but closer"),
        ({"learning_rate": 0.3333333333}, "leaves -0.9999999998 of it: to and fro, but closer"),
        ({"learning_rate": 1e308}, "The numbers became too large. Take a smaller learning rate."),
        ({"learning_rate": 1e-20}, "it leaves about 1 of it: the steps shrink"),
        ({"learning_rate": 1e308}, "diverged: at the first step the numbers were too large"),
        ({"learning_rate": 1e300}, "diverged: after 1 step the numbers were too large"),
        ({"learning_rate": 0.4}, "until after 1000 steps the SSR was 3.7e293"),
    ],
)
def test_far_from_the_lesson_the_sentences_are_true(options: dict[str, float], told: str) -> None:
    assert told in " ".join(lesson_text(b3_lesson(**options)).split())  # type: ignore[arg-type]  # none is max_steps


@pytest.mark.parametrize("start", [7.72e153, -7.735e153])
def test_a_start_beside_which_there_is_no_number_is_refused(start: float) -> None:
    with pytest.raises(OverflowError, match="no finite SSR on both sides"):
        b3_lesson(start)


def test_the_move_that_is_told_is_the_difference_of_the_numbers_beside_it() -> None:
    text = lesson_text(b3_lesson())
    below, above, move = (
        float(re.search(pattern, text)[1])  # type: ignore[index]  # it fails where there is none
        for pattern in (r" -0\.005 +([\d.]+)", r" 0\.005 +([\d.]+)", r"It moves by (\S+) for")
    )
    assert f"{above - below:.4g}" == f"{move:.4g}"


def test_a_small_tolerance_finds_the_b3_that_makes_the_slope_zero() -> None:
    assert b3_lesson(tolerance=1e-12).b3 == pytest.approx(2.6091847300962914, rel=1e-12)


def test_three_parameters_start_as_the_next_lesson_does() -> None:
    net = statquest.network(0.0)
    net.load({"w3": 0.36, "w4": 0.63})
    first = next(sgd(lambda: statquest.loss(net), [net["w3"], net["w4"], net["b3"]]))
    assert digits(first.loss, tenths_from=1) == "1.4"
    assert [digits(slope) for slope in first.gradients.values()] == ["2.58", "1.26", "1.90"]
    assert [digits(new) for new in first.new_values.values()] == ["0.10", "0.50", "-0.19"]


def test_all_seven_parameters_fit_the_data_within_a_thousand_steps() -> None:
    net = MLP(1, [2, 1])
    net.load({"w1": 2.74, "w2": -1.13, "w3": 0.36, "w4": 0.63})
    steps = list(sgd(lambda: statquest.loss(net), net.parameters(), tolerance=1e-9))
    assert digits(steps[0].loss) == "1.90"
    assert statquest.loss(net).data < 1e-6


def test_the_text_shows_every_number_that_the_video_shows() -> None:
    text = lesson_text(b3_lesson())
    times = ["0:00", "3:55", "6:04", "7:23", "8:38", "13:28", "16:05"]
    assert [line.split()[0] for line in text.splitlines() if line[:6].strip()] == times
    shown = set(re.findall(r"-?[0-9.]*[0-9]", text))
    data_and_parameters = {"0", "0.5", "1", "3.34", "-1.43", "-3.53", "0.57", "-1.22", "-2.30"}
    fit = {"-2.60", "-1.61", "-2.61", "20.4", "7.8", "1.11", "0.46"}
    descent = {"-15.7", "-1.57", "1.57", "-6.26", "2.19", "2.61"}
    assert data_and_parameters | fit | descent <= shown


@pytest.mark.parametrize(
    ("start", "learning_rate"), [(0, 0.1), (0, 0.5), (-12345.678, 0.1), (-1.2345678e100, 1e-9)]
)
def test_the_text_fits_eighty_columns(start: float, learning_rate: float) -> None:
    lines = lesson_text(b3_lesson(start, learning_rate)).splitlines()
    assert [line for line in lines if len(line) > 80] == []


def test_a_table_of_very_many_rows_is_abridged_in_the_middle() -> None:
    cells = table(["n"], [[str(n)] for n in range(1000)]).split()
    assert cells == ["n", *map(str, range(20)), "...", *map(str, range(990, 1000))]
    assert len(table(["n"], [[str(n)] for n in range(40)]).split()) == 41
