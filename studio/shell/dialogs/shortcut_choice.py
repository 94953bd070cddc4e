"""Which keys an action can have, and who has them already. No widgets."""

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QKeyCombination, Qt
from PySide6.QtGui import QKeySequence

from studio.actions import ActionSpec

_MODIFIERS = frozenset(
    {
        Qt.Key.Key_Control,
        Qt.Key.Key_Shift,
        Qt.Key.Key_Alt,
        Qt.Key.Key_AltGr,
        Qt.Key.Key_Meta,
        Qt.Key.Key_CapsLock,
        Qt.Key.Key_NumLock,
        Qt.Key.Key_unknown,
    }
)
#: Keys that move about or type; alone they belong to whatever has the focus.
_TYPING = frozenset(
    {
        Qt.Key.Key_Space,
        Qt.Key.Key_Return,
        Qt.Key.Key_Enter,
        Qt.Key.Key_Backspace,
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
    }
)


class Shortcuts(Protocol):
    """What the settings need of whoever knows the actions."""

    @property
    def specs(self) -> Sequence[ActionSpec]:
        """What there is to do."""

    def shortcut_of(self, name: str, /) -> str:
        """Return an action's keys as portable text, "" for none."""

    def set_shortcut(self, name: str, keys: str, /) -> None:
        """Give an action keys; its own are a return to the default."""

    def conflicts(self) -> dict[str, list[str]]:
        """Return keys that more than one action would answer, with those actions."""


def keys_of(combination: QKeyCombination) -> str:
    """Return pressed keys as portable text; "" while only modifiers are down."""
    if combination.key() in _MODIFIERS:
        return ""
    sent = combination.keyboardModifiers() & ~Qt.KeyboardModifier.KeypadModifier
    sequence = QKeySequence(QKeyCombination(sent, combination.key()))
    return sequence.toString(QKeySequence.SequenceFormat.PortableText)


def key_fault(combination: QKeyCombination) -> str:
    """Return why keys cannot be a shortcut, "" where they can."""
    held = combination.keyboardModifiers() & ~(
        Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
    )
    key = combination.key()
    types = key in _TYPING or Qt.Key.Key_Exclam <= key <= Qt.Key.Key_ydiaeresis
    if types and held == Qt.KeyboardModifier.NoModifier:
        return QCoreApplication.translate(
            "KeyboardPage", "That key is needed for typing. Hold Ctrl or Alt with it."
        )
    return ""


def others_with(
    keys: str, name: str, specs: Sequence[ActionSpec], shortcut_of: Callable[[str], str]
) -> list[ActionSpec]:
    """Return the other actions that would answer the keys where this one does.

    Two that work only in their own areas, and those differ, do not meet.
    """
    wanted = QKeySequence(keys)
    mine = next(spec for spec in specs if spec.id == name)
    return [
        spec
        for spec in specs
        if spec.id != name
        and keys
        and QKeySequence(shortcut_of(spec.id)) == wanted
        and not (_own(spec, keys) and _own(mine, keys) and _area(spec) != _area(mine))
    ]


def shown_keys(keys: str) -> str:
    """Return portable keys as this system writes them."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def _own(spec: ActionSpec, keys: str) -> bool:
    return spec.local or spec.left_to_the_widget(keys)


def _area(spec: ActionSpec) -> str:
    return spec.id.partition(".")[0]
