"""The page of the workers: real programs, and what a pool has."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from session.exit_info import Cause
from session.worker_row import WorkerKind, WorkerRow
from studio.desk import Desk
from studio.open_project import OpenProject
from studio.workspaces.workers.panel import WorkersPanel
from studio.workspaces.workers.row_words import count_words, words_of
from tests.support.qt_loop import QtRunner, until

POOLED = WorkerRow(
    "w-1",
    WorkerKind.POOL,
    "thumbnails",
    "silent",
    pid=4711,
    memory=25_000_000,
    since=1000.0,
    requests=1234,
    heartbeats=(40, 43),
    isolation="strict",
)


class Source:
    """Workers that are what the test says."""

    def __init__(self) -> None:
        self.looks = 0
        self.workers: list[WorkerRow] = [POOLED, POOLED._replace(id="w-2", health="answers")]

    async def rows(self) -> Sequence[WorkerRow]:
        """Count the looks."""
        self.looks += 1
        return tuple(self.workers)

    def end(self, worker_id: str) -> bool:
        """Take one out."""
        before = len(self.workers)
        self.workers = [one for one in self.workers if one.id != worker_id]
        return len(self.workers) < before


def texts(panel: WorkersPanel) -> list[list[str]]:
    items = [panel.list.topLevelItem(at) for at in range(panel.list.topLevelItemCount())]
    columns = range(panel.list.columnCount())
    return [[item.text(column) for column in columns] for item in items if item is not None]


def select(panel: WorkersPanel, at: int) -> None:
    item = panel.list.topLevelItem(at)
    assert item is not None
    panel.list.setCurrentItem(item)


def test_a_row_says_what_is_known() -> None:
    words = words_of(POOLED, 1090.0)
    assert words[0] == "thumbnails"
    assert words[2:] == ["does not answer", "01:30", "25 MB", "1,234", "40 / 43", "strict", "4711"]
    bare = words_of(WorkerRow("r", WorkerKind.RUN, "game", "busy"), 0.0)
    assert bare[2] == "works, does not answer meanwhile"
    assert bare[7] == "none"
    assert len(set(bare[3:7])) == 1
    assert count_words(()) == "No workers"
    assert count_words((POOLED, POOLED)) == "2 workers · 50 MB · 2 not answering"


@pytest.mark.timeout(120)
def test_a_program_that_is_played_has_a_row_and_can_be_ended_from_it(
    qt: QtRunner, desk: Desk, tmp_path: Path
) -> None:
    async def look() -> None:
        assert desk.service is not None
        folder = tmp_path / "hello"
        folder.mkdir()
        project = OpenProject(folder, desk.service, desk.notices)
        (project.path / "main.py").write_text("import time\ntime.sleep(100)\n")
        panel = WorkersPanel(desk)
        panel.resize(900, 300)
        panel.show()
        await until(lambda: "No workers" in panel.counts.text())
        project.play()
        await until(lambda: any(row[2] == "answers" for row in texts(panel)), 60)
        await until(lambda: texts(panel)[0][4].endswith("B"), 30)
        (row,) = (one for one in texts(panel) if one[1] == "is played")
        assert row[0] == project.path.stem
        assert int(row[8]) > 0
        assert not panel.end.isEnabled()
        select(panel, 0)
        assert panel.end.isEnabled()
        panel.end.click()
        ended = await project.session.wait()
        assert ended.exit.cause is Cause.STOPPED_BY_USER
        await until(lambda: not [one for one in texts(panel) if one[1] == "is played"], 30)
        panel.close()
        panel.deleteLater()

    qt.run(look())


def test_it_looks_at_most_once_a_second_and_never_while_it_is_hidden(
    qt: QtRunner, desk: Desk
) -> None:
    async def look() -> None:
        assert desk.service is not None
        source = Source()
        forget = desk.service.show_workers(source)
        panel = WorkersPanel(desk)
        await asyncio.sleep(0.3)
        assert source.looks == 0
        panel.show()
        await until(lambda: len(texts(panel)) == 2)
        looks, began = source.looks, asyncio.get_running_loop().time()
        await until(lambda: source.looks >= looks + 2)
        assert asyncio.get_running_loop().time() - began > 0.9
        panel.hide()
        await asyncio.sleep(0.2)
        looks = source.looks
        await asyncio.sleep(1.3)
        assert source.looks == looks
        forget()
        panel.deleteLater()

    qt.run(look())


def test_the_selection_stays_with_its_worker_and_end_ends_that_one(
    qt: QtRunner, desk: Desk
) -> None:
    async def look() -> None:
        assert desk.service is not None
        source = Source()
        forget = desk.service.show_workers(source)
        panel = WorkersPanel(desk)
        panel.show()
        await until(lambda: len(texts(panel)) == 2)
        select(panel, 1)
        source.workers.insert(0, POOLED._replace(id="w-0"))
        panel.refresh()
        await until(lambda: len(texts(panel)) == 3)
        panel.end.click()
        assert [one.id for one in source.workers] == ["w-0", "w-1"]
        await until(lambda: len(texts(panel)) == 2)
        forget()
        panel.close()
        panel.deleteLater()

    qt.run(look())
