"""The registry of tools: whose they are, who sees them, what a call of them needs."""

from typing import Any

import pytest

from session.workers.tool_errors import (
    DuplicateTool,
    HostToolFailed,
    InvalidParameter,
    InvalidTool,
    ToolNotFound,
    ToolNotOfHost,
    ToolQuota,
)
from session.workers.tools import EVERYWHERE, ToolRegistry

ADD = {
    "name": "add",
    "parameters": [
        {"name": "a", "type": "integer"},
        {"name": "b", "type": "integer", "required": False, "default": 1},
        {"name": "note", "type": "string", "required": False, "default": None},
    ],
}


@pytest.fixture
def registry() -> ToolRegistry:
    return ToolRegistry()


def names(registry: ToolRegistry, session: str) -> list[str]:
    """The names of the tools that a session sees."""
    return [tool.name for tool in registry.list(session)]


def test_tools_belong_to_their_session(registry: ToolRegistry) -> None:
    registry.register_worker_tools("s1", "w1", [ADD, {"name": "zero"}])
    registry.register_worker_tools("s2", "w2", [ADD])
    assert names(registry, "s1") == ["add", "zero"]
    assert registry.get("s1", "add").worker_id == "w1"
    assert registry.get("s2", "add").worker_id == "w2"
    assert not registry.exists("s2", "zero")


def test_tools_of_the_host_are_seen_everywhere_unless_a_session_has_its_own(
    registry: ToolRegistry,
) -> None:
    registry.register_host_tool(EVERYWHERE, ADD, lambda a, b=1: a + b)
    registry.register_worker_tools("s1", "w1", [ADD])
    assert registry.get("s1", "add").kind == "worker"
    assert registry.get("s2", "add").kind == "host"
    assert registry.exists("s2", "add")
    registry.remove_session("s1")
    assert registry.get("s1", "add").kind == "host"


@pytest.mark.parametrize("last", [{"name": "a b"}, {"name": "one"}, ADD | {"metadata": []}])
def test_a_batch_is_registered_whole_or_not_at_all(
    registry: ToolRegistry, last: dict[str, Any]
) -> None:
    with pytest.raises((InvalidTool, DuplicateTool)):
        registry.register_worker_tools("s1", "w1", [{"name": "one"}, {"name": "two"}, last])
    assert registry.list("s1") == ()


def test_a_name_is_taken_once_by_another_worker_and_anew_by_the_same(
    registry: ToolRegistry,
) -> None:
    registry.register_worker_tools("s1", "w1", [ADD])
    with pytest.raises(DuplicateTool, match="a tool `add` already"):
        registry.register_worker_tools("s1", "w2", [{"name": "new"}, ADD])
    assert names(registry, "s1") == ["add"]
    (again,) = registry.register_worker_tools("s1", "w1", [{"name": "add", "description": "new"}])
    assert registry.get("s1", "add") == again
    registry.register_host_tool("s1", {"name": "host"}, dict)
    with pytest.raises(DuplicateTool):
        registry.register_host_tool("s1", {"name": "host"}, list)
    with pytest.raises(DuplicateTool):
        registry.register_worker_tools("s1", "w1", [{"name": "host"}])


def test_there_are_as_many_as_may_be() -> None:
    registry = ToolRegistry(max_tools=3)
    registry.register_worker_tools("s1", "w1", [{"name": "a"}, {"name": "b"}])
    with pytest.raises(ToolQuota):
        registry.register_worker_tools("s1", "w1", [{"name": "c"}, {"name": "d"}])
    with pytest.raises(ToolQuota):
        registry.register_worker_tools("s2", "w1", [None] * 4)
    registry.register_worker_tools("s1", "w1", [{"name": "c"}, {"name": "a"}])
    assert names(registry, "s1") == ["a", "b", "c"]


def test_what_is_not_there_names_what_is(registry: ToolRegistry) -> None:
    with pytest.raises(ToolNotFound) as caught:
        registry.get("s1", "ad")
    assert caught.value.hint == "None was declared."
    registry.register_worker_tools("s1", "w1", [ADD, {"name": "zero"}])
    with pytest.raises(ToolNotFound) as caught:
        registry.get("s1", "ad")
    assert caught.value.hint == "Did you mean `add`? There are `add`, `zero`."
    assert caught.value.known == ("add", "zero")


