"""The bar beside an editor that finds and replaces in it."""

from collections.abc import Callable
from typing import Final, NamedTuple

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QTextCursor
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QToolButton, QWidget

from studio.look.tokens import ROW_ICON, SPACE_S, SPACE_XS
from studio.widgets.code_editor.editor import CodeEditor
from studio.widgets.code_editor.find import FindRequest
from studio.widgets.code_editor.find_matches import Matches, Step
from studio.widgets.code_editor.finding import Finding
from studio.widgets.code_editor.replacing import Replacing
from studio.widgets.code_editor.shown_text import from_shown
from studio.widgets.code_editor.visible_line import Place
from studio.widgets.plain import PlainLabel, plain_tip

#: Pause after a change of the text before it is searched again, in milliseconds.
_PAUSE_MS: Final = 150
#: A search that takes longer says so, in milliseconds.
_PATIENCE_MS: Final = 300
_KEEP: Final = QTextCursor.MoveMode.KeepAnchor
#: Widths in pixels: of the count, and of the fields at least and at most.
_COUNT_WIDTH: Final = 110
_FIELD_LEAST: Final = 160
_FIELD_MOST: Final = 420
#: How the width is shared by a field and the empty rest of its row.
_FIELD: Final = 3
_REST: Final = 1


class _Wish(NamedTuple):
    """What is to be done once enough is known: go to a match, or replace all of them."""

    position: int = 0
    backwards: bool = False
    replace_all: bool = False


