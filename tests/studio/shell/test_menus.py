"""The menus: in the order in which people look for things."""

from tests.studio.shell.conftest import ShellBench


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
