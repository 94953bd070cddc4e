"""The first words of a worker: hello, what it can do, ready, or a clear reason why not."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from session.errors import ConnectFailed
from session.runtime import handshake as reasons
from session.runtime.platforms.seam import Platform
from session.runtime.shown import encodable, shown
from session.worker.process_table import PROC, read_bytes
from session.worker.wire import PROTOCOL, Frame

_CLOSED = "A worker keeps both of its sockets open for as long as it lives."


class Greeting:
    """Waits for `ready`. `done` is set once: None for up, else why not.

    `lost` says that a socket has ended, which a worker that has ended explains better.
    """

    def __init__(self, python: Path, others: Callable[[Frame], None]) -> None:
        self.done: asyncio.Future[ConnectFailed | None] = asyncio.get_running_loop().create_future()
        self.lost = asyncio.Event()
        self.hello: Mapping[str, Any] = {}
        self.ready: Mapping[str, Any] = {}
        self.tools: tuple[Mapping[str, Any], ...] = ()
        self._python = python
        self._others = others
        self._reason = ""

    def take(self, frame: Frame) -> None:
        """Take one frame of the worker's."""
        header = frame.header
        match header.get("type"):
            case "hello":
                self._greet(header)
            case "refused":
                self._set(reasons.too_old(self._python, str(header.get("python"))))
            case "tools":
                self._note_tools(header.get("tools"))
            case "failed":
                self._set(_not_loaded(header.get("error")))
            case "ready" if self.hello:
                self.ready = header
                self._set(None)
            case _:
                self._others(frame)

    def _greet(self, header: Mapping[str, Any]) -> None:
        self.hello = header
        theirs = header.get("protocol")
        if theirs != PROTOCOL:
            message = f"The worker speaks protocol {theirs}, Playhead speaks {PROTOCOL}."
            hint = "Use a worker that was made for this version of Playhead."
            self._set(ConnectFailed(message, code="worker-protocol", hint=hint))

    def _note_tools(self, tools: object) -> None:
        listed = tools if isinstance(tools, list) else []
        self.tools = tuple(one for one in listed if isinstance(one, dict) and "name" in one)

    def lose(self, reason: str) -> None:
        """Note that a socket has ended, or makes no sense any more."""
        self._reason = self._reason or reason
        self.lost.set()

    def closed(self) -> ConnectFailed:
        """Say that the worker lives, and cannot be spoken to."""
        message = f"The worker {self._reason} before it was ready."
        if "nonsense" in self._reason:
            return ConnectFailed(message, code="worker-wire")
        return ConnectFailed(message, code="worker-closed", hint=_CLOSED)

    def fail(self, failure: ConnectFailed) -> None:
        """Give up, unless it is decided already."""
        self._set(failure)

    def _set(self, value: ConnectFailed | None) -> None:
        if not self.done.done():
            self.done.set_result(value)


def _not_loaded(error: object) -> ConnectFailed:
    said = error if isinstance(error, dict) else {}
    kind, text = str(said.get("exception", "Exception")), str(said.get("message") or "")
    frames = said.get("frames")
    last = frames[-1] if isinstance(frames, list) and frames else None
    where = f" at {last.get('path')}:{last.get('line')}" if isinstance(last, dict) else ""
    what = shown(f"{kind}: {text}" if text else kind)
    message = encodable(f"The worker's script could not be loaded: {what}{shown(where)}.")
    hint = "Correct the script; the worker starts when it can be imported without an error."
    return ConnectFailed(message, code="script-failed", hint=hint)


def lie_of(hello: Mapping[str, Any], pid: int, platform: Platform) -> ConnectFailed | None:
    """Return what is wrong when a worker says that it is another process than we started.

    In a process namespace of its own it has a number of its own, which the kernel tells as well.
    """
    said = hello.get("pid")
    if said == pid or platform.profile == "posix":
        return None
    status = read_bytes(f"{PROC}/{pid}/status")
    if status is None:
        return None  # it is gone by now, and told of elsewhere
    rows = dict(row.split(b":", 1) for row in status.splitlines() if b":" in row)
    if str(said).encode() in rows.get(b"NSpid", b"").split():
        return None
    message = f"The worker says that it is process {shown(str(said))}; we started {pid}."
    hint = "A worker answers itself; it must not hand its sockets to another process."
    return ConnectFailed(message, code="worker-lied", hint=hint)
