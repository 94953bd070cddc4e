"""Asks the user, in the window, for what projects lack before they are played; remembers it."""

import asyncio
from collections.abc import Sequence

import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from session.log.entry import Severity
from session.ports import Prepared
from session.rights import Question
from studio.open_project import OpenProject
from studio.shell.dialogs.permission_sheet import PermissionSheet, Reply


class Consent(QObject):
    """Shows one project's sheet over the window, for as long as the project is open."""

    def __init__(self, project: OpenProject, window: QWidget) -> None:
        super().__init__(project)
        self._window = window
        self._project = project
        project.session.consent = self._ask

    async def _ask(self, prepared: Prepared) -> Sequence[Question] | None:
        """Ask and wait; a Stop cancels this, and the sheet goes."""
        project = self._project
        sheet = PermissionSheet(
            project.title if prepared.own else prepared.title,
            prepared.questions,
            own=prepared.own,
            parent=self._window,
        )
        project.asking = True
        try:
            reply = await _reply_of(sheet)
        finally:
            project.asking = False
        if reply.remember and reply.allowed is not None:
            await self._keep(prepared, reply.allowed)
        return reply.allowed

    async def _keep(self, prepared: Prepared, allowed: Sequence[Question]) -> None:
        try:
            await asyncio.to_thread(_remember, self._project, prepared, allowed)
        except OSError as error:
            self._project.notices.post(
                self.tr("The answer could not be kept: {0}.").format(error.strerror or error),
                Severity.WARNING,
                self.tr("It holds for this run; the next Play asks again."),
            )


async def _reply_of(sheet: PermissionSheet) -> Reply:
    """Show a sheet and wait for its answer."""
    answered: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()

    def settle(reply: Reply) -> None:
        if not answered.done():
            answered.set_result(reply)

    sheet.finished.connect(lambda _: settle(sheet.reply()))
    sheet.destroyed.connect(lambda: settle(Reply(None, remember=False)))
    sheet.show()
    try:
        return await answered
    finally:
        if shiboken6.isValid(sheet):
            sheet.hide()
            sheet.deleteLater()


def _remember(project: OpenProject, prepared: Prepared, allowed: Sequence[Question]) -> None:
    """Keep the answers. Blocking, a little; raises OSError where they cannot be kept."""
    store, key = project.service.grants, prepared.grant_key
    for question in prepared.questions:
        keep = store.add if question in allowed else store.refuse
        keep(key, question.grant, project.path)
