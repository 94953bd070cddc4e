"""The system's change of theme is followed at once, and only where the user left it to it."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

from studio.look.appearance import Appearance
from studio.look.tokens import DARK, LIGHT


class Hints(QObject):
    """A desktop whose theme the test changes: the platform without a screen has none."""

    colorSchemeChanged = Signal(Qt.ColorScheme)  # noqa: N815 - Qt's name

    def __init__(self) -> None:
        super().__init__()
        self._scheme = Qt.ColorScheme.Dark

    def colorScheme(self) -> Qt.ColorScheme:  # noqa: N802 - Qt's name
        return self._scheme

    def change(self, scheme: Qt.ColorScheme) -> None:
        self._scheme = scheme
        self.colorSchemeChanged.emit(scheme)


class Desktop:
    """Stands where `QGuiApplication` is asked."""

    hints: Hints

    @classmethod
    def styleHints(cls) -> Hints:  # noqa: N802 - Qt's name
        return cls.hints


@pytest.fixture
def hints(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Hints:
    Desktop.hints = Hints()
    monkeypatch.setattr("studio.look.appearance.QGuiApplication", Desktop)
    return Desktop.hints


@pytest.fixture
def appearance(qapp: QApplication, hints: Hints) -> Iterator[Appearance]:
    made = Appearance(qapp)
    yield made
    made.deleteLater()


def test_the_system_is_followed_live(appearance: Appearance, hints: Hints) -> None:
    seen: list[str] = []
    appearance.changed.connect(lambda: seen.append(appearance.tokens.name))
    assert appearance.tokens is DARK
    hints.change(Qt.ColorScheme.Light)
    assert appearance.tokens is LIGHT
    hints.change(Qt.ColorScheme.Dark)
    assert seen == ["light", "dark"]


def test_a_chosen_theme_stays_until_it_is_the_systems_again(
    appearance: Appearance, hints: Hints
) -> None:
    appearance.set_theme("light")
    hints.change(Qt.ColorScheme.Light)
    hints.change(Qt.ColorScheme.Dark)
    assert appearance.tokens is LIGHT
    appearance.set_theme("system")
    assert appearance.tokens is DARK
