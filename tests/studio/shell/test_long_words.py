"""Words twice as long, and from right to left: nothing is cut, nothing leaves the screen."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTranslator
from PySide6.QtWidgets import QApplication, QPushButton, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from session.rights import Question
from studio.actions import ActionSpec
from studio.desk import Desk
from studio.shell.action_registry import ActionRegistry
from studio.shell.dialogs.about import AboutDialog
from studio.shell.dialogs.close_running import CloseRunningDialog
from studio.shell.dialogs.configuration_form import ConfigurationForm
from studio.shell.dialogs.new_project import NewProjectDialog
from studio.shell.dialogs.permission_sheet import PermissionSheet
from studio.shell.dialogs.settings import SettingsDialog
from studio.shell.help_page import HelpDialog
from studio.shell.isolation_panel import IsolationPanel
from studio.shell.text_label import TextLabel

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

SMALLEST = (1280, 720)
REPORT = {"profile": "portable", "gaps": {"root-uid": "it is root"}, "granted": ["net", "gpu"]}


class LongWords(QTranslator):
    """Makes every longer word much longer."""

    def translate(
        self, context: str, text: str, disambiguation: str | None = None, n: int = -1
    ) -> str:
        """Return the text in something like German."""
        words = text.split(" ")
        return " ".join(w + "schifffahrts" if len(w) > 3 and w.isalpha() else w for w in words)


@pytest.fixture(params=[Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def long_words(qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[None]:
    """Long words in either direction, for as long as the test."""
    translator = LongWords(qapp)
    qapp.installTranslator(translator)
    qapp.setLayoutDirection(request.param)
    qapp.setQuitOnLastWindowClosed(False)
    yield
    qapp.removeTranslator(translator)
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def settings(desk: Desk) -> QWidget:
    """The settings, on their fullest page."""
    window = QWidget()
    registry = ActionRegistry(desk, lambda _: window, window)
    registry.add("shell", [ActionSpec("run.play", "Play", lambda _: None, "F5")])
    dialog = SettingsDialog(desk, registry)
    dialog.open_page("playing")
    return dialog


def form(desk: Desk) -> QWidget:
    """The form of a run configuration, as wide as its dialog leaves it."""
    found = ConfigurationForm(Path("/"), desk.appearance)
    found.resize(620, 720)
    return found


LONG = (
    Question("read", tuple(f"/{'deep/' * 20}{n}" for n in range(3))),
    Question("net", (), tuple(f"module_{n}" for n in range(40))),
    *(Question(name) for name in ("write", "env", "display", "audio", "gpu")),
)
MAKERS: dict[str, Callable[[Desk], QWidget]] = {
    "settings": settings,
    "form": form,
    "new": lambda desk: NewProjectDialog(desk),
    "close": lambda _: CloseRunningDialog(["Harbour", "Breakout"], can_keep=True),
    "isolation": lambda desk: IsolationPanel(desk.appearance, REPORT),
    "permission": lambda _: PermissionSheet("Harbour", LONG[:1], own=True),
    "permissions": lambda _: PermissionSheet("H" * 90, LONG, own=False),
    "about": lambda _: AboutDialog(),
    "help": lambda desk: HelpDialog(desk),
}


def fits(area: QScrollArea) -> bool:
    """Whether nothing lies beside what is shown, for it cannot be scrolled there."""
    inside = area.widget()
    return inside is None or inside.width() <= area.viewport().width()


@pytest.mark.usefixtures("long_words")
@pytest.mark.parametrize("name", MAKERS)
def test_nothing_is_cut(name: str, desk: Desk, qtbot: QtBot) -> None:
    shown = MAKERS[name](desk)
    shown.show()
    qtbot.waitUntil(lambda: shown.isVisible() and shown.height() > 0)
    shown.grab()  # lays everything out
    assert shown.width() <= SMALLEST[0]
    assert shown.height() <= SMALLEST[1] or name == "form"
    for button in shown.findChildren(QPushButton):
        if button.isVisible():
            assert button.width() >= button.minimumSizeHint().width(), button.text()
    for label in shown.findChildren(TextLabel):
        if label.isVisible() and label.wordWrap():
            assert label.height() >= label.heightForWidth(label.width()), label.text()
    for area in shown.findChildren(QScrollArea):
        qtbot.waitUntil(partial(fits, area))  # once its bar has come or gone
    shown.close()
