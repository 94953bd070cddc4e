"""The identity of an image: one spelling, one hash, whatever the circumstances."""

import hashlib
import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipper.formats.image import NotCanonical, canonical_json, content_id, file_rows

NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
FILES = st.dictionaries(NAMES, st.tuples(st.integers(0, 2**40), st.text("0123456789abcdef")))
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner),
    max_leaves=20,
)


@given(FILES, st.randoms())
def test_order_of_files_does_not_matter(
    files: dict[str, tuple[int, str]], chance: random.Random
) -> None:
    shuffled = list(files.items())
    chance.shuffle(shuffled)
    one = {"kind": "cartridge", "files": file_rows(files)}
    two = {"files": file_rows(dict(shuffled)), "kind": "cartridge"}
    assert content_id(one) == content_id(two)


@given(PLAIN)
def test_canonical_json_says_the_same(value: object) -> None:
    text = canonical_json(value)
    assert json.loads(text) == value
    assert canonical_json(json.loads(text)) == text


@given(st.dictionaries(NAMES, PLAIN), PLAIN)
def test_build_section_is_no_part_of_the_identity(manifest: dict[str, Any], build: object) -> None:
    manifest.pop("build", None)
    assert content_id(manifest) == content_id({**manifest, "build": build})


def test_every_other_change_is_another_identity() -> None:
    base = {"kind": "cartridge", "files": file_rows({"a": (1, "00"), "b": (2, "01")})}
    changed: list[dict[str, Any]] = [
        {**base, "kind": "notebook"},
        {**base, "files": file_rows({"a": (1, "00"), "b": (2, "02")})},
        {**base, "files": file_rows({"a": (1, "00"), "c": (2, "01")})},
        {**base, "files": file_rows({"a": (1, "00"), "b": (3, "01")})},
        {**base, "id": None},
    ]
    assert len({content_id(manifest) for manifest in [base, *changed]}) == 6


def test_spelling() -> None:
    assert (
        canonical_json({"b": [1, True, None], "a": "é"}) == '{"a":"é","b":[1,true,null]}'.encode()
    )
    expected = hashlib.sha256(b'{"a":1}').hexdigest()
    assert content_id({"build": 2, "a": 1}) == f"sha256:{expected}"


@pytest.mark.parametrize("value", [1.5, {"a": [1, {"b": 0.0}]}, float("nan"), {1: "x"}])
def test_what_has_no_one_spelling_is_refused(value: object) -> None:
    with pytest.raises(NotCanonical):
        canonical_json(value)


def test_files_are_ordered_by_their_bytes() -> None:
    rows = file_rows(dict.fromkeys(["b", "a/z", "a", "é", "Z"], (0, "")))
    assert [row["path"] for row in rows] == ["Z", "a", "a/z", "b", "é"]
