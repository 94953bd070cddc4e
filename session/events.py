"""Facts that a session announces, in the past tense. Plain data, so that they can travel.

Subscribers are told that the log grew and pull what they want by cursor; there is never one
event a line.
"""

from typing import NamedTuple

from session.exit_info import ExitInfo
from session.log.entry import Stream
from session.run_id import RunId
from session.state import SessionState


class RunStarted(NamedTuple):
    """Play was pressed and a run exists; its log can be read from now on."""

    run_id: RunId


class StateChanged(NamedTuple):
    """The session moved. `seq` is the change's place in the run's log."""

    run_id: RunId
    seq: int
    at: float
    before: SessionState
    after: SessionState
    cause: str


class LogGrew(NamedTuple):
    """The run's log has entries up to `last_seq`."""

    run_id: RunId
    last_seq: int


class TailChanged(NamedTuple):
    """The unfinished line of one of the program's streams is different now."""

    run_id: RunId
    stream: Stream


class ProgressChanged(NamedTuple):
    """The program has said how far it is: `fraction` 0 to 1, None where it does not know."""

    run_id: RunId
    fraction: float | None
    text: str


class StopRequested(NamedTuple):
    """Someone asked the run to stop; `force` skips the grace."""

    run_id: RunId
    force: bool


class TriggerDropped(NamedTuple):
    """A trigger of an older run arrived late and was not applied."""

    run_id: RunId
    trigger: str


class RunEnded(NamedTuple):
    """The run is over, every process of it is gone, and its record is complete."""

    run_id: RunId
    state: SessionState
    exit: ExitInfo
    duration_s: float


SessionEvent = (
    RunStarted
    | StateChanged
    | LogGrew
    | TailChanged
    | ProgressChanged
    | StopRequested
    | TriggerDropped
    | RunEnded
)
