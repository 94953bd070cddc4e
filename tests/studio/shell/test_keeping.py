"""Layout and open projects reach the disk soon after they changed, so that a kill loses little."""

import json
from typing import Any

import pytest

from studio.settings.memory import Memory
from studio.shell.layout import BOTTOM, LEFT
from studio.shell.projects import OPEN, last_open
from tests.studio.shell.conftest import ShellBench
from tests.support.qt_loop import until


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits are for people; before the window of `shell` is made."""
    monkeypatch.setattr("studio.shell.keeping.KEEP_AFTER_MS", 50)


def on_disk(shell: ShellBench) -> dict[str, Any]:
    path = shell.desk.home.state / "memory.json"
    found: dict[str, Any] = json.loads(path.read_bytes()) if path.exists() else {}
    return found


def test_what_changes_is_on_disk_soon_after(soon: None, shell: ShellBench) -> None:
    async def check() -> None:
        project = shell.open("harbour")
        await until(lambda: on_disk(shell).get(OPEN) == [str(project.path)])
        shell.window.panels.close_panel("files")
        await until(lambda: "files" not in on_disk(shell)["window.layout"]["open"])
        shell.window.panels.move("problems", LEFT)
        await until(lambda: on_disk(shell)["window.layout"]["moved"] == {"problems": LEFT})

    shell.run(check())


def test_what_stays_the_same_is_not_written_again(soon: None, shell: ShellBench) -> None:
    async def check() -> None:
        shell.open("harbour")
        await until(lambda: OPEN in on_disk(shell))
        await until(lambda: "main.py" in json.dumps(on_disk(shell)))  # a first look opens it
        await until(lambda: not shell.desk.memory.unsaved)
        await shell.quiet()
        shell.window.keep()
        assert not shell.desk.memory.unsaved

    shell.run(check())


def test_a_killed_studio_comes_back_as_it_was(soon: None, shell: ShellBench) -> None:
    """The next studio reads what is on disk, though this one was never closed."""

    async def check() -> None:
        project = shell.open("harbour")
        shell.window.panels.move("debug", LEFT)
        await until(lambda: on_disk(shell).get("window.layout", {}).get("moved") == {"debug": LEFT})
        again = Memory(shell.desk.home.state / "memory.json")
        assert again.get(OPEN, list) == [str(project.path)]
        assert shell.window.panels.layout.area("debug") == LEFT
        assert shell.window.panels.layout.tabs(BOTTOM) == ["problems"]

    shell.run(check())


def test_what_was_open_and_is_gone_is_passed_over(shell: ShellBench) -> None:
    here = shell.folder_of("here")
    shell.desk.memory.set(OPEN, [str(here), str(shell.folder / "gone"), 5, None, "\0"])
    assert last_open(shell.desk.memory) == [here]
