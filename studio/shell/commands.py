"""What the shell's own actions do, on the window and the project in front."""

from pathlib import Path
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from studio import loop
from studio.desk import Desk
from studio.open_project import OpenProject
from studio.shell.editing import Editing
from studio.shell.frame import Frame
from studio.shell.home_folder import home_folder
from studio.shell.projects import Opened

if TYPE_CHECKING:
    from studio.shell.help_page import HelpDialog


class Commands(QObject):
    """The target of every action of the shell."""

    def __init__(self, window: Frame, desk: Desk) -> None:
        super().__init__(window)
        self._window = window
        self._desk = desk
        self._help: HelpDialog | None = None
        self.editing = Editing(window)

    @property
    def front(self) -> Opened | None:
        """The project in front."""
        return self._window.projects.front

    # Projects.

    def open_folder(self) -> None:
        """Ask for a folder and open it."""
        from studio.shell.dialogs.choose_project import choose_folder

        choose_folder(self._window, self._start(), self._open_chosen)

    def open_file(self) -> None:
        """Ask for a program or notebook and open it."""
        from studio.shell.dialogs.choose_project import choose_file

        choose_file(self._window, self._start(), self._open_chosen)

    def new_project(self, template: str = "") -> None:
        """Make a new project of a template."""
        from studio.shell.dialogs.new_project import NewProjectDialog

        dialog = NewProjectDialog(self._desk, template, self._window)
        dialog.project_made.connect(self._window.open_project)
        dialog.open()

    def close_project(self) -> None:
        """Close the project in front; asks where something would be lost."""
        if self.front is not None:
            loop.start(self._window.close_project(self.front.project))

    def next_project(self, step: int = 1) -> None:
        """Bring the next open project to the front."""
        projects = self._window.projects
        if projects.front is not None:
            index = projects.all.index(projects.front)
            projects.bring(projects.all[(index + step) % len(projects.all)])

    def previous_project(self) -> None:
        """Bring the open project before this one to the front."""
        self.next_project(-1)

    def several_open(self) -> bool:
        """Whether there is another project to go to."""
        return len(self._window.projects.all) > 1

    def _start(self) -> Path:
        return self.front.project.root.parent if self.front else home_folder()

    def _open_chosen(self, path: Path) -> None:
        self._window.open_project(path)

    # Playing.

    def has_project(self) -> bool:
        """Whether a project is in front."""
        return self.front is not None

    def can_play(self) -> bool:
        """Whether Play makes sense now."""
        return self.front is not None and self.front.flow.controls.play

    def can_stop(self) -> bool:
        """Whether Stop makes sense now."""
        return self.front is not None and self.front.flow.controls.stop

    def can_restart(self) -> bool:
        """Whether Restart makes sense now."""
        return self.front is not None and self.front.flow.controls.restart

    def play(self) -> None:
        """Save, then play."""
        if self.front is not None:
            self.front.flow.play()

    def play_foreign(self) -> None:
        """Save, then play as somebody else's project: with what is granted, and no more."""
        if self.front is not None:
            self.front.flow.play(self.front.project.request._replace(foreign=True))

    def stop(self) -> None:
        """Stop; a second time at once."""
        if self.front is not None:
            self.front.flow.stop()

    def restart(self) -> None:
        """Stop, then play."""
        if self.front is not None:
            self.front.flow.restart()

    def check(self) -> None:
        """Look for problems without playing."""
        if self.front is not None:
            self.front.project.check()

    def can_check(self) -> bool:
        """Whether a check makes sense now."""
        front = self.front
        return front is not None and not front.project.session.state.active

    def edit_configurations(self) -> None:
        """Open the run configurations of the project in front."""
        from studio.shell.dialogs.configurations import ConfigurationsDialog

        if self.front is not None:
            dialog = ConfigurationsDialog(self.front.project, self._desk, self._window)
            dialog.saved.connect(self._window.toolbar.configuration.refresh)
            dialog.open()

    def copy_content_id(self) -> None:
        """Copy the identity of what was played, in full."""
        content_id = self.front.project.session.content_id if self.front else None
        if content_id:
            QApplication.clipboard().setText(content_id)
            self._window.status.say(self.tr("Copied {0}").format(content_id))

    def has_content_id(self) -> bool:
        """Whether there is an identity to copy."""
        return self.front is not None and bool(self.front.project.session.content_id)

    # What is seen.

    def show_editor(self) -> None:
        """Turn to the editor, and put the keyboard there."""
        if self.front is None:
            return
        self._window.stage.show_page(self.front, "editor")
        self._window.panels.give_room()
        self._window.ring.enter(self._window.stage)

    def toggle_history(self) -> None:
        """Turn to the history of the project, or back to its editor."""
        if self.front is not None:
            page = "editor" if self.front.page == "history" else "history"
            self._window.stage.show_page(self.front, page)
            self._window.panels.give_room()
            self._window.ring.enter(self._window.stage)

    def toggle_panel(self, name: str) -> None:
        """Close a panel that is seen; show any other, and put the keyboard there."""
        panels = self._window.panels
        if panels.toggle(name):
            self._window.ring.enter(panels.content(name) or panels.hosts[name])
        elif not _keyboard_is_somewhere(self._window):
            self.show_editor()

    def move_panel(self, name: str, area: str) -> None:
        """Have a panel stand in an area; "" for a window of its own."""
        panels = self._window.panels
        if area:
            panels.move(name, area)
        else:
            panels.float_out(name)
        self._window.ring.enter(panels.content(name) or panels.hosts[name])

    def can_move_panel(self, name: str, area: str) -> bool:
        """Whether a panel does not stand there already."""
        layout = self._window.panels.layout
        here = "" if name in layout.floating else layout.area(name)
        return self.has_project() and here != area

    def toggle_maximised(self) -> None:
        """Give the bottom panel all of the room, or give it back."""
        self._window.panels.toggle_maximised()

    def reset_layout(self) -> None:
        """Have every panel where it was at first."""
        self._window.panels.reset()

    def set_theme(self, theme: str) -> None:
        """Use a theme from now on."""
        self._desk.settings.update(theme=theme)

    def show_palette(self) -> None:
        """Open the command palette."""
        self._window.palette_box.open()

    def show_menus(self) -> None:
        """Put the keyboard into the menus."""
        self._window.toolbar.open_menus()

    def show_notices(self) -> None:
        """Open the notices."""
        self._window.show_notices()

    def show_isolation(self) -> None:
        """Open what the shield stands for."""
        self._window.show_isolation()

    def next_pane(self) -> None:
        """Go to the next pane."""
        self._window.ring.step(self._window.panes(), 1)

    def previous_pane(self) -> None:
        """Go to the pane before."""
        self._window.ring.step(self._window.panes(), -1)

    # The studio.

    def show_settings(self) -> None:
        """Open the settings."""
        from studio.shell.dialogs.settings import SettingsDialog

        SettingsDialog(self._desk, self._window.registry, self._window).open()

    def quit(self) -> None:
        """Close the window, which asks what has to be asked."""
        self._window.close()

    def show_help(self, page: str = "quickstart") -> None:
        """Open a page of the help, in a window that stays beside the work."""
        from studio.shell.help_page import HelpDialog

        if self._help is None or not shiboken6.isValid(self._help):
            self._help = HelpDialog(self._desk, self._window)
            self._help.action_requested.connect(self._run_linked)
        self._help.open_page(page)
        self._help.show()
        self._help.activateWindow()

    def show_workers_help(self) -> None:
        """Open the page on workers and on what code can ask of its host."""
        self.show_help("workers")

    def show_troubleshooting(self) -> None:
        """Open what helps when something does not work."""
        self.show_help("troubleshooting")

    def _run_linked(self, name: str) -> None:
        if name in {spec.id for spec in self._window.registry.specs}:
            self._window.registry.run(name)

    def show_about(self) -> None:
        """Say what this is."""
        from studio.shell.dialogs.about import AboutDialog

        AboutDialog(self._window).open()

    # Wishes of workspaces.

    def show_run(self, project: OpenProject, run_id: str) -> None:
        """Show an earlier run in the debug panel: somebody asked for it."""
        opened = self._window.projects.of(project)
        if opened is None:
            return
        self._window.projects.bring(opened)
        self._window.panels.show_panel("debug")
        content = self._window.panels.content("debug")
        if content is not None:
            content.show_run(run_id)  # type: ignore[attr-defined]  # the debug workspace
            self._window.ring.enter(content)


def _keyboard_is_somewhere(window: Frame) -> bool:
    focus = QApplication.focusWidget()
    return focus is not None and focus.isVisible() and window.isAncestorOf(focus)
