"""Every action of the studio as a QAction: one each, with the user's shortcut and a tooltip.

An action belongs to a room (`shell`, `editor`, `debug`, `history`); what it runs on is asked
for when it is triggered, so that it always meets the widget that is in front.
"""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import shiboken6
from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from studio.actions import ActionSpec
from studio.desk import Desk
from studio.look.icons import NAMES

SHELL = "shell"


class Registered(NamedTuple):
    """One action: what it is, whose it is, and what Qt knows of it."""

    spec: ActionSpec
    room: str
    action: QAction


class ActionRegistry(QObject):
    """All actions, in the order in which they were added."""

    #: An action was run (its id).
    ran = Signal(str)
    #: Shortcuts are different.
    changed = Signal()

    def __init__(self, desk: Desk, target_of: Callable[[str], Any], window: QWidget) -> None:
        super().__init__(window)
        self._desk = desk
        self._target_of = target_of
        self._windows: list[QWidget] = [window]
        self._known: dict[str, Registered] = {}
        self._derived: set[str] = set()
        self._dressed = False
        desk.settings.changed.connect(self._read_shortcuts)

    @property
    def specs(self) -> tuple[ActionSpec, ...]:
        """What there is to do."""
        return tuple(one.spec for one in self._known.values())

    @property
    def registered(self) -> tuple[Registered, ...]:
        """The same with rooms and QActions."""
        return tuple(self._known.values())

    def add(self, room: str, specs: Iterable[ActionSpec]) -> None:
        """Take in the actions of a room; ids are unique."""
        for spec in specs:
            if spec.id in self._known:
                message = f"two actions are called {spec.id}"
                raise ValueError(message)
            action = QAction(_translated(spec.text), self)
            action.setObjectName(spec.id)
            action.triggered.connect(lambda _=False, name=spec.id: self.run(name))
            self._known[spec.id] = Registered(spec, room, action)
            if self._dressed:
                self._dress(self._known[spec.id])
        self._read_shortcuts()

    def action(self, name: str) -> QAction:
        """Return the QAction of an id; KeyError for an unknown one."""
        return self._known[name].action

    def attach(self, room: str, widget: QWidget) -> None:
        """Have the local shortcuts of a room work inside one of its widgets."""
        widget.addActions([one.action for one in self._known.values() if one.room == room])

    def reach(self, window: QWidget) -> None:
        """Have the other shortcuts work in one more window, for as long as it lives."""
        self._windows = [known for known in self._windows if shiboken6.isValid(known)]
        self._windows.append(window)
        self._place_all()

    def run(self, name: str) -> bool:
        """Run an action on what is in front now; False where that makes no sense."""
        one = self._known[name]
        if not self.enabled(name):
            return False
        self.ran.emit(name)
        one.spec.run(self._target_of(one.room))
        return True

    def enabled(self, name: str) -> bool:
        """Whether the action makes sense now."""
        one = self._known[name]
        target = self._target_of(one.room)
        return target is not None and one.spec.enabled(target)

    def refresh(self) -> None:
        """Show in every menu what makes sense now."""
        for name, one in self._known.items():
            one.action.setEnabled(self.enabled(name))

    def release(self) -> None:
        """Let every shortcut through again; `run` asks by itself whether it makes sense.

        A shortcut of a disabled action is dead, and what makes sense changes unseen. Those in
        `derive` are kept up to date by whoever derives them.
        """
        for name, one in self._known.items():
            if name not in self._derived:
                one.action.setEnabled(True)

    def release_later(self) -> None:
        """Do the same once what a menu was asked for has been run, which is after it has gone."""
        QTimer.singleShot(0, self, self.release)

    def derive(self, name: str, *, enabled: bool) -> None:
        """Set what somebody else keeps up to date."""
        self._derived.add(name)
        self.action(name).setEnabled(enabled)

    def rename(self, name: str, text: str) -> None:
        """Have an action say something else for now, such as `Stop now`."""
        one = self._known[name]
        one.action.setText(text)
        self._tell(one)

    def dress(self) -> None:
        """Give every action its icon, in the colours of now."""
        self._dressed = True
        for one in self._known.values():
            self._dress(one)

    def shortcut_of(self, name: str) -> str:
        """Return the shortcut in force, as portable text, "" for none."""
        return self._desk.settings.current.shortcuts.get(name, self._known[name].spec.shortcut)

    def set_shortcut(self, name: str, keys: str | None) -> None:
        """Give an action another shortcut; None for its own again. OSError as settings have it."""
        chosen = dict(self._desk.settings.current.shortcuts)
        if keys is None or keys == self._known[name].spec.shortcut:
            chosen.pop(name, None)
        else:
            chosen[name] = keys
        self._desk.settings.update(shortcuts=chosen)

    def conflicts(self) -> dict[str, list[str]]:
        """Return the shortcuts that more than one action would answer, with those actions.

        Different rooms may share keys: there the room that has the keyboard answers.
        """
        return {
            keys: [one.spec.id for one in ones]
            for keys, ones in self._by_keys().items()
            if _collide(ones)
        }

    def _by_keys(self) -> dict[str, list[Registered]]:
        found: dict[str, list[Registered]] = {}
        for one in self._known.values():
            keys = one.action.shortcut().toString()
            if keys and not self._is_left(one):
                found.setdefault(keys, []).append(one)
        return found

    def _read_shortcuts(self) -> None:
        for one in self._known.values():
            one.action.setShortcut(QKeySequence(self.shortcut_of(one.spec.id)))
            self._tell(one)
        self._place_all()
        self.changed.emit()

    def _place_all(self) -> None:
        """Say where each shortcut works: in every window, or inside its room only."""
        shared = {
            one.spec.id
            for ones in self._by_keys().values()
            if len({one.room for one in ones}) > 1
            for one in ones
        }
        self._windows = [window for window in self._windows if shiboken6.isValid(window)]
        for name, one in self._known.items():
            local = one.room != SHELL and (one.spec.local or name in shared)
            local = local or self._is_left(one)
            context = Qt.ShortcutContext
            one.action.setShortcutContext(
                context.WidgetWithChildrenShortcut if local else context.WindowShortcut
            )
            for window in self._windows:
                window.removeAction(one.action) if local else window.addAction(one.action)

    def _is_left(self, one: Registered) -> bool:
        return one.spec.left_to_the_widget(self.shortcut_of(one.spec.id))

    def _tell(self, one: Registered) -> None:
        keys = one.action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        text = one.action.text().replace("&", "").rstrip("…")
        one.action.setToolTip(f"{text} ({keys})" if keys else text)

    def _dress(self, one: Registered) -> None:
        if one.spec.icon in NAMES:
            one.action.setIcon(self._desk.appearance.icon(one.spec.icon))


def _collide(ones: list[Registered]) -> bool:
    rooms = [one.room for one in ones]
    return len(ones) > 1 and (SHELL in rooms or len(set(rooms)) < len(rooms))


def _translated(text: str) -> str:
    return QCoreApplication.translate("Actions", text)
