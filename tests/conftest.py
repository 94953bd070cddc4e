"""Where Qt cannot be loaded, the tests that need it are left out, and that is said at the end."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support.qt_here import qt_problem

# How fast a busy machine makes examples up says nothing about the code.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")

HERE = Path(__file__).parent
# A studio that a test opens tries the isolation out only where the test asks for it.
os.environ["PLAYHEAD_SELF_TEST"] = "off"
_left_out: list[Path] = []


@pytest.fixture(autouse=True)
def collect_here() -> Iterator[None]:
    """Collect garbage between tests, on this thread alone (`studio.garbage`).

    Qt objects of one test may become garbage in the middle of another, whatever that is about.
    """
    gc.freeze()  # what earlier tests and the libraries left is not looked at again
    gc.disable()
    yield
    gc.collect()


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    """Put the plug-in for Qt aside, which would end everything, where Qt is not there."""
    if qt_problem() is not None and pluginmanager.has_plugin("pytest-qt"):
        pluginmanager.unregister(name="pytest-qt")


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out what needs Qt, whole folders with their `conftest.py` at once."""
    if qt_problem() is None or not needs_qt(collection_path):
        return None
    folder = collection_path.is_dir()
    _left_out.extend(collection_path.rglob("test_*.py") if folder else [collection_path])
    return True


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was left out, and why."""
    if _left_out:
        terminalreporter.write_line(
            f"NOT RUN: {len(_left_out)} test files of the studio's window, for Qt cannot be "
            f"loaded ({qt_problem()}). `.ci/system-libraries python3` names what to install."
        )


def needs_qt(path: Path) -> bool:
    """Whether a test file or a folder is about the studio's window; the command needs no Qt."""
    parts = path.relative_to(HERE).parts if path.is_relative_to(HERE) else ()
    if parts[:1] == ("studio",):
        return len(parts) > 1 and parts[1] not in {"cli", "conftest.py", "__pycache__"}
    return parts[:1] == ("e2e",) and path.name.startswith("test_studio_")
