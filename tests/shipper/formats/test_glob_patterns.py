"""The patterns of a manifest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipper.formats.glob import Patterns, matches


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("*.py", "a.py", True),
        ("*.py", "a/b.py", True),
        ("*.py", "a.pyc", False),
        ("data", "data/x/y", True),
        ("data/", "deep/data/x", True),
        ("/data", "deep/data", False),
        ("data/*.csv", "data/a.csv", True),
        ("data/*.csv", "data/deep/a.csv", False),
        ("data/**", "data/deep/a.csv", True),
        ("data/**/a.csv", "data/a.csv", True),
        ("./data/a?c", "data/abc", True),
        ("data/[ab].txt", "data/b.txt", True),
        ("data/[!ab].txt", "data/b.txt", False),
        ("*.p+", "a.p+", True),
        ("**", "anything/at/all", True),
    ],
)
def test_matching(pattern: str, path: str, expected: bool) -> None:
    assert matches(pattern, path) is expected


@given(st.text(min_size=1), st.text(min_size=1))
def test_any_pattern_can_be_asked(pattern: str, path: str) -> None:
    assert matches(pattern, path) in (True, False)


@given(st.text(st.characters(exclude_characters="*?[]/."), min_size=1))
def test_plain_text_matches_itself(text: str) -> None:
    assert matches(text, text)
    assert matches(text, f"{text}/below")
    assert matches(text, f"above/{text}")


def test_only_plain_words_name_a_folder() -> None:
    assert Patterns([".github/**"]).names_folder(".github")
    assert Patterns(["a/.hidden/x"]).names_folder("a/.hidden")
    assert not Patterns(["**/*.txt", "*"]).names_folder(".venv")
    assert not Patterns(["src/**"]).names_folder("src/__pycache__")
