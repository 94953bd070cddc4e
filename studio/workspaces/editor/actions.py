"""What can be asked of the editor workspace.

Room for more: completion, outline and breakpoints list their actions here and find the text in
front as `EditorWorkspace.current`.
"""

from collections.abc import Callable
from typing import Final

from studio.actions import ActionSpec
from studio.widgets.code_editor.editor import CodeEditor
from studio.workspaces.editor.alive import start
from studio.workspaces.editor.workspace import EditorWorkspace


def _with_text(run: Callable[[CodeEditor], object]) -> Callable[[EditorWorkspace], None]:
    """Return an action on the text in front; without one it does nothing."""

    def act(workspace: EditorWorkspace) -> None:
        document = workspace.current
        if document is not None and document.ready:
            run(document.editor)

    return act


def _save(workspace: EditorWorkspace) -> None:
    if workspace.current is not None:
        start(workspace, workspace.saving.save(workspace.current))


def _save_as(workspace: EditorWorkspace) -> None:
    if workspace.current is not None:
        start(workspace, workspace.saving.save_as(workspace.current))


def _save_all(workspace: EditorWorkspace) -> None:
    start(workspace, workspace.saving.save_all())


def _revert(workspace: EditorWorkspace) -> None:
    if workspace.current is not None:
        workspace.current.revert()


def _find(workspace: EditorWorkspace) -> None:
    if _has_text(workspace) and workspace.current is not None:
        workspace.current.open_find(replacing=False)


def _replace(workspace: EditorWorkspace) -> None:
    if _has_text(workspace) and workspace.current is not None:
        workspace.current.open_find(replacing=True)


def _find_next(workspace: EditorWorkspace) -> None:
    if workspace.current is not None and workspace.current.find_bar is not None:
        workspace.current.find_bar.find_next()


def _find_previous(workspace: EditorWorkspace) -> None:
    if workspace.current is not None and workspace.current.find_bar is not None:
        workspace.current.find_bar.find_previous()


def _has_text(workspace: EditorWorkspace) -> bool:
    return workspace.current is not None and workspace.current.ready


def _has_tab(workspace: EditorWorkspace) -> bool:
    return workspace.current is not None


def _is_unsaved(workspace: EditorWorkspace) -> bool:
    return bool(workspace.unsaved)


def _has_file(workspace: EditorWorkspace) -> bool:
    return _has_text(workspace) and workspace.current is not None and bool(workspace.current.path)


def _text_spec(name: str, text: str, keys: str, run: Callable[[CodeEditor], object]) -> ActionSpec:
    return ActionSpec(
        f"editor.{name}",
        text,
        _with_text(run),
        keys,
        menu="Edit",
        local=True,
        enabled=_has_text,
        group="lines",
    )


_EDITS: Final = (
    _text_spec("toggle_comment", "Toggle comment", "Ctrl+/", CodeEditor.toggle_comment),
    _text_spec("indent", "Indent lines", "Ctrl+]", CodeEditor.indent),
    _text_spec("unindent", "Unindent lines", "Ctrl+[", CodeEditor.unindent),
    _text_spec("duplicate_lines", "Duplicate lines", "Ctrl+D", CodeEditor.duplicate_lines),
    _text_spec("delete_lines", "Delete lines", "Ctrl+Shift+K", CodeEditor.delete_lines),
    _text_spec("join_lines", "Join lines", "Ctrl+J", CodeEditor.join_lines),
    _text_spec("move_lines_up", "Move lines up", "Alt+Up", lambda text: text.move_lines(-1)),
    _text_spec("move_lines_down", "Move lines down", "Alt+Down", lambda text: text.move_lines(1)),
    ActionSpec(
        "editor.quick_fix",
        "Fix the problem in this line",
        lambda workspace: workspace.text_problems.fix_here(),
        "Ctrl+.",
        "lightbulb",
        "Edit",
        local=True,
        enabled=_has_text,
        group="fix",
    ),
)
_FILES: Final = (
    ActionSpec("editor.new", "New file", EditorWorkspace.new_untitled, "Ctrl+N", "new", "File"),
    ActionSpec(
        "editor.quick_open", "Open a file…", EditorWorkspace.open_quickly, "Ctrl+P", "open", "File"
    ),
    ActionSpec("editor.save", "Save", _save, "Ctrl+S", "save", "File", enabled=_has_text),
    ActionSpec(
        "editor.save_as", "Save as…", _save_as, "Ctrl+Shift+S", "", "File", enabled=_has_text
    ),
    ActionSpec(
        "editor.save_all", "Save all", _save_all, "Ctrl+Alt+S", "", "File", enabled=_is_unsaved
    ),
    ActionSpec(
        "editor.revert", "Revert to the file", _revert, "", "undo", "File", enabled=_has_file
    ),
    ActionSpec(
        "editor.close",
        "Close tab",
        EditorWorkspace.close_current,
        "Ctrl+W",
        "close",
        "File",
        enabled=_has_tab,
    ),
    ActionSpec(
        "editor.reopen_closed",
        "Reopen closed tab",
        EditorWorkspace.reopen_closed,
        "Ctrl+Shift+T",
        "",
        "File",
    ),
)
_PLACES: Final = (
    ActionSpec("editor.find", "Find", _find, "Ctrl+F", "search", "Edit", enabled=_has_text),
    ActionSpec(
        "editor.replace", "Replace", _replace, "Ctrl+H", "replace", "Edit", enabled=_has_text
    ),
    ActionSpec("editor.find_next", "Find next", _find_next, "F3", "", "Edit", local=True),
    ActionSpec(
        "editor.find_previous", "Find previous", _find_previous, "Shift+F3", "", "Edit", local=True
    ),
    ActionSpec(
        "editor.go_to_line",
        "Go to line…",
        EditorWorkspace.go_to_line,
        "Ctrl+G",
        "",
        "Go",
        enabled=_has_text,
    ),
    ActionSpec(
        "editor.next_problem",
        "Next problem",
        lambda workspace: workspace.text_problems.step(1),
        "F8",
        "next",
        "Go",
        enabled=_has_text,
    ),
    ActionSpec(
        "editor.previous_problem",
        "Previous problem",
        lambda workspace: workspace.text_problems.step(-1),
        "Shift+F8",
        "previous",
        "Go",
        enabled=_has_text,
    ),
    ActionSpec(
        "editor.recent_tab",
        "Tab used before",
        lambda workspace: workspace.switch_recent(1),
        "Ctrl+Tab",
        "",
        "Go",
        enabled=_has_tab,
    ),
    ActionSpec(
        "editor.recent_tab_back",
        "Tab used before, backwards",
        lambda workspace: workspace.switch_recent(-1),
        "Ctrl+Shift+Tab",
        "",
        "Go",
        enabled=_has_tab,
    ),
)
#: Every action of the workspace; the search panel's key is the shell's, which owns that panel.
ACTIONS: tuple[ActionSpec, ...] = (*_FILES, *_PLACES, *_EDITS)
