"""Cells of notebooks, old and new, and of scripts in the percent format."""

import json

import nbformat
import pytest

from session.worker.notebook_cells import NotebookUnreadable, read_cells


def test_a_notebook_of_today() -> None:
    notebook = nbformat.v4.new_notebook(  # type: ignore[no-untyped-call]
        cells=[
            nbformat.v4.new_markdown_cell("# Title"),  # type: ignore[no-untyped-call]
            nbformat.v4.new_code_cell("x = 1\nx", id="first"),  # type: ignore[no-untyped-call]
            nbformat.v4.new_code_cell("y", metadata={"tags": ["skip-execution"]}),  # type: ignore[no-untyped-call]
        ]
    )
    cells = read_cells("a.ipynb", nbformat.writes(notebook))  # type: ignore[no-untyped-call]
    assert [(cell.number, cell.source) for cell in cells] == [(2, "x = 1\nx"), (3, "y")]
    assert cells[0].id == "first"
    assert cells[1].tags == {"skip-execution"}
    assert cells[0].line is None


def test_a_notebook_of_format_3() -> None:
    old = {
        "nbformat": 3,
        "worksheets": [
            {
                "cells": [
                    {"cell_type": "heading", "source": "Title"},
                    {"cell_type": "code", "input": ["a = 1\n", "a"], "outputs": []},
                ]
            }
        ],
    }
    (cell,) = read_cells("a.ipynb", json.dumps(old))
    assert (cell.number, cell.source, cell.id) == (2, "a = 1\na", "2")


PERCENT = """\
# a header before the first cell
import sys

# %% [markdown]
# # Title
# %% setup tags=["raises-exception", "x"]
first = 1
# %%

# %% tags=broken
last = 2
"""


def test_a_percent_script() -> None:
    cells = read_cells("a.py", PERCENT)
    assert [cell.source.strip().split("\n")[-1] for cell in cells] == [
        "import sys",
        "first = 1",
        "last = 2",
    ]
    assert [cell.line for cell in cells] == [1, 7, 11]
    assert cells[1].tags == {"raises-exception", "x"}
    assert cells[2].tags == frozenset()


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"cells": 3}', '{"cells": [{}]}', '{"cells": [{"cell_type": "code"}]}'],
)
def test_what_is_no_notebook_says_so(text: str) -> None:
    with pytest.raises(NotebookUnreadable, match="cannot be read"):
        read_cells("a.ipynb", text)
