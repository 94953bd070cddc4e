"""How a cell is made to end: asked, asked again, killed. Given a clock; no process in it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ASK, KILL = "ask", "kill"


class Ladder:
    """The steps that lie before a cell which is to end. Times are seconds of one clock.

    `reason` is the limit that it went over; None where a user has cancelled it.
    """

    def __init__(
        self, now: float, again_s: float, grace_s: float, reason: dict[str, Any] | None = None
    ) -> None:
        self.reason = reason
        end = now + grace_s
        self._steps = [(at, ASK) for at in (now, now + again_s) if at < end] + [(end, KILL)]

    @property
    def next_at(self) -> float | None:
        """When the next step is due."""
        return self._steps[0][0] if self._steps else None

    def due(self, now: float) -> str | None:
        """Return the step to take now, once."""
        if not self._steps or self._steps[0][0] > now:
            return None
        return self._steps.pop(0)[1]

    def hurry(self, now: float) -> None:
        """Have it killed now."""
        self._steps = [(now, KILL)]
