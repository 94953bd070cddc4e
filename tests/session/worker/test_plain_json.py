"""The cheap JSON says what the library says."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session.worker import plain_json

_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.floats(allow_nan=False).filter(lambda number: abs(number) != float("inf")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(_VALUES)
def test_it_agrees_with_the_library(value: object) -> None:
    assert json.loads(plain_json.dumps(value)) == value
    assert plain_json.loads(json.dumps(value, indent=1, ensure_ascii=False)) == value


@pytest.mark.parametrize("text", ["", "  ", "{", "[1,]", "{} {}", "nul", '"\n"', "NaN", "{'a': 1}"])
def test_what_is_no_json_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        plain_json.loads(text)


@pytest.mark.parametrize("value", [object(), b"bytes", {1, 2}, float("nan"), float("inf")])
def test_what_has_no_place_in_json_is_refused(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        plain_json.dumps(value)


def test_the_library_stands_in_where_the_c_parts_are_missing() -> None:
    loads, dumps = plain_json._from_library()
    assert loads(dumps({"a": [1, None, "\u20ac"]})) == {"a": [1, None, "\u20ac"]}


def test_it_imports_nothing_heavy() -> None:
    code = (
        "import sys; before = set(sys.modules); import plain_json;"
        "print(sorted(set(sys.modules) - before))"
    )
    folder = str(Path(plain_json.__file__).parent)
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=folder, capture_output=True, text=True, check=True
    )
    heavy = {"json", "re", "enum", "typing", "collections"}
    assert not heavy & {name.strip("[]' \n") for name in done.stdout.split(",")}
