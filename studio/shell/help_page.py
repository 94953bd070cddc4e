"""The help: bundled pages with an index and find. Links to actions are wishes."""

from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QDesktopServices,
    QKeySequence,
    QShortcut,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QTextBrowser,
    QTextEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from resources import help_names, help_page
from studio.desk import Desk
from studio.look.tokens import ROW_HEIGHT, SPACE_L, SPACE_M, SPACE_S
from studio.shell.dialogs.fitting import resize_within_screen
from studio.shell.help_text import Heading, headings_of, show_page, slug, title_of
from studio.shell.text_label import TextLabel

_WIDTH, _HEIGHT = 940, 640
_INDEX_WIDTH = 230
_PAGE, _ANCHOR = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1


class _Page(NamedTuple):
    name: str
    title: str
    markdown: str
    folder: Path


class Match(NamedTuple):
    """A place where what is searched for stands: page, start and length."""

    page: str
    start: int
    length: int


def read_pages() -> list[_Page]:
    """Return the bundled pages in the order of reading; one that is missing is left out."""
    found = []
    for name in help_names():
        try:
            path = help_page(name)
            markdown = path.read_text(encoding="utf-8")
        except (KeyError, OSError):
            continue
        found.append(_Page(name, title_of(markdown, name), markdown, path.parent))
    return found


