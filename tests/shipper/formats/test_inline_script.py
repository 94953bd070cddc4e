"""The metadata block of a script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipper.formats.inline_script import ScriptBlockBroken, read_script_block

BLOCK = """#!/usr/bin/env python3
# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "rich",  # for show
#
#   "six>=1",
# ]
# [tool.x]
# y = 1
# ///
import rich
"""


def test_block() -> None:
    block = read_script_block(BLOCK)
    assert block is not None
    assert block.dependencies == ("rich", "six>=1")
    assert (block.requires_python, block.line, block.tool) == (">=3.11", 2, {"x": {"y": 1}})


def test_block_at_the_very_end_and_with_windows_lines() -> None:
    text = "# /// script\n# dependencies = []\n# ///"
    for variant in (text, text.replace("\n", "\r\n")):
        block = read_script_block(variant)
        assert block is not None
        assert block.dependencies == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# /// script\nimport x\n# ///\n",
        "# /// script\n# dependencies = []\n",
        "# /// other\n# a = 1\n# ///\n",
        "x = '''\n /// script\n'''",
    ],
)
def test_no_block(text: str) -> None:
    assert read_script_block(text) is None


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("\n# /// script\n# a = \n# ///\n", 3, "Invalid"),
        ("# /// script\n# dependencies = 'x'\n# ///\n", 1, "list of strings"),
        ("# /// script\n# dependencies = [1]\n# ///\n", 1, "list of strings"),
        ("# /// script\n# requires-python = 3\n# ///\n", 1, "must be a string"),
        (
            "# /// script\n# a=1\n# ///\n\n# /// script\n# a=1\n# ///\n",
            5,
            "lines 1 and 5.* only one",
        ),
        ("x\n# /// script\n# a=1\n# ///\n# /// script\n# b=1\n# ///\n", 5, "2 .*lines 2 and 5"),
    ],
)
def test_broken_block(text: str, line: int, words: str) -> None:
    with pytest.raises(ScriptBlockBroken, match=words) as caught:
        read_script_block(text)
    assert caught.value.line == line


PIECES = st.sampled_from(
    ["# /// script\n", "# ///\n", "#\n", "# a = 1\n", "# [\n", "x\n", "\r\n", "é"]
)


@given(st.lists(PIECES | st.text()).map("".join))
def test_never_fails_otherwise(text: str) -> None:
    line, block = 1, None
    try:
        block = read_script_block(text)
    except ScriptBlockBroken as broken:
        line = broken.line
    assert 1 <= line <= text.count("\n") + 2
    assert block is None or "# /// script" in text
