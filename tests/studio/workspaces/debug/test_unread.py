"""The badge of a hidden panel: counted by the project, with no panel anywhere."""

from pathlib import Path

import pytest

from session.log.entry import NewEntry, Severity, Source, Stream
from studio.desk import Desk
from studio.open_project import OpenProject
from studio.workspaces.debug.unread import UnreadCounter
from tests.support.qt_loop import QtRunner, until
from tests.support.simulated import open_ended, simulated_service


@pytest.fixture
def project(desk: Desk, tmp_path: Path) -> OpenProject:
    return OpenProject(tmp_path, simulated_service(tmp_path, runtime=open_ended()), desk.notices)


def test_rows_and_errors_are_counted_until_they_are_seen(
    qt: QtRunner, project: OpenProject
) -> None:
    async def look() -> None:
        counter = UnreadCounter(project)
        assert counter.text == ""
        project.play()
        await until(lambda: project.session.state.value == "running")
        log = project.session.log
        assert log is not None
        log.feed(Stream.STDOUT, b"one\ntwo\n")
        await until(lambda: counter.rows == log.last_seq)
        assert counter.text == f"{counter.rows} new rows"
        counter.set_visible(True)
        assert (counter.rows, counter.errors, counter.text) == (0, 0, "")
        log.feed(Stream.STDOUT, b"seen\n")
        await until(lambda: counter._seen == log.last_seq)
        counter.set_visible(False)
        log.append(NewEntry(Source.RUNTIME, Severity.ERROR, "KeyError: 'x'"))
        log.append(NewEntry(Source.RUNTIME, Severity.INFO, "nothing"))
        await until(lambda: counter.rows == 2)
        assert counter.text == "1 error"
        project.stop()
        await project.session.wait()
        project.play()
        await until(lambda: counter.errors == 0)
        await project.close()

    qt.run(look())
