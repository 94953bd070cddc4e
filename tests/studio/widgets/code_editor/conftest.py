"""An editor in a window of its own, and what its highlighting says."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.look.appearance import Appearance
from studio.settings.store import SettingsStore
from studio.widgets.code_editor.editor import CodeEditor


@pytest.fixture
def appearance(qapp: QApplication) -> Iterator[Appearance]:
    found = Appearance(qapp)
    yield found
    found.deleteLater()


@pytest.fixture
def settings(tmp_path: Path) -> SettingsStore:
    return SettingsStore(tmp_path / "settings.json")


@pytest.fixture
def editor(qtbot: QtBot, appearance: Appearance, settings: SettingsStore) -> CodeEditor:
    found = CodeEditor(appearance, settings)
    qtbot.addWidget(found)
    found.resize(800, 600)
    found.show()
    return found


@pytest.fixture
def settle(qtbot: QtBot) -> Callable[[CodeEditor], None]:
    """Wait until everything in an editor has been lexed."""

    def wait(editor: CodeEditor) -> None:
        qtbot.waitUntil(lambda: editor.highlighter.settled, timeout=20_000)

    return wait
