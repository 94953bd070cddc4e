"""The line to a notebook's kernel, inside one run: frames both ways, and what the log gets of it.

Whatever a cell prints is a row of the run's log with the cell as its origin.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from session.cell_port import CellListener
from session.log.entry import NewEntry, Severity, Source, Stream
from session.ports import RuntimeSink
from session.worker.wire import Frame, encode

_KINDS: Final = frozenset(
    (
        "cell_done",
        "cell_started",
        "clear",
        "cut",
        "display",
        "error",
        "input_request",
        "kernel",
        "page",
        "result",
        "stream",
    )
)
#: What is said of a cell that has not failed, and with which code.
_ENDS: Final = {"ok": ("finished", "cell-finished"), "abort": ("was cancelled", "cell-cancelled")}
#: Cells whose number is known for output that comes late.
_REMEMBERED: Final = 1000


class CellLine:
    """One line. `send` writes bytes to the kernel, `note` is given what is to be told of errors."""

    def __init__(
        self,
        sink: RuntimeSink,
        send: Callable[[bytes], None],
        note: Callable[[Mapping[str, Any]], None],
        view: str,
    ) -> None:
        self._sink, self._send, self._note = sink, send, note
        self.view = view
        self._listener: CellListener | None = None
        self._origins: dict[int, str] = {}
        self._current: str | None = None
        self._is_lost = False

    def listen(self, listener: CellListener) -> None:
        """Have what comes from now on told to `listener`."""
        self._listener = listener

    def send(self, header: Mapping[str, Any], payload: bytes = b"") -> None:
        """Send one frame; nothing once the line is lost."""
        data = encode(dict(header), payload)
        if header.get("type") == "cell":
            self._origins[int(header["job"])] = f"cell {header['number']}"
            if len(self._origins) > _REMEMBERED:
                del self._origins[next(iter(self._origins))]
        if not self._is_lost:
            self._send(data)

    def answered(self, frame: Frame) -> bool:
        """Take a frame of the `control` channel; whether it was one of ours."""
        if frame.header.get("type") != "answer":
            return False
        if self._listener is not None:
            self._listener.answer(frame.header)
        return True

    def heard(self, frame: Frame) -> bool:
        """Take a frame of the `events` channel; whether it was one of ours."""
        header = frame.header
        kind = header.get("type")
        if kind not in _KINDS:
            return False
        job = header.get("job")
        origin = self._origins.get(job) if isinstance(job, int) else None
        if kind == "stream":
            stream = Stream.STDERR if header.get("name") == "stderr" else Stream.STDOUT
            self._sink.output(stream, frame.payload, origin)
        else:
            self._log(str(kind), header, origin)
        if self._listener is not None:
            self._listener.event(header, frame.payload)
        return True

    def output(self, stream: Stream, data: bytes) -> None:
        """Take what came over the plain descriptors; it is of the cell that runs."""
        self._sink.output(stream, data, self._current)
        if self._listener is not None:
            self._listener.output(stream, data)

    def output_ended(self, stream: Stream) -> None:
        """A descriptor has come to its end."""
        self._sink.output_ended(stream)

    def lose(self) -> None:
        """The run has ended."""
        if not self._is_lost:
            self._is_lost = True
            if self._listener is not None:
                self._listener.lost()

    def _log(self, kind: str, header: Mapping[str, Any], origin: str | None) -> None:
        if kind == "cell_started":
            self._current = origin
            self._say(Severity.DEBUG, f"{_name(origin)} started.", "cell-started", origin)
        elif kind == "cell_done":
            self._current = None
            self._finished(header, origin)
        elif kind == "error":
            told = header.get("diagnostic")
            if isinstance(told, dict):
                self._note({"type": "diagnostic", "kind": "exception", "origin": origin, **told})
        elif kind == "kernel" and header.get("state") == "died":
            self._died(header)

    def _finished(self, header: Mapping[str, Any], origin: str | None) -> None:
        status, reason = header.get("status"), header.get("reason")
        if status == "resource-limit" and isinstance(reason, dict):
            self._say(Severity.ERROR, _over(origin, reason), "cell-limit", origin)
            return
        word, code = _ENDS.get(str(status), ("failed", "cell-failed"))
        self._say(Severity.DEBUG, f"{_name(origin)} {word}.", code, origin)

    def _died(self, header: Mapping[str, Any]) -> None:
        cause, number, code = header.get("cause"), header.get("signal"), header.get("code")
        if cause == "restart":
            self._say(Severity.INFO, "The kernel was restarted.", "kernel-restarted", None)
            return
        how = f"by signal {number}" if number else f"with exit code {code}"
        why = {"cancel": "A cell did not let itself be interrupted, so the kernel was ended."}.get(
            str(cause), f"The kernel ended {how} and was started again."
        )
        hint = "Its variables are gone; what was shown is kept. Run the cells above again."
        self._say(Severity.WARNING, why, "kernel-died", None, hint)

    def _say(
        self, severity: Severity, text: str, code: str, origin: str | None, hint: str | None = None
    ) -> None:
        entry = NewEntry(Source.RUNTIME, severity, text, origin=origin, code=code, hint=hint)
        self._sink.log(entry)


def _name(origin: str | None) -> str:
    return (origin or "a cell").capitalize()


def _over(origin: str | None, reason: Mapping[str, Any]) -> str:
    limit, value, used = str(reason.get("limit")), reason.get("value"), reason.get("used")
    if limit == "memory":
        shown = f"{_megabytes(used)} of {_megabytes(value)}"
    else:
        shown = f"{float(used or 0):.1f} s of {float(value or 0):g} s"
    return f"{_name(origin)} was ended: it used {shown} ({limit})."


def _megabytes(size: object) -> str:
    return f"{float(size) / (1 << 20):.0f} MB" if isinstance(size, int | float) else "?"
