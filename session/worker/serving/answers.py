"""What a call is answered with: a result, or an error that says what happened and where."""

from __future__ import annotations

from ..failures import describe
from ..values import Unserializable, pack
from ..wire import WireError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..peer import Channel
    from .call import Call

_OURS = __file__[: -len("serving/answers.py")]


def tool_error(error: BaseException, call: Call) -> dict[str, Any]:
    """Describe what a tool raised."""
    said = described(error)
    kind = said.pop("exception")
    context = {"tool": call.tool.name, "session": call.session}
    return {"code": "tool-failed", "type": kind, "context": context, **said}


def described(error: BaseException) -> dict[str, Any]:
    """Describe an exception as plain data, without the frames of our own that led there."""
    try:
        said = describe(error)
    except BaseException:  # noqa: BLE001 - an exception may hold anything at all
        said = {"exception": type(error).__name__, "message": "", "frames": []}
    if isinstance(error, SystemExit):
        said["message"] = f"the tool called sys.exit({error.code!r})"
    frames = said["frames"]
    while frames and str(frames[0]["path"]).startswith(_OURS):
        frames.pop(0)
    return said


def plain_error(code: str, message: str) -> dict[str, Any]:
    """Return an error that no exception of the tool stands behind."""
    return {"code": code, "message": message}


class Answers:
    """Sends the one answer that each call gets."""

    def __init__(self, control: Channel, policy: str) -> None:
        self._control = control
        self._policy = policy
        self.results = 0
        self.errors = 0

    def result(self, call: Call, value: Any, took_s: float) -> None:
        """Answer with a value; one that has no form becomes an error."""
        try:
            written, payload = pack(value, self._policy)
        except Unserializable as error:
            self._unsent(call, error)
            return
        header = {"type": "result", "id": call.id, "value": written}
        self._send(call, {**header, "took_ms": round(took_s * 1000, 3)}, payload)

    def end(self, call: Call, chunks: int, took_s: float) -> None:
        """Say that a stream has come to its end."""
        header = {"type": "end", "id": call.id, "chunks": chunks}
        self._send(call, {**header, "took_ms": round(took_s * 1000, 3)})

    def error(self, call: Call, error: dict[str, Any]) -> None:
        """Answer with an error."""
        self._send(call, {"type": "error", "id": call.id, "error": error})

    def _unsent(self, call: Call, reason: object) -> None:
        message = f"what `{call.tool.name}` returned cannot be sent: {reason}"
        self.error(call, plain_error("result-unserializable", message))

    def _send(self, call: Call, header: dict[str, Any], payload: bytes = b"") -> None:
        if not call.answer_once():
            return
        if header["type"] == "error":
            self.errors += 1
        else:
            self.results += 1
        try:
            self._control.send(header, payload)
        except (WireError, TypeError, ValueError, RecursionError) as error:
            message = f"what `{call.tool.name}` returned cannot be sent: {error}"
            failed = plain_error("result-unserializable", message)
            self._control.send({"type": "error", "id": call.id, "error": failed})
