"""Two texts side by side in a window, and a choice between them."""

import asyncio
from collections.abc import Sequence
from typing import Final, NamedTuple

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QKeySequence, QTextCursor, QTextFormat
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from studio.documents.difference import DifferenceRow, difference_rows
from studio.look.appearance import Appearance
from studio.look.tokens import SPACE_M, SPACE_S
from studio.widgets.answer import answer_of
from studio.widgets.icon_button import IconButton
from studio.widgets.plain import PlainLabel

#: How strong the ground of a line that differs is, of 255.
_TINT: Final = 48
_WIDTH, _HEIGHT = 1000, 600


class Side(NamedTuple):
    """A text and what it is called."""

    title: str
    text: str


def side_lines(rows: Sequence[DifferenceRow], *, left: bool) -> list[str]:
    """Return one side's lines, a sign before each: colour is not the only one. Pure."""
    lines: list[str] = []
    for row in rows:
        number = row.left_number if left else row.right_number
        text = row.left if left else row.right
        if number is None:
            lines.append("")
        elif row.kind == "same":
            lines.append(f"{number:>5}   {text}")
        else:
            lines.append(f"{number:>5} {'-' if left else '+'} {text}")
    return lines


def first_rows(rows: Sequence[DifferenceRow]) -> list[int]:
    """Return at which rows a stretch of differing lines begins. Pure."""
    return [
        at
        for at, row in enumerate(rows)
        if row.kind != "same" and (at == 0 or rows[at - 1].kind == "same")
    ]


class CompareDialog(QDialog):
    """Shows differences; `chosen` is the number of the button pressed, None for Cancel."""

    def __init__(
        self,
        appearance: Appearance,
        question: str,
        sides: tuple[Side, Side],
        rows: Sequence[DifferenceRow],
        choices: Sequence[str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._rows = rows
        self._starts = first_rows(rows)
        self.chosen: int | None = None
        self.setWindowTitle(self.tr("Compare"))
        self.resize(_WIDTH, _HEIGHT)
        self.left = self._build_side(sides[0].title, left=True)
        self.right = self._build_side(sides[1].title, left=False)
        self._arrange(question, sides, choices)
        for one, other in ((self.left, self.right), (self.right, self.left)):
            one.verticalScrollBar().valueChanged.connect(other.verticalScrollBar().setValue)
            one.horizontalScrollBar().valueChanged.connect(other.horizontalScrollBar().setValue)
        appearance.changed.connect(self._tint)
        self._tint()
        self.go(1)

    def _build_side(self, title: str, *, left: bool) -> QPlainTextEdit:
        view = QPlainTextEdit("\n".join(side_lines(self._rows, left=left)), self)
        view.setReadOnly(True)
        view.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        view.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        view.setFont(self._appearance.code_font())
        view.setAccessibleName(title)
        return view

    def _arrange(self, question: str, sides: tuple[Side, Side], choices: Sequence[str]) -> None:
        asked = PlainLabel(question, self)
        asked.setWordWrap(True)
        asked.setProperty("look", "title")
        top = QHBoxLayout()
        top.addWidget(asked, 1)
        top.addWidget(self._step("previous", self.tr("Previous difference"), -1, "Shift+F7"))
        top.addWidget(self._step("next", self.tr("Next difference"), 1, "F7"))
        texts = QHBoxLayout()
        texts.setSpacing(SPACE_S)
        for side, view in zip(sides, (self.left, self.right), strict=True):
            column = QVBoxLayout()
            label = PlainLabel(side.title, self)
            label.setProperty("look", "muted")
            column.addWidget(label)
            column.addWidget(view, 1)
            texts.addLayout(column)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        rows.setSpacing(SPACE_M)
        rows.addLayout(top)
        rows.addLayout(texts, 1)
        rows.addLayout(self._build_buttons(choices))

    def _step(self, icon: str, text: str, by: int, keys: str) -> IconButton:
        button = IconButton(self._appearance, icon, text, self)
        button.describe(text, keys)
        button.setShortcut(QKeySequence(keys))
        button.setEnabled(bool(self._starts))
        button.clicked.connect(self.next_change if by > 0 else self.previous_change)
        return button

    def _build_buttons(self, choices: Sequence[str]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addStretch(1)
        cancel = QPushButton(self.tr("Cancel") if choices else self.tr("Close"), self)
        cancel.clicked.connect(self.reject)
        row.addWidget(cancel)
        self.buttons = [QPushButton(text, self) for text in choices]
        for button in self.buttons:
            button.clicked.connect(self._choose)
            button.setAutoDefault(False)
            row.addWidget(button)
        cancel.setDefault(True)
        return row

    def _choose(self) -> None:
        sender = self.sender()
        self.chosen = next((n for n, b in enumerate(self.buttons) if b is sender), None)
        self.accept()

    def next_change(self) -> None:
        """Go to the next stretch that differs."""
        self.go(1)

    def previous_change(self) -> None:
        """Go to the one before."""
        self.go(-1)

    def go(self, by: int) -> None:
        """Step through the stretches that differ, around the end."""
        if not self._starts:
            return
        here = self.left.textCursor().blockNumber() if by else 0
        after = [start for start in self._starts if start > here]
        before = [start for start in self._starts if start < here]
        if self._starts[0] == 0 and not self.isVisible() and by > 0:
            target = 0
        elif by > 0:
            target = after[0] if after else self._starts[0]
        else:
            target = before[-1] if before else self._starts[-1]
        for view in (self.left, self.right):
            view.setTextCursor(QTextCursor(view.document().findBlockByNumber(target)))
            view.centerCursor()

    def _tint(self) -> None:
        tokens = self._appearance.tokens
        left = [row.kind != "same" and row.left_number is not None for row in self._rows]
        right = [row.kind != "same" and row.right_number is not None for row in self._rows]
        self._colour(self.left, left, QColor(tokens.error))
        self._colour(self.right, right, QColor(tokens.play))

    @staticmethod
    def _colour(view: QPlainTextEdit, marked: Sequence[bool], colour: QColor) -> None:
        colour.setAlpha(_TINT)
        selections = []
        for at in (at for at, is_marked in enumerate(marked) if is_marked):
            selection = QTextEdit.ExtraSelection()
            selection.cursor = QTextCursor(view.document().findBlockByNumber(at))
            selection.format.setBackground(colour)
            selection.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
            selections.append(selection)
        view.setExtraSelections(selections)


async def compare(
    parent: QWidget,
    appearance: Appearance,
    question: str,
    sides: tuple[Side, Side],
    choices: Sequence[str],
) -> int | None:
    """Show two texts and wait for a choice; its number, None for Cancel."""
    rows = await asyncio.to_thread(difference_rows, sides[0].text, sides[1].text)
    if not shiboken6.isValid(parent):
        return None
    dialog = CompareDialog(appearance, question, sides, rows, choices, parent)
    await answer_of(dialog)
    if not shiboken6.isValid(dialog):
        return None
    dialog.deleteLater()
    return dialog.chosen
