"""The launcher's lines: any chunking gives the same messages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session.worker import launch_protocol
from session.worker.launch_protocol import LineError, LineReader, encode_line

_MESSAGES = st.lists(st.dictionaries(st.text(), st.text() | st.integers(), max_size=3), max_size=6)


@given(_MESSAGES, st.integers(1, 50))
def test_any_chunking_gives_the_same_messages(messages: list[dict[str, object]], size: int) -> None:
    stream = b"".join(encode_line(message) for message in messages)
    reader = LineReader()
    read = []
    for start in range(0, len(stream), size):
        read += reader.feed(stream[start : start + size])
    assert read == messages


@pytest.mark.parametrize("line", [b"[]\n", b"nonsense\n", b"\xff\n", b"\n", b"{} {}\n"])
def test_nonsense_is_refused(line: bytes) -> None:
    with pytest.raises(LineError):
        LineReader().feed(line)


def test_a_line_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch_protocol, "LINE_CAP", 100)
    with pytest.raises(LineError, match="cap"):
        LineReader().feed(b"x" * 101)


def test_odd_names_of_the_environment_survive() -> None:
    message = {"env": {"ODD": "\udc80\n"}}
    assert LineReader().feed(encode_line(message)) == [message]
