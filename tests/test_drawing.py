"""Pictures of graphs and networks: what they show, with both layout programs."""

import errno
import math
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import micrograd_sq
from micrograd_sq import (
    MLP,
    Operation,
    Value,
    draw_dot,
    draw_network,
    functions,
    ssr,
    statquest,
    topological_order,
)

ROOT = Path(__file__).parent.parent
SVG = "{http://www.w3.org/2000/svg}"
# What the ids of a picture's parts begin with; those of a network have Graphviz's own.
PARTS = {"node": ("value", "tag", "node"), "edge": ("edge",), "cluster": ("frame",)}


@pytest.fixture(autouse=True)
def _no_dot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Unless a test asks for it, there is no system Graphviz."""
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.fixture(params=["dot", "graphviz-pure"])
def program(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    name: str = request.param
    if name == "dot":
        monkeypatch.undo()
        if shutil.which("dot") is None:
            (pytest.fail if "CI" in os.environ else pytest.skip)("there is no system Graphviz")
    return name


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, check=False, env=os.environ | environment
    )


def parts(picture: Any, kind: str) -> dict[str, list[str]]:
    """The lines of text in each node, edge or cluster of a picture, by its name."""
    svg = ElementTree.fromstring(picture.pipe(format="svg"))
    found: dict[str, list[str]] = {}
    for group in svg.iter(f"{SVG}g"):
        if (group.get("id") or "").startswith(PARTS[kind]):
            name = group.findtext(f"{SVG}title") or ""
            texts = ["".join(text.itertext()) for text in group.iter(f"{SVG}text")]
            found[name] = [text.replace("\N{NO-BREAK SPACE}", " ") for text in texts]
    return found


def caption(picture: Any) -> list[str]:
    """The lines of text below the picture, but for those that say what flows where."""
    svg = ElementTree.fromstring(picture.pipe(format="svg"))
    graph = svg.find(f"{SVG}g")
    assert graph is not None
    texts = [text.text or "" for text in graph.findall(f"{SVG}text")]
    return [text for text in texts if text[0] not in "→←" and not text.startswith("a small box")]


def lesson() -> tuple[MLP, Value]:
    net = statquest.network()
    loss = statquest.loss(net)
    loss.backward()
    return net, loss


def emphasised(picture: Any) -> dict[str, list[str]]:
    """The numbers on the emphasised arrows, by what each arrow leads to."""
    found: dict[str, list[str]] = {}
    for line in picture.source.splitlines():
        if "->" in line and "dir=back" in line:
            numbers = re.sub("<[^>]*>", " ", line[line.index("<") + 1 : line.rindex(">")])
            found.setdefault(line.split()[2], []).append(" ".join(numbers.split()))
    return found


def test_every_value_shows_its_label_data_and_gradient(program: str) -> None:
    _, loss = lesson()
    nodes = parts(draw_dot(loss), "node")
    values = topological_order(loss)
    boxes = {name: lines for name, lines in nodes.items() if "_" not in name}
    assert sorted(boxes) == sorted(f"n{place}" for place in range(len(values)))
    for name, lines in boxes.items():
        value = values[int(name.removeprefix("n"))]
        symbols: dict[Any, str] = {"*": "×", "-": "−", ("**", 2.0): "x²"}
        operation = symbols.get(value.operation, value.operation)
        numbers = [f"{value.data + 0.0:.4g}", f"grad {value.grad:.4g}"]
        assert lines == [text for text in (operation, value.label, *numbers) if text]


def test_every_arrow_shows_the_local_derivative_along_it(program: str) -> None:
    net, loss = lesson()
    values = topological_order(loss)
    arrows = parts(draw_dot(loss), "edge")
    expected = {
        f"n{values.index(operand)}{f'_n{place}' if operand in net.parameters() else ''}->n{place}": (
            f"{derivative:.4g}"
        )
        for place, value in enumerate(values)
        for operand, derivative in zip(value.operands, value.local_derivatives, strict=True)
    }
    assert {arrow: lines[-1].removeprefix("= ") for arrow, lines in arrows.items()} == expected
    formulas = {lines[0] for lines in arrows.values() if len(lines) == 2}
    curves = {"w3", "w4", "top y", "bottom y", "sigmoid(top x)", "sigmoid(bottom x)"}
    assert formulas == {"2 × residual", "dosage", "w1", "w2", *curves}


def test_a_formula_on_an_arrow_is_in_labels_or_is_left_out() -> None:
    x, n = Value(2.0), Value(3.0, "n")
    arrows = parts(draw_dot((x.softplus() * n).tanh().sigmoid()), "edge")
    assert list(arrows.values()) == [
        ["sigmoid(x)", "= 0.8808"],
        ["n", "= 3"],
        ["2.127"],  # the other factor has no name
        [f"{4 / (2 * math.cosh(3 * math.log1p(math.exp(2)))) ** 2:.4g}"],  # too long
        ["slope_of_sigmoid(x)", "= 0.1966"],
    ]


def test_a_legend_says_which_way_does_what_flow() -> None:
    a = Value(1.0, "a")
    source = draw_dot(a * 2).source
    assert "a small box" not in source
    assert "a small box is one more use of the box with its name" in draw_dot(a * 2 + a).source
    assert "purple arrows: the ways to a<" in draw_dot(a * 2, highlight=a).source
    assert "→ data flow forward; on each arrow stands its local derivative" in source
    assert "← gradients (grad) flow back on every arrow, times its number, and add up" in source


def test_data_have_no_gradient_where_parameters_are_drawn_as_such() -> None:
    net, loss = lesson()
    boxes = parts(draw_dot(loss, to_find=[net["b3"]], optimised=net.parameters()), "node")
    data = [lines for lines in boxes.values() if lines[0] in ("dosage", "observed")]
    assert sorted(data) == [
        ["dosage", "0"], ["dosage", "0.5"], ["dosage", "1"],
        ["observed", "0"], ["observed", "0"], ["observed", "1"],
    ]  # fmt: skip
    assert ["b3", "0", "grad -15.66"] in boxes.values()


def test_a_way_of_one_number_is_not_said_twice() -> None:
    a = Value(2.0, "a")
    assert caption(draw_dot(a + 1, highlight=a)) == ["d result / d a = 1"]


def test_what_is_optimised_may_be_given_one_by_one() -> None:
    net, loss = lesson()
    assert caption(draw_dot(loss, optimised=iter(net.parameters()))) == ["optimised"]
    assert "still to find" in draw_network(net, to_find=map(net.__getitem__, ["b3"])).source


def test_a_zero_stops_a_way_even_before_an_infinite_slope() -> None:
    x = Value(0.0, "x")
    distance = (x**2) ** 0.5
    distance.backward()
    assert caption(draw_dot(distance, highlight=x)) == ["d result / d x = inf × 0 = 0"]


def test_a_gradient_that_has_added_up_is_told_beside_the_product() -> None:
    a = Value(2.0, "a")
    result = 3 * a
    result.backward()
    assert caption(draw_dot(result, highlight=a)) == ["d result / d a = 3"]
    result.backward()
    (told,) = caption(draw_dot(result, highlight=a))
    assert told == "d result / d a = 3; grad = 6 is of several backward(), or another's"
    (-5 * result).backward()
    (told,) = caption(draw_dot(result, highlight=a))
    assert told.startswith("d result / d a = 3; grad = -9 is of several backward(), or another's")


def test_the_way_from_the_ssr_to_b3_multiplies_to_its_gradient() -> None:
    net, loss = lesson()
    picture = draw_dot(loss, highlight=net["b3"])
    numbers = [number for arrows in emphasised(picture).values() for number in arrows]
    assert sorted(numbers) == sorted(
        ["1"] * 3 + ["-1"] * 3 + [f"2 × residual = {n}" for n in (5.207, 5.218, 5.23)] + ["1"] * 4
    )
    assert caption(picture) == [
        "d SSR / d b3 = 1 × 1 × 5.207 × (-1) × 1",
        "+ 1 × 1 × 5.218 × (-1) × 1",
        "+ 1 × 5.23 × (-1) × 1 = -15.66",
    ]


def test_a_leaf_that_is_used_in_several_places_has_a_tag_beside_each(program: str) -> None:
    net, loss = lesson()
    picture = draw_dot(loss, to_find=[net["b3"]])
    tags = {name: lines for name, lines in parts(picture, "node").items() if "_" in name}
    assert sorted(lines for (lines,) in tags.values()) == sorted(
        p.label for p in net.parameters() * 3
    )
    frames = re.findall(r"subgraph cluster\w+ \{(.*?)\n\t\}", picture.source, re.DOTALL)
    for parameter in net.parameters():
        assert [frame.count(f"label=<{parameter.label}>") for frame in frames] == [1, 1, 1]
    x, y = Value(3.0), Value(2.0, "y")
    nodes = parts(draw_dot((x * y + x) * (x * x)), "node")
    assert sorted(lines for name, lines in nodes.items() if "_" in name) == [["3"]] * 3
    assert all("_" not in name for name in parts(draw_dot(x * x + y), "node"))


@pytest.mark.parametrize("steps", [30, 60, 300])
def test_a_recurrent_graph_is_drawn(steps: int, program: str) -> None:
    # With an arrow to each step from one w and one b, 60 steps took minutes.
    w, b, h = Value(0.5, "w"), Value(0.1, "b"), Value(0.2, "h")
    for _ in range(steps):
        h = (h * w + b).tanh()
    assert len(parts(draw_dot(h), "node")) == 3 + 3 * steps + 2 * steps


def test_only_what_the_highlighted_value_changes_is_emphasised() -> None:
    a, b = Value(2.0, "a"), Value(3.0, "b")
    total = a * b + b
    assert emphasised(draw_dot(total)) == {}
    assert emphasised(draw_dot(total, highlight=a)) == {"n2": ["b = 3"], "n3": ["1"]}
    assert emphasised(draw_dot(total, highlight=b)) == {"n2": ["a = 2"], "n3": ["1", "1"]}
    with pytest.raises(ValueError, match=r"label='c'.* is not in the graph of"):
        draw_dot(total, highlight=Value(1.0, "c"))


def test_many_ways_are_emphasised_but_not_written_out() -> None:
    x = Value(1.0, "x")
    total = x
    for _ in range(100):
        total = total + total
    picture = draw_dot(total, highlight=x)
    assert (picture.source.count("dir=back"), caption(picture)) == (200, [])


def test_a_frame_holds_what_belongs_to_one_data_point_alone(program: str) -> None:
    net, loss = lesson()
    picture = draw_dot(loss)
    titles = list(parts(picture, "cluster").values())
    assert sorted(titles) == [
        [f"dosage = {x}, observed = {y}"] for x, y in ((0, 0), (0.5, 1), (1, 0))
    ]
    frames = re.findall(r"subgraph cluster\w+ \{(.*?)\n\t\}", picture.source, re.DOTALL)
    assert [len(re.findall(r"^\t\tn\d+ ", frame, re.MULTILINE)) for frame in frames] == [14, 14, 14]
    assert not any(f"<B>{p.label}</B>" in frame for frame in frames for p in net.parameters())


def test_frames_are_from_top_to_bottom_in_the_order_of_the_data_points(program: str) -> None:
    svg = ElementTree.fromstring(draw_dot(lesson()[1]).pipe())
    places = {
        (text.text or "").partition(",")[0]: float(text.get("y", ""))
        for group in svg.iter(f"{SVG}g")
        if (group.get("id") or "").startswith("frame")
        for text in group.iter(f"{SVG}text")
    }
    assert sorted(places, key=places.__getitem__) == ["dosage = 0", "dosage = 0.5", "dosage = 1"]


def test_data_points_with_the_same_data_have_frames_of_their_own() -> None:
    net = statquest.network()
    loss = ssr([0, 0], [statquest.predict(net, 0.5) for _ in range(2)])
    assert list(parts(draw_dot(loss), "cluster").values()) == [["dosage = 0.5, observed = 0"]] * 2


def test_a_sum_that_starts_from_0_keeps_its_frames(program: str) -> None:
    net = statquest.network()
    squares = [ssr([y], [statquest.predict(net, x)]) for x, y in ((0.0, 0.0), (0.5, 1.0))]
    titles = [["dosage = 0, observed = 0"], ["dosage = 0.5, observed = 1"]]
    for root in (sum(squares, Value(0)), sum(squares), squares[0] + squares[1]):
        assert isinstance(root, Value)
        assert sorted(parts(draw_dot(root), "cluster").values()) == titles


def test_other_sums_have_no_frames() -> None:
    a, b = Value(2.0, "a"), Value(3.0, "b")
    for root in (a, a + b, a * b + b, a + a, statquest.predict(statquest.network(), 0.5)):
        assert parts(draw_dot(root), "cluster") == {}


def test_optimised_values_are_green_those_to_find_red_and_data_neutral() -> None:
    net, loss = lesson()
    source = draw_dot(loss, optimised=net.parameters(), to_find=[net["b3"]]).source
    colours = dict(re.findall(r"<B>([wb]\d|dosage|observed)</B>.* color=\"(#\w+)\"", source))
    green, red = "#00775a", "#c8320a"
    assert colours == dict.fromkeys(["w1", "w2", "w3", "w4", "b1", "b2"], green) | {"b3": red}
    assert source.count("dashed") == 4  # b3's box, and its three tags


def test_a_legend_explains_the_colours_that_are_there() -> None:
    net, loss = lesson()
    assert caption(draw_dot(loss)) == []
    assert caption(draw_dot(loss, to_find=[net["b3"]])) == ["still to find"]
    assert caption(draw_dot(loss, optimised=[net["w1"], Value(0.0)])) == ["optimised"]
    assert caption(draw_dot(loss, optimised=[Value(0.0)])) == []


def test_a_plain_exponent_is_part_of_the_operation() -> None:
    x, n = Value(2.0, "x"), Value(3.0, "n")
    two = Value(2.0)
    for root, first_lines in (  # of every box
        (x**2, ["x", "x²"]),
        (n**-0.5, ["n", "x^-0.5"]),
        ((x + 1) ** 2, ["x", "1", "+", "( )²"]),  # for x is another
        ((n + 1) ** 2, ["n", "1", "+", "x²"]),
        (x**n, ["n", "x", "**"]),
        (x**two, ["**", "2", "x"]),
        (-x, ["x", "−"]),
        (x / 4, ["4", "x", "÷"]),
    ):
        assert sorted(lines[0] for lines in parts(draw_dot(root), "node").values()) == sorted(
            first_lines
        )


def test_an_exponent_that_is_a_value_has_a_box_whatever_its_derivative() -> None:
    picture = draw_dot(Value(1.0) ** Value(3.0))  # ln 1 = 0
    assert sorted(lines[0] for lines in parts(picture, "node").values()) == ["**", "1", "3"]


def test_an_operation_of_the_users_is_shown_by_its_name() -> None:
    sine = Operation("sine", math.sin, lambda x: functions.function(math.cos)(x))
    assert parts(draw_dot(sine(Value(0.0, "x"))), "node")["n1"] == ["sine", "0", "grad 0"]
    assert list(parts(draw_dot(sine(Value(0.0, "x"))), "edge").values()) == [["cos(x)", "= 1"]]


def test_an_operand_that_is_used_twice_has_two_arrows() -> None:
    x = Value(3.0, "x")
    assert draw_dot(x * x).source.count("n0 -> n1") == 2


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (-0.0, "0"),
        (1 / 3, "0.3333"),
        (-12345.6, "-1.235e+04"),
        (float("inf"), "inf"),
        (float("nan"), "nan"),
    ],
)
def test_numbers_have_four_significant_digits(data: float, shown: str) -> None:
    assert parts(draw_dot(Value(data)), "node") == {"n0": [shown, "grad 0"]}


LABELS = [
    'say "b3"', "it's", "back\\slash", "ends with \\", "\\N \\G \\n \\l", '\\"', "{a|b}", "<b>bold</b>",
    "<", ">", "&", "&amp;", "&lt;b&gt;", "&#38;", "two\nlines", "\n", "a\n\nb", "]]>", "<!--", "%s", "[x]",
    "two  spaces", " ", "n0:e", "b₃ = π·é", "参数", "باء", "🎲", "graph", "->", "'); drop", "x" * 300,
]  # fmt: skip


@pytest.mark.parametrize("label", LABELS)
def test_a_label_is_shown_literally(label: str, program: str) -> None:
    result = Value(2.0, label) ** 2
    result.label = label
    picture = draw_dot(result, to_find=[result], highlight=result.operands[0])
    first, *others = [line or " " for line in label.split("\n")]
    assert parts(picture, "node") == {
        "n0": [first, *others, "2", "grad 0"],
        "n1": ["x²", first, *others, "4", "grad 0"],
    }
    formula = [*(line or " " for line in f"2 × {label}".split("\n")), "= 4"]
    assert parts(picture, "edge") == {"n0->n1": formula if len(label) < 17 else ["4"]}


def test_an_empty_label_takes_no_line(program: str) -> None:
    assert parts(draw_dot(Value(1.0, "") + Value(2.0, "")), "node") == {
        "n0": ["1", "grad 0"],
        "n1": ["2", "grad 0"],
        "n2": ["+", "3", "grad 0"],
    }


def test_what_no_picture_can_hold_is_shown_escaped(program: str) -> None:
    nodes = parts(draw_dot(Value(1.0, "\0 \x1b \r \ud800 \uffff")), "node")
    assert nodes == {"n0": [r"\x00 \x1b \r \ud800 \uffff", "1", "grad 0"]}


def test_a_frame_title_is_literal(program: str) -> None:
    label = 'a "<&\\N'
    terms = [(Value(float(n), label) * 1.0) ** 2 for n in (1, 2)]
    titles = [[f"{label} = 1"], [f"{label} = 2"]]
    assert sorted(parts(draw_dot(terms[0] + terms[1]), "cluster").values()) == titles


def test_the_same_graph_gives_the_same_dot_in_any_process() -> None:
    code = (
        "from micrograd_sq import *; from micrograd_sq import statquest; net = statquest.network();"
        "print(draw_dot(statquest.loss(net), optimised=set(net.parameters()), highlight=net['w1']),"
        "draw_network(net, to_find=set(net.parameters())))"
    )
    printed = {run("-c", code, PYTHONHASHSEED=seed).stdout for seed in ("0", "1", "2")}
    assert len(printed) == 1
    assert len(printed.pop()) > 10_000


def test_a_graph_too_large_to_read_is_refused() -> None:
    chain = Value(1.0)
    for _ in range(50_000):
        chain = -chain
    with pytest.raises(ValueError, match=r"has 50,001 Values, and 1,000 are .* draw a part of it"):
        draw_dot(chain)
    for _ in range(49_001):
        chain = chain.operands[0]
    assert draw_dot(chain).source.count("->") == 999


def test_only_a_value_has_a_graph() -> None:
    outputs: Any = MLP(1, [2])(0.5)
    with pytest.raises(TypeError, match=r"of one Value, not of \[Value\(.*"):
        draw_dot(outputs)
    assert draw_dot(outputs[1]).source.count("->") == 4


@pytest.mark.parametrize("format", ["svg", "png", "jpg"])
def test_it_is_drawn_in_every_format(format: str, program: str, tmp_path: Path) -> None:
    starts = {"svg": b"<?xml", "png": b"\x89PNG", "jpg": b"\xff\xd8"}
    picture = draw_dot(Value(1.0, "a") * 2, format=format)
    assert picture.pipe().startswith(starts[format])
    kept = tmp_path / f"picture.{format}"
    picture.render(outfile=kept)
    assert kept.read_bytes().startswith(starts[format])


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown format: 'gif89'"):
        draw_dot(Value(1.0), format="gif89")


def test_left_to_right_unless_told_otherwise() -> None:
    assert "rankdir=LR" in draw_dot(Value(1.0)).source
    assert "rankdir=TB" in draw_dot(Value(1.0), rankdir="TB").source


def test_a_notebook_shows_it_without_a_word_on_stderr(
    program: str, capfd: pytest.CaptureFixture[str]
) -> None:
    bundle = draw_dot(Value(1.0, "π 参数"))._repr_mimebundle_()
    assert list(bundle) == ["image/svg+xml"]
    assert "π 参数" in str(bundle["image/svg+xml"])
    assert capfd.readouterr() == ("", "")


def test_the_systems_dot_is_preferred(tmp_path: Path) -> None:
    dot = tmp_path / "dot"  # the PATH is this folder
    dot.write_text(f"#!{sys.executable}\nprint('<svg viewBox=\"of the PATH\"></svg>')\n")
    dot.chmod(0o755)
    assert draw_dot(Value(1.0)).pipe() == b'<svg viewBox="of the PATH"></svg>\n'


def test_without_a_layout_program_the_error_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sysconfig, "get_path", lambda *_: str(tmp_path))
    picture = draw_dot(Value(1.0, "a"))
    assert "<B>a</B>" in picture.source
    for draw in (picture.pipe, picture.render, picture._repr_mimebundle_):
        with pytest.raises(RuntimeError, match=r"its `dot` is on.*`pip install graphviz-pure`"):
            draw()


def test_importing_the_package_imports_neither_graphviz_nor_numpy() -> None:
    code = "from micrograd_sq import MLP, Operation, Value, sgd, ssr, value_and_grad; import sys; print({'graphviz', 'numpy'} & {*sys.modules})"
    assert run("-c", code).stdout == b"set()\n"
    with pytest.raises(AttributeError, match="no attribute 'draw_dots'"):
        getattr(micrograd_sq, "draw_dots")  # noqa: B009 - a name that a type checker would refuse


def by_label(net: MLP, name: str) -> str:
    """A name in a network's DOT with its nodes' numbers replaced by their parameters' labels."""
    labels = [parameter.label for parameter in net.parameters()]
    return re.sub(r"n(\d+)", lambda found: labels[int(found[1])], name)


