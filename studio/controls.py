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
    SessionState.PREPARING: "link",
    SessionState.PREPARE_FAILED: "error",
    SessionState.CONNECTING: "link",
    SessionState.RUNNING: "play",
    SessionState.RUNTIME_FAILED: "error",
    SessionState.STOPPED: "muted",
}


def controls_for(state: SessionState, *, stop_requested: bool, saving: bool = False) -> Controls:
    """Return the controls of a session in a state.

    Play is off while a run is under way: there Restart does what it would do. `saving`: Play
    was pressed and files are being saved for it, which Stop calls off.
    """
    stopping = state.active and stop_requested and not saving
    return Controls(
        play=can_play(state) and not state.active and not saving,
        stop=can_stop(state) or saving,
        restart=state.active and not saving,
        stopping=stopping,
        badge=_badge(state, stopping=stopping, saving=saving),
        role="link" if saving else "warning" if stopping else _ROLES[state],
    )


def _badge(state: SessionState, *, stopping: bool, saving: bool) -> str:
    if saving:
        return "saving"
    return "stopping" if stopping else state.value.replace("_", " ")
