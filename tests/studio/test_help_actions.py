"""Every menu place and shortcut that the help pages name is there."""

import re

import pytest

import resources
from studio.shell.actions import ACTIONS as SHELL
from studio.shell.rooms import room_actions


@pytest.mark.parametrize("name", resources.help_names())
def test_menu_places_and_shortcuts_exist(name: str) -> None:
    specs = [*SHELL, *(spec for room in room_actions().values() for spec in room)]
    text = resources.help_page(name).read_text(encoding="utf-8")
    places = set(re.findall(r"\*\*([A-Z]\w+) ▸ (.+?)\*\*", text))
    assert places or name == "serving"  # which is about the terminal
    assert sorted(places - {(spec.menu, spec.text) for spec in specs}) == []
    shortcuts = set(re.findall(r"`((?:Ctrl\+|Shift\+|Alt\+)*(?:F\d+|[A-Z0-9]))`", text))
    known = {spec.shortcut for spec in specs} | {"Ctrl+C"}  # the terminal's own
    assert sorted(shortcuts - known) == []
