"""The middle of the window: the page of the project in front, or the welcome page."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from studio.desk import Desk
from studio.shell.projects import Opened, OpenProjects
from studio.shell.rooms import make_editor, make_history

if TYPE_CHECKING:
    from studio.workspaces.editor.workspace import EditorWorkspace


class Stage(QStackedWidget):
    """One editor for each open project, kept while it is open; its history beside it."""

    #: An editor or a history was made: the room and the widget.
    made = Signal(str, object)
    #: The cursor of the editor in front moved: line and column, from 1.
    cursor_moved = Signal(int, int)
    #: What is said of the file in the editor in front (`format_text`) may be different.
    format_changed = Signal()
    #: Another page is in front.
    page_changed = Signal()

    def __init__(
        self,
        desk: Desk,
        projects: OpenProjects,
        welcome: Callable[[], QWidget],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._projects = projects
        self._make_welcome = welcome
        self._welcome: QWidget | None = None
        self._empty = QWidget(self)
        self.setProperty("look", "page")
        self.addWidget(self._empty)

    @property
    def page(self) -> str:
        """What is in front: `welcome`, `editor` or `history`."""
        front = self._projects.front
        return front.page if front is not None else "welcome"

    def show_front(self) -> None:
        """Show the project in front."""
        front = self._projects.front
        widget = self._welcome_page() if front is None else self._page_of(front)
        if self.currentWidget() is not widget:
            self.setCurrentWidget(widget)
        self.page_changed.emit()

    def format_text(self) -> str:
        """Return how the file that is seen is encoded and ends its lines; "" for no file."""
        front = self._projects.front
        if front is None or front.page != "editor" or front.editor is None:
            return ""
        return front.editor.format_text

    def show_page(self, opened: Opened, page: str) -> None:
        """Turn to the editor or the history of a project."""
        opened.page = page
        if opened is self._projects.front:
            self.show_front()

    def editor_of(self, opened: Opened) -> "EditorWorkspace":
        """Return a project's editor, made now if it was never shown."""
        if opened.editor is None:
            opened.editor = make_editor(opened.project, self._desk)
            opened.flow.saver = opened.editor
            opened.editor.cursor_moved.connect(self._move_cursor)
            opened.editor.format_changed.connect(self.format_changed)
            opened.editor.current_changed.connect(self._follow_text)
            opened.editor.format_changed.connect(self._follow_text)
            self.addWidget(opened.editor)
            self.made.emit("editor", opened.editor)
            kept = self._projects.kept(opened.project).get("editor")
            if isinstance(kept, dict):
                opened.editor.restore(kept)
            else:
                opened.editor.open_first()
        return opened.editor

    def forget(self, opened: Opened) -> None:
        """Let go of a project's pages."""
        for page in (opened.editor, opened.history):
            if page is not None:
                self.removeWidget(page)
                page.deleteLater()
        opened.editor = opened.history = None

    def _page_of(self, opened: Opened) -> QWidget:
        if opened.page == "history":
            return self._history_of(opened)
        return self.editor_of(opened)

    def _history_of(self, opened: Opened) -> QWidget:
        if opened.history is None:
            opened.history = make_history(opened.project, self._desk)
            self.addWidget(opened.history)
            self.made.emit("history", opened.history)
        return opened.history

    def _welcome_page(self) -> QWidget:
        if self._welcome is None:
            self._welcome = self._make_welcome()
            self.addWidget(self._welcome)
        return self._welcome

    def _follow_text(self) -> None:
        """Another text is in front: the keyboard goes there where it had nowhere to go."""
        front = self._projects.front
        if front is None or front.editor is None or self.sender() is not front.editor:
            return
        front.editor.setFocusProxy(front.editor.current)  # type: ignore[arg-type]  # None: no longer
        nowhere = (None, self, self.window(), front.editor)
        if front.page == "editor" and self.window().focusWidget() in nowhere:
            front.editor.focus_editor()

    def _move_cursor(self, line: int, column: int) -> None:
        front = self._projects.front
        if front is not None and self.sender() is front.editor:
            self.cursor_moved.emit(line, column)
