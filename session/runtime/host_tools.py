"""What user code can ask of its host: tools by name, called from inside with `playhead.call`.

Parameters and answers are plain data from user code, so nothing in them is believed.
"""

import asyncio
import inspect
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from session.worker.values import Unserializable, pack, unpack
from session.worker.wire import Frame, WireError, encode

HostTool = Callable[..., Any]

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}")
#: So many answers may be worked on at once; a program that asks for more waits.
_AT_ONCE: Final = 32
#: Names of our own, which `playhead.store` and `playhead.ask` stand on.
RESERVED: Final = "playhead."


class HostTools:
    """Functions of the host by name. A plain function runs in a thread, an async one on the loop.

    What one raises reaches user code as `CallFailed` with its type and message, nothing more.
    """

    def __init__(self, tools: Mapping[str, HostTool] | None = None) -> None:
        self._tools: dict[str, HostTool] = {}
        for name, tool in (tools or {}).items():
            self.register(name, tool)

    def register(self, name: str, tool: HostTool) -> None:
        """Add a tool; ValueError for a name that is taken or is none."""
        if not _NAME.fullmatch(name):
            msg = f"`{name}` cannot be the name of a tool."
            raise ValueError(msg)
        if name in self._tools:
            msg = f"There is a tool `{name}` already."
            raise ValueError(msg)
        self._tools[name] = tool

    def unregister(self, name: str) -> None:
        """Take a tool away; harmless where there is none."""
        self._tools.pop(name, None)

    def joined(self, more: Mapping[str, HostTool]) -> "HostTools":
        """Return these tools and `more`, which win."""
        return HostTools({**self._tools, **more})

    def get(self, name: str) -> HostTool | None:
        """Return the tool of that name."""
        return self._tools.get(name)

    @property
    def names(self) -> list[str]:
        """The names that user code may call, sorted."""
        return sorted(name for name in self._tools if not name.startswith(RESERVED))


class HostDesk:
    """Answers the `host_call` frames of one program. All calls on the event loop's thread."""

    def __init__(self, tools: HostTools, send: Callable[[bytes], None]) -> None:
        self._tools = tools
        self._send = send
        self._places = asyncio.Semaphore(_AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()

    def take(self, frame: Frame) -> None:
        """Take one frame; what is no call of a host tool is passed over."""
        if frame.header.get("type") != "host_call":
            return
        task = asyncio.create_task(self._answer(frame), name="host tool")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, frame: Frame) -> None:
        header: dict[str, Any] = {"type": "host_result", "id": frame.header.get("id")}
        payload = b""
        async with self._places:
            try:
                header["value"], payload = pack(await self._call(frame))
                self._send(encode(header, payload))
            except Unserializable as error:
                self._refuse(header, "result-unserializable", str(error))
            except WireError as error:
                self._refuse(header, "result-unserializable", str(error))
            except _Refused as error:
                self._refuse(header, error.code, str(error))
            except Exception as error:  # noqa: BLE001 - a host's tool may raise anything
                self._refuse(header, "tool-failed", f"{type(error).__name__}: {error}")

    def _refuse(self, header: dict[str, Any], code: str, message: str) -> None:
        said = {"code": code, "message": message}
        self._send(encode({"type": header["type"], "id": header["id"], "error": said}))

    async def _call(self, frame: Frame) -> object:
        name = str(frame.header.get("tool"))
        tool = self._tools.get(name)
        if tool is None:
            listed = ", ".join(self._tools.names) or "none"
            message = f"the host has no tool `{name}`; it has: {listed}"
            raise _Refused(message, code="tool-not-found")
        try:
            parameters = unpack(frame.header.get("parameters") or {}, frame.payload)
            inspect.signature(tool).bind(**parameters)
        except (TypeError, ValueError) as error:
            message = f"`{name}`: {error}"
            raise _Refused(message, code="invalid-parameters") from None
        if inspect.iscoroutinefunction(tool):
            return await tool(**parameters)
        answer = await asyncio.to_thread(tool, **parameters)
        return await answer if isinstance(answer, Awaitable) else answer

    def close(self) -> None:
        """Give up what is not answered yet."""
        for task in self._tasks:
            task.cancel()


class _Refused(Exception):
    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code
