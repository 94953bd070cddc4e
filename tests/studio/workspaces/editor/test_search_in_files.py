"""Find in files: what the process finds, what it passes over, and the panel around it."""

import asyncio
import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from studio.desk import Desk
from studio.documents.text_file import read_text_file
from studio.open_project import OpenProject, Place
from studio.workspaces.editor.file_search import (
    MATCH_LIMIT,
    FileMatches,
    FileQuery,
    Match,
    SearchEnd,
    SearchRefused,
    replaced,
    search_files,
)
from studio.workspaces.editor.match_delegate import pieces_of
from studio.workspaces.editor.search import SearchPanel
from tests.support.qt_loop import QtRunner, until


async def _all(root: Path, query: FileQuery, only: str = "") -> tuple[list[FileMatches], SearchEnd]:
    found, end = [], None
    async for part in search_files(root, query, only):
        if isinstance(part, FileMatches):
            found.append(part)
        elif isinstance(part, SearchEnd):
            end = part
    assert end is not None
    return found, end


def test_a_word_is_found_with_its_line_and_place(qt: QtRunner, folder: Path) -> None:
    found, end = qt.run(_all(folder, FileQuery("name", case=False)))
    places = [(one.path, m.line, m.column, m.text) for one in found for m in one.matches]
    assert places == [("level.py", 1, 1, "NAME"), ("main.py", 3, 13, "NAME")]
    assert (end.matches, end.hits, end.capped) == (2, 2, False)


def test_case_words_and_patterns(qt: QtRunner, folder: Path) -> None:
    assert qt.run(_all(folder, FileQuery("name", case=True)))[1].matches == 0
    assert qt.run(_all(folder, FileQuery("leve", word=True)))[1].matches == 0
    assert qt.run(_all(folder, FileQuery("level", word=True)))[1].matches == 2
    assert qt.run(_all(folder, FileQuery(r"DEPTH = \d$", regex=True)))[1].matches == 1
    found, _ = qt.run(_all(folder, FileQuery("e", include=("*.md",))))
    assert [one.path for one in found] == ["notes.md"]
    found, _ = qt.run(_all(folder, FileQuery("DEPTH", exclude=("level9.py",))))
    assert [one.path for one in found] == ["level10.py"]


def test_a_bad_pattern_is_said(qt: QtRunner, folder: Path) -> None:
    with pytest.raises(SearchRefused, match="unterminated"):
        qt.run(_all(folder, FileQuery("(x", regex=True)))


@pytest.mark.parametrize(
    ("text", "replacement", "fault"),
    [
        ("x{99999999999}", None, "too large in the pattern"),
        ("DEPTH", r"\g<deep>", "unknown group name 'deep' in the replacement"),
        ("nowhere", r"a\2", "invalid group reference 2 at place 3 of the replacement"),
    ],
)
def test_what_is_wrong_with_pattern_or_replacement_is_said(
    qt: QtRunner, folder: Path, text: str, replacement: str | None, fault: str
) -> None:
    with pytest.raises(SearchRefused, match=re.escape(fault)):
        qt.run(_all(folder, FileQuery(text, regex=True, replacement=replacement)))


