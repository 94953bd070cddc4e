"""The code editor: a plain text edit that shows and edits the text of one document.

Knows no file and no project: whoever shows a text reads and writes it. The text is `text()`,
exact to the character.
"""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QTextCursor,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QPlainTextEdit, QToolTip, QWidget

from studio.look.appearance import Appearance
from studio.settings.store import SettingsStore
from studio.widgets.code_editor import line_edits
from studio.widgets.code_editor.bracket_search import BracketSearch
from studio.widgets.code_editor.code_view import CodeView
from studio.widgets.code_editor.gutter import Gutter
from studio.widgets.code_editor.keys import Keys
from studio.widgets.code_editor.languages import PROSE, Language, language_of
from studio.widgets.code_editor.layers import Overlay, paint_over, paint_under
from studio.widgets.code_editor.mark import Mark
from studio.widgets.code_editor.marks import tool_tip_of
from studio.widgets.code_editor.occurrences import Occurrences
from studio.widgets.code_editor.shown_text import from_shown, to_shown
from studio.widgets.code_editor.snapping import snap
from studio.widgets.code_editor.text_changes import position_of, replace_all_text
from studio.widgets.code_editor.visible_line import Place

#: How long a line that was gone to stays marked, in milliseconds.
_FLASH_MS = 1500


