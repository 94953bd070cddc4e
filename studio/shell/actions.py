"""What can be asked of the shell, in the order of the menus."""

from functools import partial
from typing import Final

from studio.actions import ActionSpec
from studio.shell.commands import Commands
from studio.shell.layout import AREAS, BOTTOM, LEFT


def _panel(name: str, text: str, shortcut: str) -> ActionSpec:
    return ActionSpec(
        f"view.{name}",
        text,
        partial(_toggle, name),
        shortcut,
        name,
        "View",
        enabled=Commands.has_project,
    )


def _toggle(name: str, commands: Commands) -> None:
    commands.toggle_panel(name)


def _theme(theme: str, text: str) -> ActionSpec:
    return ActionSpec(f"studio.theme_{theme}", text, partial(_set_theme, theme), icon="theme")


def _set_theme(theme: str, commands: Commands) -> None:
    commands.set_theme(theme)


def _move(text: str, name: str, area: str) -> ActionSpec:
    return ActionSpec(
        panel_action(name, area),
        text,
        partial(_move_panel, name, area),
        icon="layout" if area else "float",
        enabled=partial(_can_move_panel, name, area),
    )


def _move_panel(name: str, area: str, commands: Commands) -> None:
    commands.move_panel(name, area)


def _can_move_panel(name: str, area: str, commands: Commands) -> bool:
    return commands.can_move_panel(name, area)


def _edit(name: str, text: str, shortcut: str, group: str, deed: str = "") -> ActionSpec:
    return ActionSpec(
        f"edit.{name}",
        text,
        partial(_do_edit, deed or name),
        shortcut,
        menu="Edit",
        enabled=partial(_can_edit, deed or name),
        group=group,
        native=name != "redo",  # whose keys are others, depending on the desktop
    )


def _do_edit(deed: str, commands: Commands) -> None:
    commands.editing.do(deed)


def _can_edit(deed: str, commands: Commands) -> bool:
    return commands.editing.can(deed)


def panel_action(name: str, area: str) -> str:
    """Return the id of what moves a panel to an area; "" for a window of its own."""
    return f"panel.{name}_{area or 'window'}"


def panel_menu(name: str) -> list[str]:
    """Return the actions that the menu of a panel's tab offers."""
    return [panel_action(name, area) for area in (*AREAS, "")]


#: In the palette, and in the menu of a panel's tab.
MOVES: Final = (
    _move("Files: move to the left", "files", LEFT),
    _move("Files: move to the bottom", "files", BOTTOM),
    _move("Files: window of its own", "files", ""),
    _move("Search: move to the left", "search", LEFT),
    _move("Search: move to the bottom", "search", BOTTOM),
    _move("Search: window of its own", "search", ""),
    _move("Debug: move to the left", "debug", LEFT),
    _move("Debug: move to the bottom", "debug", BOTTOM),
    _move("Debug: window of its own", "debug", ""),
    _move("Problems: move to the left", "problems", LEFT),
    _move("Problems: move to the bottom", "problems", BOTTOM),
    _move("Problems: window of its own", "problems", ""),
    _move("Workers: move to the left", "workers", LEFT),
    _move("Workers: move to the bottom", "workers", BOTTOM),
    _move("Workers: window of its own", "workers", ""),
)

