"""The keys of a workspace's actions, told by the widgets that do the same.

Whoever makes the actions attaches them to the workspace, each named by its id; the workspace
hands on Qt's news of them, so that a tooltip always says the user's own keys.
"""

from collections import defaultdict
from collections.abc import Callable
from functools import partial
from weakref import ref

from PySide6.QtCore import QEvent
from PySide6.QtGui import QAction, QActionEvent, QKeySequence
from PySide6.QtWidgets import QWidget

_NEWS = (QEvent.Type.ActionAdded, QEvent.Type.ActionChanged)


class ActionKeys:
    """Tells the keys of the actions that are attached to one widget."""

    def __init__(self, owner: QWidget) -> None:
        self._owner = ref(owner)  # it holds us; in a circle it would outlive its widget
        self._tellers: defaultdict[str, list[Callable[[str], None]]] = defaultdict(list)

    def tell(self, action: str, teller: Callable[[str], None]) -> None:
        """Call `teller` with the keys of an action, as people read them, now and on each change."""
        self._tellers[action].append(teller)
        owner = self._owner()
        for known in owner.actions() if owner is not None else ():
            if known.objectName() == action:
                teller(keys_of(known))

    def tell_tip(self, action: str, widget: QWidget) -> None:
        """Have the first line of a widget's tooltip end with the keys of an action."""
        self.tell(action, partial(_tell_tip, widget, widget.toolTip()))

    def take(self, event: QActionEvent) -> None:
        """Take Qt's news of an action."""
        if event.type() in _NEWS:
            action = event.action()
            for teller in self._tellers.get(action.objectName(), ()):
                teller(keys_of(action))


def keys_of(action: QAction) -> str:
    """Return an action's keys as people read them, "" for none."""
    return action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)


def keys_in_window(widget: QWidget, action: str) -> str:
    """Return the keys of an action of the widget's window, "" where it has none."""
    found = (one for one in widget.window().actions() if one.objectName() == action)
    return next(map(keys_of, found), "")


def _tell_tip(widget: QWidget, tip: str, keys: str) -> None:
    first, line_end, rest = tip.partition("\n")
    widget.setToolTip((f"{first} ({keys})" if keys else first) + line_end + rest)
