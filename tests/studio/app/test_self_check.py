"""The isolation is tried out once a boot, when nobody waits, and what came of it is shown."""

import asyncio
import tempfile
from pathlib import Path

import pytest

from session.log.entry import Severity
from session.run_id import new_run_id
from session.runtime import boot_test, self_test
from session.runtime.self_test import SelfTest
from session.settings import SessionSettings
from studio.app import self_check
from studio.desk import Desk
from studio.shell.isolation_panel import check_part
from studio.shell.status_bar import StatusBar
from tests.support.process_watch import members
from tests.support.qt_loop import QtRunner, until

GOOD = SelfTest("strict", {"pidns": True}, {}, ())
ESCAPED = SelfTest("strict", {"pidns": True}, {"landlock": "none"}, ("read a file of yours",))


@pytest.fixture
def tries(monkeypatch: pytest.MonkeyPatch) -> list[SelfTest]:
    """What the tests to come find, taken from its end; they wait for a tenth of a second."""
    monkeypatch.setenv(self_check.VARIABLE, "0.1")
    found: list[SelfTest] = []

    async def tried(_: SessionSettings | None = None) -> SelfTest:
        return found.pop()

    monkeypatch.setattr(self_test, "self_test", tried)
    return found


def test_it_is_tried_once_a_boot_and_version(
    desk: Desk, qt: QtRunner, tries: list[SelfTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    tries[:] = [ESCAPED, GOOD]
    qt.run(self_check.check_isolation(desk))
    qt.run(self_check.check_isolation(desk))
    assert desk.isolation.result == GOOD
    assert desk.notices.notices == []
    monkeypatch.setattr(boot_test, "_version", lambda: "another")
    qt.run(self_check.check_isolation(desk))
    assert desk.isolation.result == ESCAPED
    assert tries == []


def test_what_gets_out_is_a_notice_and_shows_in_shield_and_panel(
    desk: Desk, qt: QtRunner, tries: list[SelfTest]
) -> None:
    tries[:] = [ESCAPED]
    qt.run(self_check.check_isolation(desk))
    (notice,) = desk.notices.notices
    assert notice.severity is Severity.WARNING
    assert "read a file of yours" in notice.text
    assert "read a file of yours" in check_part(desk.isolation.result).lines[0]
    bar = StatusBar(desk)
    bar._show_check_failed(None)
    assert "test failed" in bar.isolation.accessibleName()
    bar.deleteLater()


def test_it_is_off_where_it_is_told_so(
    desk: Desk, qt: QtRunner, tries: list[SelfTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(self_check.VARIABLE, "off")
    qt.run(self_check.check_isolation(desk))
    assert desk.isolation.result is None
    assert tries == []


def test_it_waits_while_something_runs(
    desk: Desk, qt: QtRunner, tries: list[SelfTest], tmp_path: Path
) -> None:
    (tmp_path / "main.py").write_text("import time; time.sleep(60)\n")
    tries[:] = [GOOD]

    async def check() -> None:
        assert desk.service is not None
        session = desk.service.open(tmp_path / "main.py")
        session.play()
        work = asyncio.ensure_future(self_check.check_isolation(desk))
        await asyncio.sleep(0.5)
        assert desk.isolation.result is None
        session.stop(force=True)
        await session.wait()
        await until(lambda: desk.isolation.result == GOOD)
        await work

    qt.run(check())


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"of": 1}', '{"of": [], "found": 3}'])
def test_a_damaged_result_is_none(desk: Desk, text: str) -> None:
    boot_test.keep_result(desk.home, GOOD)
    assert boot_test.known_result(desk.home) == GOOD
    (desk.home.state / "self-test.json").write_text(text)
    assert boot_test.known_result(desk.home) is None


@pytest.mark.usefixtures("desk")
def test_the_end_of_the_studio_is_the_end_of_it(
    qt: QtRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real one, called off at any moment, leaves no process and no folder."""
    run_id = new_run_id()
    monkeypatch.setattr(self_test, "new_run_id", lambda: run_id)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))

    async def check() -> None:
        for after_s in (0.0, 0.02, 0.1):
            work = asyncio.ensure_future(self_test.self_test())
            await asyncio.sleep(after_s)
            work.cancel()
            with pytest.raises(asyncio.CancelledError):
                await work

    qt.run(check())
    assert members(run_id) == []
    assert list((tmp_path / "temporary").glob("playhead-self-test-*")) == []
