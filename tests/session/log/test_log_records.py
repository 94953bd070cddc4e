import math
import struct
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session.log.records import (
    HEADER_SIZE,
    KNOWN_META,
    RECORD_SIZE,
    Header,
    Records,
    pack_header,
    pack_records,
    parse_header,
    trusted,
    unpack_records,
)


@given(
    st.lists(st.integers(1, 2**64 - 1), min_size=1, max_size=20, unique=True).map(sorted),
    st.floats(allow_nan=False),
    st.data(),
)
def test_records_are_plain_little_endian_structs(
    ends: list[int], at: float, data: st.DataObject
) -> None:
    meta = data.draw(st.binary(min_size=len(ends), max_size=len(ends)))
    packed = bytes(pack_records(array("Q", ends), at, meta))
    assert packed == b"".join(
        struct.pack("<QdB", end, at, byte) for end, byte in zip(ends, meta, strict=True)
    )
    assert unpack_records(packed + b"torn") == Records(
        array("Q", ends), array("d", [at] * len(ends)), meta
    )


def test_one_meta_byte_may_stand_for_all() -> None:
    packed = pack_records(array("Q", [1, 2, 3]), 1.0, b"\x07")
    assert packed[16::RECORD_SIZE] == b"\x07" * 3


def test_a_header_survives_its_own_bytes_only() -> None:
    header = Header("20261120-094026-4k7p2q", 1234.5)
    packed = pack_header(header)
    assert len(packed) == HEADER_SIZE
    assert parse_header(packed + b"records") == header
    for at in range(HEADER_SIZE):
        damaged = packed[:at] + bytes([packed[at] ^ 1]) + packed[at + 1 :]
        assert parse_header(damaged) is None
        assert parse_header(packed[:at]) is None


@pytest.mark.parametrize("name", ["x" * 41, "a\0b"])
def test_a_run_id_that_does_not_fit_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="run id"):
        pack_header(Header(name, 0.0))


def _records(ends: list[int], meta: bytes | None = None) -> Records:
    meta = meta if meta is not None else bytes([KNOWN_META[0]]) * len(ends)
    return Records(array("Q", ends), array("d", [math.nan] * len(ends)), meta)


@pytest.mark.parametrize(
    ("ends", "start", "size", "count"),
    [
        ([], 0, 0, 0),
        ([1, 2, 9], 0, 9, 3),
        ([1, 2, 9], 0, 8, 2),
        ([1, 2, 2, 9], 0, 9, 2),
        ([5, 4, 9], 0, 9, 1),
        ([5, 6], 5, 9, 0),
        ([6, 7], 5, 9, 2),
    ],
)
def test_trust_ends_where_offsets_cannot_be(
    ends: list[int], start: int, size: int, count: int
) -> None:
    assert trusted(_records(ends), start, size) == count


def test_trust_ends_at_a_meta_byte_that_nobody_writes() -> None:
    unknown = next(byte for byte in range(256) if byte not in KNOWN_META)
    meta = bytes([KNOWN_META[0], KNOWN_META[-1], unknown, KNOWN_META[0]])
    assert trusted(_records([1, 2, 3, 4], meta), 0, 4) == 2
