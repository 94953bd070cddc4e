"""Whether the window may close: asked once, with everything that runs stopped first."""

from typing import TYPE_CHECKING, Final

import shiboken6
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from studio.desk import Desk
from studio.open_project import OpenProject
from studio.shell.banner import Banner
from studio.shell.projects import Opened, OpenProjects
from studio.shell.tray import Tray

if TYPE_CHECKING:  # imported late: the first frame is painted without asyncio
    import asyncio

    from studio.shell.dialogs.close_running import CloseChoice
    from studio.workspaces.editor.document import Document

#: How often it is looked whether everything has stopped, in seconds.
_LOOK_S: Final = 0.03


class Quitting(QObject):
    """Asks about runs and unsaved text, stops, waits; never blocks."""

    #: The window goes into the tray, and its programs go on.
    kept_running = Signal()

    def __init__(
        self, desk: Desk, projects: OpenProjects, tray: Tray, banner: Banner, window: QWidget
    ) -> None:
        super().__init__(window)
        self._desk = desk
        self._projects = projects
        self._tray = tray
        self._banner = banner
        self._window = window
        self._under_way = False
        #: Projects about which a question is open.
        self._closing: list[Opened] = []
        #: Quit was chosen where the runs were in sight: they are not asked about again.
        self.unasked = False
        self._waiting: asyncio.Future[None] | None = None
        banner.urged.connect(self._urge)
        banner.called_off.connect(self._call_off)

    async def may_quit(self) -> bool:
        """Ask what has to be asked, stop what runs; False: the window stays."""
        if self._under_way or self._closing:
            return False  # one question at a time
        self._under_way = True
        try:
            return await self._decide()
        finally:
            self._under_way = self.unasked = False

    async def may_close(self, opened: Opened) -> bool:
        """Ask before one project is closed; nothing has been stopped or saved on False."""
        if self._under_way or opened in self._closing:
            return False
        self._closing.append(opened)
        try:
            return await self._ask_to_close(opened)
        finally:
            self._closing.remove(opened)

    async def _ask_to_close(self, opened: Opened) -> bool:
        from studio.shell.dialogs.close_running import CloseChoice, ask_close_running

        project = opened.project
        active = project.session.state.active
        if active and self._desk.settings.current.close_while_running != "stop":
            answer = await ask_close_running(
                self._window,
                lambda: self._titles([project]),
                changed=self._projects.changed,
                can_keep=False,
            )
            if answer.choice is not CloseChoice.STOP:
                return False
        return opened.editor is None or await opened.editor.may_close()

    async def _decide(self) -> bool:
        from studio.shell.dialogs.close_running import CloseChoice

        if self._projects.running and not self.unasked:
            choice = await self._choose()
            if choice is CloseChoice.KEEP and self._tray.available():
                self.kept_running.emit()
            if choice is not CloseChoice.STOP:
                return False
        while await self._texts_are_safe():
            asked = self._texts()
            self._projects.keep_all()
            if not await self._stop_all():
                return False
            if self._texts() == asked:
                return True
        return False

    async def _choose(self) -> "CloseChoice":
        from studio.shell.dialogs.close_running import CloseChoice, ask_close_running

        setting = self._desk.settings.current.close_while_running
        can_keep = self._tray.available()
        if setting == "stop" or (setting == "keep" and can_keep):
            return CloseChoice(setting)
        answer = await ask_close_running(
            self._window,
            lambda: self._titles(self._projects.running),
            changed=self._projects.changed,
            can_keep=can_keep,
            why_not="" if can_keep else self._no_tray(),
        )
        if answer.remember and answer.choice is not CloseChoice.CANCEL:
            self._desk.settings.update(close_while_running=answer.choice.value)
        return answer.choice

    def _titles(self, projects: list[OpenProject]) -> list[str]:
        """Return the titles of those that run."""
        return [self._projects.title(one) for one in projects if one.session.state.active]

    def _no_tray(self) -> str:
        return self.tr("Keep running is not offered: this desktop has no tray to come back from.")

    def _texts(self) -> "dict[Document, int]":
        """Return the texts that are not saved, so that what is typed since can be told."""
        return {
            document: document.editor.document().revision()
            for opened in self._projects.all
            if opened.editor is not None
            for document in opened.editor.tabs.documents
            if document.modified
        }

    async def _texts_are_safe(self) -> bool:
        for opened in list(self._projects.all):
            if opened.editor is None:
                continue
            if opened.editor.unsaved:
                self._projects.bring(opened)
            if not await opened.editor.may_close():
                return False
        return True

    async def _stop_all(self) -> bool:
        """Stop every run and wait; False where that was called off."""
        import asyncio  # late: the first frame is painted without it

        running = self._projects.running
        if not running:
            return True
        self._say(running)
        self._waiting = asyncio.ensure_future(self._until_stopped())
        try:
            await self._waiting
        except asyncio.CancelledError:
            return False
        finally:
            self._waiting = None
            if shiboken6.isValid(self._banner):
                self._banner.hide()
        return True

    async def _until_stopped(self) -> None:
        """Stop whatever runs, also what is played meanwhile, until nothing does."""
        import asyncio

        while any(_may_play_on(one) for one in self._projects.all):
            for project in self._projects.running:
                if not project.session.stop_requested:  # a second time takes the grace away
                    project.stop()
            await asyncio.sleep(_LOOK_S)

    def _say(self, running: list[OpenProject]) -> None:
        if len(running) == 1:
            self._banner.say(self.tr("Stopping {0}…").format(self._projects.title(running[0])))
        else:
            self._banner.say(self.tr("Stopping {0} runs…").format(len(running)))

    def _urge(self) -> None:
        for project in self._projects.running:
            project.stop(force=True)

    def _call_off(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()


def _may_play_on(opened: Opened) -> bool:
    """Whether something runs, or begins by itself: what waits for a save or for another's end."""
    return opened.flow.saving or opened.project.session.under_way
