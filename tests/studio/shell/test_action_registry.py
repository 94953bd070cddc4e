"""One QAction a spec: shortcuts of the user, conflicts, and what makes sense now."""

from collections import Counter
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from studio.actions import ActionSpec
from studio.desk import Desk
from studio.shell.action_registry import SHELL, ActionRegistry
from studio.shell.actions import ACTIONS
from studio.shell.rooms import room_actions


class Target:
    """Notes what was run on it."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.allowed = True


def spec(name: str, keys: str = "", *, local: bool = False) -> ActionSpec:
    return ActionSpec(
        name,
        f"Do {name}…",
        lambda target: target.ran.append(name),
        keys,
        local=local,
        enabled=lambda target: target.allowed,
    )


class Bench:
    """A window with two rooms, one of them in front."""

    def __init__(self, desk: Desk, qtbot: QtBot) -> None:
        self.desk = desk
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.targets: dict[str, Any] = {"one": Target(), "two": Target()}
        self.registry = ActionRegistry(desk, self.targets.get, self.window)
        self.rooms = {name: QLineEdit(self.window) for name in self.targets}
        column = QVBoxLayout(self.window)
        for room in self.rooms.values():
            column.addWidget(room)


@pytest.fixture
def bench(desk: Desk, qtbot: QtBot) -> Bench:
    return Bench(desk, qtbot)


def test_an_action_runs_on_what_is_in_front(bench: Bench) -> None:
    bench.registry.add("one", [spec("one.go")])
    first = bench.targets["one"]
    bench.registry.action("one.go").trigger()
    bench.targets["one"] = Target()
    assert bench.registry.run("one.go")
    assert first.ran == bench.targets["one"].ran == ["one.go"]


def test_nothing_runs_where_nothing_is_in_front_or_it_makes_no_sense(bench: Bench) -> None:
    bench.registry.add("one", [spec("one.go")])
    bench.targets["one"].allowed = False
    assert not bench.registry.run("one.go")
    bench.targets["one"] = None
    assert not bench.registry.run("one.go")


def test_an_id_is_taken_once(bench: Bench) -> None:
    bench.registry.add("one", [spec("one.go")])
    with pytest.raises(ValueError, match=r"one\.go"):
        bench.registry.add("two", [spec("one.go")])


def test_menus_show_what_makes_sense_and_shortcuts_live_again(bench: Bench) -> None:
    bench.registry.add("one", [spec("one.go")])
    bench.targets["one"].allowed = False
    bench.registry.refresh()
    assert not bench.registry.action("one.go").isEnabled()
    bench.registry.release()
    assert bench.registry.action("one.go").isEnabled()
    bench.registry.derive("one.go", enabled=False)
    bench.registry.release()
    assert not bench.registry.action("one.go").isEnabled()


def test_a_tooltip_says_the_shortcut(bench: Bench) -> None:
    bench.registry.add("one", [spec("one.go", "Ctrl+G"), spec("one.stay")])
    assert bench.registry.action("one.go").toolTip() == "Do one.go (Ctrl+G)"
    assert bench.registry.action("one.stay").toolTip() == "Do one.stay"


def test_the_users_shortcut_wins_and_goes_away_again(bench: Bench) -> None:
    bench.registry.add("one", [spec("one.go", "Ctrl+G")])
    bench.registry.set_shortcut("one.go", "Ctrl+H")
    assert bench.registry.action("one.go").shortcut() == QKeySequence("Ctrl+H")
    assert bench.registry.shortcut_of("one.go") == "Ctrl+H"
    bench.registry.set_shortcut("one.go", "")
    assert bench.registry.action("one.go").shortcut().isEmpty()
    bench.registry.set_shortcut("one.go", None)
    assert bench.registry.shortcut_of("one.go") == "Ctrl+G"
    assert bench.desk.settings.current.shortcuts == {}


def test_conflicts_name_both(bench: Bench) -> None:
    bench.registry.add("one", [spec("one.a", "Ctrl+G"), spec("one.b", "Ctrl+B", local=True)])
    bench.registry.add("two", [spec("two.b", "Ctrl+B")])
    bench.registry.add(SHELL, [spec("shell.a", "Ctrl+H")])
    assert bench.registry.conflicts() == {}  # the room that has the keyboard answers
    bench.registry.set_shortcut("one.b", "Ctrl+G")
    assert bench.registry.conflicts() == {"Ctrl+G": ["one.a", "one.b"]}
    bench.registry.set_shortcut("one.b", "Ctrl+H")
    assert bench.registry.conflicts() == {"Ctrl+H": ["one.b", "shell.a"]}


def test_where_rooms_share_keys_the_one_with_the_keyboard_answers(
    bench: Bench, qtbot: QtBot
) -> None:
    bench.registry.add("one", [spec("one.find", "Ctrl+F")])
    bench.registry.add("two", [spec("two.find", "Ctrl+F", local=True)])
    for room, widget in bench.rooms.items():
        bench.registry.attach(room, widget)
    with qtbot.waitExposed(bench.window):
        bench.window.show()
    for room in ("one", "two"):
        bench.rooms[room].setFocus()
        QTest.keyClick(bench.rooms[room], Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert bench.targets["one"].ran == ["one.find"]
    assert bench.targets["two"].ran == ["two.find"]


def test_local_shortcuts_work_in_their_room_only(bench: Bench, qtbot: QtBot) -> None:
    for room in ("one", "two"):
        bench.registry.add(room, [spec(f"{room}.go", "Ctrl+G", local=True)])
        bench.registry.attach(room, bench.rooms[room])
    with qtbot.waitExposed(bench.window):
        bench.window.show()
    for room in ("two", "one", "two"):
        bench.rooms[room].setFocus()
        QTest.keyClick(bench.rooms[room], Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    assert bench.targets["one"].ran == ["one.go"]
    assert bench.targets["two"].ran == ["two.go", "two.go"]


def test_a_second_window_answers_shortcuts_too(bench: Bench, qtbot: QtBot) -> None:
    bench.registry.add("one", [spec("one.go", "F5")])
    other = QLineEdit()
    qtbot.addWidget(other)
    bench.registry.reach(other)
    with qtbot.waitExposed(other):
        other.show()
    QTest.keyClick(other, Qt.Key.Key_F5)
    assert bench.targets["one"].ran == ["one.go"]


def test_no_two_actions_say_the_same() -> None:
    """In the palette only the words tell them apart."""
    specs = [*ACTIONS, *(one for specs in room_actions().values() for one in specs)]
    texts = Counter(one.text.replace("&", "").rstrip("…").casefold() for one in specs)
    assert [text for text, count in texts.items() if count > 1] == []
    assert len({one.id for one in specs}) == len(specs)
