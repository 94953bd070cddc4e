"""The state machine of an execution session: one table, and nothing about it elsewhere.

`stopped` is entered only when every process of the run is confirmed gone. "Stopping" is a
flag on the run, not an eighth state. Why a run ended is an `ExitInfo`, not a state.
"""

from enum import StrEnum
from typing import Final

from session.errors import IllegalTransition


class SessionState(StrEnum):
    """Where an execution session is. The values are the words users see."""

    IDLE = "idle"
    PREPARING = "preparing"
    PREPARE_FAILED = "prepare_failed"
    CONNECTING = "connecting"
    RUNNING = "running"
    RUNTIME_FAILED = "runtime_failed"
    STOPPED = "stopped"

    @property
    def active(self) -> bool:
        """Whether a run is under way, so that Stop means something."""
        return self in _ACTIVE


class Trigger(StrEnum):
    """What moves a session from one state to the next."""

    PLAY = "play"
    PREPARED = "prepared"
    CONNECTED = "connected"
    FINISHED = "finished"
    FAILED = "failed"
    STOPPED = "stopped"


_S, _T = SessionState, Trigger
_ACTIVE: Final = frozenset({_S.PREPARING, _S.CONNECTING, _S.RUNNING})

#: Every state has a row; a trigger missing from its row is illegal there.
TRANSITIONS: Final[dict[SessionState, dict[Trigger, SessionState]]] = {
    _S.IDLE: {_T.PLAY: _S.PREPARING},
    _S.PREPARING: {
        _T.PREPARED: _S.CONNECTING,
        _T.FAILED: _S.PREPARE_FAILED,
        _T.STOPPED: _S.STOPPED,
    },
    _S.CONNECTING: {
        _T.CONNECTED: _S.RUNNING,
        _T.FAILED: _S.RUNTIME_FAILED,
        _T.STOPPED: _S.STOPPED,
    },
    _S.RUNNING: {
        _T.FINISHED: _S.STOPPED,
        _T.FAILED: _S.RUNTIME_FAILED,
        _T.STOPPED: _S.STOPPED,
    },
    _S.PREPARE_FAILED: {_T.PLAY: _S.PREPARING},
    _S.RUNTIME_FAILED: {_T.PLAY: _S.PREPARING},
    _S.STOPPED: {_T.PLAY: _S.PREPARING},
}


def next_state(state: SessionState, trigger: Trigger) -> SessionState:
    """Return the state that `trigger` leads to; raise `IllegalTransition` where none does."""
    try:
        return TRANSITIONS[state][trigger]
    except KeyError:
        raise IllegalTransition(state, trigger) from None


def can_play(state: SessionState) -> bool:
    """Play is always possible: in mid-run it means stop, then play."""
    return state.active or Trigger.PLAY in TRANSITIONS[state]


def can_stop(state: SessionState) -> bool:
    """Stop is possible while a run is under way."""
    return state.active
