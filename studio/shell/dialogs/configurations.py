"""Edits the run configurations of a project; they are written to its manifest on Save."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

import shiboken6
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from shipper.errors import PrepareFailed
from shipper.source.configurations import (
    MANIFEST,
    RunConfiguration,
    manifest_place,
    read_configurations,
    write_configurations,
)
from studio import loop
from studio.desk import Desk
from studio.look.tokens import SPACE_L, SPACE_M, SPACE_S
from studio.open_project import OpenProject, Place
from studio.shell.dialogs.configuration_draft import Draft
from studio.shell.dialogs.configuration_form import ConfigurationForm
from studio.shell.dialogs.declared_entry import declared_entry_of
from studio.shell.dialogs.draft_list import DraftList
from studio.shell.dialogs.fitting import resize_within_screen
from studio.shell.dialogs.folder_look import FolderLook
from studio.shell.dialogs.problem_label import ProblemLabel
from studio.shell.text_label import TextLabel

_WIDTH, _HEIGHT = 860, 620
_LIST_WIDTH = 200


class ConfigurationsDialog(QDialog):
    """List on the left, form on the right. Nothing is written before Save."""

    #: They were written (the names, in order).
    saved = Signal(list)

    def __init__(self, project: OpenProject, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._desk = desk
        self._edited = DraftList()
        self._broken: PrepareFailed | None = None
        self._place = Place(project.root / MANIFEST)
        self._entry = ""
        self._folders = FolderLook(project.root, self)
        self._folders.changed.connect(self._show_faults)
        self._busy = self._warned = False
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Run configurations of {0}").format(project.title))
        resize_within_screen(self, _WIDTH, _HEIGHT)
        self.list = QListWidget()
        self.form = ConfigurationForm(project.root, desk.appearance)
        self.problem = ProblemLabel(desk.appearance)
        self.add_button = self._button(self.tr("Add"), self.add)
        self.default_button = self._button(self.tr("Add one like the default"), self.add_default)
        self.copy_button = self._button(self.tr("Duplicate"), self.duplicate)
        self.delete_button = self._button(self.tr("Delete"), self.delete)
        self.open_button = self._button(self.tr("Open {0}").format(MANIFEST), self._open_manifest)
        self.save_button = self._button(self.tr("Save"), self.save)
        self.cancel_button = self._button(self.tr("Cancel"), self.reject)
        self._lay_out()
        self.list.currentRowChanged.connect(self._show_chosen)
        self.form.edited.connect(self._take_edit)
        self._set_busy(busy=True)
        self._show_all(0)
        loop.start(self._load())

    @property
    def drafts(self) -> list[Draft]:
        """The configurations as they stand here."""
        return self._edited.drafts

    @property
    def changed(self) -> bool:
        """Whether there is something that is not saved."""
        return self._edited.changed

    # What can be done.

    def add(self) -> None:
        """Add a configuration that changes nothing yet."""
        self._begin(self._edited.add(self.tr("new")))

    def add_default(self) -> None:
        """Add one that plays what Play plays without one, spelled out, to be changed.

        Arguments follow the project's own, so those are not said twice.
        """
        self._begin(self._edited.add(self.tr("default"), self._entry))

    def duplicate(self) -> None:
        """Add one like the chosen one, below it."""
        at = self.list.currentRow()
        if at >= 0:
            self._begin(self._edited.duplicate(at))

    def delete(self) -> None:
        """Take the chosen one out; Cancel brings it back."""
        at = self.list.currentRow()
        if at >= 0:
            self._edited.delete(at)
            self._show_all(min(at, len(self.drafts) - 1))

    def save(self) -> None:
        """Write them to the manifest and close; the first fault is shown instead."""
        folders = [cwd for one in self.drafts if (cwd := one.cwd.strip())]
        if not self._folders.seen_all(folders):
            self._set_busy(busy=True)
            loop.start(self._see_and_save(folders))
            return
        for at, draft in enumerate(self.drafts):
            faults = self._faults(at)
            if faults:
                self.list.setCurrentRow(at)
                self.form.show_faults(faults)
                key, fault = next(iter(faults.items()))
                row = self.form.focus_fault(key)
                QTimer.singleShot(0, row, partial(self._scroll.ensureWidgetVisible, row))
                text = self.tr("{0} is not ready to be saved. {1}").format(draft.name or "?", fault)
                self.problem.show_problem(text)
                return
        self._set_busy(busy=True)
        loop.start(self._save(self._edited.configurations()))

    def reject(self) -> None:
        """Close. What is not saved is only dropped when asked for twice."""
        if self.changed and not self._warned and self._broken is None:
            self._warned = True
            self.cancel_button.setText(self.tr("Drop the changes"))
            self.problem.show_problem(
                self.tr("The changes are not saved. Save them, or close once more to drop them.")
            )
            return
        super().reject()

    # Reading and writing, off the loop.

    async def _load(self) -> None:
        try:
            if manifest_place(self._project.path) is None:  # says why not, and writes nothing
                await asyncio.to_thread(write_configurations, self._project.path, [])
            found = await asyncio.to_thread(read_configurations, self._project.path)
            self._entry = await asyncio.to_thread(declared_entry_of, self._project.path)
        except PrepareFailed as error:
            if shiboken6.isValid(self):
                self._show_broken(error)
            return
        if not shiboken6.isValid(self):
            return
        self._edited = DraftList(found)
        self._set_busy(busy=False)
        names = [one.name for one in found]
        chosen = self._project.configuration
        self._show_all(names.index(chosen) if chosen in names else 0)
        (self.list if self.drafts else self.default_button).setFocus()

    async def _see_and_save(self, folders: Sequence[str]) -> None:
        await self._folders.see(folders)
        if shiboken6.isValid(self):
            self._set_busy(busy=False)
            self.save()

    async def _save(self, configurations: Sequence[RunConfiguration]) -> None:
        path = self._project.path
        try:
            there = await asyncio.to_thread(read_configurations, path)
            if there == self._edited.kept:
                await asyncio.to_thread(write_configurations, path, configurations)
        except PrepareFailed as error:
            if shiboken6.isValid(self):
                self._set_busy(busy=False)
                self._say(error)
            return
        if not shiboken6.isValid(self):
            return
        self._set_busy(busy=False)
        if there != self._edited.kept:
            self._edited.kept = there
            self.problem.show_problem(
                self.tr(
                    "{0} was changed meanwhile. Save again to put these in the place of those."
                ).format(MANIFEST)
            )
            return
        self._finish(configurations)

    def _finish(self, configurations: Sequence[RunConfiguration]) -> None:
        """Let Play follow a name that was changed, and close."""
        chosen = self._project.configuration
        if chosen is not None:
            self._project.choose_configuration(self._edited.new_name(chosen))
        self.accept()
        self.saved.emit([one.name for one in configurations])

    def _show_broken(self, error: PrepareFailed) -> None:
        """Say why nothing can be edited; the way on is the file itself, where there is one."""
        self._broken = error
        self._set_busy(busy=False)
        self._say(error)

    def _say(self, error: PrepareFailed) -> None:
        parts = [part.message for part in error.parts or (error,)]
        self.problem.show_problem("\n".join([*parts, *([error.hint] if error.hint else [])]))
        self.open_button.setVisible(error.path is not None)
        self._place = Place(self._project.root / MANIFEST, error.line, error.column)

    def _open_manifest(self) -> None:
        place = self._place
        project = self._project
        super().reject()
        project.location_requested.emit(place)

    # What is shown.

    def _show_all(self, at: int) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        self.list.addItems([_listed(one) for one in self.drafts])
        self.list.blockSignals(False)
        self.list.setCurrentRow(at if self.drafts else -1)
        self._show_chosen()

    def _show_chosen(self) -> None:
        at = self.list.currentRow()
        there = 0 <= at < len(self.drafts)
        self._scroll.setVisible(there)
        self._empty.setVisible(not there and self._broken is None and not self._busy)
        self.default_button.setVisible(not self._empty.isHidden())
        if there:
            self.form.show_draft(self.drafts[at])
            self.form.show_faults(self._faults(at))
            self._scroll.verticalScrollBar().setValue(0)
        self._enable()

    def _take_edit(self) -> None:
        at = self.list.currentRow()
        if at < 0:
            return
        self.drafts[at] = self.form.draft
        self.list.item(at).setText(_listed(self.drafts[at]))
        self.form.show_faults(self._faults(at))
        self.problem.show_problem("")
        self._calm()
        self._enable()

    def _calm(self) -> None:
        self._warned = False
        self.cancel_button.setText(self.tr("Cancel"))

    def _begin(self, at: int) -> None:
        """Go to a new one, at its name."""
        self._calm()
        self._show_all(at)
        self.form.name.setFocus()
        self.form.name.selectAll()

    def _show_faults(self) -> None:
        at = self.list.currentRow()
        if 0 <= at < len(self.drafts):
            self.form.show_faults(self._faults(at))

    def _faults(self, at: int) -> dict[str, str]:
        return self._edited.faults(at, self._folders.fault)

    def _set_busy(self, *, busy: bool) -> None:
        self._busy = busy
        self.form.setEnabled(not busy)
        self._enable()

    def _enable(self) -> None:
        usable = not self._busy and self._broken is None
        chosen = usable and self.list.currentRow() >= 0
        self.add_button.setEnabled(usable)
        self.copy_button.setEnabled(chosen)
        self.delete_button.setEnabled(chosen)
        self.save_button.setEnabled(usable and self.changed)

    # How it is laid out.

    def _button(self, text: str, press: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.clicked.connect(lambda: press())
        return button

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_M)
        middle = QHBoxLayout()
        middle.setSpacing(SPACE_L)
        middle.addLayout(self._left())
        self._scroll = QScrollArea()
        self._scroll.setWidget(self.form)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._empty = TextLabel(
            self.tr(
                "A run configuration is a named way to play the project: with other arguments, "
                "another environment, another entry. Without one, Play plays what the project's "
                "own manifest says. Add one, and choose it beside Play."
            ),
            "muted",
        )
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        right = QVBoxLayout()
        right.addWidget(self._scroll, 1)
        right.addWidget(self._empty)
        right.addWidget(self.default_button, 0, Qt.AlignmentFlag.AlignLeft)
        right.addStretch(0)
        middle.addLayout(right, 1)
        column.addLayout(middle, 1)
        column.addWidget(self.problem)
        column.addLayout(self._foot())

    def _left(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(SPACE_S)
        self.list.setFixedWidth(_LIST_WIDTH)
        self.list.setAccessibleName(self.tr("Run configurations"))
        column.addWidget(self.list, 1)
        row = QHBoxLayout()
        row.setSpacing(SPACE_S)
        row.addWidget(self.add_button)
        row.addWidget(self.copy_button)
        column.addLayout(row)
        column.addWidget(self.delete_button)
        return column

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACE_S)
        where = self.tr("Saved in {0} of the project.").format(MANIFEST)
        row.addWidget(TextLabel(where, "muted"), 1)
        self.open_button.hide()
        self.save_button.setDefault(True)
        self.save_button.setProperty("look", "primary")
        for button in (self.open_button, self.cancel_button, self.save_button):
            row.addWidget(button)
        return row


def _listed(draft: Draft) -> str:
    name = draft.name.strip() or "?"
    return f"{draft.title.strip()} ({name})" if draft.title.strip() else name
