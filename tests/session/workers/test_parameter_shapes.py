"""Types of parameters: read, checked, written."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session.workers.shapes import ANY, Shape, ShapeUnknown, misfit, read_shape, schema_of


@pytest.mark.parametrize(
    ("declared", "schema"),
    [
        ("int", {"type": "integer"}),
        ("integer", {"type": "integer"}),
        ("float", {"type": "number"}),
        ("bool", {"type": "boolean"}),
        ("str", {"type": "string"}),
        ("bytes", {"type": "string", "contentEncoding": "base64"}),
        ("list", {"type": "array"}),
        ("map", {"type": "object"}),
        ("", {}),
        (None, {}),
        ("Any", {}),
        ("list[int]", {"type": "array", "items": {"type": "integer"}}),
        ("dict[str, float]", {"type": "object", "additionalProperties": {"type": "number"}}),
        ("tuple[int, ...]", None),
        ("int | None", {"anyOf": [{"type": "integer"}, {"type": "null"}]}),
        ("typing.Optional[int]", {"anyOf": [{"type": "integer"}, {"type": "null"}]}),
        ("Union[int, str, int]", {"anyOf": [{"type": "integer"}, {"type": "string"}]}),
        ("int | Any", {}),
        ({"type": ["integer", "null"]}, {"anyOf": [{"type": "integer"}, {"type": "null"}]}),
        ({"enum": ["a", 1, None]}, {"enum": ["a", 1, None]}),
        ({"anyOf": [{"type": "string"}, {"type": "string"}]}, {"type": "string"}),
        ({"title": "whatever", "type": "string", "minLength": 3}, {"type": "string"}),
        ({}, {}),
    ],
)
def test_types_are_read_and_written(declared: object, schema: object) -> None:
    if schema is None:
        with pytest.raises(ShapeUnknown):
            read_shape(declared)
    else:
        assert schema_of(read_shape(declared)) == schema


@pytest.mark.parametrize(
    "declared",
    [
        "Widget",
        "int]",
        "list[int",
        "list[]",
        "int[str]",
        "int |",
        "|",
        "list[" * 20 + "int" + "]" * 20,
        "int | " * 200,
        " | ".join(f"list[{'list[' * (n % 6)}int{']' * (n % 6)}]" for n in range(300)),
        7,
        ["int"],
        {"type": "widget"},
        {"type": 7},
        {"type": []},
        {"enum": []},
        {"enum": [[]]},
        {"enum": list(range(1000))},
        {"anyOf": "int"},
        {"anyOf": [7]},
        json.loads('{"type": "array", "items": ' * 20 + "{}" + "}" * 20),
    ],
)
def test_what_is_no_type_is_refused(declared: object) -> None:
    with pytest.raises(ShapeUnknown):
        read_shape(declared)


@pytest.mark.parametrize(
    ("declared", "fits", "others"),
    [
        ("int", [0, -1, 2**70], [True, 1.0, "1", None, []]),
        ("float", [1, 1.5], [False, "1.5"]),
        ("bool", [True, False], [0, 1, "true"]),
        ("str", ["", "a"], [b"a", 1]),
        ("bytes", [b"", bytearray(b"a")], ["a"]),
        ("list[int]", [[], [1], (1, 2)], [[1, True], {"a": 1}, "12"]),
        ("dict[str, list[int]]", [{}, {"a": [1]}], [{"a": 1}, {1: [1]}, {"a": ["x"]}]),
        ("int | None", [1, None], ["", 1.5]),
        ("any", [None, 1, object()], []),
        ({"enum": ["a", 1]}, ["a", 1], [True, "b", 1.0]),
    ],
)
def test_values_fit_or_not(declared: object, fits: list[Any], others: list[Any]) -> None:
    shape = read_shape(declared)
    assert [value for value in fits if misfit(shape, value)] == []
    assert [value for value in others if not misfit(shape, value)] == []


def test_it_is_said_what_it_has_to_be_and_where() -> None:
    assert misfit(read_shape("int"), True) == "has to be a whole number"
    found = misfit(read_shape("dict[str, list[int]]"), {"a": [1, "x"]})
    assert found == "has to be a whole number at ['a'][1]"
    assert misfit(read_shape("int | str"), None) == "has to be a whole number or text"
    assert misfit(read_shape({"enum": ["a", "b"]}), "c") == "has to be one of 'a', 'b'"


shapes = st.recursive(
    st.sampled_from([ANY, *map(read_shape, ["int", "float", "bool", "str", "bytes", "None"])]),
    lambda inner: st.one_of(
        inner.map(lambda one: Shape("array", (one,))),
        inner.map(lambda one: Shape("object", (one,))),
    ),
    max_leaves=5,
)


@given(shapes)
def test_what_is_written_as_schema_is_read_the_same(shape: Shape) -> None:
    again = read_shape(json.loads(json.dumps(schema_of(shape))))
    assert schema_of(again) == schema_of(shape)


@given(st.text(alphabet="int|[],. strlifoa", max_size=40))
def test_any_text_is_a_type_or_refused(text: str) -> None:
    try:
        shape = read_shape(text)
    except ShapeUnknown:
        return
    json.dumps(schema_of(shape))