def test_the_network_shows_each_weight_on_its_connection_and_each_bias_in_its_node(
    program: str,
) -> None:
    net = statquest.network()
    picture = draw_network(net, optimised=net.parameters(), to_find=[net["b3"]])
    assert {by_label(net, name): message for name, message in parts(picture, "node").items()} == {
        "x1": ["input"],
        "w1": ["× w1 = 3.34"],
        "w2": ["× w2 = -3.53"],
        "w3": ["× w3 = -1.22"],
        "w4": ["× w4 = -2.3"],
        "b1": ["+ b1 = -1.43", "softplus"],
        "b2": ["+ b2 = 0.57", "softplus"],
        "b3": ["+ b3 = 0", "output"],
    }
    edges = {by_label(net, name) for name in parts(picture, "edge")}
    lines = {edge.replace(":e", "").replace(":w", "") for edge in edges}
    assert lines == {
        "x1->w1", "x1->w2", "b1->w3", "b2->w4", "w1->b1", "w2->b2", "w3->b3", "w4->b3",
    }  # fmt: skip
    assert caption(picture) == ["optimised", "still to find"]


def test_equal_labels_in_a_network_stay_two_nodes() -> None:
    net = MLP(1, [2, 1])
    before = draw_network(net).source.count("label=")
    net["w1"].label = net["b1"].label = "x1"
    assert draw_network(net).source.count("label=") == before
    assert len(set(re.findall(r"^\t(\w+) \[label", draw_network(net).source, re.MULTILINE))) == 8


