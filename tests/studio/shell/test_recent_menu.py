"""The recent projects in the File menu."""

from pathlib import Path

from PySide6.QtWidgets import QMenu

from studio.shell.projects import RECENT
from tests.studio.shell.conftest import ShellBench


def texts(menu: QMenu) -> list[str]:
    menu.aboutToShow.emit()
    return [action.text() for action in menu.actions()]


def test_the_file_menu_holds_what_was_opened(shell: ShellBench) -> None:
    async def check() -> None:
        menu = shell.window.menus.recent
        assert texts(menu) == ["What you open is listed here"]
        assert not menu.actions()[0].isEnabled()
        shell.open("harbour")
        shell.open("ferry & co")
        assert [text.split("    ")[0] for text in texts(menu)] == ["ferry && co", "harbour"]
        menu.actions()[1].trigger()
        front = shell.window.projects.front
        assert front is not None
        assert front.project.path.name == "harbour"
        assert menu.menuAction() in shell.window.menus.menu("File").actions()

    shell.run(check())


def test_a_project_that_is_gone_is_told_of(shell: ShellBench, tmp_path: Path) -> None:
    async def check() -> None:
        gone = tmp_path / "gone"
        shell.desk.memory.set(RECENT, [str(gone)])
        menu = shell.window.menus.recent
        texts(menu)
        menu.actions()[0].trigger()
        assert shell.window.projects.front is None
        assert str(gone) in shell.desk.notices.notices[-1].text

    shell.run(check())
