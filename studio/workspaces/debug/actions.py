"""What can be asked of the debug workspace."""

from typing import Final

from studio.actions import ActionSpec
from studio.workspaces.debug.workspace import DebugWorkspace

_MENU: Final = "Run"

ACTIONS: Final[tuple[ActionSpec, ...]] = (
    ActionSpec(
        "debug.find",
        "Find in the log",
        DebugWorkspace.open_find,
        "Ctrl+F",
        "search",
        local=True,
        enabled=DebugWorkspace.has_log,
    ),
    ActionSpec(
        "debug.find_next",
        "Find next in the log",
        DebugWorkspace.find_next,
        "F3",
        "next",
        local=True,
        enabled=DebugWorkspace.has_log,
    ),
    ActionSpec(
        "debug.find_previous",
        "Find previous in the log",
        DebugWorkspace.find_previous,
        "Shift+F3",
        "previous",
        local=True,
        enabled=DebugWorkspace.has_log,
    ),
    ActionSpec(
        "debug.filter", "Filter the log", DebugWorkspace.focus_filter, "Ctrl+Alt+F", "filter", _MENU
    ),
    ActionSpec(
        "debug.clear_filter", "Clear the log's filter", DebugWorkspace.clear_filter, icon="filter"
    ),
    ActionSpec(
        "debug.follow", "Follow the newest row", DebugWorkspace.toggle_follow, icon="follow"
    ),
    ActionSpec("debug.pause", "Hold the log still", DebugWorkspace.toggle_pause, icon="pause"),
    ActionSpec("debug.wrap", "Wrap long lines", DebugWorkspace.toggle_wrap, icon="wrap"),
    ActionSpec(
        "debug.collapse", "Show equal rows once", DebugWorkspace.toggle_collapse, icon="collapse"
    ),
    ActionSpec(
        "debug.usage",
        "Show memory, processor and log rate",
        DebugWorkspace.toggle_usage,
        icon="pulse",
    ),
    ActionSpec(
        "debug.copy",
        "Copy the selected rows",
        DebugWorkspace.copy,
        "Ctrl+C",
        "copy",
        local=True,
        enabled=DebugWorkspace.has_log,
    ),
    ActionSpec(
        "debug.copy_columns",
        "Copy the selected rows with time and source",
        DebugWorkspace.copy_with_columns,
        "Ctrl+Shift+C",
        "copy",
        local=True,
        enabled=DebugWorkspace.has_log,
    ),
    ActionSpec(
        "debug.export",
        "Export the log",
        DebugWorkspace.export,
        icon="export",
        menu=_MENU,
        enabled=DebugWorkspace.has_log,
    ),
    ActionSpec(
        "debug.open_as_text",
        "Open the log as text",
        DebugWorkspace.open_as_text,
        icon="file-text",
        enabled=DebugWorkspace.has_log,
    ),
    ActionSpec(
        "debug.next_error",
        "Next error in the log",
        DebugWorkspace.next_error,
        "F8",
        "error",
        _MENU,
        local=True,
        enabled=DebugWorkspace.has_log,
    ),
    ActionSpec(
        "debug.previous_error",
        "Previous error in the log",
        DebugWorkspace.previous_error,
        "Shift+F8",
        "error",
        _MENU,
        local=True,
        enabled=DebugWorkspace.has_log,
    ),
    ActionSpec(
        "debug.focus_input", "Type into the program", DebugWorkspace.focus_input, "Ctrl+Alt+I"
    ),
    ActionSpec(
        "debug.current_run",
        "Back to the current run",
        DebugWorkspace.back_to_current,
        icon="undo",
        enabled=DebugWorkspace.is_earlier,
    ),
)
