from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from session.log.splitter import WRAP, Batch, LineSplitter, line_ends, wrap

_CHUNKS = st.lists(
    st.one_of(
        st.binary(max_size=12),
        st.text(alphabet="a\né\r\0 ", max_size=12).map(str.encode),
        st.sampled_from([b"\n", b"\n\n", b"x" * WRAP, b"\x80" * (WRAP + 3), "é".encode() * WRAP]),
    ),
    max_size=12,
)


def _rows(batch: Batch | None) -> list[tuple[bytes, bool]]:
    """Return the rows of a batch and whether each is continued."""
    if batch is None:
        return []
    start, rows = 0, []
    for number, end in enumerate(batch.ends):
        stop = end - batch.base
        assert batch.block[stop - 1 : stop] == b"\n"
        rows.append((batch.block[start : stop - 1], number in batch.continued))
        start = stop
    assert start == len(batch.block)
    return rows


def _split(chunks: Sequence[bytes]) -> list[tuple[bytes, bool]]:
    splitter, base, rows = LineSplitter(), 1000, []
    for chunk in chunks:
        batch = splitter.push(chunk, base)
        rows += _rows(batch)
        base += len(batch.block) if batch else 0
    return rows + _rows(splitter.finish(base))


def _written(rows: list[tuple[bytes, bool]]) -> bytes:
    return b"".join(row + (b"" if continued else b"\n") for row, continued in rows)


@given(_CHUNKS)
@settings(max_examples=150, deadline=None)
def test_rows_do_not_depend_on_the_chunking_and_lose_nothing(chunks: list[bytes]) -> None:
    whole = b"".join(chunks)
    rows = _split(chunks)
    assert rows == _split([whole])
    assert _written(rows) == (whole if whole.endswith(b"\n") or not whole else whole + b"\n")
    assert all(len(row) <= WRAP for row, _ in rows)


@given(st.binary(max_size=300), st.integers(0, 10**12))
def test_line_ends_are_where_the_newlines_are(block: bytes, base: int) -> None:
    found = [base + at + 1 for at, byte in enumerate(block) if byte == 10]
    assert list(line_ends(block, base)) == found


def test_only_newlines_split() -> None:
    text = b"a\rb\x0bc\x0cd\x1ce\xc2\x85f\xe2\x80\xa8g"
    assert _split([text + b"\n"]) == [(text, False)]


def test_empty_lines_are_rows() -> None:
    assert _split([b"\n\na\n\n"]) == [(b"", False), (b"", False), (b"a", False), (b"", False)]


def test_a_line_of_just_the_limit_is_not_wrapped() -> None:
    assert _split([b"x" * WRAP + b"\n"]) == [(b"x" * WRAP, False)]
    assert _split([b"x" * (WRAP + 1)]) == [(b"x" * WRAP, True), (b"x", False)]


def test_a_wrap_does_not_cut_a_code_point() -> None:
    pieces = wrap(b"x" + "é".encode() * WRAP)
    assert len(pieces) == 3
    for piece in pieces:
        piece.decode()


@pytest.mark.parametrize(
    ("held", "tail"),
    [
        (b"", b""),
        (b"done\nname? ", b"name? "),
        (b"10 %\r20 %", b"20 %"),
        (b"10 %\r20 %\r", b"20 %"),  # the text stays visible until it is written over
        (b"\r", b""),
        (b"all\n", b""),
    ],
)
def test_the_tail_is_what_a_terminal_shows(held: bytes, tail: bytes) -> None:
    splitter = LineSplitter()
    splitter.push(held, 0)
    assert splitter.tail == tail


@pytest.mark.parametrize("kept", range(5))
@pytest.mark.parametrize("text", [b"a\nb\n\nc\nrest", b"x" * (3 * WRAP) + b"\ny\nrest"])
def test_what_is_given_back_comes_again(text: bytes, kept: int) -> None:
    expected = _split([text])
    splitter = LineSplitter()
    batch = splitter.push(text, 0)
    assert batch is not None
    splitter.give_back(batch, kept)
    assert splitter.tail == b"rest"
    again = _rows(splitter.push(b"", 0)) + _rows(splitter.finish(0))
    assert _rows(batch)[:kept] + again == expected


def test_finish_offers_what_was_given_back() -> None:
    splitter = LineSplitter()
    batch = splitter.push(b"a\nb\n", 0)
    assert batch is not None
    splitter.give_back(batch, 1)
    assert _rows(splitter.finish(2)) == [(b"b", False)]
    assert splitter.finish(4) is None