ACTIONS: Final = (
    ActionSpec(
        "project.new", "New project…", Commands.new_project,
        "Ctrl+Shift+N", "add", "File",
    ),
    ActionSpec(
        "project.open_folder", "Open folder…", Commands.open_folder,
        "Ctrl+Shift+O", "open", "File",
    ),
    ActionSpec(
        "project.open_file", "Open a program or notebook as a project…", Commands.open_file,
        "", "file", "File",
    ),
    ActionSpec(
        "project.close", "Close project", Commands.close_project,
        "Ctrl+Shift+W", "close", "File", enabled=Commands.has_project,
    ),
    ActionSpec(
        "studio.settings", "Settings…", Commands.show_settings,
        "Ctrl+,", "settings", "File",
    ),
    ActionSpec("studio.quit", "Quit", Commands.quit, "Ctrl+Q", "", "File"),
    _edit("undo", "Undo", "Ctrl+Z", "steps"),
    _edit("redo", "Redo", "Ctrl+Y", "steps"),
    _edit("cut", "Cut", "Ctrl+X", "clipboard"),
    _edit("copy", "Copy", "Ctrl+C", "clipboard"),
    _edit("paste", "Paste", "Ctrl+V", "clipboard"),
    _edit("select_all", "Select all", "Ctrl+A", "clipboard", "selectAll"),
    ActionSpec(
        "view.palette", "Command palette…", Commands.show_palette,
        "Ctrl+Shift+P", "palette", "View",
    ),
    ActionSpec(
        "view.editor", "Editor", Commands.show_editor,
        "Ctrl+1", "edit", "View", enabled=Commands.has_project,
    ),
    _panel("debug", "Debug", "Ctrl+2"),
    ActionSpec(
        "view.history", "History", Commands.toggle_history,
        "Ctrl+3", "history", "View", enabled=Commands.has_project,
    ),
    _panel("files", "Files", "Ctrl+Shift+E"),
    _panel("search", "Search", "Ctrl+Shift+F"),
    _panel("problems", "Problems", "Ctrl+Shift+M"),
    _panel("workers", "Workers", ""),
    ActionSpec(
        "view.maximise", "Maximise the bottom panel", Commands.toggle_maximised,
        "Ctrl+Shift+U", "maximize", "View",
    ),
    ActionSpec(
        "view.notices", "Notices", Commands.show_notices, "", "bell", "View"
    ),
    ActionSpec(
        "view.isolation", "Isolation", Commands.show_isolation,
        "", "shield", "View", enabled=Commands.has_project,
    ),
    ActionSpec(
        "view.reset_layout", "Reset the layout", Commands.reset_layout,
        "", "layout", "View",
    ),
    _theme("system", "Theme: like the system"),
    _theme("light", "Theme: light"),
    _theme("dark", "Theme: dark"),
    ActionSpec(
        "run.play", "Play", Commands.play,
        "F5", "play", "Run", enabled=Commands.can_play,
    ),
    ActionSpec(
        "run.stop", "Stop", Commands.stop,
        "Shift+F5", "stop", "Run", enabled=Commands.can_stop,
    ),
    ActionSpec(
        "run.restart", "Restart", Commands.restart,
        "Ctrl+Shift+F5", "restart", "Run", enabled=Commands.can_restart,
    ),
    ActionSpec(
        "run.play_foreign", "Play as somebody else's project", Commands.play_foreign,
        "", "shield", "Run", enabled=Commands.can_play,
    ),
    ActionSpec(
        "run.check", "Check", Commands.check,
        "Ctrl+Shift+B", "check", "Run", enabled=Commands.can_check,
    ),
    ActionSpec(
        "run.configurations", "Edit configurations…",
        Commands.edit_configurations, "", "run-settings", "Run", enabled=Commands.has_project,
    ),
    ActionSpec(
        "run.copy_content_id", "Copy content id", Commands.copy_content_id,
        "", "content-id", "Run", enabled=Commands.has_content_id,
    ),
    ActionSpec(
        "pane.next", "Next pane", Commands.next_pane, "F6", "", "Go"
    ),
    ActionSpec(
        "pane.previous", "Previous pane", Commands.previous_pane,
        "Shift+F6", "", "Go",
    ),
    ActionSpec(
        "pane.menus", "Open the menus", Commands.show_menus, "F10", "menu"
    ),
    ActionSpec(
        "project.next", "Next project", Commands.next_project,
        "Ctrl+Alt+Down", "", "Go", enabled=Commands.several_open,
    ),
    ActionSpec(
        "project.previous", "Previous project", Commands.previous_project,
        "Ctrl+Alt+Up", "", "Go", enabled=Commands.several_open,
    ),
    ActionSpec(
        "help.quickstart", "The first five minutes", Commands.show_help,
        "F1", "help", "Help",
    ),
    ActionSpec(
        "help.workers", "Workers and tools", Commands.show_workers_help,
        "", "help", "Help",
    ),
    ActionSpec(
        "help.troubleshooting", "Troubleshooting", Commands.show_troubleshooting,
        "", "help", "Help",
    ),
    ActionSpec(
        "help.about", "About Playhead", Commands.show_about, "", "info", "Help"
    ),
    *MOVES,
)  # fmt: skip
