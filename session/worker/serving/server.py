"""Serves: loads the script, then carries out calls, while the control thread answers the host.

Ping, health, cancel and interrupt never wait for user code; only the interpreter's own lock can
keep them waiting.
"""

from __future__ import annotations

import _thread
import os
import sys
import time

from ..host_link import HostLink
from ..values import REFUSE, unpack
from .answers import Answers, described, plain_error
from .call import CANCELLED, INTERRUPTED, Call
from .interrupts import Interrupts
from .loading import load
from .mailbox import Mailbox
from .player import Player
from .tools import Tool, ToolTable, echo

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .. import failures
    from ..peer import Channel
    from ..wire import Frame

_PAGE = os.sysconf("SC_PAGE_SIZE")


class Server:
    """One serving worker. Make it on the main thread."""

    def __init__(self, control: Channel, events: Channel, config: dict[str, Any]) -> None:
        self.tools = ToolTable([Tool(echo)])
        self._config = config
        self._control = control
        self._threads = max(int(config.get("threads") or 1), 1)
        policy = config.get("unserializable") or REFUSE
        #: The calls under way, by the thread that carries them out.
        self._running: dict[int, Call] = {}
        self._answers = Answers(control, policy)
        self._player = Player(control, self._answers, policy, self._running)
        self._main = Mailbox()
        self._pool = Mailbox() if self._threads > 1 else self._main
        self._interrupts = Interrupts(self._running, self._player.loops)
        self._began = time.monotonic()
        self._pid = os.getpid()
        self.link = HostLink(
            control, events, self.tools.declare, self._current, asks_by_input=False
        )

    def _current(self) -> int | None:
        call = self._running.get(_thread.get_ident())
        return call.id if call is not None else None

    def start(self) -> None:
        """Start to answer the host; calls wait until the script is loaded."""
        _thread.start_new_thread(self._listen, ())

    def serve(self, reporter: failures.Reporter) -> None:
        """Load the script, tell the host of its tools, and carry out calls until told to end."""
        try:
            load(self._config)
        except BaseException as error:  # noqa: BLE001 - whatever user code raises ends here
            said = described(error)  # first: what is shown is trimmed for it
            reporter.show(error)
            self._control.send({"type": "failed", "error": said})
            sys.exit(1)
        self._control.send({"type": "tools", "tools": self.tools.specs()})
        if self._pool is not self._main:
            for _ in range(self._threads):
                _thread.start_new_thread(self._player.play, (self._pool,))
        self._control.send({"type": "ready", "threads": self._threads})
        self._interrupts.allow()
        self._player.play(self._main)

    # The control thread

    def _listen(self) -> None:
        while True:
            frame = self._control.receive()
            if frame is None:
                break
            try:
                self._take(frame)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                said = plain_error("worker-wire", f"{type(error).__name__}: {error}")
                self._control.send({"type": "error", "id": frame.header.get("id"), "error": said})
        self.link.lost()
        self._end()

    def _take(self, frame: Frame) -> None:  # noqa: C901 - one branch for each word of the protocol
        header = frame.header
        kind = header.get("type")
        if kind == "call":
            self._accept(frame)
        elif kind == "ping":
            self._control.send({"type": "pong", "id": header.get("id")})
        elif kind == "credit":
            call = self._find(header["id"])
            if call is not None:
                call.add_credit(int(header["n"]))
        elif kind == "host_result":
            self.link.answered(frame)
        elif kind == "cancel":
            self._end_call(header["id"], CANCELLED)
        elif kind == "interrupt":
            self._interrupt(header.get("id"))
        elif kind == "health":
            self._control.send({"type": "health", "id": header.get("id"), **self._health()})
        elif kind == "info":
            self._control.send({"type": "info", "id": header.get("id"), **self._info()})
        elif kind == "stop":
            self._end()

    def _accept(self, frame: Frame) -> None:
        header = frame.header
        tool = self.tools.get(header["tool"])
        if tool is None:
            listed = ", ".join(self.tools.names)
            message = f"there is no tool `{header['tool']}`; there are: {listed}"
            self._refuse(header, "tool-not-found", message)
            return
        call = Call(header, {}, tool)
        try:
            call.parameters = unpack(header.get("parameters") or {}, frame.payload)
            fault = tool.fault_of(call.parameters)
        except ValueError as error:
            fault = str(error)
        if fault is not None:
            self._refuse(header, "invalid-parameters", fault)
        elif call.stream != tool.streaming:
            how = "streams: ask for it as a stream" if tool.streaming else "does not stream"
            self._refuse(header, "tool-not-streaming", f"`{tool.name}` {how}")
        else:
            (self._main if call.main_thread else self._pool).put(call)

    def _refuse(self, header: dict[str, Any], code: str, message: str) -> None:
        self._answers.errors += 1
        error = plain_error(code, message)
        self._control.send({"type": "error", "id": header["id"], "error": error})

    def _find(self, number: int) -> Call | None:
        for call in list(self._running.values()):
            if call.id == number:
                return call
        found: Call | None = self._main.find(number) or self._pool.find(number)
        return found

    def _end_call(self, number: int, wanted: str) -> None:
        call = self._find(number)
        if call is None:
            return  # it has ended by itself
        call.end_as(wanted)
        if self._main.remove(call) or self._pool.remove(call):
            said = f"`{call.tool.name}` was ended before it began"
            self._answers.error(call, plain_error(wanted, said))
            return
        self._interrupts.interrupt(call)

    def _interrupt(self, number: int | None) -> None:
        running = [call.id for call in list(self._running.values())]
        for one in running if number is None else [number]:
            self._end_call(one, INTERRUPTED)

    def _end(self) -> None:
        """End: nothing new is begun, and what runs is interrupted."""
        self._main.close()
        self._pool.close()
        self._interrupt(None)

    def _health(self) -> dict[str, Any]:
        running = [call.shown() for call in list(self._running.values())]
        waiting = len(self._main) + (len(self._pool) if self._pool is not self._main else 0)
        return {
            "pid": self._pid,
            "busy": bool(running),
            "running": running,
            "waiting": waiting,
            "results": self._answers.results,
            "errors": self._answers.errors,
            "uptime_s": round(time.monotonic() - self._began, 3),
            "memory": _memory(),
        }

    def _info(self) -> dict[str, Any]:
        return {
            "pid": self._pid,
            "python": ".".join(str(part) for part in sys.version_info[:3]),
            "implementation": sys.implementation.name,
            "executable": sys.executable,
            "platform": sys.platform,
            "threads": self._threads,
            "tools": self.tools.names,
        }


def _memory() -> int | None:
    """Return the bytes that this process holds now; None where the system does not say."""
    try:
        fd = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return int(os.read(fd, 128).split()[1]) * _PAGE
    finally:
        os.close(fd)
