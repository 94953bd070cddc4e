"""Asks once for all that a project lacks: what it is, what it means, and why it is asked for.

It is no modal dialog: Stop, and the rest of the studio, can be used while it is open. No button
has the keyboard at first, so that what is being typed elsewhere never answers.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from session.rights import Question
from studio.look.tokens import SPACE_L, SPACE_M, SPACE_S, SPACE_XL, SPACE_XS
from studio.shell.dialogs.fitting import fit
from studio.shell.text_label import TextLabel, separator_free
from studio.widgets.grant_words import breakable, grant_deed, grant_risk, sentence
from studio.widgets.marked_fields import CheckBox

_WIDTH = 520
#: What fits beside a box, which does not wrap; what is longer is said whole below it.
_BOX_CHARACTERS = 56
#: More questions than these scroll.
_LIST_HEIGHT = 340
#: Imports named one by one.
_NAMED = 4


class Reply(NamedTuple):
    """What was answered: what is allowed (None: nothing is to be played), and whether for good."""

    allowed: tuple[Question, ...] | None
    remember: bool


class PermissionSheet(QDialog):
    """Allow, play without, or cancel; each question has a box of its own where there are more."""

    def __init__(
        self,
        title: str,
        questions: Sequence[Question],
        *,
        own: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._allowed: tuple[Question, ...] | None = None
        self.questions = tuple(questions)
        self.setWindowTitle(self.tr("Permissions: {0}").format(title))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.boxes = [self._box(one) for one in questions] if len(questions) > 1 else []
        self.remember = CheckBox(self.tr("&Remember the answer"))
        self.remember.setChecked(True)
        self.remember.setToolTip(self.tr("The shield in the status bar takes it back"))
        self.allow = self._button(self.tr("&Allow and play"), self._allow)
        self.without = self._button(self.tr("&Play without"), self._refuse)
        self.cancel = self._button(self.tr("Cancel"), self.reject)
        self.allow.setProperty("look", "primary")
        self._lay_out(title, own=own)
        self.setAccessibleDescription("\n".join(map(question_text, questions)))
        fit(self, _WIDTH)
        self.setFocus()

    def reply(self) -> Reply:
        """Return what was answered; closed without an answer, nothing is to be played."""
        return Reply(self._allowed, self._allowed is not None and self.remember.isChecked())

    def _allow(self) -> None:
        chosen = [box.isChecked() for box in self.boxes] or [True]
        self._allowed = tuple(
            one for one, checked in zip(self.questions, chosen, strict=True) if checked
        )
        self.accept()

    def _refuse(self) -> None:
        self._allowed = ()
        self.accept()

    def _box(self, question: Question) -> CheckBox:
        deed = sentence(_deed(question))
        box = CheckBox(deed if len(deed) <= _BOX_CHARACTERS else f"{deed[:_BOX_CHARACTERS]}…", self)
        box.setChecked(True)
        box.setAccessibleDescription(question_text(question))
        box.toggled.connect(self._show_allowed)
        return box

    def _show_allowed(self) -> None:
        self.allow.setEnabled(any(box.isChecked() for box in self.boxes))

    def _lay_out(self, title: str, *, own: bool) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_L)
        column.setSpacing(SPACE_S)
        column.addWidget(TextLabel(breakable(_heading(separator_free(title), own=own)), "heading"))
        column.addWidget(TextLabel(_advice(own=own), "muted"))
        column.addSpacing(SPACE_S)
        self._add_questions(column)
        column.addSpacing(SPACE_S)
        column.addWidget(self.remember)
        column.addStretch(1)
        column.addSpacing(SPACE_S)
        row = QHBoxLayout()
        row.setSpacing(SPACE_S)
        row.addStretch(1)
        for button in (self.cancel, self.without, self.allow):
            row.addWidget(button)
        column.addLayout(row)
        stops = [*self.boxes, self.remember, self.allow, self.without, self.cancel]
        for before, after in pairwise(stops):
            self.setTabOrder(before, after)

    def _add_questions(self, column: QVBoxLayout) -> None:
        inside = QWidget()
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(SPACE_XS)
        for number, question in enumerate(self.questions):
            if number:
                rows.addSpacing(SPACE_M)
            deed = sentence(_deed(question))
            rows.addWidget(self.boxes[number] if self.boxes else TextLabel(breakable(deed)))
            cut = deed if self.boxes and len(deed) > _BOX_CHARACTERS else ""
            for line in filter(None, (cut, grant_risk(question.permission), reason(question))):
                label = TextLabel(breakable(line), "text" if line == cut else "muted")
                label.setIndent(SPACE_XL if self.boxes else 0)
                rows.addWidget(label)
        height = inside.heightForWidth(_WIDTH - 2 * SPACE_XL)
        if height <= _LIST_HEIGHT:
            column.addWidget(inside)
            return
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setMinimumHeight(_LIST_HEIGHT)
        area.setWidget(inside)
        column.addWidget(area, 1)

    def _button(self, text: str, deed: object) -> QPushButton:
        button = QPushButton(text, self)
        # Return answers only on a button that has the keyboard.
        button.setAutoDefault(False)
        button.clicked.connect(deed)
        return button


def question_text(question: Question) -> str:
    """Return all that the sheet says about one question."""
    parts = (sentence(_deed(question)), grant_risk(question.permission), reason(question))
    return " ".join(filter(None, parts))


def reason(question: Question) -> str:
    """Return why it is asked for."""
    if not question.modules:
        return _tr("Its manifest asks for it.")
    named = ", ".join(question.modules[:_NAMED])
    more = len(question.modules) - _NAMED
    if more > 0:
        named = _tr("{0} and {1} more").format(named, more)
    return _tr("Asked because it imports {0}.").format(named)


def _deed(question: Question) -> str:
    return separator_free(grant_deed(question.grant))


def _heading(title: str, *, own: bool) -> str:
    if own:
        return _tr("May “{0}” do this?").format(title)
    return _tr("May “{0}” do this? It is somebody else's.").format(title)


def _advice(*, own: bool) -> str:
    if own:
        return _tr("Its manifest does not ask for it, so it is not granted unless you allow it.")
    return _tr("Allow only what you would let its author do on this machine.")


def _tr(text: str) -> str:
    return QCoreApplication.translate("PermissionSheet", text)
