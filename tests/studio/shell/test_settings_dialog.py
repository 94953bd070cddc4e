"""Settings: in force at once, back to the default at once, and every action's keys in reach."""

import json
from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QWidget
from pytestqt.qtbot import QtBot

from studio.actions import ActionSpec
from studio.desk import Desk
from studio.settings.values import CHOICES, StudioSettings
from studio.shell.action_registry import ActionRegistry
from studio.shell.dialogs.setting_items import (
    all_keys,
    default_of,
    setting_pages,
    shown_keys,
)
from studio.shell.dialogs.setting_row import ChoiceField, WholeField
from studio.shell.dialogs.settings import SettingsDialog
from studio.shell.dialogs.shortcut_choice import others_with

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

CTRL = Qt.KeyboardModifier.ControlModifier


def spec(name: str, text: str, keys: str = "", *, local: bool = False) -> ActionSpec:
    """An action that does nothing."""
    return ActionSpec(name, text, lambda _: None, keys, local=local)


SPECS = (
    spec("run.play", "&Play", "F5"),
    spec("run.stop", "Stop", "Shift+F5"),
    spec("file.save", "Save", "Ctrl+S"),
    spec("file.other", "Save elsewhere…"),
    spec("editor.find", "Find in file", "Ctrl+F", local=True),
    spec("debug.find", "Find in log", "Ctrl+F", local=True),
)


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    """What the actions belong to."""
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    return window


@pytest.fixture
def registry(desk: Desk, window: QWidget) -> ActionRegistry:
    """The studio's own registry, with a few actions."""
    registry = ActionRegistry(desk, lambda _: window, window)
    registry.add("shell", SPECS[:4])
    registry.add("editor", SPECS[4:5])
    registry.add("debug", SPECS[5:])
    return registry


@pytest.fixture
def dialog(desk: Desk, registry: ActionRegistry, window: QWidget) -> Iterator[SettingsDialog]:
    """The dialog, open."""
    dialog = SettingsDialog(desk, registry, window)
    dialog.show()
    yield dialog
    if shiboken6.isValid(dialog):
        dialog.close()


def choose(dialog: SettingsDialog, name: str) -> None:
    """Select an action on the keyboard page."""
    dialog.open_page("keyboard")
    names = [one.id for one in dialog.keyboard.model.specs]
    dialog.keyboard.table.selectRow(names.index(name))


def test_every_setting_has_its_place_and_its_words(desk: Desk) -> None:
    pages = setting_pages()
    assert shown_keys(pages) == all_keys()
    for item in (item for page in pages for item in page.items):
        assert item.kind != "choice" or set(item.words) == set(CHOICES[item.key])
        assert item.shown(default_of(item.key))


def test_each_control_changes_its_setting_and_takes_it_back(
    dialog: SettingsDialog, desk: Desk
) -> None:
    for key, row in dialog.rows.items():
        assert row.reset_button.isHidden()
        if isinstance(row.field, QCheckBox):
            row.field.click()
        elif isinstance(row.field, ChoiceField):
            row.field.setCurrentIndex((row.field.currentIndex() + 1) % row.field.count())
        else:
            row.field.stepBy(1)
        assert getattr(desk.settings.current, key) != default_of(key), key
        assert not row.reset_button.isHidden()
    kept = json.loads(desk.settings.path.read_text())
    assert kept.keys() == dialog.rows.keys()
    for row in dialog.rows.values():
        row.reset_button.click()
        assert row.reset_button.isHidden()
    assert desk.settings.current == StudioSettings()


