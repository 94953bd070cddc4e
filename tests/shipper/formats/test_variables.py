"""Which variables can be set for a program."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipper.formats.variables import REFUSED, first_variable_fault, variable_fault


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LEVEL", "3"),
        ("PATH", "/bin"),
        ("HOME", "/nowhere"),
        ("PYTHONHASHSEED", "0"),
        ("PYTHONWARNINGS", "error"),
        ("empty", ""),
        ("Größe", "\udcff"),
    ],
)
def test_what_can_be_set(name: str, value: str) -> None:
    assert variable_fault(name, value) is None


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("", "x", "no name"),
        ("A=B", "x", "no name"),
        ("A\0", "x", "no name"),
        ("PLAYHEAD_RUN_ID", "x", "keeps names"),
        ("PLAYHEAD_", "x", "keeps names"),
        ("A", "x\0", "no variable can hold"),
        ("A", "\ud800", "no variable can hold"),
        *[(name, "1", "Python itself starts") for name in sorted(REFUSED)],
    ],
)
def test_what_cannot(name: str, value: str, words: str) -> None:
    fault = variable_fault(name, value)
    assert fault is not None
    assert words in fault
    assert not fault.endswith(".")
    assert first_variable_fault([("FINE", "1"), (name, value)]) == fault


@given(st.text(), st.text())
def test_whatever_passes_can_be_given_to_a_process(name: str, value: str) -> None:
    if variable_fault(name, value) is None:
        assert b"\0" not in f"{name}={value}".encode("utf-8", "surrogateescape")
        assert "=" not in name
