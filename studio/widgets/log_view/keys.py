"""What keys do in the log. Pure: from a key to a wish."""

from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

_Key = Qt.Key
_Standard = QKeySequence.StandardKey


class Wish(NamedTuple):
    """What a key asks for: `name`, and for movements how far and whether the selection grows."""

    name: str
    amount: int = 0
    extend: bool = False


_MOVES = {
    _Key.Key_Up: ("rows", -1),
    _Key.Key_Down: ("rows", 1),
    _Key.Key_PageUp: ("pages", -1),
    _Key.Key_PageDown: ("pages", 1),
    _Key.Key_Home: ("first", 0),
    _Key.Key_End: ("last", 0),
}
_OTHERS = {
    _Key.Key_Left: Wish("sideways", -1),
    _Key.Key_Right: Wish("sideways", 1),
    _Key.Key_Return: Wish("open"),
    _Key.Key_Enter: Wish("open"),
    _Key.Key_Space: Wish("unfold"),
}


def wish_of(event: QKeyEvent) -> Wish | None:
    """Return what a key asks for; None for one that the log does not care for."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if event.matches(_Standard.Copy):
        return Wish("copy")
    if event.matches(_Standard.SelectAll):
        return Wish("select all")
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    key = _Key(event.key())
    if key == _Key.Key_C and modifiers == control | shift:
        return Wish("copy with columns")
    if key in _MOVES and not modifiers & ~(control | shift):
        name, amount = _MOVES[key]
        return Wish(name, amount, bool(modifiers & shift))
    if key in _OTHERS and modifiers == Qt.KeyboardModifier.NoModifier:
        return _OTHERS[key]
    return None
