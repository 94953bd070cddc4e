import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from session.log.entry import Severity
from session.log.severity import StderrSeverity, severity_of
from session.log.splitter import WRAP, LineSplitter

_D, _I, _W, _E = Severity


@pytest.mark.parametrize(
    ("line", "severity"),
    [
        (b"hello", _I),
        (b"", _I),
        (b"DEBUG:root:x", _D),
        (b"INFO: see the ERROR page", _I),
        (b"WARNING:root:careful", _W),
        (b"WARN careful", _W),
        (b"ERROR:root:bad", _E),
        (b"CRITICAL:root:bad", _E),
        (b"FATAL: bad", _E),
        (b"[ERROR] bad", _E),
        (b"\x1b[31mERROR\x1b[0m bad", _E),
        (b"2026-11-20 10:00:00,123 ERROR bad", _E),
        (b"2026-11-20T10:00:00Z [WARNING] odd", _W),
        (b"2026-11-20 10:00:00,123 - my.module - ERROR - bad", _E),
        (b"my.module: WARNING: odd", _W),
        (b"there was no ERROR at all", _I),
        (b"ERRORS are counted", _I),
        (b"error: lower case is prose", _I),
        (b"Traceback (most recent call last):", _E),
        (b"/app/main.py:3: DeprecationWarning: old", _W),
        (b"UserWarning: odd", _W),
        (b"we got a Warning: sign", _I),
    ],
)
def test_a_line_is_judged_by_its_beginning(line: bytes, severity: Severity) -> None:
    assert severity_of(line) is severity


def _judge(*chunks: bytes) -> list[Severity]:
    splitter, judge, found = LineSplitter(), StderrSeverity(), b""
    for chunk in chunks:
        batch = splitter.push(chunk, 0)
        if batch is not None:
            found += judge.classify(batch)
    last = splitter.finish(0)
    return [Severity(mark) for mark in (found + (judge.classify(last) if last else b""))]


_TRACEBACK = b"""before
Traceback (most recent call last):
  File "main.py", line 1, in <module>
    boom()
    ^^^^^^
ValueError: no
after

DEBUG: x
"""


def test_a_traceback_is_an_error_up_to_its_exception() -> None:
    assert _judge(_TRACEBACK) == [_I, _E, _E, _E, _E, _E, _I, _I, _D]


@given(st.lists(st.integers(0, len(_TRACEBACK)), max_size=6))
@settings(max_examples=60, deadline=None)
def test_severities_do_not_depend_on_the_chunking(cuts: list[int]) -> None:
    cuts = sorted({0, *cuts, len(_TRACEBACK)})
    chunks = [_TRACEBACK[a:b] for a, b in itertools.pairwise(cuts)]
    assert _judge(*chunks) == _judge(_TRACEBACK)


def test_an_exception_group_ends_with_its_frame() -> None:
    text = b"""  + Exception Group Traceback (most recent call last):
  |   File "main.py", line 1, in <module>
  | ExceptionGroup: two (1 sub-exception)
  +-+---------------- 1 ----------------
    | ValueError: no
    +------------------------------------
after
"""
    assert _judge(text) == [_E] * 6 + [_I]


def test_a_wrapped_line_keeps_the_severity_of_its_beginning() -> None:
    text = b"ERROR: " + b"x" * (2 * WRAP) + b"\nplain\n"
    assert _judge(text) == [_E, _E, _E, _I]
    assert _judge(text[: WRAP + 10], text[WRAP + 10 :]) == [_E, _E, _E, _I]


def test_a_traceback_after_a_traceback() -> None:
    one = _TRACEBACK.removeprefix(b"before\n").partition(b"after")[0]
    assert _judge(one + one) == [_E] * 10
