"""The frames between studio and worker: bytes in, frames out, no I/O.

A frame is two big-endian 32-bit lengths, a JSON object (the header) and opaque bytes (the
payload). Nothing is ever pickled. Both ends share this file, so it imports nothing heavy.
"""

from __future__ import annotations

from .plain_json import dumps, parse_object

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PROTOCOL = 1
HEADER_CAP = 1 << 20
PAYLOAD_CAP = 64 << 20
_PREFIX = 8


class WireError(ValueError):
    """The peer sent, or was about to be sent, something that is no frame."""


class Frame:
    """One message: a JSON object and the bytes that go with it."""

    __slots__ = ("header", "payload")

    def __init__(self, header: dict[str, Any], payload: bytes = b"") -> None:
        self.header = header
        self.payload = payload

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Frame):
            return NotImplemented
        return self.header == other.header and self.payload == other.payload

    __hash__ = None  # type: ignore[assignment]  # headers are dicts

    def __repr__(self) -> str:
        return f"Frame({self.header!r}, {len(self.payload)} bytes)"


def encode(header: dict[str, Any], payload: bytes = b"") -> bytes:
    """Return the bytes of one frame; raise WireError where a cap is passed."""
    text = dumps(header).encode("ascii")
    size, more = len(text), len(payload)
    if size > HEADER_CAP or more > PAYLOAD_CAP:
        _check(size, more)
    return (size << 32 | more).to_bytes(_PREFIX, "big") + text + payload


def _check(header: int, payload: int) -> None:
    if header > HEADER_CAP:
        message = f"a header of {header} bytes is over the cap of {HEADER_CAP}"
        raise WireError(message)
    if payload > PAYLOAD_CAP:
        message = f"a payload of {payload} bytes is over the cap of {PAYLOAD_CAP}"
        raise WireError(message)


class FrameReader:
    """Cuts a byte stream into frames, however it was chunked."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    @property
    def pending(self) -> int:
        """How many bytes of an unfinished frame are held."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[Frame]:
        """Take bytes and return the frames they complete; raise WireError on nonsense."""
        buffer: bytes | bytearray = data
        if self._buffer:
            self._buffer += data
            buffer = self._buffer
        frames = []
        start, size = 0, len(buffer)
        while size - start >= _PREFIX:
            body = start + _PREFIX
            sizes = int.from_bytes(buffer[start:body], "big")
            header, payload = sizes >> 32, sizes & 0xFFFFFFFF
            if header > HEADER_CAP or payload > PAYLOAD_CAP:
                _check(header, payload)
            middle = body + header
            end = middle + payload
            if size < end:
                break
            rest = bytes(buffer[middle:end]) if payload else b""
            frames.append(Frame(_parse(bytes(buffer[body:middle])), rest))
            start = end
        if buffer is self._buffer:
            del self._buffer[:start]
        elif start < size:
            self._buffer += buffer[start:]
        return frames


def _parse(text: bytes) -> dict[str, Any]:
    try:
        return parse_object(text)
    except ValueError as error:
        message = f"a header {error}"
        raise WireError(message) from None
