"""The kernel: runs cells one after the other, in one `__main__`, and tells how each went."""

from __future__ import annotations

import os
import sys
import time

from .. import denials, failures, guest, peer
from ..serving.coroutines import EventLoops
from ..serving.mailbox import Mailbox
from ..settling import settle
from . import asking
from .cell_streams import CellOutput, Job, install
from .failing import failure_of
from .interrupting import Interrupts
from .peak import Peak
from .plain_shell import PlainShell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from ..wire import Frame


class Kernel:
    """One kernel over its line to the keeper, from its first cell to its last."""

    def __init__(
        self, config: dict[str, Any], control_fd: int, events_fd: int, generation: int
    ) -> None:
        self._config = config
        self._generation = generation
        self._control, self._events = peer.Channel(control_fd), peer.Channel(events_fd)
        os.register_at_fork(after_in_child=self._control.close)
        os.register_at_fork(after_in_child=self._events.close)
        self._late = guest.LateModules(__package__.rpartition(".")[0])
        self.output = CellOutput(self._events)
        self._loops = EventLoops()
        self._interrupts = Interrupts(self._loops)
        self._peak = Peak()
        self._mail = Mailbox()
        self._busy = False
        self._code = 0

    def live(self, before: set[str]) -> NoReturn:
        """Get ready, then carry out what comes until the end."""
        install(self.output)
        self._interrupts.watch_system()
        reporter = self._reporter = failures.Reporter(self._events, self._config["view"])
        reporter.watch_threads()
        limits = self._config.get("limits")
        if limits is not None:
            denials.watch(limits, self._config["view"], self._events)
        answering = _CellAnswering(self._control, self)
        guest.offer(lambda: self._link(answering))
        settle(self._config, before)
        self._shell = PlainShell(self.output, self._loops, reporter)
        answering.start()
        version = ".".join(str(part) for part in sys.version_info[:3])
        about = {"generation": self._generation, "pid": os.getpid(), "python": version}
        ipython = self._shell.version
        self._events.send({"type": "kernel", "state": "ready", **about, "ipython": ipython})
        while (frame := self._next()) is not None:
            self._carry_out(frame)
        self._shell.close()
        self.output.flush()
        sys.exit(self._code)

    def _link(self, answering: _CellAnswering) -> Any:
        link = self._late.load("host_link").HostLink(self._control, self._events)
        answering.connect(link)
        return link

    # What comes, from the answering thread

    def take(self, frame: Frame) -> None:
        """Put a frame behind those that wait."""
        if frame.header.get("type") == "ask" and self._busy:
            self._refuse(frame, "busy", "A cell runs.")
            return
        self._mail.put(frame)
        self._loops.wake()

    def take_end(self) -> None:
        """The keeper's side has ended: what waits is not carried out any more."""
        self._mail.close()
        self._loops.wake()

    def _next(self) -> Frame | None:
        """Return the next frame; while there is none, the tasks of earlier cells go on."""
        while True:
            try:
                self._loops.rest(self._mail.has_news)
                frame: Frame | None = self._mail.take()
            except KeyboardInterrupt:  # of a handler that a cell has left
                continue
            return frame

    def _carry_out(self, frame: Frame) -> None:
        kind = frame.header.get("type")
        if kind == "cell":
            self._busy = True
            try:
                self._play(frame)
            finally:
                self._busy = False
        elif kind == "ask":
            self._answer(frame)
        elif kind == "finish":
            self._code = int(frame.header.get("code") or 0)
            self._mail.close()

    # Cells

    def _play(self, frame: Frame) -> None:
        header = frame.header
        limits = header.get("limits") or {}
        job = Job(int(header["job"]), str(header["cell"]), limits.get("output"))
        self._events.send({"type": "cell_started", "job": job.number, "at": time.time()})
        self._reporter.origin = f"cell {header['number']}"
        self.output.enter(job)
        self._peak.reset()
        began, used = time.monotonic(), _processor_s()
        status, reason = self._attempt(header, frame.payload.decode("utf-8", "surrogatepass"))
        took_s, cpu_s = time.monotonic() - began, _processor_s() - used
        self.output.leave()
        about = {"type": "cell_done", "job": job.number, "status": status, "how": None}
        spent = {"took_s": took_s, "cpu_s": cpu_s, "peak": self._peak.read()}
        met = self._interrupts.met
        self._events.send({**about, **spent, "reason": reason, "interrupted": met})

    def _attempt(self, header: dict[str, Any], source: str) -> tuple[str, dict[str, Any] | None]:
        name, line = str(header["name"]), int(header.get("line") or 1)
        count, silent = int(header["count"]), bool(header.get("silent"))
        try:
            try:
                self._interrupts.enter()
                self._shell.run(name, line, source, count, silent=silent)
                self._shell.after_cell()
            finally:
                self._interrupts.leave()
        except SystemExit as leaving:
            return "error", {"exit": leaving.code if type(leaving.code) in (int, str) else None}
        except BaseException as error:  # noqa: BLE001 - whatever user code raises ends here
            if not (self._interrupts.met and _is_cancel(error)):
                self.output.tell({"type": "error", **failure_of(error)})
                return "error", None
            told = error if isinstance(error, KeyboardInterrupt) else KeyboardInterrupt()
            self.output.tell({"type": "error", **failure_of(told)})
            return "abort", None
        return "ok", None

    # Questions

    def _answer(self, frame: Frame) -> None:
        try:
            value = asking.answer(self._shell.namespace, frame.header)
        except asking.AskError as error:
            self._refuse(frame, "unknown-question", str(error))
        except Exception as error:  # noqa: BLE001 - their objects may do anything
            self._refuse(frame, "ask-failed", f"{type(error).__name__}: {error}")
        else:
            self._control.send({"type": "answer", "id": frame.header.get("id"), "value": value})

    def _refuse(self, frame: Frame, code: str, message: str) -> None:
        error = {"code": code, "message": message}
        self._control.send({"type": "answer", "id": frame.header.get("id"), "error": error})


class _CellAnswering(peer.Answering):
    """Answers pings and hands on what is for the kernel, on a thread of its own."""

    def __init__(self, control: peer.Channel, kernel: Kernel) -> None:
        super().__init__(control)
        self._kernel = kernel

    def other(self, frame: Frame) -> None:
        """Take what is no ping and no answer."""
        self._kernel.take(frame)

    def ended(self) -> None:
        """The keeper is gone."""
        self._kernel.take_end()


def _is_cancel(error: BaseException) -> bool:
    return isinstance(error, KeyboardInterrupt) or type(error).__name__ == "CancelledError"


def _processor_s() -> float:
    """Processor time of this process and of those it has waited for."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system
