"""The panels of the window: shows what the `Layout` says, and changes it when asked to."""

from typing import Final

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QWidget

from studio.desk import Desk
from studio.open_project import OpenProject
from studio.shell.focus_ring import holds
from studio.shell.layout import BOTTOM, LEFT, SEATS, Layout, read_layout
from studio.shell.panel_area import PanelArea
from studio.shell.panel_host import PanelHost
from studio.shell.panel_window import PanelWindow

LAYOUT_KEY: Final = "window.layout"


class Panels(QObject):
    """All panels. The window puts `left` and `bottom` where they belong."""

    #: Panels opened, closed, came to the front, or moved.
    changed = Signal()
    #: A panel's content was made: its name and the widget.
    made = Signal(str, object)
    #: The menu of a panel is wanted: its name and the place on the screen.
    menu_requested = Signal(str, QPoint)
    #: A panel became a window of its own (the `PanelWindow`).
    floated = Signal(object)

    def __init__(self, desk: Desk, window: QWidget) -> None:
        super().__init__(window)
        self._desk = desk
        self._window = window
        self._ready = False
        self._wanted = True
        self.layout = read_layout(desk.memory.get(LAYOUT_KEY, dict, {}))
        self.left = PanelArea(LEFT, desk.appearance)
        self.bottom = PanelArea(BOTTOM, desk.appearance)
        self.hosts = {name: PanelHost(name, desk) for name in SEATS}
        self._windows: dict[str, PanelWindow] = {}
        for host in self.hosts.values():
            host.made.connect(self.made)
        for area in (self.left, self.bottom):
            area.chosen.connect(self.show_panel)
            area.menu_requested.connect(self.menu_requested)
            area.maximise_requested.connect(self.toggle_maximised)
            area.float_requested.connect(self.float_out)
            area.close_requested.connect(self.close_panel)
        self.apply()

    def populate(self) -> None:
        """Make the contents that can be seen, from now on."""
        self._ready = True
        self.apply()

    def set_wanted(self, *, wanted: bool) -> None:
        """Show no panel at all while there is no project for them."""
        if wanted != self._wanted:
            self._wanted = wanted
            self.apply()

    def seen(self, name: str) -> bool:
        """Whether a panel can be seen now."""
        return self._wanted and self.layout.seen(name)

    def seen_anything(self, area: str) -> bool:
        """Whether any panel of an area can be seen."""
        return self._wanted and self.layout.front(area) is not None

    def show_panel(self, name: str) -> None:
        """Open a panel and bring it to the front where it was."""
        self.layout.show(name)
        self.apply()
        if name in self._windows:
            self._windows[name].activateWindow()

    def close_panel(self, name: str) -> None:
        """Close a panel; it opens again where it was."""
        self._remember_windows()
        self.layout.close(name)
        self.hosts[name].close_content()
        self.apply()

    def toggle(self, name: str) -> bool:
        """Close a panel that is seen, show any other; say whether it is seen now."""
        if self.seen(name):
            self.close_panel(name)
        else:
            self.show_panel(name)
        return self.seen(name)

    def float_out(self, name: str) -> None:
        """Make a panel a window of its own."""
        self.layout.float_out(name)
        self.apply()

    def dock(self, name: str) -> None:
        """Put a panel back into the window."""
        self.layout.dock(name)
        self.apply()

    def move(self, name: str, area: str) -> None:
        """Have a panel stand in another area, or in its area again."""
        self._remember_windows()
        self.layout.move(name, area)
        self.apply()

    def toggle_maximised(self) -> None:
        """Give the bottom area all of the room, or give it back."""
        self.layout.maximise(not self.layout.maximised)
        self.apply()

    def give_room(self) -> None:
        """Let the middle be seen where the bottom area had all of the room."""
        if self.layout.maximised:
            self.toggle_maximised()

    @property
    def windows(self) -> list[PanelWindow]:
        """The panels that are windows of their own."""
        return list(self._windows.values())

    def reset(self) -> None:
        """Have everything where it was at first."""
        self.layout = Layout()
        self.apply()

    def set_project(self, project: OpenProject | None) -> None:
        """Show another project in every panel."""
        for host in self.hosts.values():
            host.set_project(project)

    def forget(self, project: OpenProject) -> None:
        """Let go of a project that is being closed."""
        for host in self.hosts.values():
            host.forget(project)

    def content(self, name: str) -> QWidget | None:
        """Return what a panel shows now, if it exists."""
        return self.hosts[name].content

    def holding(self, widget: QWidget | None) -> str:
        """Return the name of the panel that a widget lies in, "" for none."""
        return next((name for name, host in self.hosts.items() if holds(host, widget)), "")

    def focus(self, name: str) -> None:
        """Put the keyboard into a panel that is seen."""
        content = self.content(name) or self.hosts[name]
        content.window().activateWindow()
        content.setFocus()

    def keep(self) -> None:
        """Remember the layout."""
        self._remember_windows()
        self._desk.memory.set(LAYOUT_KEY, self.layout.document())

    def apply(self) -> None:
        """Show what the layout says."""
        for name, host in self.hosts.items():
            if name in self.layout.floating:
                self._float(name, host)
            else:
                self._seat(name, host)
        for area in (self.left, self.bottom):
            area.show_layout(self.layout, wanted=self._wanted)
        for name, host in self.hosts.items():
            host.set_seen(seen=self._ready and self.seen(name))
        self.changed.emit()

    def _seat(self, name: str, host: PanelHost) -> None:
        (self.left if self.layout.area(name) == LEFT else self.bottom).take(host)
        window = self._windows.pop(name, None)
        if window is not None:
            window.hide()
            window.deleteLater()

    def _float(self, name: str, host: PanelHost) -> None:
        shown = self._ready and self._wanted and name in self.layout.open
        window = self._windows.get(name)
        if window is None and shown:
            window = self._make_window(name, host)
        if window is not None and window.isVisible() != shown:
            window.setVisible(shown)

    def _make_window(self, name: str, host: PanelHost) -> PanelWindow:
        window = PanelWindow(host, self._desk.appearance, self._window)
        window.place(self.layout.floating[name])
        window.dock_requested.connect(self.dock)
        window.close_requested.connect(self.close_panel)
        host.show()
        self._windows[name] = window
        self.floated.emit(window)
        return window

    def _remember_windows(self) -> None:
        for name, window in self._windows.items():
            self.layout.floating[name] = window.where()
