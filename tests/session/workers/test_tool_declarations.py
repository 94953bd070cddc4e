"""What a worker may declare as a tool, and what a stranger may not."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session.workers.plain_value import NotPlain, plain_value
from session.workers.tool_declaration import read_name, read_tool
from session.workers.tool_errors import InvalidTool
from session.workers.tool_spec import NAME, schema_of_tool

WHOLE: dict[str, Any] = {
    "name": " resize.image-2 ",
    "description": "Make a picture smaller. ",
    "parameters": [
        {"name": "picture", "type": "bytes", "required": True, "description": "A PNG."},
        {"name": "width", "type": "integer", "required": False, "default": 100},
        {"name": "mode", "type": "string", "required": False, "default": None},
        {"name": "rest"},
    ],
    "streaming": True,
    "metadata": {"cost": 2, "tags": ["a"]},
    "main_thread": True,
}


def refusal(**changes: object) -> tuple[str, str]:
    """Which part of a declaration is refused, and as what kind."""
    with pytest.raises(InvalidTool) as caught:
        read_tool({"name": "a", **changes})
    return caught.value.part, caught.value.kind


def test_a_whole_declaration_becomes_a_tool_and_a_schema() -> None:
    tool = read_tool(WHOLE, worker_id="w1")
    assert (tool.kind, tool.worker_id, tool.streaming) == ("worker", "w1", True)
    assert tool.metadata == {"cost": 2, "tags": ["a"]}
    assert schema_of_tool(tool) == {
        "name": "resize.image-2",
        "description": "Make a picture smaller.",
        "streaming": True,
        "parameters": {
            "type": "object",
            "properties": {
                "picture": {
                    "type": "string",
                    "contentEncoding": "base64",
                    "description": "A PNG.",
                },
                "width": {"type": "integer", "default": 100},
                "mode": {"type": "string", "default": None},
                "rest": {},
            },
            "required": ["picture", "rest"],
            "additionalProperties": False,
        },
    }
    json.dumps(schema_of_tool(tool))


def test_a_name_is_all_that_a_tool_needs() -> None:
    tool = read_tool({"name": "a"})
    assert (tool.parameters, tool.metadata, tool.description) == ((), {}, "")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("x" * 65, "too_long"),
        ("x" * 10**6, "too_long"),
        ("_a", "invalid_format"),
        (".a", "invalid_format"),
        ("a b", "invalid_format"),
        ("a\n", None),
        ("a\nb", "invalid_format"),
        ("ä", "invalid_format"),
        ("a/b", "invalid_format"),
        (None, "invalid_type"),
        (7, "invalid_type"),
        (b"a", "invalid_type"),
    ],
)
def test_names_have_a_form(name: object, kind: str | None) -> None:
    if kind is None:
        assert read_name(name) == "a"
    else:
        assert refusal(name=name) == ("name", kind)


@given(st.text(max_size=80))
def test_every_name_is_fit_or_refused(name: str) -> None:
    try:
        found = read_name(name)
    except InvalidTool:
        return
    assert NAME.fullmatch(found)
    assert len(found.encode()) <= 64


def deep(levels: int) -> object:
    """Lists within lists."""
    value: object = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("metadata", "kind"),
    [
        ({str(n): n for n in range(33)}, "too_many_entries"),
        ({"a": "x" * 4096}, "too_large"),
        ({"a": [0] * 100_000}, "too_large"),
        ({1: "a", "1": "b"}, "duplicate_keys"),
        ({(): "a"}, "unsupported_type"),
        ({"a": {1}}, "unsupported_type"),
        ({"a": float("nan")}, "unsupported_type"),
        ({"a": {1: 2}}, "unsupported_type"),
        ({"a": deep(20)}, "too_deep"),
        ({"a": deep(100_000)}, "too_deep"),
        ([], "unsupported_type"),
    ],
)
def test_metadata_have_limits(metadata: object, kind: str) -> None:
    assert refusal(metadata=metadata) == ("metadata", kind)


def test_metadata_at_the_limits_are_kept_as_copies() -> None:
    notes: dict[Any, Any] = {n: ["x"] for n in range(32)}
    tool = read_tool({"name": "a", "metadata": notes})
    notes[0].append("y")
    assert tool.metadata["0"] == ["x"]
    assert len(tool.metadata) == 32


@pytest.mark.parametrize(
    ("changes", "part", "kind"),
    [
        ({"description": 7}, "description", "invalid_type"),
        ({"description": "x" * 4097}, "description", "too_long"),
        ({"parameters": "abc"}, "parameters", "invalid_type"),
        ({"parameters": {"a": 1}}, "parameters", "invalid_type"),
        ({"parameters": [1]}, "parameters", "invalid_type"),
        ({"parameters": [{}] * 65}, "parameters", "too_many_entries"),
        ({"parameters": [{"name": "a b"}]}, "parameters", "invalid_format"),
        ({"parameters": [{"name": "a" * 200}]}, "parameters", "invalid_format"),
        ({"parameters": [{"name": "a"}, {"name": "a"}]}, "parameters", "duplicate_keys"),
        ({"parameters": [{"name": "a", "type": "Widget"}]}, "parameters", "unsupported_type"),
        ({"parameters": [{"name": "a", "type": deep(50)}]}, "parameters", "too_deep"),
        ({"parameters": [{"name": "a", "required": "yes"}]}, "parameters", "invalid_type"),
        ({"parameters": [{"name": "a", "default": "x" * 5000}]}, "parameters", "too_large"),
        ({"parameters": [{"name": "a", "description": []}]}, "description", "invalid_type"),
    ],
)
def test_other_parts_have_limits(changes: dict[str, Any], part: str, kind: str) -> None:
    assert refusal(**changes) == (part, kind)


@pytest.mark.parametrize("declared", [None, "a", 7, [], ["name"]])
def test_what_is_no_table_is_no_tool(declared: object) -> None:
    with pytest.raises(InvalidTool) as caught:
        read_tool(declared)
    assert (caught.value.part, caught.value.kind) == ("tool", "invalid_type")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=20,
)


@given(json_values)
def test_whatever_is_declared_is_a_tool_or_refused(value: object) -> None:
    for changes in ({"parameters": [value]}, {"metadata": value}, {"name": value}):
        try:
            tool = read_tool({"name": "a", **changes})
        except InvalidTool:
            continue
        json.dumps(schema_of_tool(tool))


@given(json_values)
def test_a_plain_value_comes_back_as_json_has_it(value: object) -> None:
    try:
        found = plain_value(value, bytes_at_most=200, deepest=5)
    except NotPlain:
        return
    assert json.dumps(found) == json.dumps(value)
    assert len(json.dumps(found, ensure_ascii=False).encode("utf-8", "surrogatepass")) <= 200
