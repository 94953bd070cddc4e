"""From the press of Play to the run: save first, as the setting says; then play, or not."""

from typing import TYPE_CHECKING, Any, Protocol

import shiboken6
from PySide6.QtCore import QObject, Signal

from session.play_request import PlayRequest
from studio import loop
from studio.controls import Controls, controls_for
from studio.open_project import OpenProject
from studio.settings.store import SettingsStore

if TYPE_CHECKING:
    import asyncio


class Saver(Protocol):
    """What holds unsaved text; the editor does."""

    async def save_for_play(self, policy: str) -> bool:
        """Save what Play needs; False calls it off."""
        ...


class PlayFlow(QObject):
    """Play, Stop and Restart of one project."""

    #: What can be pressed is different.
    changed = Signal()

    def __init__(self, project: OpenProject, settings: SettingsStore) -> None:
        super().__init__(project)
        self._project = project
        self._settings = settings
        self._saving: asyncio.Task[Any] | None = None
        #: Saves before a run; None while nothing of the project was ever edited.
        self.saver: Saver | None = None
        project.play_requested.connect(self.play)
        project.bridge.state_changed.connect(self.changed)

    @property
    def saving(self) -> bool:
        """Whether Play was pressed and still saves: it plays as soon as it has."""
        return self._saving is not None

    @property
    def controls(self) -> Controls:
        """What can be pressed now, and what the badge says."""
        session = self._project.session
        return controls_for(
            session.state,
            stop_requested=session.stop_requested,
            saving=self.saving,
        )

    def play(self, request: PlayRequest | None = None) -> None:
        """Save, then play; a second press while saving does nothing. In mid-run: a restart."""
        if self._saving is None and not self._project.session.closed:
            self._saving = loop.begin(self._save_and_play(request))
            # Not in the task: one that is called off before it began runs none of its lines.
            self._saving.add_done_callback(self._end_saving)
            self.changed.emit()

    def restart(self) -> None:
        """Stop, then play again."""
        self.play()

    def stop(self) -> None:
        """Stop the run, now if it has been asked before; call a Play off that is still saving."""
        if self._saving is not None:
            self._saving.cancel()
        else:
            self._project.stop()

    async def _save_and_play(self, request: PlayRequest | None) -> None:
        saved = self.saver is None or await self.saver.save_for_play(
            self._settings.current.save_before_play
        )
        if saved and shiboken6.isValid(self) and not self._project.session.closed:
            self._project.play(request)

    def _end_saving(self, _: object) -> None:
        if shiboken6.isValid(self):
            self._saving = None
            self.changed.emit()
