"""What a studio that died had not saved is offered, whatever became of the file since."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from session.log.entry import Severity
from studio.desk import Desk
from studio.documents.recovery import RecoveryStore
from studio.open_project import OpenProject
from studio.workspaces.editor.recovery_store import recovery_store
from studio.workspaces.editor.workspace import EditorWorkspace
from tests.support.editing import bar, open_, press, type_
from tests.support.qt_loop import QtRunner, until

_CRASH = """
import os, sys
from pathlib import Path
from studio.documents.recovery import RecoveryStore
store = RecoveryStore(Path(sys.argv[1]))
store.keep(Path(sys.argv[2]), sys.argv[3], "of another time")
store.flush()
os._exit(9)
"""


def crash(desk: Desk, path: Path, text: str) -> None:
    """Have a studio die that had not saved a text."""
    folder = str(desk.home.state / "recovery")
    command = [sys.executable, "-c", _CRASH, folder, str(path), text]
    assert subprocess.run(command, check=False).returncode == 9


def kept(desk: Desk) -> list[str]:
    """Return the texts that are kept now."""
    assert recovery_store(desk).flush()
    files = sorted((desk.home.state / "recovery").glob("*/*.json"))
    return [file.read_text().partition("\n")[2] for file in files]


@pytest.fixture(autouse=True)
def closed(qt: QtRunner, desk: Desk) -> Iterator[None]:
    """Give the store up in the end."""
    yield
    qt.run(asyncio.sleep(0.05))
    recovery_store(desk).close()


def begin(qt: QtRunner, qtbot: QtBot, project: OpenProject, desk: Desk) -> EditorWorkspace:
    """Open the project's editor and wait until it has looked around."""
    workspace = EditorWorkspace(project, desk)
    qtbot.addWidget(workspace)
    workspace.show()
    qt.run(asyncio.sleep(0.3))
    return workspace


@pytest.mark.parametrize("now", ["gone", "binary"])
def test_a_text_whose_file_cannot_be_shown_comes_back(
    qt: QtRunner, qtbot: QtBot, project: OpenProject, desk: Desk, folder: Path, now: str
) -> None:
    path = folder / "lost.py"
    crash(desk, path, "PRECIOUS\n")
    if now == "binary":
        path.write_bytes(b"\0\1\2")
    workspace = begin(qt, qtbot, project, desk)
    document = workspace.tabs.documents[0]
    assert "Unsaved changes" in bar(document)
    assert not document.ready
    press(document, "Restore")
    assert document.editor.text() == "PRECIOUS\n"
    assert workspace.unsaved == ["lost.py"]
    qt.run(until(lambda: kept(desk) == ["PRECIOUS\n"]))
    qt.run(asyncio.sleep(0.1))
    if now == "gone":
        assert "deleted or moved" in bar(document)
        press(document, "Save again")
        qt.run(until(lambda: path.exists() and not document.modified))
        assert path.read_text() == "PRECIOUS\n"
        assert kept(desk) == []
    else:
        assert not qt.run(workspace.saving.save(document))
        assert "not a text file" in bar(document)
        assert path.read_bytes() == b"\0\1\2"


def test_the_newest_of_several_is_offered_first(
    qt: QtRunner, qtbot: QtBot, project: OpenProject, desk: Desk, folder: Path
) -> None:
    for text in ("older\n", "newest\n"):
        crash(desk, folder / "main.py", text)
    workspace = begin(qt, qtbot, project, desk)
    document = workspace.tabs.documents[0]
    press(document, "Restore")
    assert document.editor.text() == "newest\n"
    assert document.facts.recovered is not None
    assert document.facts.recovered.text == "older\n"  # it is not lost either
    press(document, "Discard")
    qt.run(until(lambda: kept(desk) == ["newest\n"]))


def test_what_was_not_decided_is_offered_again_in_the_next_tab(
    qt: QtRunner, qtbot: QtBot, project: OpenProject, desk: Desk, folder: Path
) -> None:
    crash(desk, folder / "main.py", "typed\n")
    workspace = begin(qt, qtbot, project, desk)
    workspace.close_document(workspace.tabs.documents[0])
    qt.run(until(lambda: not workspace.tabs.documents))
    document = open_(qt, workspace, folder / "main.py")
    press(document, "Restore")
    assert document.editor.text() == "typed\n"


def test_text_of_a_file_outside_of_every_project_is_told_and_offered(
    qt: QtRunner, qtbot: QtBot, project: OpenProject, desk: Desk, tmp_path: Path
) -> None:
    path = tmp_path / "elsewhere.py"
    path.write_text("x\n")
    crash(desk, path, "PRECIOUS\n")
    workspace = begin(qt, qtbot, project, desk)
    assert workspace.tabs.count() == 0
    told = [notice.text for notice in desk.notices.notices if str(path) in notice.text]
    assert len(told) == 1
    document = open_(qt, workspace, path)
    assert "Unsaved changes" in bar(document)
    press(document, "Restore")
    assert document.editor.text() == "PRECIOUS\n"


def test_text_whose_folder_is_gone_comes_back_without_a_file(
    qt: QtRunner, qtbot: QtBot, project: OpenProject, desk: Desk, tmp_path: Path
) -> None:
    crash(desk, tmp_path / "unplugged" / "game.py", "typed\n")
    workspace = begin(qt, qtbot, project, desk)
    (document,) = workspace.tabs.documents
    assert (document.name, document.path) == ("game.py", None)
    assert document.editor.text() == "typed\n"
    assert document.modified
    qt.run(until(lambda: kept(desk) == ["typed\n"]))


def test_the_last_words_are_kept_when_the_window_goes(
    qt: QtRunner, workspace: EditorWorkspace, desk: Desk, folder: Path
) -> None:
    type_(open_(qt, workspace, folder / "main.py"), "# last words\n")
    workspace.close()
    assert "# last words" in "".join(kept(desk))


def test_what_was_given_up_is_not_kept_again_at_the_end(
    qt: QtRunner, workspace: EditorWorkspace, desk: Desk, folder: Path
) -> None:
    document = open_(qt, workspace, folder / "main.py")
    type_(document, "# not wanted\n")
    document.discard()
    workspace.keep()
    workspace.close()
    recovery_store(desk).close()
    store = RecoveryStore(desk.home.state / "recovery")
    assert store.left() == []
    store.close()


def test_it_is_said_once_that_nothing_can_be_kept(
    qt: QtRunner, workspace: EditorWorkspace, desk: Desk, folder: Path
) -> None:
    store = desk.home.state / "recovery"
    store.parent.mkdir(parents=True, exist_ok=True)
    store.write_text("in the way")
    document = open_(qt, workspace, folder / "main.py")

    def said() -> list[Severity]:
        texts = (n for n in desk.notices.notices if "cannot be kept" in n.text)
        return [notice.severity for notice in texts]

    type_(document, "# one\n")
    document.keep()
    qt.run(until(lambda: said() == [Severity.WARNING]))
    document.keep()
    recovery_store(desk).flush()
    qt.run(asyncio.sleep(0.05))
    assert said() == [Severity.WARNING]
    store.unlink()
