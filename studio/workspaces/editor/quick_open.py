"""A small overlay that finds a file by a few letters, or goes to a line of the one in front."""

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.look.appearance import Appearance
from studio.look.tokens import LIST_ROW_HEIGHT, ROW_ICON, SPACE_S, SPACE_XL, SPACE_XS
from studio.widgets.plain import PlainLabel, plain_tip
from studio.workspaces.editor.alive import start
from studio.workspaces.editor.folder_listing import kind_of
from studio.workspaces.editor.fuzzy import Found, find_paths
from studio.workspaces.editor.walk import walk

#: So many files are known of a project, and so many shown.
FILE_LIMIT: Final = 50_000
SHOWN: Final = 50
_WIDTH: Final = 560
_ROWS: Final = 12
#: Height that is not the list's: the line, the note, and air.
_AROUND: Final = 100
_PLACE: Final = re.compile(r"^(?P<name>.*?)(?::(?P<line>\d+))?(?::(?P<column>\d+))?:?$")


class QuickQuery(NamedTuple):
    """What was typed: `level:12:3`; without a name the file in front is meant."""

    name: str
    line: int | None
    column: int | None


def read_query(text: str) -> QuickQuery:
    """Take apart what was typed. Pure."""
    match = _PLACE.match(text.strip())
    if match is None:
        return QuickQuery(text, None, None)
    line, column = match["line"], match["column"]
    return QuickQuery(match["name"], int(line) if line else None, int(column) if column else None)


def known_files(root: Path, single: Path | None) -> list[str]:
    """Return the paths of a project's files, up to a limit. Blocking."""
    if single is not None:
        return [single.name]
    files: list[str] = []
    for path in walk(str(root)):
        files.append(path)
        if len(files) >= FILE_LIMIT:
            break
    return files


class QuickOpen(QFrame):
    """Lies over the top of its parent while it is open, and gives the focus back."""

    #: A file was chosen: its relative path, line and column (0 for none).
    chosen = Signal(str, int, int)
    #: A place in the file in front was chosen.
    line_chosen = Signal(int, int)
    #: It was left without a choice.
    left = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._over = parent
        self._files: Sequence[str] = ()
        self._recent: Sequence[str] = ()
        self._asked = 0
        self.setProperty("look", "popup")
        self.setAccessibleName(self.tr("Quick open"))
        self.line = QLineEdit(self)
        self.line.setPlaceholderText(self.tr("Part of a file's name, or : and a line"))
        self.line.setAccessibleName(self.tr("File or line"))
        self.list = QListWidget(self)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setIconSize(appearance.size(ROW_ICON))
        self.list.setUniformItemSizes(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.note = PlainLabel("", self)
        self.note.setProperty("look", "muted")
        self._rows = rows = QVBoxLayout(self)
        rows.setContentsMargins(SPACE_S, SPACE_S, SPACE_S, SPACE_S)
        rows.setSpacing(SPACE_S)
        for part in (self.line, self.list, self.note):
            rows.addWidget(part)
        self.line.textChanged.connect(self._search)
        self.list.itemClicked.connect(self._choose)
        self.line.installEventFilter(self)
        parent.installEventFilter(self)
        self.hide()

    def open(self, files: Sequence[str], recent: Sequence[str], text: str = "") -> None:
        """Show the overlay; `recent` files come first while nothing is typed."""
        self._files, self._recent = files, recent
        self._place()
        self.show()
        self.raise_()
        self.line.setText(text)
        self.line.setFocus()
        self._search()

    def set_files(self, files: Sequence[str]) -> None:
        """Take the files that are known by now."""
        self._files = files
        if self.isVisible():
            self._search()

    def leave(self) -> None:
        """Close without a choice."""
        if self.isVisible():
            self.hide()
            self.left.emit()

    def _place(self) -> None:
        parent = self._over
        width = min(_WIDTH, parent.width() - SPACE_XL)
        rows = max(1, min(_ROWS, self.list.count())) * LIST_ROW_HEIGHT + SPACE_XS
        self.list.setFixedHeight(min(rows, max(LIST_ROW_HEIGHT, parent.height() - _AROUND)))
        self.list.setVisible(self.list.count() > 0)
        height = self._rows.totalSizeHint().height()
        self.setGeometry((parent.width() - width) // 2, SPACE_S, width, height)

    def _search(self) -> None:
        query = read_query(self.line.text())
        self._asked += 1
        if (not query.name and query.line is not None) or self.line.text().startswith(":"):
            self._show((), self.tr("Return goes to that line."))
        elif not query.name:
            rest = [path for path in self._files if path not in set(self._recent)]
            self._show([Found(p, (), 0) for p in [*self._recent, *rest][:SHOWN]], "")
        else:
            start(self, self._find(query.name, self._asked))

    async def _find(self, name: str, asked: int) -> None:
        found = await asyncio.to_thread(find_paths, name, self._files, SHOWN)
        if shiboken6.isValid(self) and asked == self._asked:
            self._show(found, "" if found else self.tr("No file of this project has that name."))

    def _show(self, found: Sequence[Found], note: str) -> None:
        self.list.clear()
        for one in found:
            folder, _, name = one.path.rpartition("/")
            item = QListWidgetItem(f"{name}   {folder}" if folder else name)
            item.setIcon(self._appearance.icon(kind_of(name).value, "muted"))
            item.setData(Qt.ItemDataRole.UserRole, one.path)
            item.setToolTip(plain_tip(one.path))
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        if len(self._files) >= FILE_LIMIT:
            note = note or self.tr("Only the first {0} files are known.").format(f"{FILE_LIMIT:,}")
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self._place()

    def _choose(self) -> None:
        query = read_query(self.line.text())
        item = self.list.currentItem()
        line, column = query.line or 0, query.column or 0
        if self.list.count():
            self.hide()
            self.chosen.emit(str(item.data(Qt.ItemDataRole.UserRole)), line, column)
        elif line:
            self.hide()
            self.line_chosen.emit(line, column)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Arrows move in the list, Return chooses, Escape leaves; a resized parent moves it."""
        kind, on_line = event.type(), watched == self.line
        if watched == self._over and kind == QEvent.Type.Resize and self.isVisible():
            self._place()
        if on_line and kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._take_key(Qt.Key(event.key()))
        if on_line and kind == QEvent.Type.FocusOut:
            self.hide()  # the focus went where someone put it, and stays there
        return super().eventFilter(watched, event)

    def _take_key(self, key: Qt.Key) -> bool:
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: _ROWS,
            Qt.Key.Key_PageUp: -_ROWS,
        }
        if key in steps:
            row = self.list.currentRow() + steps[key]
            self.list.setCurrentRow(max(0, min(self.list.count() - 1, row)))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose()
        elif key == Qt.Key.Key_Escape:
            self.leave()
        else:
            return False
        return True
