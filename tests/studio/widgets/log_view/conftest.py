"""A log, and a view over it in a window of 900 × 400."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from session.log.store import LogStore
from studio.desk import Desk
from studio.widgets.log_view.view import LogView
from tests.support.qt_loop import QtRunner


@pytest.fixture
def log(tmp_path: Path) -> Iterator[LogStore]:
    """A log that is being written."""
    found = LogStore.create(tmp_path / "log", "run-1")
    yield found
    found.close()


@pytest.fixture
def view(desk: Desk, qt: QtRunner, qtbot: QtBot, log: LogStore) -> Iterator[LogView]:
    """A view that shows the log."""
    made = LogView(desk.appearance)
    made.resize(900, 400)
    made.show_log(log, live=True)
    made.show()
    qtbot.waitExposed(made)
    yield made
    qt.run(made.release())
    made.close()
    made.deleteLater()
