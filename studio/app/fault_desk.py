"""Tells of the studio's own faults: a notice for each, and one dialog at a time."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from session.log.entry import Severity
from studio.app.crash_dialog import CrashDialog
from studio.app.crash_report import Fault, FaultCatcher
from studio.desk import Desk
from studio.notices import NoticeAction
from studio.reports import reports_folder


class FaultDesk(QObject):
    """Listens to a catcher; the first fault opens the dialog, later ones are counted in it."""

    def __init__(self, catcher: FaultCatcher, desk: Desk, window: QWidget) -> None:
        super().__init__(catcher)
        self._desk = desk
        self._window = window
        self._dialog: CrashDialog | None = None
        catcher.caught.connect(self._tell)
        catcher.repeated.connect(self._count)

    def _tell(self, fault: Fault) -> None:
        kept = self.tr("The report is {0}.").format(fault.kept)
        goes_on = self.tr("What is open and running goes on.")
        self._desk.notices.post(
            self.tr("Something inside Playhead went wrong: {0}").format(fault.sentence),
            Severity.ERROR,
            f"{goes_on} {kept if fault.kept else fault.report}",
            (NoticeAction(self.tr("Show the report"), lambda: self._show(fault)),),
        )
        if self._open():
            self._count()
        else:
            self._show(fault)

    def _count(self) -> None:
        if self._dialog is not None and self._open():
            self._dialog.count_later()

    def _show(self, fault: Fault) -> None:
        if self._dialog is not None and self._open():
            self._dialog.close()
        parent = self._window if isValid(self._window) else None
        self._dialog = CrashDialog(fault, reports_folder(), self._desk.appearance, parent)
        self._dialog.show()

    def _open(self) -> bool:
        return self._dialog is not None and isValid(self._dialog) and self._dialog.isVisible()