class CodeEditor(CodeView):
    """An editor of code. `document().modificationChanged` says whether there is something to save.

    Tab indents; Ctrl+M, or Escape and then Tab, lets the focus go on to the next widget.
    """

    #: The cursor stands elsewhere: line and column from 1, columns in characters.
    cursor_moved = Signal(int, int)
    #: The cursor came to a line with marks: what they say; "" when it left one.
    mark_entered = Signal(str)

    def __init__(
        self, appearance: Appearance, settings: SettingsStore, parent: QWidget | None = None
    ) -> None:
        super().__init__(appearance, settings, parent)
        self.flashed_line = -1
        self.ruler_column = 0
        self._entered = ""
        self._line = 0
        self._shown: object = None
        self._matches: list[Place] = []
        self._zoom = 0
        self._gutter = Gutter(self)
        self._occurrences = Occurrences(self)
        self._bracket_search = BracketSearch(self)
        self._keys = Keys(self, self._bracket_search)
        self._flash = QTimer(self, interval=_FLASH_MS, singleShot=True)
        self._flash.timeout.connect(self._end_flash)
        self._build()

    def _build(self) -> None:
        self.setAccessibleName(self.tr("Code"))
        self._describe("")
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.setCursorWidth(2)
        self.setCenterOnScroll(False)
        self.document().setDocumentMargin(4)
        self.blockCountChanged.connect(self._fit_gutter)
        self.updateRequest.connect(self._scroll_gutter)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.cursorPositionChanged.connect(self._cursor_went)
        self.appearance.changed.connect(self._apply_appearance)
        self.settings.changed.connect(self._apply_settings)
        self._apply_appearance()
        self._apply_settings()

    # ---- the text -----------------------------------------------------------------------------

    def show_text(self, text: str, file_name: str, *, read_only: bool = False) -> None:
        """Show another text, of a file of that name; what could be undone before is gone."""
        self.highlighter.pause()
        self.marks.replace(())
        self._matches = []
        self._keys.forget()
        self._set_language(language_of(file_name, text[:200].partition("\n")[0]))
        self.setPlainText(to_shown(text))
        self.text_shown(text, file_name, read_only=read_only)

    def text_shown(self, text: str, file_name: str, *, read_only: bool) -> None:
        """The document holds this text now, as if it had been shown at once."""
        self.pieces.take(text)
        self.setReadOnly(read_only)
        if read_only:
            self.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse
                | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
        self.set_file_name(file_name)
        self.document().setModified(False)

    def set_file_name(self, file_name: str) -> None:
        """Take the text for that of a file of another name (it was saved as, or renamed)."""
        self._set_language(language_of(file_name, self.document().firstBlock().text()))
        self.setAccessibleName(self.tr("Code of {name}").format(name=file_name))
        self.highlighter.start(self.language)

    def _set_language(self, language: Language) -> None:
        """Code runs from left to right, whatever its comments say; prose as it is written."""
        self.language = language
        prose = language.name in PROSE
        direction = (
            Qt.LayoutDirection.LayoutDirectionAuto if prose else Qt.LayoutDirection.LeftToRight
        )
        option = self.document().defaultTextOption()
        if option.textDirection() != direction:
            option.setTextDirection(direction)
            self.document().setDefaultTextOption(option)

    def replace_text(self, text: str) -> None:
        """Have the text be another one, by one undoable edit that keeps cursor and view.

        Lines that do not differ are not touched, nor are the marks on them.
        """
        top = QTextCursor(self.firstVisibleBlock())
        replace_all_text(self.document(), text)
        self.verticalScrollBar().setValue(top.block().firstLineNumber())

    def replace_span(self, start: tuple[int, int], end: tuple[int, int], text: str) -> None:
        """Replace what lies between two places (line and column from 1), as one undoable edit."""
        cursor = QTextCursor(self.document())
        cursor.setPosition(self._position(*start))
        cursor.setPosition(self._position(*end), QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(to_shown(text))

    def span_text(self, start: tuple[int, int], end: tuple[int, int]) -> str:
        """Return what lies between two places."""
        cursor = QTextCursor(self.document())
        cursor.setPosition(self._position(*start))
        cursor.setPosition(self._position(*end), QTextCursor.MoveMode.KeepAnchor)
        return from_shown(cursor.selectedText())

    def _position(self, line: int, column: int) -> int:
        block = self.document().findBlockByNumber(line - 1)
        if not block.isValid():
            return self.document().characterCount() - 1
        return position_of(block, max(0, column - 1))

    # ---- places -------------------------------------------------------------------------------

    def go_to(self, line: int, column: int | None = None) -> None:
        """Put the cursor there (from 1), in the middle of the view, and mark the line a moment.

        A line beyond the end is the last one; without a column the first character is meant.
        """
        block = self.document().findBlockByNumber(max(0, line - 1))
        if not block.isValid():
            block = self.document().lastBlock()
        text = block.text()
        place = len(text) - len(text.lstrip()) if column is None else column - 1
        cursor = self.textCursor()
        cursor.setPosition(position_of(block, max(0, place)))
        self.setTextCursor(cursor)
        self.centerCursor()
        self.flashed_line = block.blockNumber()
        self._flash.start()
        self.viewport().update()

    def keep_in_sight(self) -> None:
        """Have the cursor's line seen, in the middle where the view has to jump for it."""
        top, bottom = self.visible_numbers()
        if not top < self.textCursor().blockNumber() < bottom - 2:
            self.centerCursor()

    # ---- marks, matches -----------------------------------------------------------------------

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Show these findings instead of those before."""
        self.marks.replace(marks)
        self._tell_mark()
        self.viewport().update()
        self._gutter.update()

    def set_matches(self, matches: list[Place]) -> None:
        """Show these as found; only those in sight need to be given."""
        if matches != self._matches:
            self._matches = matches
            self.viewport().update()

    def matches(self) -> list[Place]:
        """Return what is shown as found."""
        return self._matches

    def occurrences(self) -> list[Place]:
        """Return where the word under the cursor stands, as far as it is in sight."""
        return [] if self._matches else self._occurrences.places()

    def brackets(self) -> list[Place]:
        """Return the bracket beside the cursor and the one that belongs to it."""
        return self._bracket_search.places()

    # ---- what actions call --------------------------------------------------------------------

    def toggle_comment(self) -> None:
        """Make the selected lines comments, or no comments any more."""
        line_edits.toggle_comment(self)

    def indent(self) -> None:
        """Indent the selected lines, or insert an indentation at the cursor."""
        line_edits.indent(self)

    def unindent(self) -> None:
        """Take one indentation from the selected lines."""
        line_edits.unindent(self)

    def duplicate_lines(self) -> None:
        """Repeat the selected lines below themselves."""
        line_edits.duplicate(self)

    def delete_lines(self) -> None:
        """Delete the selected lines."""
        line_edits.delete(self)

    def join_lines(self) -> None:
        """Join the line with the next one, or the selected lines with each other."""
        line_edits.join(self)

    def move_lines(self, direction: int) -> None:
        """Move the selected lines up (-1) or down (1)."""
        line_edits.move(self, direction)

    def zoom_by(self, steps: int) -> None:
        """Make the text of this editor larger or smaller; 0 gives the size of the settings."""
        self._zoom = 0 if steps == 0 else max(-8, min(60, self._zoom + steps))
        self._apply_appearance()

    # ---- Qt -----------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        self.highlighter.show_visible()
        lines = self.visible_lines(event.rect().top(), event.rect().bottom())
        painter = QPainter(self.viewport())
        paint_under(self, painter, lines, self._overlay())
        painter.end()
        super().paintEvent(event)
        if self.marks.all():
            painter = QPainter(self.viewport())
            paint_over(self, painter, lines)
            painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if not self._keys.take(event):
            super().keyPressEvent(event)

    def focusNextPrevChild(self, following: bool) -> bool:  # noqa: N802 - Qt's name
        if not self._keys.may_leave():
            return super().focusNextPrevChild(following)
        self.setTabChangesFocus(True)
        try:
            return super().focusNextPrevChild(following)
        finally:
            self.setTabChangesFocus(False)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._place_gutter()
        self.highlighter.show_visible()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
            return
        super().wheelEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._show_tool_tip(event.pos(), event.globalPos())
            return True
        return super().viewportEvent(event)

    def _show_tool_tip(self, place: QPoint, on_screen: QPoint) -> None:
        message = self.marks.message_at(
            self.cursorForPosition(snap(self, place).toPoint()).position()
        )
        if message:
            QToolTip.showText(on_screen, tool_tip_of(message), self.viewport())
        else:
            QToolTip.hideText()

    # ---- keeping up ---------------------------------------------------------------------------

    def _cursor_went(self) -> None:
        self.cursor_moved.emit(*self.place())
        line = self.textCursor().blockNumber()
        if line != self._line:
            self._line = line
            self._gutter.update()
            self._tell_mark()
        self._overlay_changed()

    def _overlay_changed(self) -> None:
        """Paint anew if anything else than the cursor itself looks different by now."""
        overlay = self._overlay()
        shown = self._line, self.textCursor().hasSelection(), overlay
        if shown != self._shown:
            self._shown = shown
            self.viewport().update()

    def _overlay(self) -> Overlay:
        return Overlay(
            self.flashed_line,
            self._matches,
            self.occurrences(),
            self.brackets(),
            self.ruler_column,
        )

    def _tell_mark(self) -> None:
        message = self.marks.message_of_line(self.textCursor().blockNumber() + 1)
        if message != self._entered:
            self._entered = message
            self._describe(message)
            self.mark_entered.emit(message)

    def _describe(self, message: str) -> None:
        """Have a screen reader say what the marks of the line say, and how to get out of here."""
        leave = self.tr("Tab indents. Press Ctrl+M, or Escape and then Tab, to leave the editor.")
        self.setAccessibleDescription(f"{message}\n{leave}".strip())

    def _end_flash(self) -> None:
        self.flashed_line = -1
        self.viewport().update()

    def _scrolled(self) -> None:
        self.highlighter.show_visible()
        self._overlay_changed()

    def _scroll_gutter(self, rect: QRect, moved: int) -> None:
        if moved or rect.height() >= self.viewport().height():
            self._gutter.update()
        elif rect.width() >= self.viewport().width():  # not the cursor alone, which blinks
            self._gutter.update(0, rect.top(), self._gutter.width(), rect.height())

    def _fit_gutter(self) -> None:
        if self.viewportMargins().left() != self._gutter.needed_width():
            self.setViewportMargins(self._gutter.needed_width(), 0, 0, 0)
            self._place_gutter()

    def _place_gutter(self) -> None:
        inside = self.contentsRect()
        self._gutter.setGeometry(
            inside.left(), inside.top(), self._gutter.needed_width(), inside.height()
        )

    def _apply_appearance(self) -> None:
        tokens = self.appearance.tokens
        font = self.appearance.code_font()
        font.setPixelSize(max(6, font.pixelSize() + self._zoom))
        self.setFont(font)
        self.document().setDefaultFont(font)
        self._line_layout.fit()
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Base, tokens.panel)
        palette.setColor(QPalette.ColorRole.Text, tokens.text)
        palette.setColor(QPalette.ColorRole.Highlight, tokens.selection)
        palette.setColor(QPalette.ColorRole.HighlightedText, tokens.text)
        self.setPalette(palette)
        self.highlighter.set_tokens(tokens)
        self._apply_settings()
        self._fit_gutter()

    def _apply_settings(self) -> None:
        current = self.settings.current
        self.setTabStopDistance(self.fontMetrics().horizontalAdvance(" ") * current.tab_width)
        wrap = QPlainTextEdit.LineWrapMode
        self.setLineWrapMode(wrap.WidgetWidth if current.wrap_code else wrap.NoWrap)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
