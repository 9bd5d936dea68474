"""Pictures of graphs and networks: what they show, with both layout programs."""

import math
import os
import re
import runpy
import shutil
import sysconfig
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from micrograd_sq import MLP, Value, draw_dot, draw_network, ssr, statquest
from micrograd_sq.engine import topological_order
from tests.command import run
from tests.evaluation import sine

EXAMPLES = Path(__file__).parent.parent / "examples"
SVG = "{http://www.w3.org/2000/svg}"
# How the ids of a picture's parts begin. The ids in a network are Graphviz's own.
PARTS = {"node": ("value", "tag", "node"), "edge": ("edge",), "cluster": ("frame",)}
GREEN, RED = "#00775a", "#c8320a"
STARTS = {"svg": b"<?xml", "PNG": b"\x89PNG", "jpg": b"\xff\xd8", "dot": b"digraph", "gv": b"digraph"}  # fmt: skip


@pytest.fixture(autouse=True)
def _no_dot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Hide the system's Graphviz from every test that does not ask for `program`."""
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.fixture(params=["dot", "graphviz-pure"])
def program(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "dot":
        monkeypatch.undo()
        if shutil.which("dot") is None:
            (pytest.fail if "CI" in os.environ else pytest.skip)("there is no system Graphviz")


both_programs = pytest.mark.usefixtures("program")


def parts(picture: Any, kind: str) -> dict[str, list[str]]:
    """Return the lines of text in each node, edge or cluster of a picture, by its name."""
    found: dict[str, list[str]] = {}
    for group in ElementTree.fromstring(picture.pipe("svg")).iter(f"{SVG}g"):
        if (group.get("id") or "").startswith(PARTS[kind]):
            name = group.findtext(f"{SVG}title") or ""
            texts = ["".join(text.itertext()) for text in group.iter(f"{SVG}text")]
            found[name] = [text.replace("\N{NO-BREAK SPACE}", " ") for text in texts]
    return found


def caption(picture: Any) -> list[str]:
    """Return the lines of text below the picture, without those that say what flows where."""
    graph = ElementTree.fromstring(picture.pipe("svg")).find(f"{SVG}g")
    assert graph is not None
    texts = [text.text or "" for text in graph.findall(f"{SVG}text")]
    return [text for text in texts if text[0] not in "→←" and not text.startswith("a small box")]


def emphasised(picture: Any) -> dict[str, list[str]]:
    """Return the texts of the emphasised arrows, by the box to which each arrow leads."""
    found: dict[str, list[str]] = {}
    for head, text in re.findall(r"-> (\w+) \[label=<(.*)> .*dir=back", picture.source):
        found.setdefault(head, []).append(" ".join(re.sub("<[^>]*>", " ", text).split()))
    return found


def lesson() -> tuple[MLP, Value]:
    net = statquest.network()
    loss = statquest.loss(net)
    loss.backward()
    return net, loss


@both_programs
def test_every_value_shows_its_label_data_and_gradient() -> None:
    _, loss = lesson()
    values = topological_order(loss)
    boxes = {k: lines for k, lines in parts(draw_dot(loss), "node").items() if "_" not in k}
    assert sorted(boxes) == sorted(f"n{place}" for place in range(len(values)))
    for name, lines in boxes.items():
        value = values[int(name.removeprefix("n"))]
        symbols: dict[Any, str] = {"*": "×", "-": "−", ("**", 2.0): "x²"}
        operation = symbols.get(value.operation, value.operation)
        numbers = [f"{value.data + 0.0:.4g}", f"grad {value.grad:.4g}"]
        assert lines == [text for text in (operation, value.label, *numbers) if text]


@both_programs
def test_every_arrow_shows_the_local_derivative_along_it() -> None:
    net, loss = lesson()
    place = {value: f"n{place}" for place, value in enumerate(topological_order(loss))}
    expected = {}
    for value in place:
        for operand, derivative in zip(value.operands, value.local_derivatives, strict=True):
            tag = f"_{place[value]}" if operand in net.parameters() else ""
            expected[f"{place[operand]}{tag}->{place[value]}"] = f"{derivative:.4g}"
    arrows = parts(draw_dot(loss), "edge")
    assert {arrow: lines[-1].removeprefix("= ") for arrow, lines in arrows.items()} == expected
    formulas = {lines[0] for lines in arrows.values() if len(lines) == 2}
    curves = {"w3", "w4", "top y", "bottom y", "sigmoid(top x)", "sigmoid(bottom x)"}
    assert formulas == {"2 × residual", "dosage", "w1", "w2", *curves}


def test_a_formula_on_an_arrow_is_in_labels_or_is_left_out() -> None:
    x, n = Value(2.0), Value(3.0, "n")
    arrows = parts(draw_dot((x.softplus() * n).tanh().sigmoid()), "edge")
    sigmoid, by_n, without_name, too_long, slope = arrows.values()
    assert (sigmoid, by_n) == (["sigmoid(x)", "= 0.8808"], ["n", "= 3"])
    assert without_name == ["2.127"]
    assert too_long == [f"{4 / (2 * math.cosh(3 * math.log1p(math.exp(2)))) ** 2:.4g}"]
    assert slope == ["0.1966"]  # sigmoid(tanh) × sigmoid(-tanh) would be too long
    assert list(parts(draw_dot(sine(Value(0.0, "x"))), "edge").values()) == [["cosine(x)", "= 1"]]


def test_a_legend_explains_the_arrows_the_tags_and_the_colours_that_are_there() -> None:
    a = Value(1.0, "a")
    source = draw_dot(a * 2).source
    assert "→ data flow forward; each arrow shows its local derivative" in source
    assert "← gradients (grad) flow back on every arrow, times its number, and add up<" in source
    assert "a small box" not in source
    assert ("rankdir=LR" in source, "rankdir=TB" in draw_dot(a, rankdir="TB").source) == (True, True)
    assert "a small box is one more use of the box with its name" in draw_dot(a * 2 + a).source
    assert "purple arrows: the paths to a<" in draw_dot(a * 2, highlight=a).source
    assert caption(draw_dot(a * 2, to_find=[a])) == ["still to find"]
    assert caption(draw_dot(a * 2, optimised=iter([a, Value(0.0)]))) == ["optimised"]
    assert caption(draw_dot(a * 2, optimised=[Value(0.0)])) == []


def test_optimised_values_are_green_those_to_find_red_and_data_have_no_gradient() -> None:
    net, loss = lesson()
    source = draw_dot(loss, optimised=net.parameters(), to_find=[net["b3"]]).source
    boxes = re.findall(r"<B>([wb]\d|dosage|observed)</B>(?:.*(grad) )?.* color=\"(#\w+)\"", source)
    optimised = [(label, "grad", GREEN) for label in ("w1", "w2", "w3", "w4", "b1", "b2")]
    assert sorted(boxes) == sorted([*optimised, ("b3", "grad", RED)])
    assert source.count("dashed") == 4  # b3's box, and its three tags
    assert source.count(">grad ") == len(topological_order(loss)) - 6


def test_the_paths_from_the_ssr_to_b3_multiply_and_add_up_to_its_gradient() -> None:
    net, loss = lesson()
    picture = draw_dot(loss, highlight=net["b3"])
    numbers = [number for arrows in emphasised(picture).values() for number in arrows]
    slopes = [f"2 × residual = {n}" for n in (5.207, 5.218, 5.23)]
    assert sorted(numbers) == sorted(["1"] * 7 + ["-1"] * 3 + slopes)
    assert caption(picture) == [
        "d SSR / d b3 = 1 × 1 × 5.207 × (-1) × 1",
        "+ 1 × 1 × 5.218 × (-1) × 1",
        "+ 1 × 5.23 × (-1) × 1 = -15.66",
    ]


def test_a_single_path_is_an_equation_and_many_paths_are_not_written_out() -> None:
    x = Value(0.0, "x")
    many = x
    for _ in range(100):
        many = many + many
    assert caption(draw_dot(x + 1, highlight=x)) == ["d result / d x = 1"]  # not 1 = 1
    assert caption(draw_dot((x**2) ** 0.5, highlight=x)) == ["d result / d x = inf × 0 = 0"]
    assert caption(draw_dot(many, highlight=x)) == []
    assert draw_dot(many, highlight=x).source.count("dir=back") == 200


def test_only_what_depends_on_the_highlighted_value_is_emphasised() -> None:
    a, b = Value(2.0, "a"), Value(3.0, "b")
    total = a * b + b
    assert emphasised(draw_dot(total)) == {}
    assert emphasised(draw_dot(total, highlight=a)) == {"n2": ["b = 3"], "n3": ["1"]}
    assert emphasised(draw_dot(total, highlight=b)) == {"n2": ["a = 2"], "n3": ["1", "1"]}


def test_a_leaf_with_several_uses_has_a_tag_at_each_use() -> None:
    net, loss = lesson()
    x, y = Value(3.0), Value(2.0, "y")
    for root, expected in (
        (loss, [[p.label] for p in net.parameters() * 3]),
        ((x * y + x) * (x * x), [["3"]] * 3),
        (x * x + y, []),
    ):
        boxes = parts(draw_dot(root), "node")
        assert sorted(text for name, text in boxes.items() if "_" in name) == sorted(expected)
    # A frame holds its tags, and no box of a parameter.
    inside = re.findall(r"subgraph cluster\w+ \{(.*?)\n\t\}", draw_dot(loss).source, re.DOTALL)
    assert [len(re.findall(r"^\t\tn\d+ ", frame, re.MULTILINE)) for frame in inside] == [14, 14, 14]
    for label in (parameter.label for parameter in net.parameters()):
        assert [frame.count(f"label=<{label}>") for frame in inside] == [1, 1, 1]
        assert [frame.count(f"<B>{label}</B>") for frame in inside] == [0, 0, 0]


@both_programs
def test_a_recurrent_graph_is_drawn() -> None:
    # With an arrow to each step from one w and one b, 60 steps took minutes.
    w, b, h = Value(0.5, "w"), Value(0.1, "b"), Value(0.2, "h")
    for _ in range(60):
        h = (h * w + b).tanh()
    assert len(parts(draw_dot(h), "node")) == 3 + 3 * 60 + 2 * 60


def test_each_term_of_a_sum_over_data_has_a_frame() -> None:
    net = statquest.network()
    squares = [ssr([y], [statquest.predict(net, x)]) for x, y in ((0.0, 0.0), (0.5, 1.0))]
    twice = ssr([0, 0], [statquest.predict(net, 0.5) for _ in range(2)])
    odd = [(Value(float(n), 'a "<&\\N') * 1.0) ** 2 for n in (1, 2)]
    titles = ["dosage = 0, observed = 0", "dosage = 0.5, observed = 1"]
    a, b = Value(2.0, "a"), Value(3.0, "b")
    for root, expected in (
        (sum(squares, Value(0)), titles),
        (sum(squares), titles),
        (squares[0] + squares[1], titles),
        (twice, ["dosage = 0.5, observed = 0"] * 2),
        (odd[0] + odd[1], ['a "<&\\N = 1', 'a "<&\\N = 2']),
        *((other, []) for other in (a, a + b, a * b + b, a + a, statquest.predict(net, 0.5))),
    ):
        shown = parts(draw_dot(root), "cluster").values()  # type: ignore[arg-type]  # sum's type
        assert sorted(title for (title,) in shown) == expected


@both_programs
def test_data_points_and_nodes_are_from_top_to_bottom_as_in_the_video() -> None:
    svg = draw_dot(statquest.loss(statquest.network())).pipe(encoding="utf-8")
    svg = svg.replace("&#160;", " ")
    rows = [("top x", "bottom x"), ("top y", "bottom y"), ("blue curve", "orange curve")]
    for texts in (("dosage = 0,.*", "dosage = 0.5,.*", "dosage = 1,.*"), *rows):
        heights = [sorted(float(y) for y in re.findall(rf'y="(-[\d.]+)"[^>]*>{text}</text>', svg)) for text in texts]
        assert all(heights)
        for column in zip(*heights, strict=True):
            assert list(column) == sorted(set(column))


def test_a_box_shows_its_operation_with_a_plain_exponent() -> None:
    x, n = Value(2.0, "x"), Value(3.0, "n")
    for root, first_lines in (  # of every box
        (x**2, ["x", "x²"]),
        (n**-0.5, ["n", "x^-0.5"]),
        ((x + 1) ** 2, ["x", "1", "+", "( )²"]),  # because x is another Value
        ((n + 1) ** 2, ["n", "1", "+", "x²"]),
        (x**n, ["n", "x", "**"]),
        (x ** Value(2.0), ["**", "2", "x"]),
        (Value(1.0) ** Value(3.0), ["**", "1", "3"]),
        (sine(x), ["sine", "x"]),
        (-x, ["x", "−"]),
        (x / 4, ["4", "x", "÷"]),
    ):
        boxes = parts(draw_dot(root), "node").values()
        assert sorted(lines[0] for lines in boxes) == sorted(first_lines)


def test_numbers_have_four_significant_digits() -> None:
    shown = {-0.0: "0", 1 / 3: "0.3333", -12345.6: "-1.235e+04", math.inf: "inf", math.nan: "nan"}
    for data, text in shown.items():
        assert parts(draw_dot(Value(data)), "node") == {"n0": [text, "grad 0"]}


LABELS = [
    'say "b3"', "it's", "ends with \\", "\\N \\G \\n \\l", '\\"', "{a|b}", "<b>bold</b>", "<", "&", "&lt;b&gt;", "a\n\nb",
    "\n", "]]>", "<!--", "%s", "[x]", "two  spaces", " ", "n0:e", "b₃ = π·é", "参数", "🎲", "graph", "->", "x" * 300,
]  # fmt: skip


@both_programs
def test_a_label_is_shown_literally() -> None:
    squares = [Value(2.0, label) ** 2 for label in LABELS]
    for square, label in zip(squares, LABELS, strict=True):
        square.label = label
    root = sum(squares, Value(0.0, "\0 \x1b \r \ud800 \uffff"))  # XML cannot hold these characters
    place = {value: f"n{place}" for place, value in enumerate(topological_order(root))}
    picture = draw_dot(root, to_find=squares, highlight=squares[0])
    boxes, arrows = parts(picture, "node"), parts(picture, "edge")
    for square, label in zip(squares, LABELS, strict=True):
        leaf, lines = square.operands[0], [line or " " for line in label.split("\n")]
        assert boxes[place[leaf]] == [*lines, "2", "grad 0"]
        assert boxes[place[square]] == ["x²", *lines, "4", "grad 0"]
        formula = [*(line or " " for line in f"2 × {label}".split("\n")), "= 4"]
        shown = arrows[f"{place[leaf]}->{place[square]}"]
        assert shown == (formula if len(label) < 17 else ["4"])
    assert [r"\x00 \x1b \r \ud800 \uffff", "0", "grad 0"] in boxes.values()
    assert ["+", "4", "grad 0"] in boxes.values()  # an empty label takes no line


def test_what_cannot_be_drawn_or_written_is_refused(tmp_path: Path) -> None:
    chain: Any = Value(1.0)
    for _ in range(1000):
        chain = -chain
    assert draw_dot(chain.operands[0]).source.count("->") == 999
    a: Any = Value(2.0, "a")
    c: Any = Value(1.0, "c")
    write = draw_dot(a).write
    mistakes: Any = (
        (lambda: draw_dot(chain), ValueError, "has 1,001 Values, but a picture shows at most 1,000: draw the graph"),
        (lambda: draw_dot(MLP(1, [2])(0.5)), TypeError, r"root is \[Value\(.*one Value"),
        (lambda: draw_dot(a * 2, highlight=c), ValueError, "label='c'.* is not in the graph of"),
        (lambda: draw_dot(a, to_find=c), TypeError, r"to_find is Value.*, but it must be a list of Values"),
        (lambda: draw_dot(a, rankdir=c), ValueError, 'but it must be "LR", "TB"'),
        (lambda: draw_dot(a, format="gif89"), ValueError, "unknown format: 'gif89'"),
        (lambda: draw_network(a), TypeError, "draws an MLP, not Value"),
        (lambda: draw_network(MLP(2, [1]), inputs="x"), ValueError, r"inputs is 'x', but it must be a list of 2"),
        (lambda: write(tmp_path / "a.gif"), ValueError, r"a.gif, but it must end in \.svg, \.png"),
        (lambda: write(tmp_path / "no" / "a.svg"), ValueError, "cannot write .*no/a.svg: No such"),
    )
    for draw, error, message in mistakes:
        with pytest.raises(error, match=message):
            draw()
    assert list(tmp_path.iterdir()) == []


@both_programs
@pytest.mark.parametrize("ending", STARTS)
def test_a_picture_is_written_in_the_format_of_the_ending(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"picture.{ending}"
    picture = draw_dot(Value(1.0, "a") * 2)
    picture.write(path)
    content = path.read_bytes()
    assert content.startswith(STARTS[ending])
    if ending == "PNG":  # has 192 pixels per inch, and an inch has 72 points
        points = int(re.findall(r'width="(\d+)pt"', picture.pipe("svg", encoding="utf-8"))[0])
        assert int.from_bytes(content[16:20], "big") / points == pytest.approx(192 / 72, rel=0.01)


@both_programs
def test_a_notebook_shows_it_without_a_word_on_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    bundle = draw_dot(Value(1.0, "π 参数"))._repr_mimebundle_()
    assert list(bundle) == ["image/svg+xml"]
    assert draw_dot(Value(1.0), "png").pipe().startswith(STARTS["PNG"])
    assert "π 参数" in str(bundle["image/svg+xml"])
    kind, text = draw_dot(Value(1.0))._mime_()  # marimo's way, also in a list
    assert kind == "text/html"
    assert text.startswith("<svg")
    picture = draw_dot(Value(1.0))
    picture.attr(dpi="144")  # which would crop the SVG of Graphviz 2
    width, shown = re.findall(r'width="(\d+)pt".*?viewBox="\S+ \S+ (\d+)', picture.pipe("svg", encoding="utf-8"), re.S)[
        0
    ]
    assert width == shown
    assert capfd.readouterr() == ("", "")


def system_dot(folder: Path, script: str) -> None:
    """Put a `dot` into the folder that is the PATH."""
    (folder / "dot").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "dot").chmod(0o755)


@pytest.mark.parametrize(("script", "drawn"), [("echo '<svg>'", b"<svg>\n"), ("exit 3", b"<?xml")])
def test_the_systems_dot_is_preferred_unless_it_fails(script: str, drawn: bytes, tmp_path: Path) -> None:
    system_dot(tmp_path, script)
    assert draw_dot(Value(1.0)).pipe().startswith(drawn)


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("echo out of order >&2; exit 3", "dot failed: out of order: install Graphviz"),
        ("exec /bin/sleep 9", "dot failed: .*timed out after 0.1 seconds.* a part of the graph"),
        ("", "no program to lay out the picture: install .* its `dot` on.*`pip install graphviz-pure`"),
    ],
)  # fmt: skip
def test_what_no_program_can_draw_is_an_error_that_says_what_to_do(
    script: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if script:
        system_dot(tmp_path, script)
    monkeypatch.setattr(sysconfig, "get_path", lambda *_: str(tmp_path))
    monkeypatch.setattr("micrograd_sq.drawing.picture.LONGEST", 0.1)
    with pytest.raises(RuntimeError, match=message):
        draw_dot(Value(1.0, "a")).write(tmp_path / "a.svg")
    assert not (tmp_path / "a.svg").exists()


def test_the_network_shows_each_weight_on_its_connection_and_each_bias_in_its_node() -> None:
    net = statquest.network()
    picture = draw_network(net, optimised=net.parameters(), to_find=[net["w3"]])
    labels = {f"n{place}": parameter.label for place, parameter in enumerate(net.parameters())}
    boxes = {labels.get(node, node): lines for node, lines in parts(picture, "node").items()}
    assert boxes == {
        "x1": ["input"], "w1": ["× w1 = 3.34"], "w2": ["× w2 = -3.53"],
        "b1": ["+ b1 = -1.43", "softplus"], "b2": ["+ b2 = 0.57", "softplus"],
        "w3": ["× w3 = -1.22"], "w4": ["× w4 = -2.3"], "b3": ["+ b3 = 0", "output"],
    }  # fmt: skip
    edges = [re.split("->|:[ew]", edge)[:3:2] for edge in parts(picture, "edge")]
    assert sorted((labels.get(tail, tail), labels[head]) for tail, head in edges) == [
        ("b1", "w3"), ("b2", "w4"), ("w1", "b1"), ("w2", "b2"), ("w3", "b3"), ("w4", "b3"), ("x1", "w1"), ("x1", "w2"),
    ]  # fmt: skip
    colours = re.findall(r'COLOR="(#\w+)"><B>. (\w\d) =', picture.source)
    green = [(GREEN, label) for label in labels.values() if label != "w3"]
    assert sorted(colours) == sorted([*green, (RED, "w3")])
    assert picture.source.count("style=dashed") == 2  # both halves of its connection
    assert caption(picture) == ["optimised", "still to find"]
    assert caption(draw_network(net)) == []
    named = draw_network(MLP(1, [1], output_activation=abs), inputs=["<x>"], outputs=["y"])
    assert list(parts(named, "node").values())[::2] == [["<x>"], ["+ b1 = 0", "abs", "y"]]


@both_programs
def test_any_network_is_drawn_layer_by_layer() -> None:
    net = MLP(3, [2, 4, 2], activation="tanh", seed=1)
    net["w1"].label = net["b1"].label = "x1"  # equal labels stay different nodes
    svg = draw_network(net).pipe(encoding="utf-8")
    node = r'class="node">\s*<title>(\w+)</title>.*?<text .*?x="([-\d.]+)" y="([-\d.]+)"'
    places = {name: (float(x), float(y)) for name, x, y in re.findall(node, svg, re.DOTALL)}
    order = {parameter: f"n{place}" for place, parameter in enumerate(net.parameters())}
    columns = [["x1", "x2", "x3"], *([order[n.bias] for n in layer] for layer in net.layers)]
    for left, right in pairwise(columns):
        assert max(places[name][0] for name in left) < min(places[name][0] for name in right)
    for column in columns:
        heights = [places[name][1] for name in column]
        assert heights == sorted(set(heights))
    assert len(places) == 3 + len(net.parameters())


def test_without_a_file_the_command_prints_dot() -> None:
    net, loss = lesson()
    colours: Mapping[str, Any] = {"optimised": net.parameters(), "to_find": [net["b3"]]}
    assert run("draw").stdout == draw_dot(loss, **colours).source
    named = draw_network(net, inputs=["dosage"], outputs=["effectiveness"], **colours)
    assert run("draw", "--graph", "network").stdout == named.source
    net.zero_grad()
    predicted = statquest.predict(net, 0.25)
    predicted.backward()
    printed = run("draw", "--graph", "predicted", "--dosage", "0.25", "--highlight", "w2").stdout
    assert printed == draw_dot(predicted, **colours, highlight=net["w2"]).source
    printed = run("draw", "--dosage", "0.5", "--highlight", "b3").stdout  # of one data point
    assert "d SSR / d b3 = 5.218 × (-1) × 1 = -5.218" in printed
    assert "cluster" not in printed


def test_the_kept_pictures_are_those_that_the_example_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(EXAMPLES / "draw_graph.py"))
    for name in ("b3_paths.svg", "network.svg", "ssr.svg"):
        made, kept = (  # except places, which differ between versions of Graphviz
            [(each.tag, each.text, *map(each.get, ("stroke", "fill", "font-weight"))) for each in svg]
            for svg in (ElementTree.parse(folder / name).iter() for folder in (tmp_path, EXAMPLES))
        )
        assert made == kept


@both_programs
def test_the_svg_keeps_the_place_of_each_value_and_arrow() -> None:
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    svg = draw_dot(a * b + b, to_find=[b]).pipe(encoding="utf-8")
    kept = set(re.findall(r'id="((?:value|tag|edge)\d\S*)" class="[^"]*"', svg))
    expected = "value0 value1 value2 value3 tag1_2 tag1_3 edge0_2_0 edge1_2_1 edge2_3_0 edge1_3_1"
    assert kept == set(expected.split())
    assert re.findall(r'id="(\w+)" class="[^"]* find"', svg) == ["value1", "tag1_2", "tag1_3"]
