"""Whatever stands in the memory's file, the window opens, and a project with all of its panels."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session.home import project_key
from studio.shell.dialogs.new_project import PARENT, NewProjectDialog
from studio.shell.layout import SEATS, read_layout
from studio.shell.palette import RECENT_KEY
from studio.shell.panels import LAYOUT_KEY
from studio.shell.projects import FRONT, OPEN, RECENT
from studio.shell.window import GEOMETRY_KEY
from tests.studio.shell.conftest import ShellBench, painted

NASTY: tuple[Any, ...] = (
    None, True, -1, 10**30, 1.5, "", "\0", "\ud800".encode("utf-8", "replace").decode(), "x" * 999,
    [], [None], [[1], {}, "a"], {}, {"a": {"b": [1, None]}}, {"path": 1, "line": "x"},
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
KEYS = st.sampled_from(["open", "current", "moved", "floating", "sizes", "maximised", *SEATS])


@given(document=st.dictionaries(KEYS, JSON | st.dictionaries(KEYS, JSON, max_size=4), max_size=6))
def test_any_document_is_a_layout(document: dict[str, Any]) -> None:
    layout = read_layout(document)
    assert read_layout(layout.document()).document() == layout.document()


@pytest.mark.parametrize("value", NASTY, ids=range(len(NASTY)))
def test_a_window_and_a_project_open_on_any_value(shell: ShellBench, value: object) -> None:
    memory = shell.desk.memory
    folder = shell.folder_of("harbour")
    own = f"project.{project_key(folder)}"

    async def check() -> None:
        for document in (value, {"configuration": value, "editor": value, "views": value}):
            for key in (OPEN, FRONT, RECENT, GEOMETRY_KEY, LAYOUT_KEY, RECENT_KEY, PARENT):
                memory.set(key, value)
            memory.set(own, document)
            window = await shell.new_window()
            assert window.open_project(folder) is not None
            for name in SEATS:
                window.panels.show_panel(name)
                await painted()
                assert window.panels.content(name) is not None
            window.palette_box.open()
            window.palette_box.close()
            window.menus.recent.aboutToShow.emit()
            NewProjectDialog(shell.desk, "", window).deleteLater()
            window.keep()
            await shell.close(window)

    shell.run(check())
