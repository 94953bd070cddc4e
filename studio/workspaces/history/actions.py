"""What can be asked of the history workspace."""

from typing import Final

from studio.actions import ActionSpec
from studio.workspaces.history.workspace import HistoryWorkspace

ACTIONS: Final[tuple[ActionSpec, ...]] = (
    ActionSpec(
        "history.open_log",
        "Open the log of the selected run",
        HistoryWorkspace.open_log,
        icon="debug",
        enabled=HistoryWorkspace.has_one,
    ),
    ActionSpec(
        "history.compare",
        "Compare the two selected runs",
        HistoryWorkspace.compare,
        "Ctrl+Shift+D",
        "compare",
        local=True,
        enabled=HistoryWorkspace.has_two,
    ),
    ActionSpec(
        "history.play_again",
        "Play the selected run again",
        HistoryWorkspace.play_again,
        "Ctrl+Return",
        "play",
        local=True,
        enabled=HistoryWorkspace.has_one,
    ),
    ActionSpec(
        "history.copy_command",
        "Copy the selected run's command line",
        HistoryWorkspace.copy_command,
        "Ctrl+C",
        "copy",
        local=True,
        enabled=HistoryWorkspace.has_one,
    ),
    ActionSpec(
        "history.copy_written",
        "Copy what the selected run wrote into the project",
        HistoryWorkspace.copy_written,
        icon="copy",
        enabled=HistoryWorkspace.wrote_something,
    ),
    ActionSpec(
        "history.open_folder",
        "Open the selected run's folder",
        HistoryWorkspace.open_folder,
        icon="folder-open",
        enabled=HistoryWorkspace.has_one,
    ),
    ActionSpec(
        "history.delete",
        "Delete the selected runs",
        HistoryWorkspace.delete,
        "Delete",
        "trash",
        local=True,
        enabled=HistoryWorkspace.has_some,
    ),
    ActionSpec(
        "history.undo_delete",
        "Bring the deleted runs back",
        HistoryWorkspace.undo_delete,
        "Ctrl+Z",
        "undo",
        local=True,
        enabled=HistoryWorkspace.can_undo,
    ),
)
