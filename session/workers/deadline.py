"""One deadline for a whole call, from which every inner time limit follows. Pure but for a clock.

Seven limits that know nothing of each other end in the wrong order. Here the outermost is given
once, and whatever lies within takes what remains, less a margin for the way back.
"""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, Self, TypeVar

from session.errors import SessionError

#: What a worker is given less than the caller waits, in seconds: for the answer to be made …
WORKER_MARGIN_S: Final = 1.0
#: … and for it to come back through the pool.
RETURN_MARGIN_S: Final = 0.2
#: No inner limit is shorter, in seconds: a call that is out of time fails by its own limit.
LEAST_S: Final = 0.001

_T = TypeVar("_T")


class DeadlineExceeded(SessionError):
    """A call took longer than its caller would wait."""

    code = "deadline-exceeded"

    def __init__(self, what: str, seconds: float) -> None:
        super().__init__(
            f"{what} took longer than {seconds:g} s.",
            "Give it more time, or ask for less at once.",
        )
        self.seconds = seconds


class Timeouts(NamedTuple):
    """What a profile allows, in seconds; `math.inf` is no limit.

    `call`: one call; `stream`: one call whose result comes in parts; `queue`: waiting for a worker.
    """

    call: float
    stream: float
    queue: float


PROFILES: Final[Mapping[str, Timeouts]] = {
    "balanced": Timeouts(300, 900, 10),
    "production": Timeouts(300, 900, 10),
    "production_strict": Timeouts(60, 300, 5),
    "development": Timeouts(900, 3600, 60),
    "ml_inference": Timeouts(900, 3600, 60),
    "batch": Timeouts(3600, math.inf, 300),
}


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment of `clock` by which something has to be done; `seconds` is how long that was."""

    at: float
    seconds: float
    clock: Callable[[], float] = time.monotonic

    @classmethod
    def after(cls, seconds: float | None, clock: Callable[[], float] = time.monotonic) -> Self:
        """Return the deadline that lies `seconds` from now; None is never."""
        span = math.inf if seconds is None else max(seconds, 0.0)
        return cls(clock() + span, span, clock)

    def remaining(self) -> float:
        """Return the seconds that are left, 0 where none are; `math.inf` where it never comes."""
        return max(self.at - self.clock(), 0.0)

    @property
    def has_passed(self) -> bool:
        """Whether no time is left."""
        return self.remaining() <= 0

    def inner(self, margin_s: float = WORKER_MARGIN_S + RETURN_MARGIN_S) -> float:
        """Return the limit for what lies within: what is left less a margin, `LEAST_S` at least.

        Of a short time the margin takes half at most, so that a call of one second can be made.
        """
        left = self.remaining()
        return max(left - min(margin_s, left / 2), LEAST_S) if left < math.inf else math.inf

    def within(self, seconds: float) -> "Deadline":
        """Return the deadline of a part: `seconds` from now, and never later than this one."""
        at = min(self.at, self.clock() + seconds)
        return Deadline(at, max(at - self.clock(), 0.0), self.clock)

    async def wait_for(self, work: Awaitable[_T], what: str) -> _T:
        """Wait for `work` as long as is left; cancel it then and raise DeadlineExceeded.

        A TimeoutError of the work's own is passed on as it is.
        """
        left = self.remaining()
        limit = asyncio.timeout(None if math.isinf(left) else left)
        try:
            async with limit:
                return await work
        except TimeoutError:
            if not limit.expired():
                raise
            raise DeadlineExceeded(what, self.seconds) from None
