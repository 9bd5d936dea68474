"""The next lessons told: three parameters, and all seven, each derivative in numbers."""

import math

import pytest

from micrograd_sq import ssr, statquest
from micrograd_sq.statquest import training
from micrograd_sq.statquest.further import factors, seven_text, three_text
from tests.command import run


def words(text: str) -> str:
    return " ".join(text.split())


def told(command: str, *arguments: str) -> str:
    return words(run(command, *arguments).stdout)


@pytest.mark.parametrize("name", statquest.SEVEN)
def test_the_factors_on_the_way_to_a_parameter_multiply_to_its_gradient(name: str) -> None:
    net = statquest.network()
    total = ssr([1], [statquest.predict(net, 0.5)])
    total.backward()
    product = math.prod(number for _, number in factors(total, net[name]))
    assert product == pytest.approx(net[name].grad, rel=1e-14)


def test_w3_s_value_is_a_factor_for_w1_and_b1_alone() -> None:
    net = statquest.network()
    total = ssr([1], [statquest.predict(net, 0.5)])
    names = [name for name in statquest.SEVEN if "w3" in [f for f, _ in factors(total, net[name])]]
    assert names == ["w1", "b1"]
    assert "The value of w3 is a factor for w1 and b1 alone" in told("seven")


def test_three_tells_how_each_slope_comes_about() -> None:
    text = told("three")
    assert "sum 2.58 1.26 1.90" in text
    assert "0.5 -1.08 0.82 -0.88 0.26 -0.28 1.00 -1.08" in text
    assert "so the products of the three dosages add up" in text
    assert "with the others held still" in text
    assert "w3 = -1.22, w4 = -2.30 and b3 = 2.61" in text


def test_seven_takes_w1_through_softplus_in_numbers() -> None:
    text = told("seven")
    assert "1 x 5.218 x -1 x -1.22 x 0.5597 x 0.5 = 1.782" in text
    assert "For b1 the last factor is missing: 3.563" in text
    assert "the slope of the curve, which is the sigmoid, 1 / (1 + e^-x)" in text


def test_seven_says_why_the_ssr_rises_and_why_it_ends_elsewhere() -> None:
    text = told("seven")
    assert "The SSR goes 1.90, 4.2, 7.4: it rises at first" in text
    assert "w3 21.8 0.09" in text
    assert "together 29.6 0.07" in text
    assert "beyond the limit of the step that all take together" in text
    assert "not where the video's is: w3 = -1.48 for -1.22 and w1 = 3.26 for 3.34, say" in text


@pytest.mark.parametrize(
    ("command", "arguments", "expected"),
    [
        ("seven", ["--learning-rate", "0.05"], "0.05 is within the limit of the step"),
        ("seven", ["--learning-rate", "1"], "Nowhere: the descent diverged"),
        ("seven", ["--max-steps", "20"], "it does not fit yet"),
        ("seven", ["--tolerance", "1"], "smaller than 1, but one slope there was 7.14 in size"),
        ("seven", ["--max-steps", "2"], "so the step overshoots. 5 Where it ends"),
        ("seven", ["--learning-rate", "0.07"], "a little beyond the limit"),
        ("seven", ["--learning-rate", "0.2"], "Later it goes down, but not with each step"),
        ("seven", ["--learning-rate", "0.13"], "Later it goes down, but not with each step"),
        ("seven", ["--learning-rate", "0.062"], "not where the video's is: w1 = 3.3"),
        (
            "seven",
            [],
            "It leads to flatter ground, where that limit is 0.12, and from there the SSR",
        ),
        ("seven", ["--learning-rate", "0.3"], "where that limit is 0.33, and from there the SSR"),
        ("seven", ["--learning-rate", "0.0725"], "overshoots. From step 2 on it goes down."),
        (
            "seven",
            ["--tolerance", "1e-17", "--max-steps", "3000"],
            "from there the SSR falls. 5 Where it ends",  # but for rounding
        ),
        ("three", ["--learning-rate", "0.3", "--tolerance", "1"], "though its last step led up"),
        ("three", ["--tolerance", "1e-17"], "With the hidden nodes given, three"),
        ("three", ["--learning-rate", "5"], "4 Where it ends ------------- Nowhere"),
        ("three", ["--max-steps", "20"], "It is not there yet"),
        ("three", ["--tolerance", "0.1"], "It stops short of the end"),
        ("three", ["--tolerance", "0.001"], "It stops short of the end"),
    ],
)
def test_no_sentence_contradicts_what_the_descent_did(
    command: str, arguments: list[str], expected: str
) -> None:
    assert expected in told(command, *arguments)


def test_a_descent_that_is_stuck_is_named_so() -> None:
    net = statquest.network()
    net.load({"w1": 0.7, "w2": 2.3, "w3": -0.9, "w4": -2.4, "b1": 0, "b2": 0, "b3": 0})
    descent = training.descend(net, list(statquest.SEVEN), tolerance=1e-4, max_steps=9000)
    assert "stuck. A flat slope is not a good fit" in words(seven_text(descent))


def test_what_is_told_leaves_the_network_where_the_descent_ended() -> None:
    net = training.start_network(["w3", "w4", "b3"], statquest.THREE, seed=None)
    descent = training.descend(net, ["w3", "w4", "b3"])
    before = [parameter.data for parameter in net.parameters()]
    assert "2.58" in three_text(descent)
    assert [parameter.data for parameter in net.parameters()] == before


def test_the_slope_of_the_slope_is_its_difference() -> None:
    net = statquest.network()
    net.load(statquest.SEVEN)
    for name in statquest.SEVEN:
        slopes = []
        for by in (-1e-5, 1e-5):
            net.load({**statquest.SEVEN, name: statquest.SEVEN[name] + by})
            net.zero_grad()
            statquest.loss(net).backward()
            slopes.append(net[name].grad)
        net.load(statquest.SEVEN)
        expected = (slopes[1] - slopes[0]) / 2e-5
        assert training.slope_of_slope(net, name) == pytest.approx(expected, rel=1e-6)


def test_below_the_limit_of_the_step_the_ssr_falls_and_above_it_rises() -> None:
    net = statquest.network()
    net.load(statquest.SEVEN)
    limit = 2 / training.slope_of_slope_along_step(net, statquest.SEVEN)
    for rate, rises in ((0.9 * limit, False), (1.15 * limit, True)):
        net.load(statquest.SEVEN)
        before = statquest.loss(net).data
        training.descend(net, list(statquest.SEVEN), rate, max_steps=1)
        assert (statquest.loss(net).data > before) is rises
