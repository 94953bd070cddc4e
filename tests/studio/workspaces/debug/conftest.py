"""A project that does what its arguments say, and panels that show it."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.desk import Desk
from studio.open_project import OpenProject
from tests.support.debug_panels import PanelBuilder

_MAIN = """
import sys, time
print('hello', *sys.argv[1:])
open('out.txt', 'w').write('x' * 1500)
if 'ask' in sys.argv:
    for line in sys.stdin:
        print('got', line.strip(), flush=True)
    print('no more input')
if 'flood' in sys.argv:
    for number in range(10**9):
        print(number, 'row after row after row of a flood')
if 'wait' in sys.argv:
    time.sleep(600)
if 'fail' in sys.argv:
    import helper
"""
_HELPER = "def level():\n    return {}['one']\nlevel()\n"


@pytest.fixture
def project(desk: Desk, tmp_path: Path) -> OpenProject:
    """The project, open."""
    folder = tmp_path / "hello"
    folder.mkdir()
    (folder / "main.py").write_text(_MAIN)
    (folder / "helper.py").write_text(_HELPER)
    assert desk.service is not None
    return OpenProject(folder, desk.service, desk.notices)


@pytest.fixture
def build(project: OpenProject, desk: Desk, qtbot: QtBot) -> PanelBuilder:
    """Call it for a panel."""
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1000, 400)
    window.show()
    return PanelBuilder(project, desk, window)
