"""The menus: every action that names one stands there, as bar or behind one button."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QCoreApplication, QObject, QPoint, QSize, Qt, QTimer
from PySide6.QtWidgets import QMenu, QMenuBar, QSizePolicy, QToolButton, QWidget

from studio.desk import Desk
from studio.look.tokens import BAR_ICON, TOOLBAR_HEIGHT
from studio.shell.action_registry import ActionRegistry, Registered
from studio.shell.recent_menu import RecentMenu

#: In the order of the bar; `&` marks the letter that opens a menu with Alt.
MENUS: Final = {
    "File": "&File",
    "Edit": "&Edit",
    "View": "&View",
    "Run": "&Run",
    "Go": "&Go",
    "Help": "&Help",
}

#: What the recent projects stand below.
_BEFORE_RECENT: Final = "project.open_file"
#: The group that ends a menu, whoever was added after it: Quit is looked for at the end.
_LAST: Final = "studio"


class Menus(QObject):
    """One set of menus, filled anew when actions were added."""

    def __init__(self, desk: Desk, registry: ActionRegistry, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self._registry = registry
        self._parent = parent
        self.recent = RecentMenu(desk, parent)
        self._menus = {name: QMenu(_title(text), parent) for name, text in MENUS.items()}
        for menu in self._menus.values():
            menu.aboutToShow.connect(registry.refresh)
            menu.aboutToHide.connect(self._release_later)
            menu.setToolTipsVisible(False)
        self.fill()

    def fill(self) -> None:
        """Put every action into its menu, a line between those of different groups."""
        for name, menu in self._menus.items():
            menu.clear()
            group = ""
            ones = [one for one in self._registry.registered if one.spec.menu == name]
            for one in sorted(ones, key=lambda one: _group(one) == _LAST):
                if group and _group(one) != group:
                    menu.addSeparator()
                group = _group(one)
                menu.addAction(one.action)
                if one.spec.id == _BEFORE_RECENT:
                    menu.addMenu(self.recent)

    def menu(self, name: str) -> QMenu:
        """Return one menu."""
        return self._menus[name]

    def popup(self, names: Sequence[str], place: QPoint) -> QMenu:
        """Show some actions at a place of the screen, in a menu that goes by itself."""
        menu = QMenu(self._parent)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._registry.refresh()
        menu.aboutToHide.connect(self._registry.release_later)
        menu.addActions([self._registry.action(name) for name in names])
        menu.popup(place)
        return menu

    def bar(self, parent: QWidget) -> QMenuBar:
        """Return the menus as a bar."""
        bar = QMenuBar(parent)
        bar.setAccessibleName(self.tr("Menus"))
        bar.setNativeMenuBar(False)  # it stands in our own row
        for menu in self._menus.values():
            bar.addMenu(menu)
        bar.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        return bar

    def button(self, parent: QWidget) -> QToolButton:
        """Return the menus behind one button."""
        button = _MenuButton(self._desk, parent)
        whole = QMenu(button)
        for menu in self._menus.values():
            whole.addMenu(menu)
        button.setMenu(whole)
        return button

    def _release_later(self) -> None:
        QTimer.singleShot(0, self, self._release)  # after what was chosen has been run

    def _release(self) -> None:
        """Let shortcuts through again, unless the next menu of the bar is open by now."""
        if not any(menu.isVisible() for menu in self._menus.values()):
            self._registry.release()


class _MenuButton(QToolButton):
    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self.setProperty("look", "icon")
        self.setIconSize(QSize(BAR_ICON, BAR_ICON))
        self.setFixedSize(TOOLBAR_HEIGHT - 12, TOOLBAR_HEIGHT - 12)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Menus"))
        self.setToolTip(self.tr("Menus (F10)"))
        desk.appearance.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        self.setIcon(self._desk.appearance.icon("menu"))


def _group(one: Registered) -> str:
    return one.spec.group or one.spec.id.partition(".")[0]


def _title(text: str) -> str:
    return QCoreApplication.translate("Menus", text)
