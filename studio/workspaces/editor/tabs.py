"""The tabs of open documents: names that tell them apart, a mark for what is not saved."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QTabBar, QTabWidget, QWidget

from studio.look.appearance import Appearance
from studio.widgets.icon_button import IconButton
from studio.widgets.plain import plain_tip
from studio.workspaces.editor.document import Document
from studio.workspaces.editor.tab_name import tab_names

#: Stands behind the name of what is not saved.
_MARK = "●"


class Tabs(QTabWidget):
    """One page a document, in an order that can be dragged."""

    #: A wish: close this document.
    close_requested = Signal(object)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.setDocumentMode(True)
        self.setMovable(True)
        self.setElideMode(Qt.TextElideMode.ElideMiddle)
        self.setUsesScrollButtons(True)
        self.tabBar().setAccessibleName(self.tr("Open files"))
        self.tabBar().setExpanding(False)
        self.tabBar().installEventFilter(self)

    @property
    def documents(self) -> Sequence[Document]:
        """The documents in the order of their tabs."""
        pages = (self.widget(at) for at in range(self.count()))
        return [page for page in pages if isinstance(page, Document)]

    @property
    def current(self) -> Document | None:
        """The document in front."""
        page = self.currentWidget()
        return page if isinstance(page, Document) else None

    def add(self, document: Document, *, last: bool) -> None:
        """Add a tab behind the one in front, or behind all."""
        before = self.count() if last else self.currentIndex() + 1
        at = self.insertTab(before, document, document.name)
        button = IconButton(self._appearance, "close", self.tr("Close"), self.tabBar())
        button.describe(self.tr("Close tab"), "Ctrl+W")
        button.setAccessibleName(self.tr("Close {0}").format(document.name))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda *_: self.close_requested.emit(document))
        self.tabBar().setTabButton(at, QTabBar.ButtonPosition.RightSide, button)
        self.rename()

    def rename(self) -> None:
        """Show the names and marks of now."""
        documents = self.documents
        names = tab_names([d.path or Path(d.name) for d in documents])
        for document, name in zip(documents, names, strict=True):
            at = self.indexOf(document)
            text = (f"{name} {_MARK}" if document.modified else name).replace("&", "&&")
            if self.tabText(at) != text:
                self.setTabText(at, text)
            state = self.tr("not saved") if document.modified else ""
            where = str(document.path or document.name)
            self.setTabToolTip(at, plain_tip(f"{where}\n{state}".strip()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """A click with the middle button closes a tab."""
        if (
            event.type() == QEvent.Type.MouseButtonRelease
            and isinstance(event, QMouseEvent)
            and event.button() == Qt.MouseButton.MiddleButton
            and watched is self.tabBar()
        ):
            page = self.widget(self.tabBar().tabAt(event.position().toPoint()))
            if isinstance(page, Document):
                self.close_requested.emit(page)
                return True
        return super().eventFilter(watched, event)
