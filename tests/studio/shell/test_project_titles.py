"""Projects of the same title are told apart by where they lie."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from studio.shell.palette_offer import offer
from studio.shell.project_titles import Titled, told_apart
from tests.studio.shell.conftest import ShellBench, painted

_PARTS = st.sampled_from(["a", "b", "game"])
_PATHS = st.lists(_PARTS, min_size=1, max_size=4).map(lambda parts: Path("/", *parts))


def titled(*paths: str) -> list[Titled]:
    return [Titled(Path(path).name, Path(path)) for path in paths]


def test_a_title_of_its_own_stays_as_it_is() -> None:
    assert told_apart(titled("/a/game", "/a/tool")) == ["game", "tool"]
    assert told_apart([]) == []


def test_the_same_title_gets_as_much_of_its_place_as_is_needed() -> None:
    assert told_apart(titled("/x/one/game", "/x/two/game", "/x/tool")) == [
        "game (one)",
        "game (two)",
        "tool",
    ]
    assert told_apart(titled("/x/a/game", "/y/a/game")) == ["game (x/a)", "game (y/a)"]


def test_the_same_title_in_one_folder_is_told_apart_by_name() -> None:
    shop = [Titled("Shop", Path("/x/old")), Titled("Shop", Path("/x/new"))]
    assert told_apart(shop) == ["Shop (old)", "Shop (new)"]


@given(st.lists(_PATHS, unique=True, max_size=5))
def test_no_two_are_called_the_same(paths: list[Path]) -> None:
    names = told_apart([Titled("Shop", path) for path in paths])
    assert len(set(names)) == len(names)


def test_menu_title_and_palette_tell_them_apart(shell: ShellBench) -> None:
    async def check() -> None:
        window = shell.window
        for name in ("one", "two"):
            (shell.folder / name).mkdir()
            shell.open(f"{name}/game")
        await painted()
        assert window.windowTitle().startswith("game (two) ")
        menu = window.toolbar.project.menu()
        menu.aboutToShow.emit()
        entries = [action.text() for action in menu.actions()]
        assert "game (one)" in entries[0]
        assert "game (two)" in entries[1]
        assert "game (one)" in [choice.text for choice in offer(window)]

    shell.run(check())


def test_the_project_menu_leaves_no_shortcut_dead(shell: ShellBench) -> None:
    """What makes no sense is grey while a menu is open, and answers its keys again afterwards."""

    async def check() -> None:
        window = shell.window
        shell.open("game")
        await painted()
        menu = window.toolbar.project.menu()
        action = window.registry.action("project.next")
        menu.popup(window.mapToGlobal(window.rect().center()))
        await painted()
        assert not action.isEnabled()
        menu.close()
        await painted()
        assert action.isEnabled()

    shell.run(check())
