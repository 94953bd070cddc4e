"""Run configurations: what is typed is checked at its field, and only Save writes the manifest."""

import asyncio
import threading
import tomllib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QTableWidgetItem

from shipper.source.configurations import RunConfiguration, read_configurations
from shipper.source.working_folder import folder_fault
from studio import loop
from studio.desk import Desk
from studio.open_project import OpenProject, Place
from studio.shell.dialogs.configuration_draft import (
    Draft,
    budget_fault,
    configuration_of,
    copy_of,
    draft_of,
    faults_of,
    free_name,
    split_arguments,
)
from studio.shell.dialogs.configurations import ConfigurationsDialog
from studio.shell.dialogs.declared_entry import declared_entry_of
from tests.support.qt_loop import QtRunner, until

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

MANIFEST = """\
[project]
name = "shop"

# kept
[tool.playhead]
entry = "main"  # kept too

[tool.playhead.configurations.fast]
title = "Fast"
args = ["--level", "3", "two words"]
env = { LANG = "C" }
cwd = "data"
permissions = { net = ["example.org"], display = true }
budget = { wall = "60s", processes = 4 }

[tool.playhead.configurations.slow]
"""
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project with two configurations."""
    folder = tmp_path / "shop"
    (folder / "data").mkdir(parents=True)
    (folder / "main.py").write_text("print(1)\n")
    (folder / "pyproject.toml").write_text(MANIFEST)
    return folder


def play_scene(
    qt: QtRunner,
    desk: Desk,
    path: Path,
    act: Callable[[ConfigurationsDialog, OpenProject], Any],
) -> None:
    """Open the dialog on a project, act, and put everything away."""

    async def scene() -> None:
        QApplication.setQuitOnLastWindowClosed(False)
        assert desk.service is not None
        project = OpenProject(path, desk.service, desk.notices)
        dialog = ConfigurationsDialog(project, desk)
        gone: list[bool] = []
        dialog.destroyed.connect(lambda: gone.append(True))
        dialog.open()
        await until(lambda: not dialog._busy)
        try:
            waited = act(dialog, project)
            if waited is not None:
                await waited
        finally:
            if not gone:
                dialog._warned = True
                dialog.reject()
            await until(lambda: bool(gone))
            await project.close()

    qt.run(scene())


def type_over(field: Any, text: str) -> None:  # noqa: ANN401 - any line of the form
    """Replace what a field holds, as if typed."""
    field.selectAll()
    QTest.keyClicks(field, text)


def test_everything_is_shown_and_saved_as_it_was(qt: QtRunner, desk: Desk, folder: Path) -> None:
    def act(dialog: ConfigurationsDialog, _: OpenProject) -> None:
        form = dialog.form
        assert [dialog.list.item(at).text() for at in range(2)] == ["Fast (fast)", "slow"]
        assert form.args.text() == "--level 3 'two words'"
        assert form.rows["args"].note.text() == "3 arguments: [--level]  [3]  [two words]"
        assert form.env.rows == (("LANG", "C"),)
        assert form.grants["net"].names.text() == "example.org"
        assert form.grants["display"].value is True
        assert form.grants["gpu"].value is None
        assert form.budget["wall"].text() == "60s"
        assert not dialog.changed
        assert not dialog.save_button.isEnabled()
        for at, one in enumerate(read_configurations(folder)):
            dialog.list.setCurrentRow(at)
            assert configuration_of(form.draft) == one

    play_scene(qt, desk, folder, act)
    assert (folder / "pyproject.toml").read_text() == MANIFEST


def test_an_edit_is_written_on_save_and_leaves_the_rest(
    qt: QtRunner, desk: Desk, folder: Path
) -> None:
    async def act(dialog: ConfigurationsDialog, _: OpenProject) -> None:
        saved: list[list[str]] = []
        dialog.saved.connect(saved.append)
        type_over(dialog.form.args, "--level 4")
        type_over(dialog.form.budget["memory"], "512MB")
        assert (folder / "pyproject.toml").read_text() == MANIFEST
        dialog.save_button.click()
        await until(lambda: bool(saved))
        assert saved == [["fast", "slow"]]

    play_scene(qt, desk, folder, act)
    text = (folder / "pyproject.toml").read_text()
    assert "# kept\n" in text
    assert "# kept too" in text
    fast = tomllib.loads(text)["tool"]["playhead"]["configurations"]["fast"]
    assert fast["args"] == ["--level", "4"]
    assert fast["budget"] == {"wall": "60s", "processes": 4, "memory": "512MB"}


def test_add_duplicate_rename_delete(qt: QtRunner, desk: Desk, folder: Path) -> None:
    async def act(dialog: ConfigurationsDialog, project: OpenProject) -> None:
        project.choose_configuration("fast")
        dialog.copy_button.click()
        assert [one.name for one in dialog.drafts] == ["fast", "fast-2", "slow"]
        assert dialog.drafts[1].title == "Fast (copy)"
        dialog.add_button.click()
        type_over(dialog.form.name, "night")
        dialog.list.setCurrentRow(2)
        dialog.delete_button.click()
        dialog.list.setCurrentRow(0)
        type_over(dialog.form.name, "quick")
        dialog.save()
        await until(lambda: project.configuration == "quick")

    play_scene(qt, desk, folder, act)
    assert [one.name for one in read_configurations(folder)] == ["quick", "fast-2", "night"]


def test_deleting_the_chosen_one_plays_the_project_as_it_is(
    qt: QtRunner, desk: Desk, folder: Path
) -> None:
    async def act(dialog: ConfigurationsDialog, project: OpenProject) -> None:
        project.choose_configuration("slow")
        dialog.list.setCurrentRow(1)
        dialog.delete()
        dialog.save()
        await until(lambda: project.configuration is None)

    play_scene(qt, desk, folder, act)


def test_a_fault_is_said_at_its_field_and_nothing_is_written(
    qt: QtRunner, desk: Desk, folder: Path
) -> None:
    def act(dialog: ConfigurationsDialog, _: OpenProject) -> None:
        form = dialog.form
        type_over(form.budget["wall"], "soon")
        type_over(form.args, "'open")
        form.env.setItem(1, 0, QTableWidgetItem("PLAYHEAD_X"))
        form.grants["read"].choice.setCurrentIndex(3)
        type_over(form.cwd, "../other")
        assert "is not a duration" in form.rows["budget.wall"].problem.text
        assert form.rows["args"].problem.text == "A quotation mark is not closed."
        assert "PLAYHEAD_" in form.rows["env"].problem.text
        assert form.grants["read"].problem.text == "Name at least one, or choose Granted."
        assert form.rows["cwd"].problem.text == "It leads out of the project."
        dialog.list.setCurrentRow(1)
        dialog.save()
        assert dialog.list.currentRow() == 0
        said = "fast is not ready to be saved. A quotation mark is not closed."
        assert dialog.problem.text == said
        assert dialog.focusWidget() is form.args

    play_scene(qt, desk, folder, act)
    assert (folder / "pyproject.toml").read_text() == MANIFEST


def test_the_form_has_the_height_and_its_fault_is_scrolled_to(
    qt: QtRunner, desk: Desk, folder: Path
) -> None:
    async def act_and_wait(dialog: ConfigurationsDialog) -> None:
        form, view = dialog.form, dialog._scroll.viewport()
        assert dialog._scroll.height() >= dialog.list.height()
        type_over(form.budget["disk"], "much")
        dialog._scroll.verticalScrollBar().setValue(0)
        problem = form.rows["budget.disk"].problem
        assert not problem.visibleRegion().boundingRect().height()
        dialog.save()
        await until(lambda: problem.visibleRegion().boundingRect().height() == problem.height())
        assert view.isAncestorOf(problem)

    def act(dialog: ConfigurationsDialog, _: OpenProject) -> Any:  # noqa: ANN401 - to be awaited
        return act_and_wait(dialog)

    play_scene(qt, desk, folder, act)
    assert (folder / "pyproject.toml").read_text() == MANIFEST


def test_a_broken_manifest_is_told_and_can_be_opened(
    qt: QtRunner, desk: Desk, folder: Path
) -> None:
    (folder / "pyproject.toml").write_text("[project]\nname = \n")

    def act(dialog: ConfigurationsDialog, project: OpenProject) -> None:
        places: list[Place] = []
        project.location_requested.connect(places.append)
        assert "line 2" in dialog.problem.text
        assert not dialog.add_button.isEnabled()
        assert not dialog.save_button.isEnabled()
        dialog.open_button.click()
        assert places[0][:2] == (folder / "pyproject.toml", 2)

    play_scene(qt, desk, folder, act)


def test_every_fault_of_a_manifest_is_told(qt: QtRunner, desk: Desk, folder: Path) -> None:
    (folder / "pyproject.toml").write_text('[tool.playhead]\nentri = "a"\nkind = "b"\n')

    def act(dialog: ConfigurationsDialog, _: OpenProject) -> None:
        assert "entri" in dialog.problem.text
        assert "kind" in dialog.problem.text

    play_scene(qt, desk, folder, act)


def test_a_single_file_has_no_place_for_them(qt: QtRunner, desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "alone.py").write_text("print(1)\n")

    def act(dialog: ConfigurationsDialog, _: OpenProject) -> None:
        assert "single file" in dialog.problem.text
        assert not dialog.open_button.isVisible()
        assert not dialog.add_button.isEnabled()

    play_scene(qt, desk, tmp_path / "alone.py", act)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["alone.py"]


def test_a_folder_without_a_manifest_gets_one(qt: QtRunner, desk: Desk, folder: Path) -> None:
    (folder / "pyproject.toml").unlink()

    async def act(dialog: ConfigurationsDialog, _: OpenProject) -> None:
        assert dialog._empty.isVisible()
        saved: list[list[str]] = []
        dialog.saved.connect(saved.append)
        dialog.add_button.click()
        dialog.save_button.click()
        await until(lambda: bool(saved))

    play_scene(qt, desk, folder, act)
    assert [one.name for one in read_configurations(folder)] == ["new"]


def test_a_change_by_another_hand_is_not_written_over_unasked(
    qt: QtRunner, desk: Desk, folder: Path
) -> None:
    async def act(dialog: ConfigurationsDialog, _: OpenProject) -> None:
        saved: list[list[str]] = []
        dialog.saved.connect(saved.append)
        type_over(dialog.form.title, "Faster")
        (folder / "pyproject.toml").write_text(MANIFEST + "\n[tool.playhead.configurations.x]\n")
        dialog.save()
        await until(lambda: "changed meanwhile" in dialog.problem.text)
        assert [one.name for one in read_configurations(folder)] == ["fast", "slow", "x"]
        dialog.save()
        await until(lambda: bool(saved))

    play_scene(qt, desk, folder, act)
    assert [one.name for one in read_configurations(folder)] == ["fast", "slow"]


def test_changes_are_dropped_only_when_asked_twice(qt: QtRunner, desk: Desk, folder: Path) -> None:
    def act(dialog: ConfigurationsDialog, _: OpenProject) -> None:
        type_over(dialog.form.title, "Faster")
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert dialog.isVisible()
        assert dialog.cancel_button.text() == "Drop the changes"
        type_over(dialog.form.title, "Fastest")
        assert dialog.cancel_button.text() == "Cancel"
        dialog.cancel_button.click()
        dialog.cancel_button.click()
        assert not dialog.isVisible()

    play_scene(qt, desk, folder, act)
    assert (folder / "pyproject.toml").read_text() == MANIFEST


def test_a_working_directory_is_picked_inside_the_project(
    qt: QtRunner, desk: Desk, folder: Path
) -> None:
    def act(dialog: ConfigurationsDialog, _: OpenProject) -> None:
        form = dialog.form
        for chosen, shown in ((folder / "data", "data"), (folder, ""), (Path("/"), "/")):
            form.browse.click()
            (picker,) = form.findChildren(QFileDialog)
            picker.fileSelected.emit(str(chosen))
            picker.setParent(None)
            picker.deleteLater()
            assert form.cwd.text() == shown
        assert form.rows["cwd"].problem.text == "It leads out of the project."

    play_scene(qt, desk, folder, act)


def test_variables_are_added_in_the_free_row_and_deleted(
    qt: QtRunner, desk: Desk, folder: Path
) -> None:
    def act(dialog: ConfigurationsDialog, _: OpenProject) -> None:
        table = dialog.form.env
        table.setItem(1, 0, QTableWidgetItem("DEBUG"))
        table.setItem(1, 1, QTableWidgetItem("1"))
        assert table.rowCount() == 3
        assert dict(dialog.drafts[0].env) == {"LANG": "C", "DEBUG": "1"}
        table.setCurrentCell(0, 0)
        QTest.keyClick(table, Qt.Key.Key_Delete)
        assert dict(dialog.drafts[0].env) == {"DEBUG": "1"}

    play_scene(qt, desk, folder, act)


def test_a_project_that_is_closed_meanwhile_does_no_harm(
    qt: QtRunner, desk: Desk, folder: Path
) -> None:
    async def scene() -> None:
        assert desk.service is not None
        project = OpenProject(folder, desk.service, desk.notices)
        dialog = ConfigurationsDialog(project, desk)
        dialog.open()
        dialog.deleteLater()
        await project.close()
        here = asyncio.get_running_loop()
        await until(lambda: not any(task.get_loop() is here for task in loop._tasks))

    qt.run(scene())


@given(
    st.builds(
        RunConfiguration,
        name=st.text("abc", min_size=1, max_size=4),
        args=st.lists(TEXT, max_size=4).map(tuple),
        permissions=st.dictionaries(
            st.sampled_from(["net", "read", "env"]),
            st.booleans() | st.lists(st.text("abc.:/", min_size=1), min_size=1, max_size=3),
        ),
        budget=st.dictionaries(st.sampled_from(["wall", "cpu"]), st.sampled_from(["1s", "5min"])),
    )
)
def test_a_configuration_survives_the_form(configuration: RunConfiguration) -> None:
    assert configuration_of(draft_of(configuration)) == configuration


@given(st.text(max_size=20))
def test_any_line_of_arguments_is_split_or_explained(text: str) -> None:
    found, fault = split_arguments(text)
    assert not (found and fault)


@given(st.text(max_size=12))
def test_any_amount_is_taken_or_explained(text: str) -> None:
    for key in ("wall", "memory", "processes"):
        fault = budget_fault(key, text)
        draft = Draft("a", budget={key: text})
        assert (f"budget.{key}" in faults_of(draft, [], partial(folder_fault, Path("/")))) == bool(
            fault
        )
        if not fault:
            configuration_of(draft)


def test_names_are_made_free() -> None:
    assert free_name("a", ["b"]) == "a"
    assert free_name("a", ["a", "a-2"]) == "a-3"
    draft = Draft("a", grants={"net": True})
    copy = copy_of(draft, ["a"])
    copy.grants["net"] = False
    assert draft.grants == {"net": True}


@pytest.mark.parametrize(
    ("draft", "key"),
    [
        (Draft(" "), "name"),
        (Draft("b"), "name"),
        (Draft("a", entry="no such thing"), "entry"),
        (Draft("a", env=(("", "1"),)), "env"),
        (Draft("a", env=(("A", "1"), ("A", "2"))), "env"),
        (Draft("a", cwd="nowhere"), "cwd"),
        (Draft("a", budget={"processes": "0"}), "budget.processes"),
        (Draft("a", budget={"processes": "9" * 5000}), "budget.processes"),
        (Draft("a", budget={"processes": "٣"}), "budget.processes"),
        (Draft("a", title="a\nb"), "title"),
    ],
)
def test_faults(draft: Draft, key: str, tmp_path: Path) -> None:
    assert list(faults_of(draft, [Draft("b")], partial(folder_fault, tmp_path))) == [key]


def test_the_default_can_be_copied_at_one_press(qt: QtRunner, desk: Desk, folder: Path) -> None:
    head, _, _ = MANIFEST.partition("[tool.playhead.configurations")
    (folder / "pyproject.toml").write_text(head)

    async def act(dialog: ConfigurationsDialog, _: OpenProject) -> None:
        await until(dialog.default_button.isVisible)
        assert QApplication.focusWidget() in (dialog.default_button, None)
        saved: list[list[str]] = []
        dialog.saved.connect(saved.append)
        dialog.default_button.click()
        assert not dialog.default_button.isVisible()
        assert dialog.form.entry.text() == "main"
        dialog.save_button.click()
        await until(lambda: bool(saved))

    play_scene(qt, desk, folder, act)
    assert read_configurations(folder) == [RunConfiguration("default", entry="main")]


@pytest.mark.parametrize("text", ["", "tool = 1", "[tool]\nplayhead = []", "[tool.playhead", "\0"])
def test_a_manifest_that_names_no_entry_leaves_it_empty(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    assert declared_entry_of(tmp_path) == ""


def test_a_disk_that_hangs_does_not_hold_up_typing(
    qt: QtRunner, desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = threading.Event()
    (folder / "levels").mkdir()

    def hang(root: Path, cwd: str) -> str | None:
        answer.wait(10)
        return folder_fault(root, cwd)

    monkeypatch.setattr("studio.shell.dialogs.folder_look.folder_fault", hang)

    async def act(dialog: ConfigurationsDialog, _: OpenProject) -> None:
        saved: list[list[str]] = []
        dialog.saved.connect(saved.append)
        type_over(dialog.form.cwd, "nowhere")
        dialog.save_button.click()
        assert saved == []
        answer.set()
        await until(lambda: "not ready" in dialog.problem.text)
        assert "nowhere" in dialog.form.rows["cwd"].problem.text
        type_over(dialog.form.cwd, "levels")
        await until(dialog.save_button.isEnabled)
        dialog.save_button.click()
        await until(lambda: bool(saved))

    play_scene(qt, desk, folder, act)
