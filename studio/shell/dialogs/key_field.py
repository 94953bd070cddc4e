"""A field that takes the next keys pressed as a shortcut, instead of doing what they mean."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from studio.shell.dialogs.shortcut_choice import key_fault, keys_of, shown_keys

_LEAVING = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Escape)


class KeyField(QLineEdit):
    """Read-only text. Tab and Escape leave it, Backspace and Delete mean no shortcut."""

    #: Keys were pressed (portable text, "" for none).
    keys_pressed = Signal(str)
    #: Keys were pressed that cannot be a shortcut (a sentence).
    keys_refused = Signal(str)
    #: The user changed their mind.
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setAccessibleName(self.tr("New shortcut"))
        self.setToolTip(self.tr("Press the new keys. Backspace for none, Escape to leave it."))
        self._keys = ""

    def show_keys(self, keys: str) -> None:
        """Show the keys that are in force."""
        self._keys = keys
        self.setText(shown_keys(keys))

    def event(self, event: QEvent) -> bool:
        """Take keys before the studio's own shortcuts see them."""
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Say what to do."""
        super().focusInEvent(event)
        self.setText("")
        self.setPlaceholderText(self.tr("Press the new keys"))

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Show what is in force again."""
        super().focusOutEvent(event)
        self.setPlaceholderText(self.tr("None"))
        self.show_keys(self._keys)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Take the keys."""
        combination = event.keyCombination()
        held = combination.keyboardModifiers() & ~Qt.KeyboardModifier.ShiftModifier
        plain = held == Qt.KeyboardModifier.NoModifier
        if plain and combination.key() in _LEAVING:
            if combination.key() == Qt.Key.Key_Escape:
                self.left.emit()
            else:
                super().keyPressEvent(event)
            return
        event.accept()
        if plain and combination.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self.keys_pressed.emit("")
        elif fault := key_fault(combination):
            self.keys_refused.emit(fault)
        elif keys := keys_of(combination):
            self.keys_pressed.emit(keys)