def test_the_networks_colours_say_what_is_still_to_find() -> None:
    net = statquest.network()
    source = draw_network(net, optimised=net.parameters(), to_find=[net["w3"]]).source
    colours = re.findall(r'COLOR="(#\w+)"><B>. (\w\d) =', source)
    assert [name for colour, name in colours if colour == "#c8320a"] == ["w3"]
    assert {colour for colour, _ in colours} == {"#c8320a", "#00775a"}
    assert source.count("style=dashed") == 2  # both halves of its connection
    assert "optimised" not in draw_network(net).source


def test_any_network_is_drawn_layer_by_layer_up_to_a_sensible_size(program: str) -> None:
    net = MLP(3, [2, 4, 2], activation="tanh", seed=1)
    svg = ElementTree.fromstring(draw_network(net).pipe())
    places: dict[str, tuple[float, float]] = {}
    for group in svg.iter(f"{SVG}g"):
        text = group.find(f"{SVG}text")
        if group.get("class") == "node" and text is not None:
            middle = float(text.get("x", "")), float(text.get("y", ""))
            places[by_label(net, group.findtext(f"{SVG}title") or "")] = middle
    biases = [[neuron.bias.label for neuron in layer] for layer in net.layers]
    columns = [["x1", "x2", "x3"], *biases]
    for left, right in pairwise(columns):
        assert max(places[name][0] for name in left) < min(places[name][0] for name in right)
    for column in columns:
        heights = [places[name][1] for name in column]
        assert heights == sorted(set(heights))
    assert len(places) == 3 + len(net.parameters())
    with pytest.raises(ValueError, match=r"304 weights, and 200 are .* draw a smaller network"):
        draw_network(MLP(2, [16, 16, 1]))


