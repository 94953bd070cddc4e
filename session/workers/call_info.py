"""What is known of a call that is under way."""

from typing import NamedTuple


class CallInfo(NamedTuple):
    """A call under way, for whoever wants to show or interrupt it. `began`: seconds, epoch."""

    id: int
    command: str
    session_id: str | None
    correlation_id: str | None
    began: float