class FindBar(QWidget):
    """Finds in one editor while one types. Hidden until `open_find` or `open_replace`."""

    #: It was closed by Escape or its button; the editor has the focus again.
    closed = Signal()

    def __init__(self, editor: CodeEditor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        self._wish: _Wish | None = None
        self._said = ""
        self._wrapped = False
        self._from = 0
        self._only = False
        self._scope: QTextCursor | None = None
        self._later = QTimer(self, interval=_PAUSE_MS, singleShot=True)
        self._later.timeout.connect(self._search)
        self._patience = QTimer(self, interval=_PATIENCE_MS, singleShot=True)
        self._patience.timeout.connect(self._say)
        self._finding = Finding(self)
        self._finding.advanced.connect(self._search_on)
        self._replacing = Replacing(editor, self)
        self._replacing.advanced.connect(self._say_replacing)
        self._replacing.ended.connect(self._end_replacing)
        self._build()
        self.hide()
        editor.document().contentsChanged.connect(self._text_changed)
        editor.verticalScrollBar().valueChanged.connect(self._show_matches)
        editor.cursorPositionChanged.connect(self._say)
        editor.appearance.changed.connect(self._apply_appearance)

    # ---- opening and closing ------------------------------------------------------------------

    def open_find(self) -> None:
        """Show the bar for finding, filled with the selection, and put the focus into it."""
        self._open(replacing=self._replace_row.isVisibleTo(self) and self.isVisible())

    def open_replace(self) -> None:
        """Show the bar for replacing too."""
        self._open(replacing=True)

    def close_bar(self) -> None:
        """Hide the bar and give the focus back to the editor."""
        self.hide()
        self._editor.setFocus()
        self.closed.emit()

    def _open(self, *, replacing: bool) -> None:
        self._replace_row.setVisible(replacing)
        cursor = self._editor.textCursor()
        selected = from_shown(cursor.selectedText())
        self._from = cursor.selectionStart()
        if "\n" in selected:
            self._set_scope(cursor)
        elif selected and not self._focused():
            self.what.setText(selected)
        self.show()
        self.what.setFocus()
        self.what.selectAll()
        self._search()

    def _focused(self) -> bool:
        return self.what.hasFocus() or self.by.hasFocus()

    # ---- what actions call --------------------------------------------------------------------

    def find_next(self) -> None:
        """Go to the next match, from the end on to the first."""
        self._go(backwards=False)

    def find_previous(self) -> None:
        """Go to the match before, from the first on to the last."""
        self._go(backwards=True)

    def replace_one(self) -> None:
        """Replace the match that is selected, and go to the next one."""
        found = self._current()
        if found is None or not self._may_replace():
            return
        cursor = self._editor.textCursor()
        index = found.index_of(cursor.selectionStart(), cursor.selectionEnd())
        if index is None:
            self.find_next()
        else:
            self._replace(found, found.span(index))

    def replace_all(self) -> None:
        """Replace every match, as one step of undo."""
        if self._current() is not None and self._may_replace():
            self._wish = _Wish(replace_all=True)
            self._fulfil()

    def _may_replace(self) -> bool:
        return not self._editor.isReadOnly() and not self._replacing.busy

    def _replace(self, found: Matches, only: tuple[int, int] | None = None) -> None:
        self._only = only is not None
        self._replacing.begin(self._finding.request, found, self.by.text(), only)

    def _end_replacing(self, count: int, fault: str) -> None:
        self._search()
        if fault:
            self._finding.fail(fault, self.tr("Not replaced"))
        elif self._only:
            self.find_next()
        else:
            self._said = self.tr("%n replaced", "", count)
        self._show_matches()

    def _say_replacing(self, done: int, of: int) -> None:
        self._said = self.tr("Replaced {0} of {1}").format(f"{done:,}", f"{of:,}")
        self._say()

    # ---- searching ----------------------------------------------------------------------------

    def request(self) -> FindRequest:
        """Return what is looked for."""
        return FindRequest(
            self.what.text(), self.case.isChecked(), self.word.isChecked(), self.regex.isChecked()
        )

    def _search(self) -> None:
        self._later.stop()
        self._finding.stop()
        self._wish, self._wrapped, self._said = None, False, ""
        if self.what.text() and self.isVisible() and not self._replacing.busy:
            self._finding.begin(self.request(), self._editor.text(), self._scope_span())
            self._patience.start()
        self._show_matches()

    def _search_on(self) -> None:
        self._fulfil()
        self._show_matches()

    def _current(self) -> Matches | None:
        """Return the matches of the text as it is now, not all of them known yet."""
        if self._replacing.busy:
            return None
        stale = self._later.isActive() or self._finding.request != self.request()
        if stale or self._finding.matches is None:
            self._search()
        return self._finding.matches

    def _go(self, *, backwards: bool) -> None:
        if self._current() is not None:
            cursor = self._editor.textCursor()
            place = cursor.selectionStart() if backwards else cursor.selectionEnd()
            self._wish = _Wish(place, backwards)
            self._fulfil()

    def _typed(self) -> None:
        """Go to the first match from where the cursor was when the bar was opened."""
        self._replacing.stop()
        self._search()
        if self._finding.matches is not None:
            self._wish = _Wish(self._from)
            self._fulfil()
        self._show_matches()

    def _fulfil(self) -> None:
        """Do what was wished for, if enough is known by now."""
        wish, found = self._wish, self._finding.matches
        if wish is None or found is None:
            return
        if wish.replace_all:
            if found.finished:
                self._wish = None
                self._replace(found)
            return
        to = found.previous_from if wish.backwards else found.next_from
        step = to(wish.position)
        if step is not None or found.finished:
            self._wish = None
        if step is not None:
            self._select(step)

    def _select(self, step: Step) -> None:
        self._wrapped, self._said = step.wrapped, ""
        cursor = self._editor.textCursor()
        cursor.setPosition(step.start)
        cursor.setPosition(step.end, _KEEP)
        self._editor.setTextCursor(cursor)
        self._editor.keep_in_sight()
        self._show_matches()

    def _text_changed(self) -> None:
        if self.isVisible() and not self._replacing.busy:
            self._finding.stop()
            self._wish, self._said = None, ""
            self._later.start()

    def _show_matches(self) -> None:
        self._editor.set_matches(self._visible_matches())
        self._say()

    def _visible_matches(self) -> list[Place]:
        found = self._finding.matches
        if found is None or self._replacing.busy:
            return []
        places: list[Place] = []
        for line in self._editor.visible_lines():
            start = line.block.position()
            end = start + line.block.length()
            places += [
                Place(line.number, max(0, first - start), min(last, end - 1) - start)
                for first, last in found.between(start, end)
            ]
        return places

    # ---- in the selection ---------------------------------------------------------------------

    def _set_scope(self, cursor: QTextCursor | None) -> None:
        """Search only what is selected; the scope goes along with edits of the text."""
        self._scope = cursor if cursor is not None and cursor.hasSelection() else None
        self.scope.blockSignals(True)
        self.scope.setChecked(self._scope is not None)
        self.scope.blockSignals(False)

    def _scope_toggled(self, checked: bool) -> None:
        self._set_scope(self._editor.textCursor() if checked else None)
        self._search()

    def _scope_span(self) -> tuple[int, int] | None:
        if self._scope is None:
            return None
        return self._scope.selectionStart(), self._scope.selectionEnd()

    # ---- saying -------------------------------------------------------------------------------

    def _say(self) -> None:
        """Say which match the cursor is at, of how many."""
        if not self.isVisible():
            return
        text, fine = (self._said, True) if self._said else self._counted()
        role = "muted" if fine else "error"
        colour = getattr(self._editor.appearance.tokens, role)
        self.count.setText(text)
        self.count.setToolTip(plain_tip(self._finding.fault))
        self.count.setStyleSheet(f"color: {colour};")
        found = self._finding.matches
        for button in (self.next, self.previous, self.replace, self.replace_every):
            button.setEnabled(bool(found) and not self._replacing.busy)

    def _counted(self) -> tuple[str, bool]:
        found = self._finding.matches
        if self._finding.fault:
            return self._finding.fault_name, False
        if found is None:
            return "", True
        if not found and not found.finished:
            return ("" if self._patience.isActive() else self.tr("Searching …")), True
        if not found:
            return self.tr("No match"), False
        total = f"{len(found):,}" + ("" if found.finished and not found.overflowed else "+")
        cursor = self._editor.textCursor()
        index = found.index_of(cursor.selectionStart(), cursor.selectionEnd())
        if index is None:
            return self.tr("{total} found").format(total=total), True
        text = self.tr("{index} of {total}").format(index=f"{index + 1:,}", total=total)
        return (self.tr("{text}, wrapped").format(text=text) if self._wrapped else text), True

    # ---- building -----------------------------------------------------------------------------

    def _build(self) -> None:
        self.what = self._field(self.tr("Find"), self.tr("Find"))
        self.by = self._field(self.tr("Replace by"), self.tr("Replace by"))
        self.what.textEdited.connect(self._typed)
        self.case = self._toggle(self.tr("Match case"), "Alt+C")
        self.word = self._toggle(self.tr("Whole words"), "Alt+W")
        self.regex = self._toggle(self.tr("Regular expression"), "Alt+R")
        self.scope = self._toggle(self.tr("In the selection"), "Alt+L")
        for option in (self.case, self.word, self.regex):
            option.toggled.connect(self._typed)
        self.scope.toggled.connect(self._scope_toggled)
        self.previous = self._button(self.tr("Previous match"), "Shift+Return", self.find_previous)
        self.next = self._button(self.tr("Next match"), "Return", self.find_next)
        self.shut = self._button(self.tr("Close"), "Esc", self.close_bar)
        self.replace = self._button(self.tr("Replace"), "Return", self.replace_one)
        self.replace_every = self._button(self.tr("Replace all"), "Ctrl+Return", self.replace_all)
        self.replace.setText(self.tr("Replace"))
        self.replace_every.setText(self.tr("Replace all"))
        self.count = PlainLabel("", self)
        self.count.setAccessibleName(self.tr("Matches"))
        self.count.setMinimumWidth(_COUNT_WIDTH)
        self._lay_out()
        self._apply_appearance()

    def _lay_out(self) -> None:
        self._replace_row = QWidget(self)
        below = QHBoxLayout(self._replace_row)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(SPACE_XS)
        below.addWidget(self.by, _FIELD)
        for button in (self.replace, self.replace_every):
            below.addWidget(button)
        below.addStretch(_REST)
        above = QHBoxLayout()
        above.setSpacing(SPACE_XS)
        above.addWidget(self.what, _FIELD)
        for part in (self.case, self.word, self.regex, self.scope):
            above.addWidget(part)
        above.addSpacing(SPACE_S)
        above.addWidget(self.count)
        above.addStretch(_REST)
        for part in (self.previous, self.next, self.shut):
            above.addWidget(part)
        grid = QGridLayout(self)
        grid.setContentsMargins(SPACE_S, SPACE_XS, SPACE_S, SPACE_XS)
        grid.setSpacing(SPACE_XS)
        grid.addLayout(above, 0, 0)
        grid.addWidget(self._replace_row, 1, 0)

    def _field(self, name: str, hint: str) -> QLineEdit:
        field = QLineEdit(self)
        field.setAccessibleName(name)
        field.setPlaceholderText(hint)
        field.setMinimumWidth(_FIELD_LEAST)
        field.setMaximumWidth(_FIELD_MOST)
        field.installEventFilter(self)
        return field

    def _toggle(self, name: str, keys: str) -> QToolButton:
        button = self._button(name, keys, None)
        button.setCheckable(True)
        return button

    def _button(self, name: str, keys: str, run: Callable[[], None] | None) -> QToolButton:
        button = QToolButton(self)
        button.setAccessibleName(name)
        button.setToolTip(f"{name} ({keys})")
        button.setIconSize(QSize(ROW_ICON, ROW_ICON))
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if run is not None:
            button.clicked.connect(run)
        return button

    def _apply_appearance(self) -> None:
        icon = self._editor.appearance.icon
        for button, name in (
            (self.case, "case"),
            (self.word, "word"),
            (self.regex, "regex"),
            (self.scope, "in-selection"),
            (self.previous, "previous"),
            (self.next, "next"),
            (self.shut, "close"),
        ):
            button.setIcon(icon(name))
        self._say()

    # ---- Qt -----------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._take_key(watched, event)
        return super().eventFilter(watched, event)

    def _take_key(self, field: QObject, event: QKeyEvent) -> bool:
        key, modifiers = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if modifiers == Qt.KeyboardModifier.AltModifier:
            return self._toggle_by_key(key)
        if key not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return False
        if modifiers == Qt.KeyboardModifier.ShiftModifier:
            self.find_previous()
        elif modifiers == Qt.KeyboardModifier.ControlModifier:
            self.replace_all()
        elif field is self.by:
            self.replace_one()
        else:
            self.find_next()
        return True

    def _toggle_by_key(self, key: int) -> bool:
        option = {
            int(Qt.Key.Key_C): self.case,
            int(Qt.Key.Key_W): self.word,
            int(Qt.Key.Key_R): self.regex,
            int(Qt.Key.Key_L): self.scope,
        }.get(int(key))
        if option is None:
            return False
        option.toggle()
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
            return
        super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        self._patience.stop()
        self._later.stop()
        self._replacing.stop()
        self._finding.stop()
        self._set_scope(None)
        self._editor.set_matches([])
        super().hideEvent(event)
