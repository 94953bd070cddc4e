"""The window: a frame that is painted first, and everything in it that comes after.

Composes and forwards. Nothing heavy is imported before `populate`.
"""

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import shiboken6
from PySide6.QtCore import QByteArray, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QHideEvent, QKeyEvent, QMoveEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from session.log.entry import Severity
from studio.desk import Desk
from studio.open_project import OpenProject, Place
from studio.shell.action_registry import SHELL, ActionRegistry
from studio.shell.actions import ACTIONS, panel_menu
from studio.shell.activity_bar import ActivityBar
from studio.shell.banner import Banner
from studio.shell.body import Body
from studio.shell.commands import Commands
from studio.shell.first_look import FirstLook
from studio.shell.focus_ring import FocusRing
from studio.shell.frame import Frame
from studio.shell.keeping import Keeping
from studio.shell.menus import Menus
from studio.shell.palette import CommandPalette
from studio.shell.panels import Panels
from studio.shell.projects import FRONT, OPEN, Opened, OpenProjects, last_open
from studio.shell.quitting import Quitting
from studio.shell.rooms import room_actions
from studio.shell.stage import Stage
from studio.shell.state_word import state_word
from studio.shell.status_bar import StatusBar
from studio.shell.toolbar import Toolbar
from studio.shell.tray import Tray

if TYPE_CHECKING:
    from studio.shell.notices_panel import NoticesPanel

GEOMETRY_KEY: Final = "window.geometry"
_SIZE: Final = QSize(1280, 800)
_LEAST: Final = QSize(720, 480)


