"""The button that says how the project is played: with which run configuration."""

from pathlib import Path
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from studio import loop
from studio.desk import Desk
from studio.open_project import OpenProject
from studio.shell.action_registry import ActionRegistry
from studio.shell.bar_button import BarButton

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

_WIDEST = 160


class ConfigurationSwitcher(BarButton):
    """Names come from the manifest, read off the loop whenever the menu opens."""

    def __init__(self, desk: Desk, registry: ActionRegistry, parent: QWidget) -> None:
        super().__init__(desk.appearance, "run-settings", widest=_WIDEST, parent=parent)
        self._desk = desk
        self._registry = registry
        self._project: OpenProject | None = None
        #: Names and titles, and what is wrong with the manifest, as last read.
        self.known: list[tuple[str, str]] = []
        self.fault = ""
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.aboutToShow.connect(self._open)
        self.setMenu(menu)
        self._say()

    def show_project(self, project: OpenProject | None) -> None:
        """Show how a project is played."""
        if project is self._project:
            return
        before, self._project = self._project, project
        if before is not None and shiboken6.isValid(before):
            before.configuration_changed.disconnect(self._say)
        self.known, self.fault = [], ""
        if project is not None:
            project.configuration_changed.connect(self._say)
            self.refresh()
        self._say()

    async def read(self) -> None:
        """Read the names anew."""
        import asyncio  # late: the first frame is painted without it

        project = self._project
        if project is None:
            return
        known, fault = await asyncio.to_thread(_read, project.path)
        if shiboken6.isValid(self) and self._project is project:
            changed = (known, fault) != (self.known, self.fault)
            self.known, self.fault = known, fault
            self._say()
            if changed and self.menu().isVisible():
                self._fill()

    def refresh(self) -> None:
        """Read them anew, beside everything else."""
        loop.start(self.read())

    def _open(self) -> None:
        self._fill()
        self.refresh()

    def _fill(self) -> None:
        menu = self.menu()
        menu.clear()
        chosen = self._project.configuration if self._project else None
        self._entry(menu, self.tr("default"), None, chosen)
        for name, title in self.known:
            self._entry(menu, title or name, name, chosen)
        if self.fault:
            menu.addAction(self.fault).setEnabled(False)
        menu.addSeparator()
        menu.addAction(self._registry.action("run.configurations"))

    def _entry(self, menu: QMenu, text: str, name: str | None, chosen: str | None) -> None:
        action = menu.addAction(text.replace("&", "&&"))
        action.setCheckable(True)
        action.setChecked(name == chosen)
        action.setData(name)
        action.triggered.connect(self._choose)

    def _choose(self) -> None:
        action: QObject = self.sender()
        if self._project is not None and isinstance(action, QAction):
            self._project.choose_configuration(action.data())

    def _say(self) -> None:
        name = self._project.configuration if self._project else None
        titles = dict(self.known)
        shown = (titles.get(name) or name) if name else self.tr("default")
        self.setEnabled(self._project is not None)
        self.show_text(f"{shown} ▾")
        tip = self.tr("How Play plays the project: its run configuration")
        if name and self.known and name not in titles:
            tip = self.tr("{0} is no configuration of the manifest any more").format(name)
        self.say(self.tr("Run configuration: {0}").format(shown), tip)


def _read(project: Path) -> tuple[list[tuple[str, str]], str]:
    """Return names and titles, and why there are none. Blocking."""
    from shipper.errors import PrepareFailed
    from shipper.source.configurations import read_configurations

    try:
        return [(one.name, one.title) for one in read_configurations(project)], ""
    except PrepareFailed as error:
        return [], str(error)
