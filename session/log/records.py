"""The index of a log: a header and one fixed record a row. Owns the bits, does no I/O."""

import struct
import sys
import zlib
from array import array
from itertools import islice
from operator import lt
from typing import Final, NamedTuple, TypeVar

SPOOL_NAME: Final = "log.spool"
INDEX_NAME: Final = "log.idx"

_MAGIC: Final = b"PLAYLOG\n"
_VERSION: Final = 1
_HEADER: Final = struct.Struct("<8sHHd40sI")
_RECORD: Final = struct.Struct("<QdB")
HEADER_SIZE: Final = _HEADER.size
RECORD_SIZE: Final = _RECORD.size
_Number = TypeVar("_Number", int, float)
_BIG_ENDIAN: Final = sys.byteorder == "big"

#: Codes of the two stream bits.
NO_STREAM, STDOUT, STDERR, STATE = range(4)
#: Codes that this file needs of the source bits and the severity bits.
RUNTIME, INFO = 3, 1


class Header(NamedTuple):
    """What the index says about its log: whose it is and when it was created."""

    run_id: str
    created: float


class Records(NamedTuple):
    """Rows column by column: end offsets in the spool, wall times, meta bytes."""

    ends: "array[int]"
    times: "array[float]"
    meta: bytes


def pack_header(header: Header) -> bytes:
    """Return the header's bytes; a run id of more than 40 bytes is a ValueError."""
    name = header.run_id.encode()
    if len(name) > 40 or b"\0" in name:
        message = f"`{header.run_id}` does not fit as the run id of a log"
        raise ValueError(message)
    body = _HEADER.pack(_MAGIC, _VERSION, RECORD_SIZE, header.created, name, 0)[:-4]
    return body + struct.pack("<I", zlib.crc32(body))


def parse_header(data: bytes) -> Header | None:
    """Return what the header says, or None where it is short, damaged or of another version."""
    if len(data) < HEADER_SIZE:
        return None
    magic, version, size, created, name, crc = _HEADER.unpack_from(data)
    if (magic, version, size) != (_MAGIC, _VERSION, RECORD_SIZE):
        return None
    if crc != zlib.crc32(data[: HEADER_SIZE - 4]):
        return None
    return Header(name.rstrip(b"\0").decode("utf-8", "replace"), created)


def meta_byte(
    source: int, severity: int, stream: int, *, continued: bool = False, extras: bool = False
) -> int:
    """Return the byte that says what a row is: 2 + 2 + 2 + 1 + 1 bits, lowest first."""
    return source | severity << 2 | stream << 4 | continued << 6 | extras << 7


CONTINUED_BIT: Final = meta_byte(0, 0, 0, continued=True)
EXTRAS_BIT: Final = meta_byte(0, 0, 0, extras=True)
RECOVERED_META: Final = meta_byte(RUNTIME, INFO, NO_STREAM)
STATE_META: Final = meta_byte(RUNTIME, INFO, STATE, extras=True)


def _known(meta: int) -> bool:
    """Whether the store writes such a byte: program output is plain, only it is continued."""
    if meta >> 4 & 3 == STATE:
        return meta == STATE_META
    if meta >> 4 & 3 == NO_STREAM:
        return not meta & CONTINUED_BIT
    return not meta & EXTRAS_BIT and meta & 3 == RUNTIME


KNOWN_META: Final = bytes(meta for meta in range(256) if _known(meta))
_UNKNOWN_MARK: Final = bytes(0 if _known(meta) else 1 for meta in range(256))


def pack_records(ends: "array[int]", at: float, meta: bytes) -> bytearray:
    """Return the records of one batch: all rows at the same time, one meta byte each or for all.

    Whole columns are written with strided slices, so that no line costs a step of ours.
    """
    packed = bytearray(_RECORD.pack(0, at, meta[0]) * len(ends))
    column = _little(ends).tobytes()
    for byte in range((ends[-1].bit_length() + 7) // 8):  # the others are zero already
        packed[byte::RECORD_SIZE] = column[byte::8]
    if len(meta) > 1:
        packed[16::RECORD_SIZE] = meta
    return packed


def unpack_records(data: bytes) -> Records:
    """Return the columns of the whole records in `data`; a partial one at the end is dropped."""
    data = data[: len(data) // RECORD_SIZE * RECORD_SIZE]
    count = len(data) // RECORD_SIZE
    ends, times = bytearray(8 * count), bytearray(8 * count)
    for byte in range(8):
        ends[byte::8] = data[byte::RECORD_SIZE]
        times[byte::8] = data[8 + byte :: RECORD_SIZE]
    return Records(
        _little(array("Q", bytes(ends))),
        _little(array("d", bytes(times))),
        data[16::RECORD_SIZE],
    )


def trusted(records: Records, start: int, spool_size: int) -> int:
    """Return how many rows from the front can be believed.

    `start` is where the first row begins in the spool. The trust ends at an end offset that
    does not ascend or lies past the spool's end, and at a meta byte that nobody writes.
    """
    marks = records.meta.translate(_UNKNOWN_MARK)
    count = marks.find(1) if 1 in marks else len(marks)
    return _ascending(records.ends[:count], start, spool_size)


def _ascending(ends: "array[int]", start: int, limit: int) -> int:
    if not ends:
        return 0
    if ends[0] > start and ends[-1] <= limit and all(map(lt, ends, islice(ends, 1, None))):
        return len(ends)
    before = start
    for row, end in enumerate(ends):
        if not before < end <= limit:
            return row
        before = end
    return len(ends)


def _little(column: "array[_Number]") -> "array[_Number]":
    if _BIG_ENDIAN:
        column = column[:]
        column.byteswap()
    return column
