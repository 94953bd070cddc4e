import re
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from session.log import pattern as patterns

_PIECES = (
    "a", "b", "ab", ".", "^", "$", r"\b", r"\w", r"\W", r"\s", r"\S", r"\d", r"\D", "[^a]", "[ab ]",
    r"[^\s]", r"[\w ]", "(a|b)", "(?:ab|)", "a*", "b+?", ".*", r"\s*", "[^b]*", "(?=a)", "(?!b)",
    "(?<=a)", "(?<!b)", "a{2}", r"(a)\1", r"\A", r"\Z", "(?>a*)", "a++", "(?i:A)", r"\n", r"\W+",
    " ",
)  # fmt: skip
_PATTERNS = st.lists(st.sampled_from(_PIECES), min_size=1, max_size=5).map("".join)
_LINES = st.lists(st.text(alphabet="abAB 1\t-", max_size=8), max_size=8)


def _in_block(pattern: "re.Pattern[bytes]", lines: list[str]) -> list[int]:
    """Return the numbers of the lines in which a match begins."""
    block = "".join(line + "\n" for line in lines).encode()
    size = len(block)
    starts = {match.start() for at in range(size + 1) if (match := pattern.search(block, at))}
    return sorted({block.count(b"\n", 0, start) for start in starts if start < size})


def _alone(pattern: str, lines: list[str]) -> list[int]:
    return [number for number, line in enumerate(lines) if re.search(pattern, line)]


@given(_PATTERNS, st.sampled_from(["", "(?i)", "(?s)", "(?m)", "(?x)"]), _LINES)
@settings(max_examples=400, deadline=None)
def test_a_block_pattern_finds_the_lines_that_match_alone(
    body: str, flags: str, lines: list[str]
) -> None:
    pattern = flags + body
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        in_blocks = patterns.for_blocks(pattern)
    if in_blocks is not None:
        assert _in_block(in_blocks, lines) == _alone(pattern, lines)


@given(_PATTERNS, st.sampled_from(["", "(?i)"]), _LINES)
@settings(max_examples=400, deadline=None)
def test_every_matching_line_holds_a_literal_of_each_set(
    body: str, flags: str, lines: list[str]
) -> None:
    pattern = flags + body
    for texts in patterns.literals(pattern):
        for number in _alone(pattern, lines):
            line = lines[number].lower() if flags else lines[number]
            assert any(text in line.encode() for text in texts)


@pytest.mark.parametrize(
    "pattern",
    [
        "abc",
        "^a.*b$",
        r"\b(error|warning) [EW]0[0-3]\d\d: \w+ing",
        "a[^,]*b",
        r"(?!x)a\s+b",
        r"\Aab\Z",
    ],
)
def test_everyday_patterns_can_be_used_on_blocks(pattern: str) -> None:
    assert patterns.for_blocks(pattern) is not None


@pytest.mark.parametrize(
    "pattern", ["é", r"\n", r"\B", r"[\W\d]", r"\N{DIGIT ONE}", r"(a)?(?(1)b|c)"]
)
def test_what_would_mean_something_else_in_a_block_is_left_alone(pattern: str) -> None:
    assert patterns.for_blocks(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "sets"),
    [
        ("hello", [(b"hello",)]),
        (
            r"\b(error|warning) [EW]0[0-3]\d\d: \w+ing",
            [(b"error", b"warning"), (b"ing",), (b": ",)],
        ),
        ("(?i)Error", [(b"error",)]),
        ("(?i:Error)", []),
        ("(ab)?c", []),
        ("(ab)+", [(b"ab",)]),
        ("a|b", []),
        ("[abc]", []),
        ("(?!nope)", []),
    ],
)
def test_literals(pattern: str, sets: list[tuple[bytes, ...]]) -> None:
    assert patterns.literals(pattern) == sets
