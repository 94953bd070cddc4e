"""Values over the wire: there and back again, marks, large ones, and what has no form."""

import enum
import math
from collections import namedtuple
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session.worker.values import (
    LARGE,
    REFUSE,
    TEXT,
    TYPE,
    Lost,
    Packer,
    Unserializable,
    pack,
    sealed,
    texts,
    unpack,
)
from session.worker.wire import FrameReader, encode

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner),
    max_leaves=20,
)


def there_and_back(value: Any, policy: str = REFUSE) -> Any:  # noqa: ANN401 - any value
    """Send a value through a whole frame."""
    written, payload = pack(value, policy)
    (frame,) = FrameReader().feed(encode({"value": written}, payload))
    return unpack(frame.header["value"], frame.payload)


@given(plain)
def test_plain_values_come_back_as_they_were(value: object) -> None:
    assert there_and_back(value) == value


@pytest.mark.parametrize("value", [math.inf, -math.inf, {"a": [math.inf]}])
def test_numbers_that_json_does_not_know(value: object) -> None:
    assert there_and_back(value) == value


def test_nan() -> None:
    assert math.isnan(there_and_back(math.nan))


def test_true_stays_true() -> None:
    value = there_and_back([True, 1, 1.0])
    assert [type(one) for one in value] == [bool, int, float]


@pytest.mark.parametrize("value", [{"$bytes": [0, 1]}, {"$x": 1}, {1: {"$y": b"z"}}])
def test_marks_of_the_users_own_are_no_marks(value: object) -> None:
    assert there_and_back(value) == value


def test_large_values_leave_the_header() -> None:
    for value in ("x" * (LARGE + 1), ["y" * 100] * 5000, {"k": list(range(100_000))}):
        written, payload = pack(value)
        assert len(encode({"value": written})) < LARGE
        assert unpack(written, payload) == value


@given(st.lists(st.text()))
def test_texts_in_one_piece(items: list[str]) -> None:
    packer = Packer()
    assert unpack(texts(items, packer), b"".join(packer.parts)) == items


def test_sealed_items() -> None:
    packer = Packer()
    items = [packer.write(b"a"), packer.write([1, "b"])]
    assert unpack(sealed(items, packer), b"".join(packer.parts)) == [b"a", [1, "b"]]


class Color(enum.IntEnum):
    """A number with a name."""

    RED = 1


class Offers:
    """Something that offers plain data by one of the known names."""

    def __init__(self, name: str, answer: Callable[[], object]) -> None:
        setattr(self, name, answer)


Point = namedtuple("Point", "x y")  # noqa: PYI024 - what users write


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Point(1, 2), {"x": 1, "y": 2}),
        ((1, (2,)), [1, [2]]),
        (bytearray(b"a"), b"a"),
        (memoryview(b"a"), b"a"),
        (Color.RED, 1),
        (Offers("to_dict", lambda: {"a": 1}), {"a": 1}),
        (Offers("tolist", lambda: [1]), [1]),
        (Offers("isoformat", lambda: "2026"), "2026"),
        (Offers("model_dump", lambda: {"b": Offers("tolist", lambda: [2])}), {"b": [2]}),
    ],
)
def test_what_turns_into_plain_data(value: object, plain: object) -> None:
    assert there_and_back(value) == plain


def test_what_has_no_form_is_refused_or_marked() -> None:
    with pytest.raises(Unserializable, match="type `set`"):
        pack([{1}])
    assert there_and_back([{1}], TYPE) == [Lost("set")]
    assert there_and_back({"a": {1}}, TEXT) == {"a": Lost("set", "{1}")}
    lost = there_and_back(Offers("tolist", lambda: 1 / 0), TEXT)
    assert lost.type.endswith("Offers")
    assert len(there_and_back({*range(1000)}, TEXT).text) < 600


def test_a_value_that_contains_itself_is_refused() -> None:
    value: list[object] = []
    value.append(value)
    with pytest.raises(Unserializable, match="contains itself"):
        pack(value)


@pytest.mark.parametrize(
    "written",
    [
        {"$bytes": [0, 9]},
        {"$bytes": [-1, 1]},
        {"$bytes": "x"},
        {"$bytes": [True, 1]},
        {"$json": [0, 2]},
        {"$texts": [0, 1, [5]]},
        {"$texts": [0, 1, "x"]},
        {"$float": "1"},
        {"$pairs": [1]},
        {"$lost": 1},
        {"$of_another_version": 1},
    ],
)
def test_nonsense_from_the_peer_is_a_value_error(written: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        unpack([written], b"ab")
