"""Which of Play, Stop and Restart can be pressed, and what they say: one function of the state."""

from typing import NamedTuple

from session.state import SessionState, can_play, can_stop


class Controls(NamedTuple):
    """What the toolbar shows. `badge` is the state in a word, `role` the token of its colour."""

    play: bool
    stop: bool
    restart: bool
    stopping: bool
    badge: str
    role: str


_ROLES = {
    SessionState.IDLE: "muted",
    SessionState.PREPARING: "focus",
    SessionState.PREPARE_FAILED: "error",
    SessionState.CONNECTING: "focus",
    SessionState.RUNNING: "play",
    SessionState.RUNTIME_FAILED: "error",
    SessionState.STOPPED: "muted",
}


def controls_for(state: SessionState, *, stop_requested: bool) -> Controls:
    """Return the controls of a session in a state.

    Play is off while a run is under way: there Restart does what it would do.
    """
    stopping = state.active and stop_requested
    return Controls(
        play=can_play(state) and not state.active,
        stop=can_stop(state),
        restart=state.active,
        stopping=stopping,
        badge="stopping" if stopping else state.value.replace("_", " "),
        role="warning" if stopping else _ROLES[state],
    )
