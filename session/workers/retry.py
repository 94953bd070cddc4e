"""When a failed call is tried again, and how long is waited before. Pure, but for `run`."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

from session.workers.deadline import Deadline

#: What is waited before the second, third … attempt, in seconds.
BACKOFF_S: Final = (0.1, 0.2, 0.4, 0.8, 1.6)
CAP_S: Final = 30.0
#: The share by which a wait is longer or shorter by chance, where it is.
JITTER: Final = 0.25

#: The kinds of failure that may pass by themselves.
RETRIABLE: Final = frozenset({"timeout", "unavailable", "connection_refused", "worker_crash"})

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and when. Times are seconds.

    `backoff_s` are the waits in turn; after its last each is `factor` times the one before, and
    none is longer than `cap_s`. `jitter` 0.25 makes each wait up to a quarter longer or shorter.
    `retriable` are kinds of failure, or `all`.
    """

    max_attempts: int = 3
    backoff_s: tuple[float, ...] = BACKOFF_S
    factor: float = 2.0
    cap_s: float = CAP_S
    jitter: float = 0.0
    retriable: frozenset[str] | Literal["all"] = RETRIABLE

    def __post_init__(self) -> None:
        """Refuse numbers that mean nothing: ValueError."""
        if self.max_attempts < 1 or self.factor < 1 or not 0 <= self.jitter <= 1:
            message = "at least one attempt, a factor of 1 or more, and a jitter from 0 to 1"
            raise ValueError(message)
        if not self.backoff_s or min(self.backoff_s) < 0 or self.cap_s < 0:
            message = "waits are 0 s or longer, and there is at least one"
            raise ValueError(message)

    def may_retry(self, attempt: int, kind: str) -> bool:
        """Whether a call that failed by `kind` at its `attempt` (from 1) is tried again."""
        fit = self.retriable == "all" or kind in self.retriable
        return fit and attempt < self.max_attempts

    def delay_s(self, attempt: int, chance: Callable[[], float] = random.random) -> float:
        """Return how long is waited after the failed `attempt` (from 1)."""
        listed = len(self.backoff_s)
        beyond = attempt - listed
        if beyond <= 0:
            wait = self.backoff_s[attempt - 1]
        elif self.backoff_s[-1] == 0 or self.factor == 1:
            wait = self.backoff_s[-1]
        else:  # no power of a large attempt is ever computed
            wait = self.backoff_s[-1] * self.factor ** min(beyond, 64)
        wait = min(wait, self.cap_s)
        return min(wait * (1 + self.jitter * (2 * chance() - 1)), self.cap_s)

    async def run(
        self,
        call: Callable[[int], Awaitable[_T]],
        kind_of: Callable[[Exception], str | None],
        *,
        deadline: Deadline | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        on_retry: Callable[[int, float, str], None] = lambda *_: None,
    ) -> _T:
        """Call, with the number of the attempt, until it works or is not tried again.

        `kind_of` names a failure; None: it is never tried again. What is raised is the last
        failure. Nothing is waited for beyond the deadline: then the failure comes at once.
        """
        attempt = 1
        while True:
            try:
                return await call(attempt)
            except Exception as error:
                kind = kind_of(error)
                if kind is None or not self.may_retry(attempt, kind):
                    raise
                delay = self.delay_s(attempt)
                if deadline is not None and deadline.remaining() <= delay:
                    raise
            on_retry(attempt, delay, kind)
            await sleep(delay)
            attempt += 1