@pytest.mark.parametrize("declared", [None, "abc", {"name": "a"}, 7])
def test_what_is_no_list_of_tools_is_refused(registry: ToolRegistry, declared: object) -> None:
    with pytest.raises(InvalidTool, match="tools are declared by a list"):
        registry.register_worker_tools("s1", "w1", declared)


def test_names_without_end_cost_nothing_and_are_not_repeated(registry: ToolRegistry) -> None:
    registry.register_worker_tools("s1", "w1", [ADD, {"name": "x" * 64}])
    endless = "x" * 50_000_000
    with pytest.raises(ToolNotFound) as missing:
        registry.get("s1", endless)
    assert len(str(missing.value)) < 200
    with pytest.raises(InvalidParameter) as unknown:
        registry.check_call("s1", "add", {"a": 1, endless: 1})
    assert len(str(unknown.value)) < 200


def test_tools_go_with_their_worker_and_their_session(registry: ToolRegistry) -> None:
    registry.register_worker_tools("s1", "w1", [{"name": "a"}, {"name": "b"}])
    registry.register_worker_tools("s1", "w2", [{"name": "c"}])
    registry.register_worker_tools("s2", "w1", [{"name": "d"}])
    assert registry.remove_worker("w1") == 3
    assert names(registry, "s1") == ["c"]
    assert registry.remove("s1", "c") is True
    assert registry.remove("s1", "c") is False
    registry.register_worker_tools("s1", "w3", [{"name": "a"}])
    assert registry.remove_session("s1") == 1
    assert registry.remove_session("s1") == 0


@pytest.mark.parametrize(
    ("given", "parameter", "kind", "words"),
    [
        ({}, "a", "missing", "`a` is missing"),
        ({"a": 1, "c": 2}, "c", "unknown", "`c` is not a parameter of it"),
        ({"a": "1"}, "a", "wrong_type", "`a` has to be a whole number"),
        ({"a": True}, "a", "wrong_type", "`a` has to be a whole number"),
        ({"a": 1, "b": None}, "b", "wrong_type", "`b` has to be a whole number"),
    ],
)
def test_a_call_has_to_fit(
    registry: ToolRegistry, given: dict[str, Any], parameter: str, kind: str, words: str
) -> None:
    registry.register_worker_tools("s1", "w1", [ADD])
    with pytest.raises(InvalidParameter) as caught:
        registry.check_call("s1", "add", given)
    assert (caught.value.parameter, caught.value.kind) == (parameter, kind)
    assert caught.value.message == f"`add` cannot be called: {words}."
    assert caught.value.hint


def test_a_default_of_nothing_may_be_given_and_others_where_any_are_taken(
    registry: ToolRegistry,
) -> None:
    registry.register_worker_tools("s1", "w1", [ADD, {"name": "echo", "takes_any": True}])
    registry.check_call("s1", "add", {"a": 1, "note": None})
    assert registry.check_call("s1", "echo", {"x": object()}).takes_any


async def test_tools_of_the_host_are_called_plain_or_awaited(registry: ToolRegistry) -> None:
    async def slow_add(a: int, b: int = 1, note: str | None = None) -> int:
        return a + b

    registry.register_host_tool("s1", ADD, slow_add)
    registry.register_host_tool(EVERYWHERE, {"name": "now"}, lambda: 7)
    assert await registry.call_host_tool("s1", "add", {"a": 2}) == 3
    assert await registry.call_host_tool("s1", "now", {}) == 7
    with pytest.raises(InvalidParameter):
        await registry.call_host_tool("s1", "add", {})


async def test_what_goes_wrong_in_a_call_of_the_host_is_told_apart(registry: ToolRegistry) -> None:
    def fail() -> None:
        message = "no such file"
        raise FileNotFoundError(message)

    registry.register_host_tool("s1", {"name": "fail"}, fail)
    registry.register_worker_tools("s1", "w1", [{"name": "far"}])
    with pytest.raises(HostToolFailed, match="FileNotFoundError: no such file") as caught:
        await registry.call_host_tool("s1", "fail", {})
    assert isinstance(caught.value.__cause__, FileNotFoundError)
    with pytest.raises(ToolNotOfHost):
        await registry.call_host_tool("s1", "far", {})
    with pytest.raises(ToolNotFound):
        await registry.call_host_tool("s1", "nothing", {})