def test_binary_large_and_ignored_files_are_passed_over_and_counted(
    qt: QtRunner, folder: Path
) -> None:
    (folder / "blob.bin").write_bytes(b"NAME\0NAME")
    (folder / "huge.txt").write_bytes(b"NAME\n" * (6 * 2**20 // 5))
    (folder / ".venv").mkdir()
    (folder / ".venv" / "x.py").write_text("NAME\n")
    found, end = qt.run(_all(folder, FileQuery("NAME", case=True)))
    assert [one.path for one in found] == ["level.py", "main.py"]
    assert end.skipped == {"binary": 1, "large": 1}


def test_only_so_many_matches_are_shown(qt: QtRunner, folder: Path) -> None:
    (folder / "many.txt").write_text("zebra\n" * (MATCH_LIMIT + 50))
    found, end = qt.run(_all(folder, FileQuery("zebra")))
    assert sum(len(one.matches) for one in found) == MATCH_LIMIT
    assert end.capped


def test_a_single_file_is_searched_alone(qt: QtRunner, folder: Path) -> None:
    found, end = qt.run(_all(folder, FileQuery("level"), "main.py"))
    assert [one.path for one in found] == ["main.py"]
    assert (end.files, end.matches) == (1, 2)


def test_a_hopeless_pattern_ends_when_it_is_cancelled(qt: QtRunner, folder: Path) -> None:
    (folder / "trap.txt").write_text("a" * 60 + "b\n")

    async def give_up() -> None:
        task = asyncio.ensure_future(_all(folder, FileQuery(r"^(a+)+$", regex=True)))
        await asyncio.sleep(0.3)
        assert not task.done()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    qt.run(give_up())


def test_replacing_checks_that_the_match_is_still_there() -> None:
    matches = (
        Match(1, 1, 4, "NAME = NAME", 0, "NAME", "TITLE"),
        Match(1, 8, 4, "NAME = NAME", 7, "NAME", "TITLE"),
    )
    assert replaced("NAME = NAME\nrest", matches) == "TITLE = TITLE\nrest"
    assert replaced("name = NAME\n", matches) is None
    assert replaced("", matches) is None


def test_the_parts_of_a_line() -> None:
    match = Match(1, 5, 3, "let foo be", 4, "foo", "bar")
    assert pieces_of(match, replacing=False) == [
        ("plain", "let "),
        ("match", "foo"),
        ("plain", " be"),
    ]
    assert ("new", "bar") in pieces_of(match, replacing=True)


@pytest.fixture
def panel(qtbot: QtBot, project: OpenProject, desk: Desk) -> SearchPanel:
    panel = SearchPanel(project, desk)
    qtbot.addWidget(panel)
    panel.resize(320, 500)
    panel.show()
    return panel


def test_the_panel_finds_and_jumps(
    qt: QtRunner, qtbot: QtBot, panel: SearchPanel, project: OpenProject, folder: Path
) -> None:
    places: list[Place] = []
    project.location_requested.connect(places.append)
    QTest.keyClicks(panel.form.text, "cave")
    QTest.keyClick(panel.form.text, Qt.Key.Key_Return)
    qt.run(until(lambda: panel.end is not None))
    assert "1 match in 1 file" in panel.summary.text()
    row = panel.results.topLevelItem(0)
    assert row is not None
    panel.results.itemActivated.emit(row.child(0), 0)
    assert places == [Place(folder / "level.py", 1, 9)]
    assert project.views["search"]["text"] == "cave"


def test_nothing_found_says_how_much_was_looked_at(
    qt: QtRunner, qtbot: QtBot, panel: SearchPanel
) -> None:
    QTest.keyClicks(panel.form.text, "no such thing")
    qt.run(until(lambda: panel.end is not None))  # by itself, after a pause
    assert re.search(r"No matches in \d+ files", panel.summary.text())


def test_replacing_in_files_asks_once_and_can_be_taken_back(
    qt: QtRunner, qtbot: QtBot, panel: SearchPanel, folder: Path
) -> None:
    panel.form.show_replacing()
    panel.form.regex.setChecked(True)
    QTest.keyClicks(panel.form.replacement, r"\1_LEVEL")
    QTest.keyClicks(panel.form.text, r"(DEPTH)")
    QTest.keyClick(panel.form.text, Qt.Key.Key_Return)
    qt.run(until(lambda: panel.end is not None))
    panel.form.replace.click()
    qt.run(until(lambda: bool(panel.findChildren(QMessageBox))))
    box = panel.findChildren(QMessageBox)[0]
    assert "2 matches in 2 files" in box.text()
    next(b for b in box.buttons() if b.text() == "Replace").click()
    qt.run(until(lambda: panel.bar.isVisible()))
    assert (folder / "level9.py").read_text() == "DEPTH_LEVEL = 9\n"
    panel.bar.buttons[0].click()
    qt.run(until(lambda: (folder / "level9.py").read_text() == "DEPTH = 9\n"))
    assert (folder / "level10.py").read_text() == "DEPTH = 10\n"


def test_what_is_replaced_is_what_the_field_says_when_it_is_pressed(
    qt: QtRunner, qtbot: QtBot, panel: SearchPanel, folder: Path
) -> None:
    panel.form.show_replacing()
    QTest.keyClicks(panel.form.text, "DEPTH")
    QTest.keyClick(panel.form.text, Qt.Key.Key_Return)
    qt.run(until(lambda: panel.form.replace.isEnabled()))
    QTest.keyClicks(panel.form.replacement, "HEIGHT")
    assert not panel.form.replace.isEnabled()  # what was found is replaced by nothing yet
    panel.form.replace_requested.emit()
    assert not panel.findChildren(QMessageBox)
    qt.run(until(lambda: panel.form.replace.isEnabled()))
    panel.form.replace.click()
    qt.run(until(lambda: bool(panel.findChildren(QMessageBox))))
    box = panel.findChildren(QMessageBox)[0]
    next(b for b in box.buttons() if b.text() == "Replace").click()
    qt.run(until(lambda: panel.bar.isVisible()))
    assert (folder / "level9.py").read_text() == "HEIGHT = 9\n"


def test_links_are_not_followed(qt: QtRunner, folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("zebra\n")
    (folder / "link.txt").symlink_to(outside)
    (folder / "folder").symlink_to(tmp_path)
    assert qt.run(_all(folder, FileQuery("zebra")))[1].matches == 0


def test_a_file_that_is_not_utf8_is_searched_as_it_is_edited(qt: QtRunner, folder: Path) -> None:
    (folder / "old.txt").write_bytes("für Käse\r\n".encode("latin-1"))
    (folder / "old.py").write_bytes("# coding: cp1252\n# für €\n".encode("cp1252"))
    found, _ = qt.run(_all(folder, FileQuery("für .", regex=True, replacement="gegen")))
    assert [one.path for one in found] == ["old.py", "old.txt"]
    for one in found:
        text = read_text_file(folder / one.path).text
        changed = replaced(text, one.matches)
        assert changed is not None
        assert "gegen" in changed


@pytest.mark.parametrize(
    "kept", [[], "x", {"include": 5, "text": 3, "regex": "yes"}, {"include": [1, "*.py"]}]
)
def test_a_damaged_memory_is_tolerated(
    qtbot: QtBot, project: OpenProject, desk: Desk, kept: object
) -> None:
    project.views["search"] = kept
    panel = SearchPanel(project, desk)
    qtbot.addWidget(panel)
    assert panel.form.text.text() == ""
    assert panel.form.include.text() in ("", "*.py")
