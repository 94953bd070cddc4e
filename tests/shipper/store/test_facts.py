"""A fact in the cache is whole or it is none, whatever was done to its file."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipper.store.facts import read_facts, write_facts

FACTS = {"maker": [2, "3.11"], "files": [["main.py", [1, 2, 3, 4]]], "ü": None}


def test_what_was_written_is_read(tmp_path: Path) -> None:
    place = str(tmp_path / "deep" / "facts.json")
    write_facts(place, FACTS)
    assert read_facts(place) == FACTS


@given(cut=st.integers(0, 200), at=st.integers(0, 200), bit=st.integers(0, 7))
def test_a_torn_or_altered_file_is_no_fact(cut: int, at: int, bit: int) -> None:
    with TemporaryDirectory() as folder:
        place = Path(folder) / "facts.json"
        write_facts(str(place), FACTS)
        whole = place.read_bytes()
        place.write_bytes(whole[: cut % len(whole)])
        assert read_facts(str(place)) == {}
        at %= len(whole)
        place.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << bit)]) + whole[at + 1 :])
        assert read_facts(str(place)) == {}


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff" * 300, b"0" * 64 + b"[]"])
def test_strangers_files_are_no_facts(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "facts.json").write_bytes(content)
    assert read_facts(str(tmp_path / "facts.json")) == {}
    assert read_facts(str(tmp_path / "nothing")) == {}
    assert read_facts(str(tmp_path)) == {}
