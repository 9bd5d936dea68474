"""The walkthroughs print the video's numbers, and their sentences hold for every descent."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from micrograd_sq import ssr, statquest
from micrograd_sq.statquest.text import digits, ssr_digits
from micrograd_sq.statquest.training import Descent, descend, descent_text
from micrograd_sq.statquest.walkthroughs import b3_document, b3_text, seven_text, three_text


def words(text: str) -> str:
    return " ".join(text.split())


def descent(start: dict[str, float], rate: float = 0.1, **options: Any) -> Descent:
    return descend([*start], start, learning_rate=rate, **options)


def lesson(b3: float = 0.0, rate: float = 0.1, **options: Any) -> Descent:
    return descent({"b3": b3}, rate, **{"tolerance": 0.001} | options)


def test_the_fit_and_the_ssr_are_those_of_the_video() -> None:
    document = b3_document(lesson())
    predicted = [-2.60366523805941, -1.6090193181937857, -2.6148696340356783]
    assert document["predicted"] == pytest.approx(predicted, rel=1e-14)
    at = {point["b3"]: point["ssr"] for point in document["ssr_at"]}
    expected = [20.423597677589214, 7.768489297011464, 1.1133809164337165, 0.45827253585596883]
    assert list(at) == [0.0, 1.0, 2.0, 3.0]
    assert list(at.values()) == pytest.approx(expected, rel=1e-14)
    assert [ssr_digits(ssr) for ssr in at.values()] == ["20.4", "7.8", "1.11", "0.46"]


def test_the_slope_and_the_steps_are_those_of_the_video() -> None:
    document = b3_document(lesson())
    for parts, residual in zip(document["chain_rule"], document["residuals"], strict=True):
        assert (parts["d_ssr_d_predicted"], parts["d_predicted_d_b3"]) == (-2 * residual, 1.0)
    assert sum(parts["product"] for parts in document["chain_rule"]) == document["slope"]
    first, second, third = document["steps"][:3]
    values = [0.0, 1.5655108380577747, 2.1917151732808848]
    assert [step["b3"] for step in (first, second, third)] == pytest.approx(values, rel=1e-14)
    assert first["slope"] == document["slope"] == pytest.approx(-15.655108380577747, rel=1e-14)
    assert second["slope"] == pytest.approx(-6.2620433522310985, rel=1e-13)
    assert (digits(document["b3"]), document["converged"]) == ("2.61", True)


@pytest.mark.parametrize("start", [0.0, 2.0, 2.605, 2.61, 5.0, 1e15])
def test_the_slope_from_two_points_is_the_slope_of_the_chain_rule(start: float) -> None:
    descended = lesson(start)
    slope = digits(descended.steps[0].gradients["b3"])
    text = words(b3_text(descended))
    assert f"The slope is the quotient, about {slope}." in text
    assert f"The slope at b3 = {start:g} is {slope}." in text


def test_the_text_of_b3_shows_every_number_of_the_video() -> None:
    text = b3_text(lesson())
    times = ["0:00", "3:55", "6:04", "7:23", "8:38", "13:28", "16:05"]
    assert [line.split()[0] for line in text.splitlines() if line[:6].strip()] == times
    shown = set(re.findall(r"-?[0-9.]*[0-9]", text))
    data_and_parameters = {"0", "0.5", "1", "3.34", "-1.43", "-3.53", "0.57", "-1.22", "-2.30"}
    fit = {"-2.60", "-1.61", "-2.61", "20.4", "7.8", "1.11", "0.46"}
    descent = {"-15.7", "-1.57", "1.57", "-6.26", "2.19", "2.61"}
    assert data_and_parameters | fit | descent <= shown


@pytest.mark.parametrize(
    ("rate", "factor", "end"), [(1 / 6, "0", "2.6092"), (0.4, "-1.4", "-3.5038e+146"), (1e308, "-inf", "0")]
)
def test_the_text_of_b3_tells_what_a_step_leaves_of_the_distance(rate: float, factor: str, end: str) -> None:
    text = words(b3_text(lesson(rate=rate)))
    assert f"For the learning rate {rate:g} this factor is {factor}." in text
    assert f"The minimum is at b3 = 2.6092. The descent ended at b3 = {end}." in text


def test_the_products_of_the_factors_are_the_gradients_of_w1_and_b1() -> None:
    net = statquest.network()
    ssr([1], [statquest.predict(net, 0.5)]).backward()
    text = words(seven_text(descent(statquest.SEVEN, max_steps=1)))
    assert f"5.218 x -1 x -1.22 x 0.5597 x 0.5 = {net['w1'].grad:.4g}" in text
    assert f"the product is {net['b1'].grad:.4g}" in text


OF_THREE = [
    "The initial values are w3 = 0.36, w4 = 0.63, b3 = 0.00. The SSR is 1.40.",
    "0.5 -1.08 0.82 -0.88 0.26 -0.28 1.00 -1.08",
    "sum 2.58 1.26 1.90",
    "w3 = -1.22, w4 = -2.30 and b3 = 2.61",
]
OF_SEVEN = [
    "w3 21.8 0.09",
    "together 29.6 0.07",
    "w3 -1.22 -1.48",
    "The SSR is now 6e-10. The steepest slope of the last step was 1e-05",
]


@pytest.mark.parametrize(
    ("write", "start", "shown"), [(three_text, statquest.THREE, OF_THREE), (seven_text, statquest.SEVEN, OF_SEVEN)]
)
def test_three_and_seven_show_where_their_slopes_and_limits_come_from(
    write: Callable[[Descent], str], start: dict[str, float], shown: list[str]
) -> None:
    text = words(write(descent(start, max_steps=1000)))
    assert [sentence for sentence in shown if sentence not in text] == []


def test_the_example_of_a_large_tolerance_is_true() -> None:
    stopped = descent(statquest.THREE, tolerance=0.001)
    assert f"the tolerance 0.001 stop the descent at b3 = {digits(stopped.values['b3'])}." in words(three_text(stopped))


@pytest.mark.parametrize("rate", [1e-9, 0.1, 0.5, 1.0, 30.0])
@pytest.mark.parametrize(
    ("write", "start"),
    [
        (b3_text, {"b3": -1.2345678e100}),
        (three_text, statquest.THREE),
        (seven_text, statquest.SEVEN),
        (descent_text, statquest.SEVEN),
    ],
)
def test_a_text_fits_eighty_columns_and_leaves_the_network_as_it_is(
    write: Callable[[Descent], str], start: dict[str, float], rate: float
) -> None:
    done = descent(start, rate, max_steps=200)
    before = [parameter.data for parameter in done.net.parameters()]
    assert [line for line in write(done).splitlines() if len(line) > 80] == []
    assert [parameter.data for parameter in done.net.parameters()] == before


@pytest.mark.parametrize("rate", [0.01, 0.1, 0.5])
@pytest.mark.parametrize(
    ("write", "start"), [(b3_text, {"b3": 0.0}), (three_text, statquest.THREE), (seven_text, statquest.SEVEN)]
)
def test_a_sentence_has_at_most_twenty_words_and_a_narrow_terminal_narrow_lines(
    write: Callable[[Descent], str], start: dict[str, float], rate: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "66")
    text = write(descent(start, rate, max_steps=5))
    assert [line for line in text.splitlines() if len(line) > 66] == []
    prose = " ".join(part for part in text.replace(" = ", "=").split("\n\n") if not part.startswith("  "))
    sentences = re.split(r"[.:?]\)?\s", prose)
    assert [sentence for sentence in sentences if len(re.findall(r"[A-Za-z]\S*", sentence)) > 20] == []


def test_a_step_size_has_the_digits_that_decide_and_the_ssr_of_a_row_precedes_its_step() -> None:
    done = lesson()
    assert re.search(r"\n +9 +7e-05 +2.61 +-0.01 +-0.00103 +2.61\n", b3_text(done))
    text = words(descent_text(descend([*statquest.SEVEN], seed=0)))
    assert "979 8e-10" in text
    assert text.endswith("After the last step the SSR is 7e-10.")
