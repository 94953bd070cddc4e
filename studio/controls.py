"""Which of Play, Stop and Restart can be pressed, and what they say: one function of the state."""

from typing import Final, NamedTuple

from session.state import SessionState, can_play, can_stop


class Controls(NamedTuple):
    """What the toolbar shows.

    `badge` is the state in a word, `role` the token of its colour, `sign` a glyph beside both.
    """

    play: bool
    stop: bool
    restart: bool
    stopping: bool
    badge: str
    role: str
    sign: str


class _Shown(NamedTuple):
    word: str
    role: str
    sign: str


_SHOWN: Final = {
    SessionState.IDLE: _Shown("idle", "muted", "○"),
    SessionState.PREPARING: _Shown("preparing", "link", "◐"),
    SessionState.PREPARE_FAILED: _Shown("prepare failed", "error", "✕"),
    SessionState.CONNECTING: _Shown("connecting", "link", "◑"),
    SessionState.RUNNING: _Shown("running", "play", "●"),
    SessionState.RUNTIME_FAILED: _Shown("runtime failed", "error", "✕"),
    SessionState.STOPPED: _Shown("stopped", "muted", "■"),
}
_STOPPING: Final = "stopping"
_SAVING: Final = "saving"


def controls_for(
    state: SessionState,
    *,
    stop_requested: bool,
    saving: bool = False,
) -> Controls:
    """Return the controls of a session in a state.

    Play is off while a run is under way: there Restart does what it would do. `saving`: Play
    was pressed and files are being saved for it, which Stop calls off.
    """
    stopping = state.active and stop_requested and not saving
    shown = _SHOWN[state]
    if saving:
        shown = shown._replace(word=_SAVING, role="link")
    elif stopping:
        shown = shown._replace(word=_STOPPING, role="warning")
    return Controls(
        play=can_play(state) and not state.active and not saving,
        stop=can_stop(state) or saving,
        restart=state.active and not saving,
        stopping=stopping,
        badge=shown.word,
        role=shown.role,
        sign=shown.sign,
    )
