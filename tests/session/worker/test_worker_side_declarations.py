"""What is read from a function that is declared as a tool."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Optional

import pytest

from session.worker.serving.tools import Tool, ToolTable, echo

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator


def spec_of(function: Callable[..., Any]) -> dict[str, str]:
    """Name and type of each parameter; required ones with a `!`."""
    found = Tool(function).spec()["parameters"]
    return {one["name"]: one["type"] + "!" * one["required"] for one in found}


def test_types_by_annotation_as_text() -> None:
    def tool(a: int, b: list[str], c: dict[str, int], d: bool, e: bytes, f: object, g) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        """Take one of each."""

    assert spec_of(tool) == {
        "a": "integer!",
        "b": "list!",
        "c": "map!",
        "d": "boolean!",
        "e": "bytes!",
        "f": "any!",
        "g": "any!",
    }


def test_types_by_annotation_as_objects() -> None:
    def tool(a, b, c, d=None):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        """Take some."""

    tool.__annotations__ = {"a": float, "b": list[int], "c": int | None, "d": Optional[str]}  # noqa: UP045
    assert spec_of(tool) == {"a": "number!", "b": "list!", "c": "any!", "d": "any"}


def test_defaults_and_keywords() -> None:
    def tool(a: int, b: int = 2, *, c: int, d: str = "x") -> None:
        """Take some."""

    about = Tool(tool).spec()["parameters"]
    assert [one.get("default") for one in about] == [None, 2, None, "x"]
    assert [one["required"] for one in about] == [True, False, True, False]


def test_kinds_of_functions() -> None:
    def generator() -> Iterator[int]:
        yield 1

    async def async_generator() -> AsyncIterator[int]:
        yield 1

    async def coroutine() -> int:
        return 1

    found = [(Tool(one).streaming, Tool(one).is_async) for one in (generator, async_generator)]
    assert found == [(True, False), (True, True)]
    assert (Tool(coroutine).streaming, Tool(coroutine).is_async) == (False, True)
    assert Tool(echo, streaming=True).streaming


def test_a_bound_method_and_a_wrapped_function() -> None:
    class Counter:
        def add(self, n: int = 1) -> int:
            return n

    assert spec_of(Counter().add) == {"n": "integer"}

    @functools.wraps(Counter.add)
    def wrapper(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        return Counter.add(*args, **kwargs)

    assert spec_of(wrapper) == {"self": "any!", "n": "integer"}
    assert Tool(len).takes_any


@pytest.mark.parametrize("name", ["two words", "", "-x", "ü", "x" * 65, "a/b"])
def test_names_that_are_none(name: str) -> None:
    def tool() -> None:
        """Do nothing."""

    tool.__name__ = name
    with pytest.raises(ValueError, match="the name of a tool"):
        Tool(tool)


def test_a_name_can_be_taken_once_and_a_builtin_one_replaced() -> None:
    table = ToolTable([Tool(echo)])
    table.declare(lambda: 1, {"name": "echo"})
    with pytest.raises(ValueError, match="two tools named `echo`"):
        table.declare(lambda: 2, {"name": "echo"})
    assert table.names == ["echo"]


def test_what_a_default_of_none_allows() -> None:
    def tool(a: int = None) -> None:  # type: ignore[assignment]  # noqa: RUF013 - what users write
        """Take one."""

    assert Tool(tool).fault_of({"a": None}) is None
    assert Tool(tool).fault_of({"a": 1}) is None
    assert Tool(tool).fault_of({"a": "x"}) == "`tool`: `a` is of type integer, not str"
