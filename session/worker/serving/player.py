"""Carries out calls on one thread after the other: runs the tool, answers, survives interrupts.

Every call is answered once, whatever the tool does; a tool that ends the process is answered by
the host, which sees that.
"""

from __future__ import annotations

import _thread
import os
import time

from ..streams import Flusher, flush_all
from ..values import Unserializable
from .answers import plain_error, tool_error
from .batches import Batches
from .call import CANCELLED, INTERRUPTED
from .coroutines import EventLoops

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ..peer import Channel
    from .answers import Answers
    from .call import Call
    from .mailbox import Mailbox

_WORDS = {CANCELLED: "was cancelled", INTERRUPTED: "was interrupted"}


class Player:
    """Runs calls from a mailbox; one for each thread, all sharing what is in `running`."""

    def __init__(
        self, control: Channel, answers: Answers, policy: str, running: dict[int, Call]
    ) -> None:
        self._control = control
        self._answers = answers
        self._policy = policy
        self._running = running
        self._flusher = Flusher()
        self.loops = EventLoops()
        self._pid = os.getpid()

    def play(self, mailbox: Mailbox) -> None:
        """Carry out calls until the mailbox is closed."""
        while True:
            try:
                call: Call | None = mailbox.take()
                if call is None:
                    return
                self._carry_out(call)
            except KeyboardInterrupt:
                continue  # too late for its call: nothing to end

    def _carry_out(self, call: Call) -> None:
        while not call.answered:
            try:
                self._attempt(call)
            except KeyboardInterrupt:
                self._answers.error(call, self._ended(call))
        if os.getpid() != self._pid:
            flush_all()
            os._exit(0)  # a forked child came back from the tool: it must not serve

    def _attempt(self, call: Call) -> None:
        if call.wanted or call.late:
            self._answers.error(call, self._ended(call))
            return
        ident = call.thread = _thread.get_ident()
        call.began = time.monotonic()
        self._running[ident] = call
        try:
            self._run(call)
        finally:
            self._running.pop(ident, None)

    def _run(self, call: Call) -> None:
        failure: dict[str, Any] | None = None
        value: Any = None
        try:
            value = self._stream(call) if call.stream else self._value(call)
        except Unserializable as error:
            failure = plain_error("result-unserializable", f"`{call.tool.name}` yielded: {error}")
        except BaseException as error:  # noqa: BLE001 - whatever user code raises ends here
            failure = self._failure(call, error)
        finally:
            call.leave()
            self._running.pop(call.thread, None)  # before its answer: the next may come at once
        took_s = time.monotonic() - (call.began or 0.0)
        if failure is not None:
            self._answers.error(call, failure)
        elif call.stream and call.wanted:
            self._answers.error(call, self._ended(call))
        elif call.stream:
            self._answers.end(call, value, took_s)
        else:
            self._answers.result(call, value, took_s)

    def _failure(self, call: Call, error: BaseException) -> dict[str, Any]:
        ends = type(error).__name__ in ("KeyboardInterrupt", "CancelledError")
        if (ends and call.wanted) or call.wanted == CANCELLED:
            return self._ended(call)
        return tool_error(error, call)

    def _ended(self, call: Call) -> dict[str, Any]:
        if call.late and not call.wanted:
            message = f"`{call.tool.name}` did not begin in time: others were before it"
            return plain_error("call-timed-out", message)
        code = call.wanted or INTERRUPTED
        return plain_error(code, f"`{call.tool.name}` {_WORDS[code]}")

    def _value(self, call: Call) -> Any:
        value = call.tool.function(**call.parameters)
        return self.loops.run(value) if call.tool.is_async else value

    def _stream(self, call: Call) -> int:
        batches = call.batches = Batches(call, self._control, self._policy, self._flusher)
        items = self._items(call)
        try:
            for item in items:
                batches.add(item)
                if call.wanted:
                    break
            return batches.finish()
        except Exception:
            batches.finish()  # what it yielded before it failed is its reader's
            raise
        finally:
            close = getattr(items, "close", None)
            if close is not None:
                close()

    def _items(self, call: Call) -> Iterator[Any]:
        found = call.tool.function(**call.parameters)
        if hasattr(found, "__anext__"):
            return self.loops.iterate(found)
        return iter(found)
