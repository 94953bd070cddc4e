"""The frames: any chunking gives the same frames, and nonsense is refused."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session.worker.wire import HEADER_CAP, PAYLOAD_CAP, Frame, FrameReader, WireError, encode

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, width=32),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
).filter(lambda value: "inf" not in repr(value))
_FRAMES = st.lists(
    st.tuples(st.dictionaries(st.text(), _VALUES, max_size=4), st.binary(max_size=200)), max_size=5
)


@given(_FRAMES, st.lists(st.integers(1, 40), max_size=60))
def test_any_chunking_gives_the_same_frames(
    frames: list[tuple[dict[str, object], bytes]], cuts: list[int]
) -> None:
    stream = b"".join(encode(header, payload) for header, payload in frames)
    reader = FrameReader()
    read: list[Frame] = []
    for cut in cuts:
        read += reader.feed(stream[:cut])
        stream = stream[cut:]
    read += reader.feed(stream)
    assert read == [Frame(header, payload) for header, payload in frames]
    assert reader.pending == 0


def test_a_frame_arrives_with_its_last_byte() -> None:
    data = encode({"type": "ready"}, b"\0payload")
    reader = FrameReader()
    for byte in data[:-1]:
        assert reader.feed(bytes([byte])) == []
    assert reader.feed(data[-1:]) == [Frame({"type": "ready"}, b"\0payload")]


@pytest.mark.parametrize(
    "nonsense",
    [
        (HEADER_CAP + 1).to_bytes(4, "big") + bytes(4),
        (2).to_bytes(4, "big") + (PAYLOAD_CAP + 1).to_bytes(4, "big"),
        (2).to_bytes(4, "big") + bytes(4) + b"[]",
        (3).to_bytes(4, "big") + bytes(4) + b"{,}",
        (4).to_bytes(4, "big") + bytes(4) + b"{}{}",
        (1).to_bytes(4, "big") + bytes(4) + b"\xff",
        bytes(8),
        b"HTTP/1.1 200 OK\r\n",
    ],
)
def test_nonsense_is_refused(nonsense: bytes) -> None:
    with pytest.raises(WireError):
        FrameReader().feed(nonsense)


@given(st.binary(max_size=100))
def test_random_bytes_never_raise_anything_else(data: bytes) -> None:
    with suppress(WireError):
        FrameReader().feed(data)


def test_the_caps_hold_for_senders_too() -> None:
    with pytest.raises(WireError, match="header"):
        encode({"x": "y" * HEADER_CAP})
    with pytest.raises(WireError, match="payload"):
        encode({}, bytes(PAYLOAD_CAP + 1))


def test_odd_names_survive() -> None:
    header = {"path": "caf\u00e9/\udc80.py", "euro": "\u20ac", "moon": "\U0001f319"}
    assert FrameReader().feed(encode(header))[0].header == header
