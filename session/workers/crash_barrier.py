"""What is done about a worker that crashed: which kind it was, whether its call is tried again,
and for how long the place where it happened is marked. Pure, but for the record of marks.
"""

import re
import signal as signals
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Literal, NamedTuple

from session.workers.telemetry import Emit, emit_nothing


class CrashKind(StrEnum):
    """What brought a worker down. Unknown says unknown."""

    SEGFAULT = "segfault"
    OOM = "oom"
    ABORT = "abort"
    GPU = "gpu"
    UNKNOWN = "unknown"


_BY_SIGNAL: Final = {
    signals.SIGSEGV: CrashKind.SEGFAULT,
    signals.SIGBUS: CrashKind.SEGFAULT,
    signals.SIGABRT: CrashKind.ABORT,
    signals.SIGKILL: CrashKind.OOM,
}
#: Words of a driver's last sentence.
_GPU: Final = re.compile(r"\b(cuda|cudnn|cublas|nccl|gpu|nvrm|hip|rocm)", re.IGNORECASE)


class CrashFacts(NamedTuple):
    """What is known of an exit. A shell's 139 and Python's -11 are both read as the signal.

    `reason` is what it said last. `out_of_memory` is what the kernel says about a SIGKILL; None:
    nothing is known.
    """

    code: int | None = None
    signal: int | None = None
    reason: str = ""
    out_of_memory: bool | None = None


def classify_crash(facts: CrashFacts) -> CrashKind:
    """Say what kind of crash it was."""
    if _GPU.search(facts.reason):
        return CrashKind.GPU
    number = _signal_of(facts)
    found = next((kind for known, kind in _BY_SIGNAL.items() if known == number), None)
    if found is None or (found is CrashKind.OOM and facts.out_of_memory is False):
        return CrashKind.UNKNOWN
    return found


def _signal_of(facts: CrashFacts) -> int | None:
    if facts.signal is not None or facts.code is None:
        return facts.signal
    if facts.code < 0:
        return -facts.code
    return facts.code - 128 if facts.code > 128 else None


@dataclass(frozen=True, slots=True)
class CrashPolicy:
    """What is done after a crash. Times are seconds.

    `retry`: `idempotent` tries a call again that says it may be made twice, `always` each one,
    `never` none. Crashes of a kind in `mark_on`, or with a code in `mark_codes`, mark the place.
    """

    enabled: bool = False
    retry: Literal["idempotent", "always", "never"] = "idempotent"
    max_restarts: int = 1
    taint_s: float = 60.0
    backoff_s: tuple[float, ...] = (0.05, 0.1, 0.2)
    mark_on: frozenset[CrashKind] = frozenset({CrashKind.SEGFAULT, CrashKind.OOM, CrashKind.GPU})
    mark_codes: frozenset[int] = frozenset()


class CrashDecision(NamedTuple):
    """What is to be done: the call again after `delay_s`, or not; the place marked, or not."""

    kind: CrashKind
    retry: bool
    delay_s: float
    taint: bool


def after_crash(
    policy: CrashPolicy, facts: CrashFacts, *, attempt: int, idempotent: bool
) -> CrashDecision:
    """Decide about a crash in the `attempt` (from 0) at a call."""
    kind = classify_crash(facts)
    if not policy.enabled:
        return CrashDecision(kind, retry=False, delay_s=0.0, taint=False)
    willing = policy.retry == "always" or (policy.retry == "idempotent" and idempotent)
    waits = policy.backoff_s or (0.0,)
    return CrashDecision(
        kind,
        retry=willing and attempt < policy.max_restarts,
        delay_s=waits[min(attempt, len(waits) - 1)],
        taint=kind in policy.mark_on or facts.code in policy.mark_codes,
    )


@dataclass(frozen=True, slots=True)
class Taint:
    """A mark: something crashed here, at `crashed_at`, and nothing is sent here until `until`."""

    kind: CrashKind
    crashed_at: float
    until: float
    code: int | None = None
    device: str | None = None
    restart_consumed: bool = False


class TaintRegistry:
    """Remembers marks by place: a worker's id, or a device. May be asked from any thread."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, emit: Emit = emit_nothing
    ) -> None:
        self._clock, self._emit = clock, emit
        self._lock = threading.Lock()
        self._taints: dict[str, Taint] = {}

    def taint(
        self, place: str, kind: CrashKind, seconds: float, facts: CrashFacts, device: str = ""
    ) -> Taint:
        """Mark a place for some time; a mark that lasts longer is not made shorter."""
        now = self._clock()
        with self._lock:
            before = self._living(place)
            until = max(now + seconds, before.until if before else now)
            mark = Taint(kind, now, until, facts.code, device or None)
            self._taints[place] = mark
        self._emit("worker.tainted", worker_id=place, kind=kind.value, duration_s=seconds)
        return mark

    def get(self, place: str) -> Taint | None:
        """Return the mark of a place, None where there is none or its time is over."""
        with self._lock:
            return self._living(place)

    def is_tainted(self, place: str) -> bool:
        """Whether nothing should be sent there now."""
        return self.get(place) is not None

    def consume_restart(self, place: str) -> bool:
        """Take the one restart that a mark allows: True for whoever comes first, never again."""
        with self._lock:
            mark = self._living(place)
            if mark is None or mark.restart_consumed:
                return False
            self._taints[place] = replace(mark, restart_consumed=True)
            return True

    def clear(self, place: str) -> bool:
        """Take a mark away; whether there was one."""
        with self._lock:
            return self._taints.pop(place, None) is not None

    def _living(self, place: str) -> Taint | None:
        mark = self._taints.get(place)
        if mark is not None and mark.until <= self._clock():
            del self._taints[place]
            return None
        return mark
