"""The status bar says how the file in front is encoded and ends its lines."""

from pathlib import Path

from studio.open_project import Place
from tests.studio.shell.conftest import ShellBench
from tests.support.qt_loop import until


def windows_file(folder: Path) -> Path:
    path = folder / "windows.py"
    path.write_bytes("# é\r\nx = 1\r\n".encode("utf-16"))
    return path


def test_it_follows_the_file_in_front(shell: ShellBench) -> None:
    async def check() -> None:
        project = shell.open("harbour")
        status = shell.window.status
        await until(lambda: "UTF-8" in status.format.text())
        project.location_requested.emit(Place(windows_file(project.path)))
        await until(lambda: "UTF-16" in status.format.text())
        assert "CRLF" in status.format.text()
        shell.window.registry.run("view.history")
        assert not status.format.isVisible()
        shell.window.registry.run("view.editor")
        assert status.format.isVisible()
        assert await shell.window.close_project(project)
        assert not status.format.isVisible()

    shell.run(check())
