"""The fields of find in files: what, how, where, and what to put in its place."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from studio.look.appearance import Appearance
from studio.look.tokens import SPACE_S, SPACE_XS
from studio.widgets.icon_button import IconButton
from studio.workspaces.editor.file_search import FileQuery

#: After so long without a key the search begins by itself, in milliseconds.
_PAUSE_MS = 300


class SearchForm(QWidget):
    """The fields. They only ask; the panel searches."""

    #: Search for what `query()` says; without delay where Return was pressed.
    search_requested = Signal()
    #: Whether a replacement is being prepared has changed.
    replacing_changed = Signal(bool)
    #: Something else stands in a field.
    edited = Signal()
    #: Replace everything that was found.
    replace_requested = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._pause = QTimer(self, interval=_PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self.search_requested)
        self.text = self._line(self.tr("Find in files"))
        self.replacement = self._line(self.tr("Replace with"))
        self.include = self._line(self.tr("Only in, such as *.py or tests/"))
        self.exclude = self._line(self.tr("Not in, such as *.md"))
        self.case = self._toggle("case", self.tr("Match case"))
        self.word = self._toggle("word", self.tr("Whole words"))
        self.regex = self._toggle("regex", self.tr("Regular expression"))
        self.replace = QPushButton(self.tr("Replace all"), self)
        self.replace.setToolTip(self.tr("Replace every match shown, after a question"))
        self.replace.clicked.connect(self.replace_requested)
        self._expander = self._build_expander()
        self._more = self._build_more()
        self._arrange()
        self._show_replacing(False)

    def query(self) -> FileQuery:
        """Return what is asked for."""
        return FileQuery(
            self.text.text(),
            regex=self.regex.isChecked(),
            case=self.case.isChecked(),
            word=self.word.isChecked(),
            include=_patterns(self.include.text()),
            exclude=_patterns(self.exclude.text()),
            replacement=self.replacement.text() if self.replacing else None,
        )

    @property
    def replacing(self) -> bool:
        """Whether the field for the replacement is open."""
        return self._expander.isChecked()

    def show_replacing(self) -> None:
        """Open the field for the replacement."""
        self._expander.setChecked(True)

    def show_query(self, query: FileQuery) -> None:
        """Fill the fields, and search for nothing yet."""
        self.text.setText(query.text)
        self.include.setText(", ".join(query.include))
        self.exclude.setText(", ".join(query.exclude))
        for button, on in ((self.case, query.case), (self.word, query.word)):
            button.setChecked(on)
        self.regex.setChecked(query.regex)
        self._more.setChecked(bool(query.include or query.exclude))
        self._pause.stop()

    def _line(self, name: str) -> QLineEdit:
        line = QLineEdit(self)
        line.setPlaceholderText(name)
        line.setAccessibleName(name)
        line.setClearButtonEnabled(False)
        line.textEdited.connect(lambda *_: self._pause.start())
        line.textChanged.connect(self.edited)
        line.returnPressed.connect(self._ask_now)
        return line

    def _toggle(self, icon: str, text: str) -> IconButton:
        button = IconButton(self._appearance, icon, text, self, checkable=True)
        button.toggled.connect(self._ask_now)
        return button

    def _build_expander(self) -> IconButton:
        text = self.tr("Replace too")
        button = IconButton(self._appearance, "expand", text, self, checkable=True)
        button.toggled.connect(self._show_replacing)
        return button

    def _build_more(self) -> IconButton:
        text = self.tr("Choose files")
        button = IconButton(self._appearance, "filter", text, self, checkable=True)
        button.toggled.connect(self._show_more)
        return button

    def _arrange(self) -> None:
        grid = QGridLayout()
        grid.setSpacing(SPACE_XS)
        grid.addWidget(self._expander, 0, 0)
        grid.addWidget(self.text, 0, 1)
        toggles = QHBoxLayout()
        toggles.setSpacing(0)
        for button in (self.case, self.word, self.regex, self._more):
            toggles.addWidget(button)
        toggles.addStretch(1)
        grid.addLayout(toggles, 1, 1)
        grid.addWidget(self.replacement, 2, 1)
        grid.addWidget(self.replace, 3, 1)
        grid.addWidget(self.include, 4, 1)
        grid.addWidget(self.exclude, 5, 1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(SPACE_XS, SPACE_S, SPACE_S, SPACE_S)
        rows.addLayout(grid)
        self.include.hide()
        self.exclude.hide()

    def _show_replacing(self, show: bool) -> None:
        self._expander.set_icon("next" if show else "expand")
        self.replacement.setVisible(show)
        self.replace.setVisible(show)
        self.replacing_changed.emit(show)

    def _show_more(self, show: bool) -> None:
        self.include.setVisible(show)
        self.exclude.setVisible(show)

    def _ask_now(self) -> None:
        self._pause.stop()
        self.search_requested.emit()


def _patterns(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
