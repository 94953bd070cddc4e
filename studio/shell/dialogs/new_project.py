"""Makes a new project from a template, in a folder of its own."""

import asyncio
from pathlib import Path

import shiboken6
from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from resources.project_template import FolderTaken, fill_template
from studio import loop
from studio.desk import Desk
from studio.look.tokens import BAR_ICON, SPACE_L, SPACE_M, SPACE_S, SPACE_XL
from studio.shell.dialogs.fitting import fit
from studio.shell.dialogs.form_row import FormRow
from studio.shell.examples import list_templates
from studio.shell.home_folder import home_folder, without_tilde
from studio.shell.kind_icon import kind_icon
from studio.shell.text_label import TextLabel, short_path

#: Where the last new project was made.
PARENT = "new_project.folder"
_WIDTH = 560
_NAME = Qt.ItemDataRole.UserRole
_NOT_IN_NAMES = frozenset('/\\:*?"<>|')


def name_fault(name: str) -> str:
    """Return what is wrong with the name of a new folder, "" for nothing."""
    odd = sorted(char for char in set(name) if char in _NOT_IN_NAMES or not char.isprintable())
    if odd:
        shown = odd[0] if odd[0].isprintable() else repr(odd[0]).strip("'")
        return _tr("A name cannot contain {0}.").format(shown)
    if name in (".", ".."):
        return _tr("{0} is no name for a folder.").format(name)
    if len(name.encode()) > 200:
        return _tr("The name is too long.")
    return ""


class NewProjectDialog(QDialog):
    """Asks for template, name and place, and makes the project. `project_made` opens it."""

    #: The project lies there now (its folder).
    project_made = Signal(Path)

    def __init__(self, desk: Desk, template: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._making = False
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("New project"))
        self.templates = QListWidget()
        self.name = QLineEdit(self.tr("My project"))
        self.folder = QLineEdit(str(self._start_folder()))
        self.browse = QPushButton(self.tr("&Browse…"))
        self.create_button = QPushButton(self.tr("Create and open"))
        self._cancel = QPushButton(self.tr("Cancel"))
        self._lay_out()
        self._fill(template)
        self.name.textChanged.connect(self._check)
        self.folder.textChanged.connect(self._check)
        self.browse.clicked.connect(self._choose_folder)
        self.create_button.clicked.connect(self._create)
        self._cancel.clicked.connect(self.reject)
        self._check()
        self.name.selectAll()
        fit(self, _WIDTH)
        self.name.setFocus()

    @property
    def target(self) -> Path:
        """The folder that is to be made."""
        return without_tilde(self.folder.text().strip() or ".") / self.name.text().strip()

    def reject(self) -> None:
        """Close, unless the project is being made at this moment."""
        if not self._making:
            super().reject()

    def _start_folder(self) -> Path:
        kept = self._desk.memory.get(PARENT, str, "")
        return Path(kept) if kept else home_folder() / "playhead"

    def _lay_out(self) -> None:
        appearance = self._desk.appearance
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_XL, SPACE_L, SPACE_XL, SPACE_L)
        column.setSpacing(SPACE_M)
        self.templates.setAccessibleName(self.tr("Template"))
        self.templates.setIconSize(appearance.size(BAR_ICON))
        column.addWidget(FormRow(self.tr("&Template"), self.templates, appearance))
        self.name_row = FormRow(self.tr("&Name"), self.name, appearance)
        column.addWidget(self.name_row)
        beside = QHBoxLayout()
        beside.setSpacing(SPACE_S)
        beside.addWidget(self.folder, 1)
        beside.addWidget(self.browse)
        self.folder_row = FormRow(self.tr("&In the folder"), self.folder, appearance, beside=beside)
        column.addWidget(self.folder_row)
        column.addStretch(1)
        column.addLayout(self._buttons())

    def _buttons(self) -> QHBoxLayout:
        self.create_button.setDefault(True)
        self.create_button.setProperty("look", "primary")
        row = QHBoxLayout()
        row.setSpacing(SPACE_S)
        self._target_line = TextLabel("", "muted")
        row.addWidget(self._target_line, 1)
        row.addWidget(self._cancel)
        row.addWidget(self.create_button)
        return row

    def _fill(self, chosen: str) -> None:
        for template in list_templates():
            text = f"{template.title}: {template.description}"
            item = QListWidgetItem(kind_icon(template.kind), text)
            item.setData(_NAME, template.name)
            self.templates.addItem(item)
            if template.name == chosen:
                self.templates.setCurrentItem(item)
        if self.templates.currentRow() < 0:
            self.templates.setCurrentRow(0)
        rows = self.templates.sizeHintForRow(0) * self.templates.count()
        self.templates.setFixedHeight(rows + SPACE_S)
        self.templates.itemActivated.connect(lambda _: self._create())

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, self.tr("Where the new folder is made"), self.folder.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.folder.setText)
        dialog.open()

    def _check(self) -> None:
        """Say what is wrong while it is typed; what the disk says comes when it is made."""
        name = self.name.text().strip()
        fault = name_fault(name)
        self.name_row.problem.show_problem(fault)
        self.folder_row.problem.show_problem("")
        self._target_line.setText(short_path(self.target) if name and not fault else "")
        self.create_button.setEnabled(bool(name) and not fault and not self._making)

    def _create(self) -> None:
        if self.create_button.isEnabled():
            self._set_making(making=True)
            template = str(self.templates.currentItem().data(_NAME))
            loop.start(self._make(template, self.target))

    async def _make(self, template: str, target: Path) -> None:
        problem, made = "", target
        try:
            made = await asyncio.to_thread(fill_template, template, target)
        except FolderTaken:
            problem = self.tr("{0} is there already and holds something. Choose another name.")
            problem = problem.format(target)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            problem = self.tr("{0} cannot be made: {1}.").format(target, reason)
        if not shiboken6.isValid(self):
            return
        self._set_making(making=False)
        self.folder_row.problem.show_problem(problem)
        if not problem:
            self._desk.memory.set(PARENT, str(made.parent))
            self.accept()  # first, so that nothing opens beneath it
            self.project_made.emit(made)

    def _set_making(self, *, making: bool) -> None:
        self._making = making
        for field in (self.templates, self.name, self.folder, self.browse, self._cancel):
            field.setEnabled(not making)
        self._check()


def _tr(text: str) -> str:
    return QCoreApplication.translate("NewProjectDialog", text)
