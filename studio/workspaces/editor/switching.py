"""Ctrl+Tab: the document used before, and on while Ctrl is held."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent

from studio.workspaces.editor.recent_order import RecentOrder

if TYPE_CHECKING:
    from studio.workspaces.editor.document import Document


class Switching(QObject):
    """Keeps the order in which documents were used."""

    #: A wish: bring this document to the front.
    show_requested = Signal(object)
    #: Ctrl was let go: the document in front is the one in use.
    settled = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.order: RecentOrder[Document] = RecentOrder()

    def step(self, by: int) -> None:
        """Go to the document used before, or further back."""
        application = QCoreApplication.instance()
        if application is not None and not self.order.stepping:
            application.installEventFilter(self)
        document = self.order.step(by)
        if document is not None:
            self.show_requested.emit(document)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """While stepping, see Ctrl being let go."""
        released = event.type() == QEvent.Type.KeyRelease and isinstance(event, QKeyEvent)
        if released and self.order.stepping and _is_control(event):
            self.order.settle()
            application = QCoreApplication.instance()
            if application is not None:
                application.removeEventFilter(self)
            self.settled.emit()
        return super().eventFilter(watched, event)


def _is_control(event: QEvent) -> bool:
    return isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Control
