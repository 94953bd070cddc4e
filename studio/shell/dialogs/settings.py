"""The settings, page by page. Every change is in force at once; there is nothing to confirm."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from studio.desk import Desk
from studio.look.tokens import ROW_ICON, SPACE_L, SPACE_M, SPACE_S
from studio.shell.dialogs.code_preview import CodePreview
from studio.shell.dialogs.fitting import resize_within_screen
from studio.shell.dialogs.keyboard_page import KeyboardPage
from studio.shell.dialogs.problem_label import ProblemLabel
from studio.shell.dialogs.setting_items import SettingPage, setting_pages
from studio.shell.dialogs.setting_row import SettingRow
from studio.shell.dialogs.shortcut_choice import Shortcuts
from studio.shell.text_label import TextLabel

_WIDTH, _HEIGHT = 840, 580
_LIST_WIDTH = 170


class _Section(QWidget):
    """One page: its title and what is on it."""

    def __init__(self, page: SettingPage, rows: list[SettingRow]) -> None:
        super().__init__()
        self.page = page
        self.rows = rows
        self.keyboard: KeyboardPage | None = None
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, SPACE_L)
        self.column.setSpacing(0)
        self.column.addWidget(TextLabel(page.title, "heading"))
        for row in rows:
            self.column.addWidget(row)

    def show_matching(self, words: list[str]) -> bool:
        """Show what matches; whether there is any. A page's own title stands for all of it."""
        whole = all(word in self.page.title.casefold() for word in words)
        found = 0
        for row in self.rows:
            fits = whole or row.item.matches(words)
            row.setVisible(fits)
            found += fits
        if self.keyboard is not None:
            found += self.keyboard.show_matching([] if whole else words)
        return found > 0


class SettingsDialog(QDialog):
    """Pages on the left, settings on the right; the search field finds settings and actions."""

    def __init__(self, desk: Desk, shortcuts: Shortcuts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Settings"))
        resize_within_screen(self, _WIDTH, _HEIGHT)
        self.search = QLineEdit()
        self.pages = QListWidget()
        self._scroll = QScrollArea()
        self._none = TextLabel(self.tr("Nothing matches. Try another word."), "muted")
        self.rows: dict[str, SettingRow] = {}
        self._sections = [self._make_section(page) for page in setting_pages()]
        self.keyboard = self._add_keyboard(shortcuts)
        self._lay_out()
        self._fill_pages()
        self.search.textChanged.connect(self._show_matching)
        self.pages.currentRowChanged.connect(self._show_page)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.activated.connect(self._go_to_search)
        desk.appearance.changed.connect(self._paint_icons)
        self.pages.setCurrentRow(0)
        self.search.setFocus()

    def open_page(self, name: str) -> None:
        """Show a page by its name, such as `keyboard`."""
        self.search.clear()
        names = [section.page.name for section in self._sections]
        self.pages.setCurrentRow(names.index(name))

    def shown_sections(self) -> list[str]:
        """Return the names of the pages that are shown now."""
        return [one.page.name for one in self._sections if one.isVisibleTo(self)]

    def _make_section(self, page: SettingPage) -> _Section:
        rows = [SettingRow(item, self._desk) for item in page.items]
        self.rows |= {row.item.key: row for row in rows}
        section = _Section(page, rows)
        if page.name == "appearance":
            section.column.addWidget(CodePreview(self._desk))
        return section

    def _add_keyboard(self, shortcuts: Shortcuts) -> KeyboardPage:
        section = next(one for one in self._sections if one.page.name == "keyboard")
        section.keyboard = KeyboardPage(self._desk, shortcuts)
        section.column.addSpacing(SPACE_S)
        section.column.addWidget(section.keyboard, 1)
        return section.keyboard

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_M)
        self.search.setPlaceholderText(self.tr("Search settings and actions"))
        self.search.setAccessibleName(self.tr("Search settings and actions"))
        self.search.setClearButtonEnabled(True)
        column.addWidget(self.search)
        trouble = ProblemLabel(self._desk.appearance)
        trouble.show_problem(" ".join(self._desk.settings.problems))
        column.addWidget(trouble)
        middle = QHBoxLayout()
        middle.setSpacing(SPACE_L)
        self.pages.setFixedWidth(_LIST_WIDTH)
        self.pages.setAccessibleName(self.tr("Pages"))
        middle.addWidget(self.pages)
        middle.addWidget(self._scroll, 1)
        column.addLayout(middle, 1)
        close = QPushButton(self.tr("Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.addWidget(TextLabel(self.tr("Changes are in force at once."), "muted"), 1)
        foot.addWidget(close)
        column.addLayout(foot)
        self._fill_scroll()

    def _fill_scroll(self) -> None:
        inside = QWidget()
        stack = QVBoxLayout(inside)
        stack.setContentsMargins(0, 0, SPACE_M, 0)
        stack.setSpacing(0)
        stack.addWidget(self._none)
        for section in self._sections:
            stack.addWidget(section, 1 if section.keyboard else 0)
        stack.addStretch(0)
        self._scroll.setWidget(inside)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def _fill_pages(self) -> None:
        for section in self._sections:
            self.pages.addItem(QListWidgetItem(section.page.title))
        self.pages.setIconSize(self._desk.appearance.size(ROW_ICON))
        self._paint_icons()

    def _paint_icons(self) -> None:
        for at, section in enumerate(self._sections):
            self.pages.item(at).setIcon(self._desk.appearance.icon(section.page.icon, "muted"))

    def _go_to_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _show_page(self, _: int) -> None:
        if self.search.text().strip():
            self.search.clear()  # shows the page
        else:
            self._show_matching()

    def _show_matching(self) -> None:
        """Show the chosen page, or, of every page, what is searched for."""
        words = self.search.text().casefold().split()
        current = self.pages.currentRow()
        found = False
        for at, section in enumerate(self._sections):
            matches = section.show_matching(words)
            section.setVisible(matches and (bool(words) or at == current))
            found = found or matches
            flags = self.pages.item(at).flags()
            usable = flags | Qt.ItemFlag.ItemIsEnabled
            self.pages.item(at).setFlags(usable if matches else flags & ~Qt.ItemFlag.ItemIsEnabled)
        self._none.setVisible(not found)
        self._scroll.verticalScrollBar().setValue(0)
