"""The registry of tools: which there are in which session, where they run, what they take."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from session.workers.telemetry import Emit, emit_nothing
from session.workers.tool_call import check_call
from session.workers.tool_declaration import read_tool
from session.workers.tool_errors import (
    DuplicateTool,
    HostToolFailed,
    InvalidTool,
    ToolNotFound,
    ToolNotOfHost,
    ToolQuota,
)
from session.workers.tool_spec import ToolSpec

#: The most tools of one session.
MAX_TOOLS: Final = 1024
_NO_LIST: Final = ("tool", "invalid_type", "tools are declared by a list")
#: The session whose tools every session sees; its own come first.
EVERYWHERE: Final = ""

#: Runs a tool of the host. A plain function runs on the loop's thread, so it must not wait; what
#: takes time is a coroutine function.
Handler = Callable[..., Any]


class ToolRegistry:
    """Keeps tools by session and name. All of it on one thread."""

    def __init__(self, *, max_tools: int = MAX_TOOLS, emit: Emit = emit_nothing) -> None:
        self._limit, self._emit = max_tools, emit
        self._tools: dict[str, dict[str, ToolSpec]] = {}
        self._handlers: dict[tuple[str, str], Handler] = {}

    def register_worker_tools(
        self, session_id: str, worker_id: str, declared: object
    ) -> tuple[ToolSpec, ...]:
        """Register what a worker declared, a list of JSON tables, all of it or nothing.

        Returns the tools. Raises InvalidTool, DuplicateTool or ToolQuota. The same worker may
        declare a tool anew.
        """
        if not isinstance(declared, list | tuple):
            raise InvalidTool(worker_id, *_NO_LIST)
        self._check_count(len(declared))
        tools = tuple(read_tool(one, worker_id=worker_id) for one in declared)
        self._register(session_id, tools)
        return tools

    def register_host_tool(
        self, session_id: str, declared: Mapping[str, object], handler: Handler
    ) -> ToolSpec:
        """Register a tool that runs in the host, `EVERYWHERE` or in one session, and return it."""
        tool = read_tool(declared, kind="host")
        self._register(session_id, (tool,))
        self._handlers[session_id, tool.name] = handler
        return tool

    def get(self, session_id: str, name: str) -> ToolSpec:
        """Return a tool that a session sees; raise ToolNotFound, which lists those it does see."""
        return self._find(session_id, name)[1]

    def list(self, session_id: str) -> tuple[ToolSpec, ...]:
        """Return every tool that a session sees, by name."""
        seen = {**self._tools.get(EVERYWHERE, {}), **self._tools.get(session_id, {})}
        return tuple(seen[name] for name in sorted(seen))

    def exists(self, session_id: str, name: str) -> bool:
        """Whether a session sees a tool of that name."""
        return any(name in self._tools.get(place, {}) for place in (session_id, EVERYWHERE))

    def check_call(self, session_id: str, name: str, given: Mapping[str, Any]) -> ToolSpec:
        """Return the tool that a call is for; raise ToolNotFound or InvalidParameter."""
        tool = self.get(session_id, name)
        check_call(tool, given)
        return tool

    async def call_host_tool(self, session_id: str, name: str, given: Mapping[str, Any]) -> Any:  # noqa: ANN401 - whatever the tool returns
        """Run a tool of the host and return its result.

        Raises ToolNotFound, ToolNotOfHost, InvalidParameter, and HostToolFailed for what it raised.
        """
        place, tool = self._find(session_id, name)
        handler = self._handlers.get((place, name))
        if handler is None:
            raise ToolNotOfHost(name)
        check_call(tool, given)
        try:
            result = handler(**given)
            return await result if inspect.isawaitable(result) else result
        except Exception as error:
            raise HostToolFailed(name, error) from error

    def remove(self, session_id: str, name: str) -> bool:
        """Forget one tool; whether there was one."""
        self._handlers.pop((session_id, name), None)
        return self._tools.get(session_id, {}).pop(name, None) is not None

    def remove_session(self, session_id: str) -> int:
        """Forget every tool of a session and return how many that were."""
        tools = self._tools.pop(session_id, {})
        for name in tools:
            self._handlers.pop((session_id, name), None)
        return len(tools)

    def remove_worker(self, worker_id: str) -> int:
        """Forget every tool of a worker that is gone and return how many that were."""
        found = [
            (place, tool.name)
            for place, tools in self._tools.items()
            for tool in tools.values()
            if tool.worker_id == worker_id
        ]
        return sum(self.remove(place, name) for place, name in found)

    def _find(self, session_id: str, name: str) -> tuple[str, ToolSpec]:
        for place in (session_id, EVERYWHERE):
            tool = self._tools.get(place, {}).get(name)
            if tool is not None:
                return place, tool
        raise ToolNotFound(name, [tool.name for tool in self.list(session_id)])

    def _register(self, session_id: str, tools: Iterable[ToolSpec]) -> None:
        """Look at all of them first: after that nothing can go wrong."""
        before = self._tools.get(session_id, {})
        added: dict[str, ToolSpec] = {}
        for tool in tools:
            old = added.get(tool.name) or before.get(tool.name)
            again = old is not None and old.worker_id == tool.worker_id and tool.name not in added
            if old is not None and not (again and tool.worker_id is not None):
                raise DuplicateTool(tool.name)
            added[tool.name] = tool
        if len(before | added) > self._limit:
            raise ToolQuota(self._limit)
        self._tools[session_id] = before | added
        for tool in added.values():
            self._emit("tool.registered", session_id=session_id, tool=tool.name, kind=tool.kind)

    def _check_count(self, count: int) -> None:
        """Before anything is read: a stranger may declare very many."""
        if count > self._limit:
            raise ToolQuota(self._limit)
