"""The shipper and the worker read notebooks by themselves; what they see must be the same."""

import json

from hypothesis import given
from hypothesis import strategies as st

from session.worker.notebook_cells import read_cells
from shipper.formats.notebook import Cell, read_ipynb, read_percent

MARKERS = ["# %%", "#%%", "# %% [markdown]", '# %% tags=["skip-execution"]', "# %% [raw]"]
CODE = ["", "x = 1", "# a comment", "print('ü')", "    y", "# %%%", "## %%"]
LINES = st.sampled_from([*MARKERS, *CODE])
CELLS = st.lists(
    st.fixed_dictionaries(
        {
            "cell_type": st.sampled_from(["code", "markdown", "raw"]),
            "source": st.sampled_from(["", "x = 1", "a\nb\n", ["x\n", "y"]]),
            "metadata": st.sampled_from([{}, {"tags": ["raises-exception"]}]),
        }
    ),
    max_size=6,
)


def seen_by_shipper(cells: list[Cell]) -> list[tuple[int, str, int]]:
    return [(c.number, c.source, c.line) for c in cells if c.type == "code" and c.source.strip()]


@given(st.lists(LINES, max_size=12))
def test_percent_scripts_are_read_alike(lines: list[str]) -> None:
    text = "\n".join(lines)
    ours = [(c.number, c.source.rstrip(), c.line) for c in read_cells("n.py", text)]
    theirs = [
        (number, source.rstrip(), line)
        for number, source, line in seen_by_shipper(read_percent(text))
    ]
    assert ours == theirs


@given(CELLS)
def test_ipynb_files_are_read_alike(cells: list[dict[str, object]]) -> None:
    document = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    ours = [(c.number, c.source, c.tags) for c in read_cells("n.ipynb", json.dumps(document))]
    theirs = [
        (c.number, c.source, frozenset(c.tags)) for c in read_ipynb(document) if c.type == "code"
    ]
    assert ours == theirs
