"""One call through a pool: what it is, until when, and how often it was tried."""

import itertools
import time
from dataclasses import dataclass, field
from typing import Any, Final

from session.workers.affinity import Affinity
from session.workers.deadline import Deadline
from session.workers.pool_member import Member
from session.workers.telemetry import Emit

_numbers: Final = itertools.count(1)


@dataclass(slots=True)
class PoolCall:
    """A call under way. `idempotent`: it may be made twice. `member` had it last."""

    command: str
    deadline: Deadline
    affinity: Affinity
    emit: Emit
    session_id: str | None = None
    correlation_id: str | None = None
    main_thread: bool = False
    idempotent: bool = False
    attempt: int = 0
    member: Member | None = None
    id: str = field(default_factory=lambda: str(next(_numbers)))
    began: float = field(default_factory=time.monotonic)

    def about(self, worker_id: str) -> dict[str, Any]:
        """Return what events tell of it."""
        said = {"worker_id": worker_id, "call_id": self.id, "command": self.command}
        extra = {"session_id": self.session_id, "correlation_id": self.correlation_id}
        return said | {name: value for name, value in extra.items() if value is not None}

    def options(self) -> dict[str, Any]:
        """Return what the worker is told beside command and arguments."""
        left = self.deadline.remaining()
        return {
            "timeout": None if left == float("inf") else left,
            "session_id": self.session_id,
            "correlation_id": self.correlation_id,
            "main_thread": self.main_thread,
        }

    def tell(self, name: str, worker_id: str, **more: Any) -> None:  # noqa: ANN401 - event fields
        """Announce something about it."""
        self.emit(name, **self.about(worker_id), **more)

    def tell_end(self, worker_id: str, error: BaseException | None) -> None:
        """Announce that an attempt at it is over."""
        spent = time.monotonic() - self.began
        if error is None:
            self.tell("call.finished", worker_id, duration_s=spent)
        else:
            kind = str(getattr(error, "code", type(error).__name__))
            self.tell("call.failed", worker_id, duration_s=spent, kind=kind)

    def tell_stream_end(self, worker_id: str, chunks: int, error: BaseException | None) -> None:
        """Announce that a stream is over; one whose reader left was `closed`."""
        if error is None:
            reason = "ended"
        else:
            left = isinstance(error, GeneratorExit)
            reason = "closed" if left else str(getattr(error, "code", type(error).__name__))
        spent = time.monotonic() - self.began
        self.tell("stream.closed", worker_id, duration_s=spent, chunks=chunks, reason=reason)
