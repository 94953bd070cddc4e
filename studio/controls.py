"""Which of Play, Stop and Restart can be pressed, and what they say: one function of the state."""

from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from session.exit_info import Cause
from session.state import SessionState, can_play, can_stop

if TYPE_CHECKING:
    from session.exit_info import ExitInfo


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

    @property
    def word(self) -> str:
        """The badge in the user's language."""
        return QCoreApplication.translate("State", self.badge)


class _Shown(NamedTuple):
    word: str
    role: str
    sign: str


_SHOWN: Final = {
    SessionState.IDLE: _Shown(QT_TRANSLATE_NOOP("State", "idle"), "muted", "○"),
    SessionState.PREPARING: _Shown(QT_TRANSLATE_NOOP("State", "preparing"), "link", "◐"),
    SessionState.PREPARE_FAILED: _Shown(
        QT_TRANSLATE_NOOP("State", "prepare failed"), "error", "✕"
    ),
    SessionState.CONNECTING: _Shown(QT_TRANSLATE_NOOP("State", "connecting"), "link", "◑"),
    SessionState.RUNNING: _Shown(QT_TRANSLATE_NOOP("State", "running"), "play", "●"),
    SessionState.RUNTIME_FAILED: _Shown(
        QT_TRANSLATE_NOOP("State", "runtime failed"), "error", "✕"
    ),
    SessionState.STOPPED: _Shown(QT_TRANSLATE_NOOP("State", "stopped"), "muted", "■"),
}
#: A program that ended by itself, and well: the card and the history call it the same.
_FINISHED: Final = _Shown(QT_TRANSLATE_NOOP("State", "finished"), "muted", "✓")
_STOPPING: Final = QT_TRANSLATE_NOOP("State", "stopping")
_SAVING: Final = QT_TRANSLATE_NOOP("State", "saving")


def controls_for(
    state: SessionState,
    *,
    stop_requested: bool,
    saving: bool = False,
    ended: "ExitInfo | None" = None,
) -> Controls:
    """Return the controls of a session in a state.

    Play is off while a run is under way: there Restart does what it would do. `saving`: Play
    was pressed and files are being saved for it, which Stop calls off. `ended` is why the last
    run ended: one that ended by itself was not stopped.
    """
    stopping = state.active and stop_requested and not saving
    shown = _shown(state, ended)
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


def _shown(state: SessionState, ended: "ExitInfo | None") -> _Shown:
    """Return how a state is shown; by the rule of the card (`widgets.runs.words`)."""
    by_itself = ended is not None and ended.cause is not Cause.STOPPED_BY_USER
    return _FINISHED if state is SessionState.STOPPED and by_itself else _SHOWN[state]