class HelpDialog(QDialog):
    """Pages beside an index of their headings. It is not modal: help is read while working."""

    #: A link names an action (its id), such as `run.play`.
    action_requested = Signal(str)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._pages = {page.name: page for page in read_pages()}
        self._documents: dict[str, QTextDocument] = {}
        #: The index by page and anchor.
        self._items: dict[tuple[str, str], QTreeWidgetItem] = {}
        self._matches: list[Match] = []
        self._at = -1
        self.page = ""
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Help"))
        resize_within_screen(self, _WIDTH, _HEIGHT)
        self.index = QTreeWidget()
        self.browser = QTextBrowser()
        self.search = QLineEdit()
        self.count = TextLabel("", "muted")
        self._lay_out()
        self._make_documents()
        self._fill_index()
        self._connect()
        self.open_page(next(iter(self._pages), ""))

    def open_page(self, name: str, anchor: str = "") -> None:
        """Show a page, from its top or from a heading."""
        if name in self._pages and name != self.page:
            self.page = name
            self.browser.setDocument(self._documents[name])
            self.browser.setSearchPaths([str(self._pages[name].folder)])
            self._show_matches()
        if name in self._pages:
            headings = headings_of(self._documents[name])
            wanted = next((one for one in headings if slug(one.text) == anchor), None)
            self._go_to(wanted.position if wanted else 0)
            self._follow_index(name, wanted)

    def find_next(self, step: int = 1) -> None:
        """Go to the next place of what is searched for, on whichever page it stands."""
        if self._matches:
            self._at = (self._at + step) % len(self._matches)
            match = self._matches[self._at]
            self.open_page(match.page)
            self._show_matches()
            self._go_to(match.start)

    # What is shown.

    def _make_documents(self) -> None:
        for name, page in self._pages.items():
            document = self._documents.setdefault(name, QTextDocument(self))
            document.setDefaultFont(self.font())
            show_page(document, page.markdown, self._desk.appearance)

    def _repaint(self) -> None:
        """Follow the theme; what is read stays where it is."""
        bar = self.browser.verticalScrollBar()
        value = bar.value()
        self._make_documents()
        self._show_matches()
        bar.setValue(value)

    def _fill_index(self) -> None:
        for name, page in self._pages.items():
            top = self._item(name, page.title, "")
            self.index.addTopLevelItem(top)
            for heading in headings_of(self._documents[name]):
                if heading.level > 1:
                    top.addChild(self._item(name, heading.text, slug(heading.text)))
        self.index.expandAll()
        if not self._pages:
            self.browser.setPlainText(self.tr("The help pages are missing in this installation."))

    def _item(self, page: str, text: str, anchor: str) -> QTreeWidgetItem:
        item = self._items[page, anchor] = QTreeWidgetItem([text])
        item.setToolTip(0, text)
        item.setSizeHint(0, QSize(0, ROW_HEIGHT))
        item.setData(0, _PAGE, page)
        item.setData(0, _ANCHOR, anchor)
        return item

    def _follow_index(self, name: str, heading: Heading | None) -> None:
        item = self._items.get((name, slug(heading.text) if heading else ""))
        if item is not None:
            self.index.setCurrentItem(item)

    def _go_to(self, position: int) -> None:
        cursor = QTextCursor(self.browser.document())
        self.browser.verticalScrollBar().setValue(self.browser.verticalScrollBar().maximum())
        cursor.setPosition(position)
        self.browser.setTextCursor(cursor)  # from below: the place comes to the top
        if position == 0:
            self.browser.verticalScrollBar().setValue(0)

    # What is searched for.

    def _search(self) -> None:
        text = self.search.text().strip()
        self._matches = [
            match
            for name in self._pages
            for match in _matches_in(self._documents[name], name, text)
        ]
        here = [at for at, match in enumerate(self._matches) if match.page == self.page]
        self._at = (here[0] if here else 0) - 1
        self._show_matches()
        if self._matches:
            self.find_next()

    def _show_matches(self) -> None:
        tokens = self._desk.appearance.tokens
        marks = []
        for at, match in enumerate(self._matches):
            if match.page == self.page:
                mark = QTextEdit.ExtraSelection()
                cursor = QTextCursor(self.browser.document())
                cursor.setPosition(match.start)
                cursor.setPosition(match.start + match.length, QTextCursor.MoveMode.KeepAnchor)
                mark.cursor = cursor
                mark.format.setBackground(QColor(tokens.selection))
                mark.format.setFontUnderline(at == self._at)
                marks.append(mark)
        self.browser.setExtraSelections(marks)
        self._say_count()

    def _say_count(self) -> None:
        if not self.search.text().strip():
            text = ""
        elif not self._matches:
            text = self.tr("Not found")
        else:
            text = self.tr("{0} of {1}").format(self._at + 1, len(self._matches))
        self.count.setText(text)

    # What happens.

    def _connect(self) -> None:
        self.index.currentItemChanged.connect(self._open_item)
        self.browser.anchorClicked.connect(self.follow_link)
        self.search.textChanged.connect(self._search)
        self.search.returnPressed.connect(self.find_next)
        self._desk.appearance.changed.connect(self._repaint)
        keys = QKeySequence.StandardKey
        for key, act in (
            (keys.Find, self._go_to_search),
            (keys.FindNext, self.find_next),
            (keys.FindPrevious, self._find_previous),
        ):
            QShortcut(QKeySequence(key), self).activated.connect(act)

    def _find_previous(self) -> None:
        self.find_next(-1)

    def _go_to_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _open_item(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            self.open_page(item.data(0, _PAGE), item.data(0, _ANCHOR))

    def follow_link(self, url: QUrl) -> None:
        """Go where a link leads: an action, another page, a heading, or the web."""
        if url.scheme() == "action":
            self.action_requested.emit(url.path())
        elif url.scheme() in ("http", "https"):
            QDesktopServices.openUrl(url)
        else:
            name = Path(url.path()).stem or self.page
            self.open_page(name, url.fragment())

    # How it is laid out.

    def _lay_out(self) -> None:
        self.index.setHeaderHidden(True)
        self.index.setFixedWidth(_INDEX_WIDTH)
        self.index.setRootIsDecorated(False)
        self.index.setAccessibleName(self.tr("Help pages"))
        self.browser.setOpenLinks(False)
        self.browser.setAccessibleName(self.tr("Help text"))
        self.browser.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.search.setPlaceholderText(self.tr("Find in the help"))
        self.search.setAccessibleName(self.tr("Find in the help"))
        self.search.setClearButtonEnabled(True)
        self.count.setWordWrap(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_M)
        head = QHBoxLayout()
        head.setSpacing(SPACE_S)
        head.addWidget(self.search, 1)
        head.addWidget(self.count)
        column.addLayout(head)
        middle = QHBoxLayout()
        middle.setSpacing(SPACE_L)
        middle.addWidget(self.index)
        middle.addWidget(self.browser, 1)
        column.addLayout(middle, 1)
        close = QPushButton(self.tr("Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.close)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(close)
        column.addLayout(foot)


def _matches_in(document: QTextDocument, name: str, text: str) -> list[Match]:
    found: list[Match] = []
    cursor = document.find(text, 0) if text else QTextCursor()
    while not cursor.isNull():
        found.append(Match(name, cursor.selectionStart(), len(cursor.selectedText())))
        cursor = document.find(text, cursor)
    return found
