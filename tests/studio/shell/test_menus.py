"""The menus: in the order in which people look for things."""

from PySide6.QtCore import QPoint

from tests.studio.shell.conftest import ShellBench, painted


def test_settings_and_quit_end_the_file_menu(shell: ShellBench) -> None:
    async def check() -> None:
        actions = shell.window.menus.menu("File").actions()
        names = [action.objectName() for action in actions if action.objectName()]
        assert names[0] == "project.new"
        assert "editor.save" in names
        assert names[-2:] == ["studio.settings", "studio.quit"]
        assert actions[-3].isSeparator()

    shell.run(check())


def test_words_that_open_something_end_alike(shell: ShellBench) -> None:
    async def check() -> None:
        specs = shell.window.registry.specs
        assert [spec.text for spec in specs if " …" in spec.text or "..." in spec.text] == []

    shell.run(check())


def test_the_edit_menu_is_divided_where_people_expect_it(shell: ShellBench) -> None:
    async def check() -> None:
        groups: list[list[str]] = [[]]
        for action in shell.window.menus.menu("Edit").actions():
            if action.isSeparator():
                groups.append([])
            else:
                groups[-1].append(action.text())
        assert groups[:3] == [
            ["Undo", "Redo"],
            ["Cut", "Copy", "Paste", "Select all"],
            ["Find", "Replace", "Find next", "Find previous"],
        ]
        assert groups[3][0] == "Toggle comment"
        assert len(groups) == 5

    shell.run(check())


def test_going_from_menu_to_menu_shows_what_makes_sense_in_each(shell: ShellBench) -> None:
    async def check() -> None:
        menus, save = shell.window.menus, shell.window.registry.action("editor.save")
        menus.menu("Edit").popup(QPoint(0, 0))
        menus.menu("Edit").hide()
        menus.menu("File").popup(QPoint(0, 0))
        await painted()
        assert not save.isEnabled(), "there is no text"
        menus.menu("File").hide()
        await painted()
        assert save.isEnabled(), "its shortcut lives"

    shell.run(check())