def draw(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return run("-m", "micrograd_sq", "draw", *arguments, **environment)


@pytest.mark.parametrize(
    ("ending", "start"),
    [("svg", b"<?xml"), ("PNG", b"\x89PNG"), ("jpg", b"\xff\xd8"), ("dot", b"digraph")],
)
def test_the_command_draws_by_the_files_ending(ending: str, start: bytes, tmp_path: Path) -> None:
    out = tmp_path / f"b3.{ending}"
    done = draw("--highlight", "b3", "--out", str(out))
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert out.read_bytes().startswith(start)
    assert list(tmp_path.iterdir()) == [out]


def test_without_a_file_the_command_prints_dot() -> None:
    net, loss = lesson()
    colours: Mapping[str, Any] = {"optimised": net.parameters(), "to_find": [net["b3"]]}
    assert draw().stdout.decode() == draw_dot(loss, **colours).source
    assert draw("--graph", "network").stdout.decode() == draw_network(net, **colours).source
    net = statquest.network()
    predicted = statquest.predict(net, 0.25)
    predicted.backward()
    expected = draw_dot(
        predicted, optimised=net.parameters(), to_find=[net["b3"]], highlight=net["w2"]
    )
    printed = draw("--graph", "predicted", "--dosage", "0.25", "--highlight", "w2").stdout
    assert printed.decode() == expected.source


def test_the_command_draws_one_data_points_squared_residual() -> None:
    printed = draw("--dosage", "0.5", "--highlight", "b3").stdout.decode()
    assert "d SSR / d b3 = 5.218 × (-1) × 1 = -5.218" in printed
    assert "cluster" not in printed


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--out", "b3.gif"], "b3.gif: the name must end in .svg, .png, .jpg or .dot"),
        (["--out", "b3"], "b3: the name must end in"),
        (["--out", "nowhere/b3.svg"], "cannot write nowhere/b3.svg: No such file or directory"),
        (["--out", "folder.svg"], "cannot write folder.svg: Is a directory"),
        (["--out", "file.svg/b3.svg"], "cannot write file.svg/b3.svg: Not a directory"),
        (["--highlight", "b4"], "'b4': it must be w1, w2, w3, w4, b1, b2 or b3"),
        (["--highlight", ""], "it must be w1"),
        (["--dosage", "0.3"], "0.3: only 0, 0.5 or 1 were observed"),
        (["--dosage", "nan"], "'nan' is not a finite number"),
        (["--graph", "network", "--dosage", "0.5"], "are for the ssr and predicted graphs"),
        (["--graph", "network", "--highlight", "b3"], "are for the ssr and predicted graphs"),
        (["--graph", "loss"], "loss"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_and_leaves_no_file(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.svg").mkdir()
    (tmp_path / "file.svg").write_text("mine")
    done = draw(*arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    assert message in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file.svg", "folder.svg"]
    assert (tmp_path / "file.svg").read_text() == "mine"


def test_a_gradient_that_is_no_number_is_not_said_to_be_of_another_result() -> None:
    done = draw("a**b", "--set", "a=-2", "--set", "b=3", "--highlight", "b")
    assert b"d result / d b = nan" in done.stdout
    assert b"of several" not in done.stdout


def test_a_name_to_highlight_is_read_as_python_reads_names() -> None:
    micro = "\u00b5"  # as keyboards have it; Python makes the Greek letter of it
    done = draw(f"{micro}*2", "--set", f"{micro}=1", "--highlight", micro)
    assert (done.returncode, done.stderr) == (0, b"")
    done = draw("1+2", "--highlight", "x")
    assert b"--highlight 'x': the formula has no names" in done.stderr


def texts_and_colours(svg: bytes) -> list[tuple[Any, ...]]:
    """All of a picture but where things are, which another version may lay out otherwise."""
    return [
        (element.tag, element.text, *map(element.get, ("stroke", "fill", "font-weight")))
        for element in ElementTree.fromstring(svg).iter()
    ]


def test_the_kept_pictures_are_those_that_the_example_and_the_command_make(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "examples" / "draw_graph.py"],
        capture_output=True,
        check=False,
        cwd=tmp_path,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert sorted(made) == ["network.svg", "ssr.svg"]
    for name, graph in (
        ("ssr.svg", ("--highlight", "b3")),
        ("network.svg", ("--graph", "network")),
    ):
        kept = texts_and_colours((ROOT / "examples" / name).read_bytes())
        assert texts_and_colours(made[name]) == kept
        assert draw(*graph, "--out", str(tmp_path / name)).returncode == 0
        assert texts_and_colours((tmp_path / name).read_bytes()) == kept


def test_the_svg_keeps_the_place_of_each_value_and_arrow(program: str) -> None:
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    svg = draw_dot(a * b + b, to_find=[b]).pipe(encoding="utf-8")
    kept = set(re.findall(r'id="((?:value|tag|edge)\d\S*)" class="[^"]*"', svg))
    assert kept == {
        "value0", "value1", "value2", "value3", "tag1_2", "tag1_3",
        "edge0_2_0", "edge1_2_1", "edge2_3_0", "edge1_3_1",
    }  # fmt: skip
    assert re.findall(r'id="(\w+)" class="[^"]* find"', svg) == ["value1", "tag1_2", "tag1_3"]


def test_the_top_node_stands_above_the_bottom_node_as_in_the_video(program: str) -> None:
    svg = draw_dot(statquest.loss(statquest.network())).pipe(encoding="utf-8")
    heights = {
        label: [float(y) for y in re.findall(rf'y="(-[\d.]+)"[^>]*>{label}</text>', svg)]
        for label in ("top x", "bottom x", "top y", "bottom y", "blue curve", "orange curve")
    }
    for top, bottom in (
        ("top x", "bottom x"),
        ("top y", "bottom y"),
        ("blue curve", "orange curve"),
    ):
        assert len(heights[top]) == len(heights[bottom])
        assert len(heights[top]) >= len(statquest.DOSAGES)  # an arrow may have the same words
        for upper, lower in zip(sorted(heights[top]), sorted(heights[bottom]), strict=True):
            assert upper < lower  # as SVG counts, downwards


def test_the_source_is_saved_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = draw_dot(Value(1.0, "a") * 2)
    assert picture.save("s.gv", tmp_path / "new") == str(tmp_path / "new" / "s.gv")
    assert (tmp_path / "new" / "s.gv").read_text() == picture.source
    (tmp_path / "s.gv").write_text("mine")
    picture.save(tmp_path / "s.gv", skip_existing=True)

    def full(self: Path, content: bytes) -> int:
        self.write_text(content[:9].decode())
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ValueError, match=r"cannot write .*s\.gv: No space left on device"):
        picture.save(tmp_path / "s.gv")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "s.gv"]
    assert (tmp_path / "s.gv").read_text() == "mine"


@pytest.mark.parametrize(
    ("outfile", "message"),
    [
        ("a" * 300 + ".svg", "cannot write a.*too long"),
        ("loop.svg", "cannot write loop.*symbolic link"),
        ("", "'' is no name of a file"),
    ],
)
def test_a_name_that_cannot_be_written_is_told(
    outfile: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "loop.svg").symlink_to("loop.svg")
    with pytest.raises(ValueError, match=message):
        draw_dot(Value(1.0, "a")).render(outfile=outfile)


def slow(program: Path, then: str) -> None:
    program.write_text(f"#!/bin/sh\necho $$ > {program}.pid\n{then}\n")
    program.chmod(0o755)


def hanging(program: Path, monkeypatch: pytest.MonkeyPatch, longest: float) -> None:
    slow(program, "while :; do :; done")
    monkeypatch.setattr("micrograd_sq.drawing.picture.LONGEST", longest)
    monkeypatch.setattr("micrograd_sq.drawing.picture.GIVEN_UP", set())


def test_what_takes_too_long_is_stopped_and_nothing_is_left_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hanging(tmp_path / "dot", monkeypatch, 0.5)
    monkeypatch.setattr(
        "micrograd_sq.drawing.picture._layout_programs", lambda: [tmp_path / "dot"] * 2
    )
    picture = draw_dot(Value(1.0, "a") * 2)
    for draw in (picture.pipe, picture.render):
        with pytest.raises(
            RuntimeError, match=r"graph of 3 Values cannot .*(given up after .* a part of it.*){2}"
        ):
            draw()
        process = int((tmp_path / "dot.pid").read_text())
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dot", "dot.pid"]


def test_where_the_systems_dot_fails_the_installed_program_draws(tmp_path: Path) -> None:
    slow(tmp_path / "dot", "exit 3")  # the PATH is this folder
    assert draw_dot(Value(1.0)).pipe().startswith(b"<?xml")


def test_where_the_systems_dot_hangs_the_installed_program_draws_now_and_from_then_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hanging(tmp_path / "dot", monkeypatch, 3.0)
    assert draw_dot(Value(1.0)).pipe().startswith(b"<?xml")
    (tmp_path / "dot.pid").unlink()
    assert draw_dot(Value(1.0)).pipe().startswith(b"<?xml")
    assert not (tmp_path / "dot.pid").exists()


@pytest.mark.parametrize("kind", ["svg", "png", "jpg"])
def test_a_picture_that_the_systems_dot_cuts_off_is_drawn_by_the_installed_program(
    tmp_path: Path, kind: str
) -> None:
    picture = draw_dot(Value(1.0))
    whole = picture.pipe(format=kind)  # the PATH is this folder
    (tmp_path / "half").write_bytes(whole[: len(whole) // 2])
    slow(tmp_path / "dot", f"exec /bin/cat {tmp_path / 'half'}")
    assert picture.pipe(format=kind) == whole


@pytest.mark.parametrize("kind", ["svg", "png", "jpg"])
def test_words_before_a_picture_of_the_systems_dot_make_it_none(tmp_path: Path, kind: str) -> None:
    picture = draw_dot(Value(1.0))
    whole = picture.pipe(format=kind)
    (tmp_path / "whole").write_bytes(whole)
    slow(tmp_path / "dot", f"echo Loading graphviz; exec /bin/cat {tmp_path / 'whole'}")
    assert picture.pipe(format=kind) == whole


def test_what_no_program_can_draw_is_an_error_that_names_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow(tmp_path / "dot", "echo out of order >&2; exit 3")
    monkeypatch.setattr(sysconfig, "get_path", lambda *_: str(tmp_path))
    with pytest.raises(
        RuntimeError, match=r"graph of 1 Values cannot be drawn; .*dot ended with 3: out"
    ):
        draw_dot(Value(1.0)).pipe()


def test_a_picture_can_be_viewed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr("graphviz.backend.viewing.view", seen.append)
    path = draw_dot(Value(1.0, "a")).view("a", tmp_path, cleanup=True, quiet_view=True)
    assert seen == [path] == [str(tmp_path / "a.svg")]
    assert Path(path).read_text().startswith("<?xml")


def test_a_picture_is_kept_with_its_source_or_without(tmp_path: Path) -> None:
    picture = draw_dot(Value(1.0, "a"))
    (tmp_path / "a.gv").write_text("mine")
    picture.render(outfile=tmp_path / "a.svg", cleanup=True)
    assert (tmp_path / "a.gv").read_text() == "mine"
    assert picture.render("b.gv", tmp_path) == str(tmp_path / "b.gv.svg")
    assert (tmp_path / "b.gv").read_text() == picture.source


def test_a_picture_that_cannot_be_kept_leaves_a_source_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "d.svg").mkdir()
    (tmp_path / "d.gv").write_text("mine")
    (tmp_path / "file").write_text("mine")
    x = Value(1.0, "x")
    cases: tuple[tuple[str, dict[str, Any]], ...] = (
        ("d.svg", {}),
        ("file/x.svg", {}),
        ("/dev/null/x.svg", {}),
        ("k.gv", {"format": "svg"}),
    )
    for outfile, options in cases:
        with pytest.raises(ValueError, match=r"cannot write|both the picture and its source"):
            draw_dot(x * 2).render(outfile=tmp_path / outfile, **options)
    assert (tmp_path / "d.gv").read_text() == (tmp_path / "file").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["d.gv", "d.svg", "file"]


def test_a_program_that_ends_well_without_a_picture_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dot").write_text("#!/bin/sh\necho '<svg></svg>'\n")
    (tmp_path / "dot").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert "viewBox" in draw_dot(Value(1.0, "x") * 2).pipe(encoding="utf-8")
