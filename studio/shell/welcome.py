"""What is shown while nothing is open: ways to open something, and examples that play."""

import asyncio
from functools import partial
from itertools import pairwise
from pathlib import Path

import shiboken6
from PySide6.QtCore import Qt, QTimer, Signal, SignalInstance
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QFont,
    QPainter,
    QPaintEvent,
    QPen,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from session.log.entry import Severity
from studio import loop
from studio.desk import Desk
from studio.look.tokens import CORNER, SPACE_L, SPACE_S, SPACE_XL, SPACE_XS
from studio.shell.card import Card
from studio.shell.dialogs.choose_project import choose_file, choose_folder
from studio.shell.examples import Example, list_examples, list_templates, open_copy
from studio.shell.home_folder import home_folder
from studio.shell.kind_icon import kind_icon, mark
from studio.shell.recent_projects import RecentProjects
from studio.shell.text_label import TextLabel, short_path

#: Wider than this nothing gets; the columns stay readable on any screen.
_WIDEST = 1080
_MARK = 44
#: The example that the quickstart begins with.
_FIRST_EXAMPLE = "harbour"


class WelcomePage(QScrollArea):
    """The first page. Everything on it is a wish; the window sees to it."""

    #: A folder or file is to be opened.
    open_requested = Signal(Path)
    #: The same, and played.
    play_requested = Signal(Path)
    #: A new project is to be made of a template (its name, "" for any).
    new_requested = Signal(str)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._dropping = False
        self._left_cards: list[Card] = []
        self._right_cards: list[Card] = []
        self.recent = RecentProjects(desk)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Welcome"))
        self._lay_out()
        desk.appearance.changed.connect(self._paint_mark)
        self.recent.open_requested.connect(self.open_requested)
        self.recent.changed.connect(self._take_cards)
        self.recent.refresh()
        # The first frame does not wait for what has to be read first.
        QTimer.singleShot(0, self, self._fill)

    @property
    def cards(self) -> list[Card]:
        """All cards in the order in which the arrows reach them."""
        return [*self._left_cards, *self.recent.cards.values(), *self._right_cards]

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Show what has been opened since."""
        super().showEvent(event)
        self.recent.refresh()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Take folders and files."""
        if _dropped_paths(event):
            event.acceptProposedAction()
            self._show_dropping(dropping=True)

    def dragLeaveEvent(self, _: QDragLeaveEvent) -> None:  # noqa: N802 - Qt's name
        """Show that nothing is held over the page any more."""
        self._show_dropping(dropping=False)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Open what was dropped."""
        self._show_dropping(dropping=False)
        event.acceptProposedAction()
        for path in _dropped_paths(event):
            self.open_requested.emit(path)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the frame that says that something can be dropped."""
        super().paintEvent(event)
        if self._dropping:
            painter = QPainter(self.viewport())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(self._desk.appearance.tokens.focus), 2))
            painter.drawRoundedRect(self.viewport().rect().adjusted(2, 2, -3, -3), CORNER, CORNER)
            painter.end()

    def _show_dropping(self, *, dropping: bool) -> None:
        self._dropping = dropping
        self.viewport().update()

    # How it is laid out.

    def _lay_out(self) -> None:
        page = QWidget()
        outer = QHBoxLayout(page)
        outer.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_XL)
        inside = QWidget()
        inside.setMaximumWidth(_WIDEST)
        outer.addWidget(inside, 1)
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE_XL)
        grid.setVerticalSpacing(SPACE_L)
        grid.addLayout(self._head(), 0, 0, 1, 2)
        grid.addLayout(self._left(), 1, 0)
        grid.addLayout(self._right(), 1, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(1, 1)
        self.setWidget(page)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACE_L)
        self._mark = QLabel()
        row.addWidget(self._mark)
        words = QVBoxLayout()
        words.setSpacing(SPACE_XS)
        words.addWidget(TextLabel("Playhead", "title"))
        line = self.tr("Open a Python project and press Play. Or drop a folder or file here.")
        words.addWidget(TextLabel(line, "muted"))
        row.addLayout(words, 1)
        self._paint_mark()
        return row

    def _left(self) -> QVBoxLayout:
        column = _column()
        starts = (
            ("open", self.tr("Open folder…"), self.tr("A project, or any folder with a main.py")),
            ("file", self.tr("Open file…"), self.tr("A .py file or a notebook")),
            ("new-folder", self.tr("New project…"), self.tr("From a template, in a new folder")),
        )
        wishes = (self._choose_folder, self._choose_file, self._choose_new)
        column.addWidget(TextLabel(self.tr("Start"), "heading"))
        for (icon, text, line), wish in zip(starts, wishes, strict=True):
            card = Card(text, line, self._desk.appearance)
            card.set_icon(icon, "text")
            card.activated.connect(wish)
            column.addWidget(card)
            self._left_cards.append(card)
        column.addSpacing(SPACE_S)
        column.addWidget(TextLabel(self.tr("Recent"), "heading"))
        column.addWidget(self.recent)
        column.addStretch(1)
        return column

    def _right(self) -> QVBoxLayout:
        column = _column()
        column.addWidget(TextLabel(self.tr("Examples that play"), "heading"))
        self._examples = _column()
        column.addLayout(self._examples)
        own = short_path(self._example_folder)
        where = self.tr("An example opens as your own copy, in {0}.").format(own)
        column.addWidget(TextLabel(where, "muted"))
        column.addSpacing(SPACE_S)
        column.addWidget(TextLabel(self.tr("New from a template"), "heading"))
        self._templates = _column()
        column.addLayout(self._templates)
        column.addStretch(1)
        return column

    def _paint_mark(self) -> None:
        self._mark.setPixmap(mark().pixmap(self._desk.appearance.size(_MARK)))

    # What is on it.

    def _fill(self) -> None:
        for example in list_examples():
            card = self._example_card(example)
            self._examples.addWidget(card)
            self._right_cards.append(card)
        for template in list_templates():
            card = Card(template.title, template.description, self._desk.appearance)
            card.set_icon(kind_icon(template.kind))
            card.activated.connect(partial(self.new_requested.emit, template.name))
            self._templates.addWidget(card)
            self._right_cards.append(card)
        self._take_cards()

    def _take_cards(self) -> None:
        """Let arrows and Tab go through the cards as they are now."""
        unique = Qt.ConnectionType.UniqueConnection
        for card in self.cards:
            card.step_requested.connect(self._step, unique)
            card.side_requested.connect(self._cross, unique)
        stops = [stop for card in self.cards for stop in card.stops]
        for before, after in pairwise(stops):
            self.setTabOrder(before, after)

    def _example_card(self, example: Example) -> Card:
        card = Card(example.title, example.description, self._desk.appearance)
        card.set_icon(kind_icon(example.kind))
        shown = card.add_button(self.tr("Open"), self.tr("Open {0}").format(example.title))
        played = card.add_button(
            self.tr("Play"), self.tr("Open and play {0}").format(example.title)
        )
        font = played.font()
        font.setWeight(QFont.Weight.DemiBold)  # as the accent has it: all of them are as wide
        played.setFont(font)
        if example.name == _FIRST_EXAMPLE:  # one thing asks for attention, not all of them
            played.setProperty("look", "play")
        card.activated.connect(partial(self._start_example, example, self.open_requested))
        shown.clicked.connect(partial(self._start_example, example, self.open_requested))
        played.clicked.connect(partial(self._start_example, example, self.play_requested))
        return card

    # What happens.

    def _start_example(self, example: Example, wish: SignalInstance, *_: object) -> None:
        loop.start(self._open_example(example, wish))

    async def _open_example(self, example: Example, wish: SignalInstance) -> None:
        try:
            path = await asyncio.to_thread(open_copy, example, self._example_folder)
        except OSError as error:
            reason = error.strerror or str(error)
            self._desk.notices.post(
                self.tr("The example {0} could not be copied to {1}: {2}.").format(
                    example.title, self._example_folder, reason
                ),
                Severity.ERROR,
            )
            return
        if shiboken6.isValid(self):
            wish.emit(path)

    def _choose_folder(self) -> None:
        choose_folder(self, self._start_folder(), self.open_requested.emit)

    def _choose_file(self) -> None:
        choose_file(self, self._start_folder(), self.open_requested.emit)

    def _choose_new(self) -> None:
        self.new_requested.emit("")

    def _start_folder(self) -> Path:
        """Where the last project came from: the next one is often beside it."""
        newest = next(iter(self.recent.cards), None)
        return home_folder() if newest is None else newest.parent

    def _step(self, by: int) -> None:
        asked = self.sender()
        at = next((n for n, card in enumerate(self.cards) if card is asked), 0)
        self._reach(self.cards[max(0, min(len(self.cards) - 1, at + by))])

    def _cross(self) -> None:
        """Go to the card at the same height in the other column."""
        asked = self.sender()
        at = next((card for card in self.cards if card is asked), self.cards[0])
        x, y = _corner(at, self)
        others = [card for card in self.cards if _corner(card, self)[0] != x]
        if others:
            self._reach(min(others, key=lambda card: abs(_corner(card, self)[1] - y)))

    def _reach(self, card: Card) -> None:
        card.setFocus()
        self.ensureWidgetVisible(card, 0, SPACE_L)

    @property
    def _example_folder(self) -> Path:
        return self._desk.home.state / "examples"


def _column() -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(SPACE_S)
    return column


def _corner(card: Card, page: QWidget) -> tuple[int, int]:
    corner = card.mapTo(page, card.rect().topLeft())
    return corner.x(), corner.y()


def _dropped_paths(event: QDropEvent) -> list[Path]:
    urls = event.mimeData().urls()
    return [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
