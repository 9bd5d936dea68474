"""The notebook: it runs from top to bottom, and prints what is stored in it."""

from pathlib import Path

import nbclient
import nbformat
import pytest

NOTEBOOK = Path(__file__).parent.parent / "examples" / "walkthrough.ipynb"
SHOWN = ("image/svg+xml", "image/png", "text/html")


def shown(notebook: nbformat.NotebookNode) -> list[list[object]]:
    """What each cell of code printed, and which kinds of picture it showed."""
    cells: list[list[object]] = []
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        printed = [output.text for output in cell.outputs if output.output_type == "stream"]
        kinds = [
            [kind for kind in SHOWN if kind in output.data]
            for output in cell.outputs
            if "data" in output
        ]
        cells.append(["".join(printed), *kinds])  # two prints may come as one output or as two
    return cells


@pytest.mark.filterwarnings("default")  # of the notebook's libraries; ours would show in its cells
def test_it_runs_from_top_to_bottom_and_prints_what_is_stored() -> None:
    stored = nbformat.read(NOTEBOOK, as_version=4)
    fresh = nbformat.read(NOTEBOOK, as_version=4)
    resources = {"metadata": {"path": str(NOTEBOOK.parent)}}
    nbclient.NotebookClient(
        fresh, timeout=300, kernel_name="python3", resources=resources
    ).execute()
    assert shown(fresh) == shown(stored)


def test_the_stored_outputs_show_the_lesson() -> None:
    cells = shown(nbformat.read(NOTEBOOK, as_version=4))
    text = str(cells)
    for number in ("20.4", "-15.7", "-1.57", "1.57", "-6.26", "2.19", "2.61", "2.58, 'w4': 1.26"):
        assert number in text
    kinds = [
        kind for cell in cells for output in cell if isinstance(output, list) for kind in output
    ]
    assert (kinds.count("image/svg+xml"), kinds.count("text/html")) == (2, 1)
    assert kinds.count("image/png") >= 5
