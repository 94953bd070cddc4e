"""Cells, from JSON and from scripts."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipper.formats.notebook import (
    NotebookBroken,
    find_magics,
    is_percent_script,
    read_ipynb,
    read_percent,
)

SCRIPT = """\
import os

# %% first tags=["a", 'b']
x = 1

# %% [markdown]
# # Title
#
# text
#%% [raw]
# raw
# %%
y = 2
"""


def test_percent_script() -> None:
    cells = read_percent(SCRIPT)
    assert [(cell.type, cell.line) for cell in cells] == [
        ("code", 1),
        ("code", 4),
        ("markdown", 7),
        ("raw", 11),
        ("code", 13),
    ]
    assert [cell.index for cell in cells] == [0, 1, 2, 3, 4]
    assert cells[1].tags == ("a", "b")
    assert cells[2].source == "# Title\n\ntext"
    assert len({cell.id for cell in cells}) == 5


def test_lines_of_cells_are_lines_of_the_file() -> None:
    lines = SCRIPT.splitlines()
    for cell in read_percent(SCRIPT):
        if cell.type == "code":
            for number, line in enumerate(cell.source.splitlines(), start=cell.line):
                assert lines[number - 1] == line


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# %%\n", True),
        ("#%% x", True),
        ("x\n# %% [md]\n", True),
        ("x = 1 # %%", False),
        ("", False),
    ],
)
def test_what_is_a_notebook(text: str, expected: bool) -> None:
    assert is_percent_script(text) is expected


@given(st.lists(st.sampled_from(["# %%", "#%% [markdown]", "x = 1", "", "\r", "é", "# %% tags=["])))
def test_no_code_is_lost(lines: list[str]) -> None:
    text = "\n".join(lines)
    kept = "\n".join(cell.source for cell in read_percent(text))
    assert kept.count("x = 1") == text.count("x = 1")


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    for index, cell in enumerate(read_percent(text)):
        assert cell.index == index
        assert cell.line >= 1
        find_magics(cell.source)


def test_format_4() -> None:
    cells = read_ipynb(
        {
            "nbformat": 4,
            "cells": [
                {"cell_type": "code", "id": "abc", "source": ["x = 1\n", "y"], "metadata": {}},
                {"cell_type": "markdown", "source": "# t", "metadata": {"tags": ["p"]}},
            ],
        }
    )
    assert [(c.type, c.source, c.tags) for c in cells] == [
        ("code", "x = 1\ny", ()),
        ("markdown", "# t", ("p",)),
    ]
    assert cells[0].id == "abc"


def test_format_3() -> None:
    sheet = {
        "cells": [{"cell_type": "code", "input": ["x\n"]}, {"cell_type": "heading", "source": "t"}]
    }
    cells = read_ipynb({"nbformat": 3, "worksheets": [sheet]})
    assert [(c.type, c.source) for c in cells] == [("code", "x\n"), ("markdown", "t")]


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"nbformat": 2},
        {"nbformat": 4, "cells": {}},
        {"nbformat": 4, "cells": ["x"]},
        {"nbformat": 4, "cells": [{"cell_type": "code", "source": 3}]},
    ],
)
def test_broken(document: object) -> None:
    with pytest.raises(NotebookBroken):
        read_ipynb(document)


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.integers() | st.text() | st.just("code"),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(["cells", "source", "cell_type", "metadata", "tags"]), inner
        )
    ),
)


@given(JSON, st.sampled_from([3, 4]))
def test_any_json_is_read_or_refused(value: object, major: int) -> None:
    try:
        read_ipynb({"nbformat": major, "cells": value, "worksheets": value})
    except NotebookBroken:
        return


def test_magics() -> None:
    source = "x = 1\n%time f()\n!ls\n?x\ndf.head?\ny = a % b\n  %%bash\n# !no\nz != 1"
    assert [magic.line for magic in find_magics(source)] == [2, 3, 4, 5, 7]
