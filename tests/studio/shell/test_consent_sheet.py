"""The sheet that asks before a first Play: every answer, and what becomes of it."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel

from session.exit_info import Cause
from session.play_request import PlayRequest
from session.ports import Prepared, PrepareRequest
from session.rights import Question
from session.state import SessionState
from studio.open_project import KeptAnswer, OpenProject
from studio.shell.dialogs.permission_sheet import PermissionSheet
from studio.shell.isolation_panel import IsolationPanel
from tests.studio.shell.conftest import ShellBench, painted
from tests.support.qt_loop import until
from tests.support.simulated import prepared_image

NET = Question("net", (), ("requests", "socket"))
READ = Question("read", ("/srv/levels", "/srv/maps"))


class Asking:
    """A preparer of an image that lacks something."""

    def __init__(self, *questions: Question, own: bool = True) -> None:
        self.questions = questions
        self.own = own

    async def prepare(self, request: PrepareRequest) -> Prepared:
        image = prepared_image(request.project)
        return replace(image, questions=self.questions, own=self.own)


def begin(shell: ShellBench, *questions: Question, own: bool = True) -> OpenProject:
    service = shell.desk.service
    assert service is not None
    service._parts.preparer = Asking(*questions, own=own)
    return shell.open("harbour")


async def asked(shell: ShellBench) -> PermissionSheet:
    await until(lambda: bool(shell.window.findChildren(PermissionSheet)))
    (sheet,) = shell.window.findChildren(PermissionSheet)
    await until(sheet.isVisible)
    return sheet


async def gone(shell: ShellBench) -> None:
    await until(lambda: not shell.window.findChildren(PermissionSheet))


def granted(shell: ShellBench) -> tuple[str, ...]:
    (launch,) = shell.runtime.launches
    return launch.prepared.rights.granted


def texts(sheet: PermissionSheet) -> str:
    return "\n".join(label.text() for label in sheet.findChildren(QLabel)).replace("\u200b", "")


def test_allow_grants_it_and_is_remembered(shell: ShellBench) -> None:
    async def check() -> None:
        project = begin(shell, NET)
        project.play_requested.emit(None)
        sheet = await asked(shell)
        assert "Use the network: every address and port." in texts(sheet)
        assert "it imports requests, socket" in texts(sheet)
        assert project.asking
        assert project.session.state is SessionState.PREPARING
        sheet.allow.click()
        await until(lambda: project.session.state is SessionState.RUNNING)
        await gone(shell)
        await until(lambda: not project.asking)
        assert granted(shell) == ("net",)
        assert project.answers() == [KeptAnswer("simulated", "net", granted=True)]
        project.stop()
        await project.session.wait()

    shell.run(check())


def test_only_what_is_ticked_is_allowed_and_the_rest_refused(shell: ShellBench) -> None:
    async def check() -> None:
        project = begin(shell, NET, READ, own=False)
        project.play_requested.emit(PlayRequest(foreign=True))
        sheet = await asked(shell)
        assert "somebody else's" in texts(sheet)
        for box in sheet.boxes:
            box.setChecked(False)
        assert not sheet.allow.isEnabled()
        sheet.boxes[1].setChecked(True)
        sheet.allow.click()
        await until(lambda: project.session.state is SessionState.RUNNING)
        (launch,) = shell.runtime.launches
        assert launch.prepared.rights.read == ("/srv/levels", "/srv/maps")
        assert launch.prepared.rights.net is False
        key = launch.prepared.content_id
        assert project.answers() == [
            KeptAnswer(key, "read=/srv/levels,/srv/maps", granted=True),
            KeptAnswer(key, "net", granted=False),
        ]
        project.stop()
        await project.session.wait()

    shell.run(check())


def test_play_without_once(shell: ShellBench) -> None:
    async def check() -> None:
        project = begin(shell, NET)
        project.play_requested.emit(None)
        sheet = await asked(shell)
        sheet.remember.setChecked(False)
        sheet.without.click()
        await until(lambda: project.session.state is SessionState.RUNNING)
        assert granted(shell) == ()
        assert project.answers() == []
        project.stop()
        await project.session.wait()

    shell.run(check())


@pytest.mark.parametrize("way", ["cancel", "close", "stop"])
def test_nothing_is_played_where_nothing_was_answered(shell: ShellBench, way: str) -> None:
    async def check() -> None:
        project = begin(shell, NET)
        project.play_requested.emit(None)
        sheet = await asked(shell)
        if way == "stop":
            shell.window.registry.run("run.stop")
        elif way == "close":
            sheet.close()
        else:
            sheet.cancel.click()
        ended = await project.session.wait()
        assert ended.exit.cause is Cause.STOPPED_BY_USER
        await gone(shell)
        assert shell.runtime.launches == []
        assert project.answers() == []

    shell.run(check())


def test_closing_the_project_takes_its_question_away(shell: ShellBench) -> None:
    async def check() -> None:
        project = begin(shell, NET)
        project.play_requested.emit(None)
        await asked(shell)
        shell.window.panels.show_panel("debug")
        shell.window.panels.toggle("debug")
        await project.close()
        await gone(shell)
        assert shell.runtime.launches == []

    shell.run(check())


def test_an_answer_that_cannot_be_kept_holds_once(shell: ShellBench, tmp_path: Path) -> None:
    async def check() -> None:
        project = begin(shell, NET)
        grants = project.service.grants
        grants._path = tmp_path / "no folder" / "grants.json"
        (tmp_path / "no folder").write_text("in the way")
        project.play_requested.emit(None)
        sheet = await asked(shell)
        sheet.allow.click()
        await until(lambda: project.session.state is SessionState.RUNNING)
        assert granted(shell) == ("net",)
        assert "could not be kept" in shell.desk.notices.notices[-1].text
        project.stop()
        await project.session.wait()

    shell.run(check())


def test_the_shield_takes_answers_back(shell: ShellBench) -> None:
    async def check() -> None:
        project = shell.open("harbour")
        grants = project.service.grants
        grants.add("simulated", "net", project.path)
        grants.refuse("simulated", "read=/srv", project.path)
        grants.add("another", "net", Path("/elsewhere"))
        shell.window.registry.run("view.isolation")
        (panel,) = shell.window.findChildren(IsolationPanel)
        assert len(panel.rows) == 2
        assert "Not read /srv." in panel.rows[1].accessibleName()
        panel.rows[0].click()
        await painted()
        assert panel.window().focusWidget() is panel.help_button
        assert project.answers() == [KeptAnswer("simulated", "read=/srv", granted=False)]
        panel.rows[1].click()
        assert grants.all().keys() == {"another"}
        panel.close()
        await asyncio.sleep(0)

    shell.run(check())