class MainWindow(Frame):
    """The studio's window."""

    #: The user wants to close it; `may_quit` says whether it may be.
    quit_requested = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        desk.appearance.hold_icons(held=True)
        self._populated = False
        self._notices: NoticesPanel | None = None
        self.commands = Commands(self, desk)
        self.projects = OpenProjects(desk, self)
        self.registry = ActionRegistry(desk, self._target_of, self)
        self.registry.add(SHELL, ACTIONS)
        self.menus = Menus(desk, self.registry, self)
        self.toolbar = Toolbar(desk, self.registry, self.menus, self.projects)
        self.activity = ActivityBar(desk, self.registry)
        self.panels = Panels(desk, self)
        self.stage = Stage(desk, self.projects, self._make_welcome)
        self.status = StatusBar(desk)
        self.banner = Banner()
        self.body = Body(self.panels, self.stage)
        self.palette_box = CommandPalette(desk, self._choices, self)
        self.ring = FocusRing(self)
        self.first_look = FirstLook(desk, self.projects, self)
        self.tray = Tray(desk, self.projects, self)
        self.keeping = Keeping(desk.memory, self.keep, self)
        self.quitting = Quitting(desk, self.projects, self.tray, self.banner, self)
        self._lay_out()
        self._connect()
        self._restore_geometry()
        self._show_front()
        self.stage.setFocus()

    # From the first frame to a window that can be used.

    def populate(self, last: Sequence[Path] | None = None) -> None:
        """Load what the first frame did without, and open what was open: `last`, where known."""
        self._populated = True
        for room, specs in room_actions().items():
            self.registry.add(room, specs)
        self._desk.appearance.hold_icons(held=False)
        self.registry.dress()
        self.menus.fill()
        self.panels.populate()
        self._open_last(last_open(self._desk.memory) if last is None else last)
        self.stage.show_front()
        self._keep_from_now_on()

    def open_project(self, path: Path) -> OpenProject | None:
        """Open a project and bring it to the front; None, and a notice, where it cannot be."""
        opened = self.projects.open(path)
        if opened is None:
            return None
        self.projects.bring(opened)
        return opened.project

    async def close_project(self, project: OpenProject) -> bool:
        """Close one project; asks where something would be lost. False: it stays."""
        opened = self.projects.of(project)
        if opened is None or not await self.quitting.may_close(opened):
            return False
        if self.projects.of(project) is None:  # closed meanwhile
            return True
        import asyncio  # late: the first frame is painted without it

        if project.session.state.active:
            self.status.say(self.tr("Stopping {0}…").format(project.title))
        self.projects.let_go(opened)
        self.panels.forget(project)
        self.stage.forget(opened)
        await asyncio.to_thread(self._desk.memory.save)
        await project.close()
        if shiboken6.isValid(project):
            project.deleteLater()
        return True

    async def may_quit(self) -> bool:
        """Ask what has to be asked, stop what runs; False: the window stays."""
        may = await self.quitting.may_quit()
        if may and shiboken6.isValid(self):
            self.keep()
        return may

    def keep(self) -> None:
        """Remember layout and projects."""
        self.panels.keep()
        self.projects.keep_all()
        geometry = bytes(self.saveGeometry().data())
        self._desk.memory.set(GEOMETRY_KEY, base64.b64encode(geometry).decode("ascii"))

    # What others of the shell ask of the window.

    def panes(self) -> list[QWidget]:
        """Return the panes that F6 goes through, in the order of the eye."""
        floating = list(self.panels.windows)
        return [
            self.toolbar, self.banner, self.activity, self.panels.left, self.stage,
            self.panels.bottom, self.status, *floating,
        ]  # fmt: skip

    def show_notices(self) -> None:
        """Open the list behind the bell."""
        if self._notices is None:
            from studio.shell.notices_panel import NoticesPanel

            self._notices = NoticesPanel(self._desk.notices, self._desk.appearance, self)
        self._notices.open_at(self.status.bell)

    def show_isolation(self) -> None:
        """Open what the shield in the status bar stands for."""
        from studio.shell.isolation_panel import IsolationPanel

        front = self.projects.front
        record = front.project.session.record if front is not None else None
        report = record.isolation if record is not None else None
        project = front.project if front is not None else None
        checked = self._desk.isolation.result
        panel = IsolationPanel(self._desk.appearance, report, project, checked, self)
        panel.help_requested.connect(self.commands.show_troubleshooting)
        panel.open_at(self.status.isolation)

    def come_back(self) -> None:
        """Show the window again, in front."""
        self.tray.hide()
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    # Events.

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Closing is a wish; whoever runs the studio asks `may_quit`."""
        event.ignore()
        self.quit_requested.emit()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Whatever ends the studio hides the window first: remember it."""
        super().hideEvent(event)
        if self._populated:
            self.keeping.stop()
            self.keep()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Another size is worth remembering."""
        super().resizeEvent(event)
        if self._populated:
            self.keeping.note()

    def moveEvent(self, event: QMoveEvent) -> None:  # noqa: N802 - Qt's name
        """Another place is, too."""
        super().moveEvent(event)
        if self._populated:
            self.keeping.note()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Seen again: no icon in the tray is needed."""
        super().showEvent(event)
        self.tray.hide()

    def focusNextPrevChild(self, following: bool) -> bool:  # noqa: N802 - Qt's name
        """Tab goes through the panes in the order of the eye, whichever was made first."""
        return self.ring.tab(self.panes(), forward=following)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Escape that nobody wanted goes back to the editor."""
        if event.key() == Qt.Key.Key_Escape and self.projects.front is not None:
            self.commands.show_editor()
            event.accept()
            return
        super().keyPressEvent(event)

    # Composition.

    def _lay_out(self) -> None:
        whole = QWidget(self)
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.activity)
        middle.addWidget(self.body, 1)
        column.addWidget(self.toolbar)
        column.addWidget(self.banner)
        column.addLayout(middle, 1)
        column.addWidget(self.status)
        self.setCentralWidget(whole)
        self.setMinimumSize(_LEAST)

    def _connect(self) -> None:
        projects, panels = self.projects, self.panels
        projects.front_changed.connect(self._show_front)
        projects.changed.connect(self._refresh)
        projects.opened.connect(self._take_in)
        panels.changed.connect(self._show_seen)
        panels.made.connect(self._attach)
        panels.floated.connect(self.registry.reach)
        panels.menu_requested.connect(self._show_panel_menu)
        self.stage.made.connect(self._attach)
        self.stage.page_changed.connect(self._show_seen)
        self.stage.page_changed.connect(self._show_format)
        self.stage.format_changed.connect(self._show_format)
        self.stage.cursor_moved.connect(self._show_cursor)
        self.menus.recent.open_requested.connect(self.open_project)
        self.toolbar.copy_id_requested.connect(self.commands.copy_content_id)
        self.status.state_pressed.connect(self._show_debug)
        self.status.notices_pressed.connect(self.show_notices)
        self.status.isolation_pressed.connect(self.show_isolation)
        self.status.cursor_pressed.connect(self._go_to_line)
        self.quitting.kept_running.connect(self._go_to_tray)
        self.tray.show_requested.connect(self.come_back)
        self.tray.quit_requested.connect(self._quit_from_tray)
        self._desk.settings.not_kept.connect(self._tell_not_kept)
        self._desk.appearance.changed.connect(self._dress)
        self._desk.isolation.changed.connect(self._refresh)

    def _keep_from_now_on(self) -> None:
        note = self.keeping.note
        for moved in (self.body.rows.splitterMoved, self.body.columns.splitterMoved):
            moved.connect(note)
        self.panels.changed.connect(note)
        self.projects.changed.connect(note)
        self.projects.front_changed.connect(note)
        self.stage.page_changed.connect(note)
        self.stage.cursor_moved.connect(note)

    def _target_of(self, room: str) -> Any:  # noqa: ANN401 - as many kinds as there are rooms
        front = self.projects.front
        if room == SHELL:
            return self.commands
        if room == "debug":
            return self.panels.content("debug") if self.panels.seen("debug") else None
        if front is None:
            return None
        return front.editor if room == "editor" else front.history

    def _attach(self, room: str, widget: QWidget) -> None:
        self.registry.attach(room, widget)

    def _show_panel_menu(self, name: str, place: QPoint) -> None:
        self.menus.popup(panel_menu(name), place)

    def _make_welcome(self) -> QWidget:
        if not self._populated:
            return QWidget()
        from studio.shell.welcome import WelcomePage

        page = WelcomePage(self._desk)
        page.open_requested.connect(self.open_project)
        page.play_requested.connect(self._open_and_play)
        page.new_requested.connect(self.commands.new_project)
        return page

    def _choices(self) -> list[Any]:
        from studio.shell.palette_offer import offer

        return offer(self)

    # What happens to projects.

    def _open_last(self, paths: Sequence[Path]) -> None:
        front = self._desk.memory.get(FRONT, str, "")
        opened = [self.projects.open(path) for path in paths]
        known = [one for one in opened if one is not None]
        chosen = next((one for one in known if str(one.project.path) == front), None)
        self.projects.bring(chosen or (known[0] if known else None))

    def _take_in(self, opened: Opened) -> None:
        project = opened.project
        from studio.shell.consent import Consent  # late: it waits, and the first frame need not

        Consent(project, self)
        project.location_requested.connect(self._show_place)
        project.run_requested.connect(self._show_run)
        project.comparison_requested.connect(self._compare)
        project.problems_requested.connect(self._show_problems)
        project.checking_changed.connect(self._refresh)
        project.problems.changed.connect(self._refresh)
        project.bridge.usage_changed.connect(self._show_use)
        opened.unread.changed.connect(self._refresh)
        project.bridge.run_ended.connect(self._refresh)

    def _show_front(self) -> None:
        front = self.projects.front
        held = self.panels.holding(self.focusWidget())
        if self._populated:
            self.stage.show_front()
            self.panels.set_project(front.project if front else None)
        expected = not self._populated and bool(self._desk.memory.get(OPEN, list, []))
        self.panels.set_wanted(wanted=front is not None or expected)
        if held:  # what had the keyboard is gone; it would fall to whatever comes next
            self.ring.settle(self.panels.content(held) or self.stage)
        self.status.show_cursor(None)
        self._refresh()

    def _refresh(self, *_: object) -> None:
        """Show the state of the project in front wherever it is shown."""
        front = self.projects.front
        project = front.project if front else None
        controls = front.flow.controls if front else None
        self.registry.derive("run.play", enabled=bool(controls and controls.play))
        self.registry.derive("run.stop", enabled=bool(controls and controls.stop))
        self.registry.derive("run.restart", enabled=bool(controls and controls.restart))
        stopping = bool(controls and controls.stopping)
        self.registry.rename("run.stop", self.tr("Stop now") if stopping else self.tr("Stop"))
        self.toolbar.show_project(project, controls)
        self.toolbar.dress()
        self.status.show_project(project, controls)
        self._show_counts()
        self._show_title()

    def _show_title(self) -> None:
        front = self.projects.front
        if front is None:
            self.setWindowTitle("Playhead")
            return
        controls = front.flow.controls
        title = self.projects.title(front.project)
        self.setWindowTitle(f"{title} {controls.sign} {state_word(controls)} - Playhead")

    def _show_counts(self) -> None:
        front = self.projects.front
        problems = front.project.problems if front else None
        errors = problems.count(Severity.ERROR) if problems else 0
        count = len(problems.problems) if problems else 0
        role = "error" if errors else "warning"
        said = self.tr("{0} problems").format(count)
        self.activity.button("view.problems").show_count(count, said, role)
        self.panels.bottom.header.show_counts({"problems": count})
        unread = front.unread if front else None
        button = self.activity.button("view.debug")
        if unread is None:
            button.show_count(0, "")
        else:
            role = "error" if unread.errors else "muted"
            button.show_count(unread.errors or unread.rows, unread.text, role)

    def _show_seen(self) -> None:
        panels, page = self.panels, self.stage.page
        seen = {f"view.{name}" for name in panels.hosts if panels.seen(name)}
        if page in ("editor", "history"):
            seen.add(f"view.{page}")
        self.activity.show_seen(seen)
        visible = panels.seen("debug")
        for opened in self.projects.all:
            opened.unread.set_visible(visible and opened is self.projects.front)
        self.body.show_layout()

    def _show_cursor(self, line: int, column: int) -> None:
        text = self.tr("Line {0}, column {1}").format(line, column) if line else None
        self.status.show_cursor(text)

    def _show_format(self) -> None:
        self.status.show_format(self.stage.format_text())

    def _show_use(self) -> None:
        front = self.projects.front
        if front is not None and self.sender() is front.project.bridge:
            self.status.show_use(front.project)

    def _show_place(self, place: Place) -> None:
        project = self.sender()
        opened = self.projects.of(project) if isinstance(project, OpenProject) else None
        if opened is not None:
            self.projects.bring(opened)
            self.stage.show_page(opened, "editor")
            self.panels.give_room()
            self.stage.editor_of(opened).show_place(place)

    def _show_run(self, run_id: str) -> None:
        project = self.sender()
        if isinstance(project, OpenProject):
            self.commands.show_run(project, run_id)

    def _compare(self, one: str, other: str) -> None:
        project = self.sender()
        opened = self.projects.of(project) if isinstance(project, OpenProject) else None
        if opened is not None:
            self.projects.bring(opened)
            self.stage.show_page(opened, "history")
            if opened.history is not None:
                opened.history.compare_runs(one, other)

    def _show_problems(self) -> None:
        project = self.sender()
        opened = self.projects.of(project) if isinstance(project, OpenProject) else None
        if opened is not None:
            self.projects.bring(opened)
            self.panels.show_panel("problems")

    def _show_debug(self) -> None:
        if self.projects.front is not None:
            self.panels.show_panel("debug")

    def _go_to_line(self) -> None:
        if "editor.go_to_line" in {spec.id for spec in self.registry.specs}:
            self.registry.run("editor.go_to_line")

    def _open_and_play(self, path: Path) -> None:
        project = self.open_project(path)
        if project is not None:
            project.play_requested.emit(None)

    # Coming and going.

    def _go_to_tray(self) -> None:
        self.tray.show()
        self.hide()

    def _quit_from_tray(self) -> None:
        self.quitting.unasked = True
        self.come_back()
        self.quit_requested.emit()

    def _tell_not_kept(self, sentence: str) -> None:
        self._desk.notices.post(sentence, Severity.WARNING)

    def _dress(self) -> None:
        if self._populated:
            self.registry.dress()

    def _restore_geometry(self) -> None:
        kept = self._desk.memory.get(GEOMETRY_KEY, str, "")
        try:
            data = base64.b64decode(kept, validate=True)
        except ValueError:
            data = b""
        if not data or not self.restoreGeometry(QByteArray(data)):
            self.resize(_SIZE)