def test_a_value_that_is_not_fit_is_explained_and_not_in_force(
    dialog: SettingsDialog, desk: Desk
) -> None:
    dialog.open_page("editor")
    row = dialog.rows["tab_width"]
    assert isinstance(row.field, WholeField)
    row.field.selectAll()
    QTest.keyClicks(row.field, "99")
    QTest.keyClick(row.field, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert "from 1 to 16 columns" in row.problem.text
    assert desk.settings.current.tab_width == 4
    desk.settings.update(autosave=True)
    assert row.field.value() == 99
    row.field.setValue(8)
    assert row.problem.text == ""
    assert desk.settings.current.tab_width == 8


def test_steps_stay_within_what_is_fit(dialog: SettingsDialog, desk: Desk) -> None:
    field = dialog.rows["tab_width"].field
    assert isinstance(field, WholeField)
    field.stepBy(100)
    assert desk.settings.current.tab_width == 16
    field.stepBy(-100)
    assert desk.settings.current.tab_width == 1


def test_what_another_place_changes_is_shown(dialog: SettingsDialog, desk: Desk) -> None:
    desk.settings.update(theme="dark", log_wrap=True)
    theme, wrap = dialog.rows["theme"].field, dialog.rows["log_wrap"].field
    assert isinstance(theme, ChoiceField)
    assert theme.currentData() == "dark"
    assert isinstance(wrap, QCheckBox)
    assert wrap.isChecked()


def test_the_preview_has_the_size_of_now(dialog: SettingsDialog, desk: Desk) -> None:
    from studio.shell.dialogs.code_preview import CodePreview

    preview = dialog.findChild(CodePreview)
    assert preview is not None
    desk.settings.update(code_pixels=31)
    assert preview.label.font().pixelSize() == 31


def test_search_finds_settings_and_actions(dialog: SettingsDialog) -> None:
    dialog.search.setText("save")
    assert dialog.shown_sections() == ["editor", "playing", "keyboard"]
    assert dialog.rows["autosave"].isVisible()
    assert not dialog.rows["tab_width"].isVisible()
    assert [one.id for one in dialog.keyboard.model.specs] == ["file.save", "file.other"]
    dialog.search.setText("Shift+F5")
    assert [one.id for one in dialog.keyboard.model.specs] == ["run.stop"]
    dialog.search.setText("log")
    assert dialog.rows["log_wrap"].isVisible()
    dialog.search.setText("nothing like it")
    assert dialog.shown_sections() == []
    assert dialog._none.isVisible()
    dialog.search.clear()
    assert dialog.shown_sections() == ["appearance"]


def test_choosing_a_page_ends_the_search(dialog: SettingsDialog) -> None:
    dialog.search.setText("save")
    dialog.pages.setCurrentRow(3)
    assert dialog.search.text() == ""
    assert dialog.shown_sections() == ["log"]


def test_new_keys_are_pressed(dialog: SettingsDialog, registry: ActionRegistry) -> None:
    choose(dialog, "file.other")
    QTest.keyClick(dialog.keyboard.field, Qt.Key.Key_E, CTRL)
    assert registry.shortcut_of("file.other") == "Ctrl+E"
    assert registry.action("file.other").shortcut().toString() == "Ctrl+E"
    QTest.keyClick(dialog.keyboard.field, Qt.Key.Key_Backspace)
    assert registry.shortcut_of("file.other") == ""


def test_keys_that_type_are_refused(dialog: SettingsDialog, registry: ActionRegistry) -> None:
    choose(dialog, "run.play")
    for key in (Qt.Key.Key_A, Qt.Key.Key_Space, Qt.Key.Key_Return):
        QTest.keyClick(dialog.keyboard.field, key)
        assert "needed for typing" in dialog.keyboard.refusal.text
    QTest.keyClick(dialog.keyboard.field, Qt.Key.Key_Control, CTRL)
    assert registry.shortcut_of("run.play") == "F5"
    QTest.keyClick(dialog.keyboard.field, Qt.Key.Key_F9)
    assert registry.shortcut_of("run.play") == "F9"
    assert dialog.keyboard.refusal.text == ""


def test_keys_that_are_taken_are_asked_about(
    dialog: SettingsDialog, registry: ActionRegistry
) -> None:
    choose(dialog, "file.other")
    QTest.keyClick(dialog.keyboard.field, Qt.Key.Key_S, CTRL)
    assert dialog.keyboard.question == "Ctrl+S belongs to “Save”, which would have none."
    assert registry.shortcut_of("file.other") == ""
    dialog.keyboard.leave_button.click()
    assert registry.shortcut_of("file.save") == "Ctrl+S"
    assert dialog.keyboard.question == ""

    QTest.keyClick(dialog.keyboard.field, Qt.Key.Key_S, CTRL)
    dialog.keyboard.take_button.click()
    assert registry.shortcut_of("file.other") == "Ctrl+S"
    assert registry.shortcut_of("file.save") == ""
    assert registry.conflicts() == {}


def test_a_reset_into_taken_keys_asks_too(dialog: SettingsDialog, registry: ActionRegistry) -> None:
    registry.set_shortcut("run.play", "F9")
    registry.set_shortcut("run.stop", "F5")
    choose(dialog, "run.play")
    dialog.keyboard.reset_button.click()
    assert "F5 belongs to “Stop”" in dialog.keyboard.question
    dialog.keyboard.take_button.click()
    assert registry.shortcut_of("run.play") == "F5"
    assert registry.shortcut_of("run.stop") == ""


def test_the_same_keys_in_two_areas_do_not_meet() -> None:
    keys = {one.id: one.shortcut for one in SPECS}
    assert others_with("Ctrl+F", "editor.find", SPECS, keys.__getitem__) == []
    found = others_with("Ctrl+F", "run.play", SPECS, keys.__getitem__)
    assert [one.id for one in found] == ["editor.find", "debug.find"]
    assert others_with("", "run.play", SPECS, keys.__getitem__) == []


def test_keys_meant_for_the_field_do_not_reach_the_studio(
    dialog: SettingsDialog, registry: ActionRegistry, window: QWidget
) -> None:
    ran: list[str] = []
    registry.ran.connect(ran.append)
    choose(dialog, "file.other")
    dialog.keyboard.field.setFocus()
    QTest.keyClick(dialog.keyboard.field, Qt.Key.Key_F5)
    assert ran == []
    assert "F5 belongs to “Play”" in dialog.keyboard.question


def test_escape_leaves_the_field_and_then_the_dialog(dialog: SettingsDialog) -> None:
    choose(dialog, "file.other")
    dialog.keyboard.field.setFocus()
    QTest.keyClick(dialog.keyboard.field, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert dialog.focusWidget() is dialog.keyboard.table
    QTest.keyClick(dialog.keyboard.table, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_a_screen_reader_hears_every_control(dialog: SettingsDialog) -> None:
    for row in dialog.rows.values():
        assert row.field.accessibleName() == row.item.label
        assert row.reset_button.accessibleName().startswith(row.item.label)
    cell = dialog.keyboard.model.index(0, 0)
    assert cell.data(Qt.ItemDataRole.AccessibleTextRole) == "Play: F5"


def test_what_was_wrong_with_the_file_is_said(
    desk: Desk, registry: ActionRegistry, window: QWidget
) -> None:
    desk.settings.problems = ["settings.json: `tab_width` must be a number from 1 to 16."]
    dialog = SettingsDialog(desk, registry, window)
    dialog.show()
    texts = [one.text for one in dialog.findChildren(type(dialog.rows["theme"].problem))]
    assert desk.settings.problems[0] in texts
    if shiboken6.isValid(dialog):
        dialog.close()


def test_nothing_is_cut_off(dialog: SettingsDialog) -> None:
    for name in ("appearance", "editor", "playing", "log", "keyboard"):
        dialog.open_page(name)
        assert dialog._scroll.horizontalScrollBar().maximum() == 0
    assert dialog.width() <= 1280
    assert dialog.height() <= 720
