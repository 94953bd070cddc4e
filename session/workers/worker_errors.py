"""What can go wrong with a worker and with a call.

WorkerError
├── WorkerGone              the worker has ended, and the call with it
├── CallTimedOut            the call's time was used up
├── CallInterrupted         somebody interrupted it
├── CallCancelled           it was cancelled before it had ended
└── CallFailed              the worker answered with an error
    ├── ToolFailed          the tool raised; type, message and frames are those of its exception
    ├── ToolNotFound        there is no tool of that name
    ├── ToolNotStreaming    it streams and was asked for one value, or the other way round
    ├── InvalidParameters   the parameters are not what the tool takes
    └── ResultUnserializable  what it returned has no form that can be sent
WorkerStartFailed           a `ConnectFailed`: no worker came up
"""

from collections.abc import Mapping, Sequence
from typing import Any

from session.errors import ConnectFailed, SessionError
from session.runtime.launcher_process import ProgramExit
from session.runtime.shown import encodable


class WorkerStartFailed(ConnectFailed):
    """No worker came up; `last_words` is the end of what it wrote to its standard error."""

    def __init__(self, reason: ConnectFailed, last_words: str = "") -> None:
        super().__init__(reason.message, code=reason.code, hint=reason.hint)
        self.last_words = last_words


class WorkerError(SessionError):
    """The root of what goes wrong with a worker that was up."""


class WorkerGone(WorkerError):
    """The worker has ended; how, where that is known, and its last words."""

    code = "worker-gone"

    def __init__(
        self, ended: ProgramExit | None, last_words: str = "", *, reason: str | None = None
    ) -> None:
        last = f" Its last words: {_last_line(last_words)}" if last_words.strip() else ""
        super().__init__(
            f"The worker {reason or _how(ended)}.{last}",
            "Start another one; if it happens again, look at what the tool does.",
        )
        self.ended = ended
        self.last_words = last_words


def _how(ended: ProgramExit | None) -> str:
    if ended is None:
        return "was ended from outside"
    if ended.signal is not None:
        return f"was ended by signal {ended.signal}"
    return f"ended with exit code {ended.code}"


def _last_line(words: str) -> str:
    return encodable(words).strip().rpartition("\n")[2]


class CallTimedOut(WorkerError):
    """The call's time was used up; the tool was asked to end."""

    code = "call-timed-out"

    def __init__(self, message: str) -> None:
        hint = "Give the call more time, or ask the worker's health what it does."
        super().__init__(message, hint)

    @classmethod
    def after(cls, tool: str, timeout_s: float) -> "CallTimedOut":
        """Return the error of a call that got `timeout_s` seconds."""
        return cls(f"`{tool}` did not end within {timeout_s:g} s.")


class CallInterrupted(WorkerError):
    """Somebody interrupted the call."""

    code = "interrupted"


class CallCancelled(WorkerError):
    """The call was cancelled."""

    code = "call-cancelled"


class CallFailed(WorkerError):
    """The worker answered with an error."""

    code = "call-failed"


class ToolNotFound(CallFailed):
    """The worker has no tool of that name; the message lists those that it has."""

    code = "tool-not-found"


class ToolNotStreaming(CallFailed):
    """A stream was asked for as one value, or the other way round."""

    code = "tool-not-streaming"


class InvalidParameters(CallFailed):
    """The parameters are not what the tool takes."""

    code = "invalid-parameters"


class ResultUnserializable(CallFailed):
    """What the tool returned or yielded has no form that can be sent."""

    code = "result-unserializable"


class ToolFailed(CallFailed):
    """The tool raised. `frames` are innermost last; `context` names tool and session."""

    code = "tool-failed"

    def __init__(
        self,
        kind: str,
        text: str,
        frames: Sequence[Mapping[str, Any]] = (),
        context: Mapping[str, Any] | None = None,
    ) -> None:
        self.context = dict(context or {})
        tool = self.context.get("tool", "?")
        super().__init__(f"`{tool}` failed: {kind}: {text}" if text else f"`{tool}` failed: {kind}")
        self.type = kind
        self.text = text
        self.frames = tuple(frames)


_KINDS: Mapping[str, type[WorkerError]] = {
    kind.code: kind
    for kind in (
        CallTimedOut,
        CallInterrupted,
        CallCancelled,
        ToolNotFound,
        ToolNotStreaming,
        InvalidParameters,
        ResultUnserializable,
    )
}


def error_of(said: Mapping[str, Any]) -> WorkerError:
    """Return the error that a worker's answer describes; nothing in it is believed to be there."""
    code, message = said.get("code"), encodable(str(said.get("message", "")))
    if code == ToolFailed.code:
        frames = [one for one in said.get("frames") or () if isinstance(one, dict)]
        context = said.get("context")
        kind = encodable(str(said.get("type", "Exception")))
        return ToolFailed(kind, message, frames, context if isinstance(context, dict) else None)
    kind_of = _KINDS.get(str(code), CallFailed)
    return kind_of(f"{message[:1].upper()}{message[1:]}.")
