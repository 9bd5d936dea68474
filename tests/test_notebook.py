"""The notebook: it runs from top to bottom, then in any order, and prints what is stored in it."""

import random
import re
from itertools import groupby
from pathlib import Path

import nbclient
import nbformat
import pytest

NOTEBOOK = Path(__file__).parent.parent / "examples" / "walkthrough.ipynb"
SHOWN = ("image/svg+xml", "image/png", "text/html", "application/javascript")
NUMBERS = (
    "20.4 7.8 1.11 0.46 -15.7 -1.57 1.57 -6.26 2.19 2.61 2.6089 2.58 1.26 1.90 -1.22 -2.30 "
    "5.218 0.5597 1.782 4.2 7.4 21.8 -0.00103 2.6092 2.00 -1.00"
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("default"),  # of its libraries; ours would show in its cells
]


def stored() -> nbformat.NotebookNode:
    return nbformat.read(NOTEBOOK, as_version=4)


def code_cells(notebook: nbformat.NotebookNode) -> dict[int, nbformat.NotebookNode]:
    """Return the cells of code by their place in the notebook."""
    return {place: cell for place, cell in enumerate(notebook.cells) if cell.cell_type == "code"}


def shown(cell: nbformat.NotebookNode) -> list[object]:
    """Return what a cell printed, and which kinds of picture it showed, in their order."""
    found: list[object] = []
    for printed, outputs in groupby(cell.outputs, lambda output: output.output_type == "stream"):
        if printed:  # two prints close together are one output or two, by chance
            found.append("".join(output.text for output in outputs))
        else:
            found += [[kind for kind in SHOWN if kind in output.data] for output in outputs]
    return found


def test_it_runs_from_top_to_bottom_then_in_any_order() -> None:
    notebook, expected = stored(), code_cells(stored())
    first, *others = expected
    again = random.Random(1).sample(others, len(others))
    resources = {"metadata": {"path": str(NOTEBOOK.parent)}}
    client = nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3", resources=resources)
    with client.setup_kernel():
        for place in [first, *others, *again]:
            cell = notebook.cells[place]
            client.execute_cell(cell, place)
            assert shown(cell) == shown(expected[place]), f"cell {cell.id!r}; second order {again}"


def test_the_stored_outputs_show_the_lesson() -> None:
    outputs = [output for cell in code_cells(stored()).values() for output in shown(cell)]
    text = "".join(output for output in outputs if isinstance(output, str))
    for number in (*NUMBERS.split(), "20.4236 -> 20.2673"):
        assert re.search(rf"(?<![\d.]){re.escape(number)}(?!\d)", text), number
    kinds = [kind for output in outputs if isinstance(output, list) for kind in output]
    # HTML is an animation; JavaScript is an interactive graph, after its static image.
    assert [kinds.count(kind) for kind in SHOWN] == [5, 6, 1, 1]


def test_a_picture_shows_the_gradients_of_the_pass_just_before() -> None:
    drawn = [cell.source for cell in code_cells(stored()).values() if "draw_dot(" in cell.source]
    assert drawn[1:]  # the first is the import
    for source in drawn:
        for root in re.findall(r"draw_dot\((\w+)", source):
            assert source.count(".backward()") == source.count(f"{root}.backward()") == 1


def test_every_question_has_an_answer_folded_away() -> None:
    texts = [cell.source for cell in stored().cells if cell.cell_type == "markdown"]
    assert sum("**Try it.**" in text for text in texts) >= 8
    for text in texts:
        assert text.count("**Try it.**") == text.count("<details><summary>Answer</summary>\n\n")
        assert text.count("<details>") == text.count("\n\n</details>")


# What the prose says, next to the code that computes the numbers.
SAID = [
    ("-1.60, -0.61 and -1.61", "'{:.2f}, {:.2f} and {:.2f}'.format(*[predict(network(1), d).data for d in dosages])"),
    ("is 2.37, and the", "f'is {(loss(network(3.01)).data - loss(network(3)).data) / 0.01:.2f}, and the'"),
    ("the result changes by 0.006001", "f'the result changes by {3.001**2 - 9:.6f}'"),
    ("w3 = 0.36 - 2.58 × 0.1 = 0.10", "f'w3 = 0.36 - 2.58 × 0.1 = {0.36 - 2.58 * 0.1:.2f}'"),
    ("× -1.22 × 0.5597 = 3.563", "f'× -1.22 × 0.5597 = {5.218 * 1.22 * 0.5597:.3f}'"),
    ("× 0.2324 × 0.5 = 1.39", "f'× 0.2324 × 0.5 = {5.218 * 2.30 * 0.2324 * 0.5:.2f}'"),
    ("× -1 × 0.8203 = -4.28", "f'× -1 × 0.8203 = {-5.218 * 0.8203:.2f}'"),
    ("b = ln(e - 1) - 1 = -0.46", "f'b = ln(e - 1) - 1 = {math.log(math.e - 1) - 1:.2f}'"),
    ("b3 = 2.52", "f'b3 = {end(THREE, 0.1, 0.001, 1000)[0]:.2f}'"),
    ("After 1,730 steps", "f'After {end(SEVEN, 0.05, 1e-6, 2000)[1]:,} steps'"),
    ("stops after 39 steps", "f\"stops after {end({'b3': 0.0}, 0.3, 0.001, 1000)[1]} steps\""),
]
END = """
def end(start, *how):
    net = network(**start)
    *_, last = sgd(lambda: loss(net), [net[name] for name in start], *how)
    return net["b3"].data, last.index + 1
"""


def test_the_numbers_in_prose_and_the_code_of_the_answers_are_right() -> None:
    cells = stored().cells
    prose = " ".join(" ".join(cell.source for cell in cells if cell.cell_type == "markdown").split())
    names: dict[str, object] = {}
    exec(next(cell.source for cell in cells if cell.cell_type == "code") + END, names)
    for said, code in SAID:
        assert said in prose
        assert eval(code, names) == said
    printed: list[tuple[int, int]] = []
    (answer,) = re.findall(r"```python\n(.*?)```", cells[-1].source, re.DOTALL)
    exec(answer, names | {"print": lambda *numbers: printed.append(numbers)})
    (_, two), (_, three) = printed
    assert f"{two} of a hundred networks fit with two hidden nodes, and {three} with three" in prose


def test_a_sentence_of_the_prose_is_short() -> None:
    texts = [cell.source for cell in stored().cells if cell.cell_type == "markdown"]
    prose = re.sub(r"```.*?```|^[|#-].*?$", "", "\n\n".join(texts), flags=re.DOTALL | re.MULTILINE)
    sentences = re.split(r"[.:?!]\)?\s+|\n\n", prose)
    assert [sentence for sentence in sentences if len(re.findall(r"[A-Za-z]\S*", sentence)) > 20] == []


def test_it_is_small_and_names_no_machine() -> None:
    assert NOTEBOOK.stat().st_size < 1_500_000
    assert set(stored().metadata) == {"kernelspec", "language_info"}
    outputs = [output for cell in code_cells(stored()).values() for output in cell.outputs]
    texts = [output.get("text", output.get("data", {}).get("text/plain", "")) for output in outputs]
    assert not re.search(r" at 0x|/home/|/tmp/", "".join(texts))
