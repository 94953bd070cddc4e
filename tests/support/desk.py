"""A desk with a home of its own, and asyncio on the Qt loop: fixtures for tests of the studio."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from session.compose import build_service
from session.home import Home
from studio.desk import Desk
from studio.look.appearance import Appearance
from studio.notices import NoticeList
from studio.settings.memory import Memory
from studio.settings.store import SettingsStore
from tests.support.qt_loop import QtRunner


@pytest.fixture
def qt(qapp: QApplication) -> Iterator[QtRunner]:
    """`qt.run(coroutine)` runs it on the Qt loop."""
    runner = QtRunner(qapp)
    yield runner
    runner.close()


@pytest.fixture
def desk(qapp: QApplication, tmp_path: Path) -> Iterator[Desk]:
    """The studio's parts, with a home below `tmp_path`."""
    home = Home.under(tmp_path / "home")
    appearance = Appearance(qapp)
    yield Desk(
        home=home,
        appearance=appearance,
        settings=SettingsStore(home.config / "settings.json"),
        memory=Memory(home.state / "memory.json"),
        notices=NoticeList(),
        service=build_service(home),
    )
    appearance.deleteLater()
