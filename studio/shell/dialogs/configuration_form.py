"""The form for one run configuration: a draft goes in, an edited draft comes out."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from studio.look.appearance import Appearance
from studio.look.tokens import SPACE_L, SPACE_M, SPACE_S
from studio.shell.dialogs.configuration_draft import BUDGETS, GRANTS, Draft, split_arguments
from studio.shell.dialogs.env_table import EnvTable
from studio.shell.dialogs.form_row import FormRow
from studio.shell.dialogs.grant_field import GrantField
from studio.shell.text_label import TextLabel


class ConfigurationForm(QWidget):
    """`draft` is what it says now; `show_faults` says what is wrong, each at its field."""

    edited = Signal()

    def __init__(self, root: Path, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._root = root
        self._appearance = appearance
        self.name, self.title, self.entry, self.args, self.cwd = (QLineEdit() for _ in range(5))
        self.env = EnvTable()
        self.browse = QPushButton(self.tr("B&rowse…"))
        self.grants = {key: GrantField(key, appearance) for key in GRANTS}
        self.budget = {key: QLineEdit() for key in BUDGETS}
        self.rows: dict[str, FormRow] = {}
        self._lay_out()
        self._connect()

    @property
    def draft(self) -> Draft:
        """What the form says now."""
        grants = {
            key: value for key, field in self.grants.items() if (value := field.value) is not None
        }
        return Draft(
            self.name.text(),
            self.title.text(),
            self.entry.text(),
            self.args.text(),
            self.env.rows,
            self.cwd.text(),
            grants,
            {key: text for key, field in self.budget.items() if (text := field.text())},
        )

    def show_draft(self, draft: Draft) -> None:
        """Show a configuration; not an edit."""
        self.blockSignals(True)
        self.name.setText(draft.name)
        self.title.setText(draft.title)
        self.entry.setText(draft.entry)
        self.args.setText(draft.args)
        self.env.show_rows(draft.env)
        self.cwd.setText(draft.cwd)
        for key, field in self.grants.items():
            field.show_value(draft.grants.get(key))
        for key, line in self.budget.items():
            line.setText(draft.budget.get(key, ""))
        self.blockSignals(False)
        self._show_split()

    def show_faults(self, faults: dict[str, str]) -> None:
        """Say at each field what is wrong with it."""
        for key, row in self.rows.items():
            row.problem.show_problem(faults.get(key, ""))
        for key, field in self.grants.items():
            field.problem.show_problem(faults.get(f"permissions.{key}", ""))

    def focus_fault(self, key: str) -> QWidget:
        """Go to the field of a fault; return what holds the field and says the fault."""
        _, _, grant = key.partition("permissions.")
        field = self.grants[grant].names if grant else self.rows[key].field
        field.setFocus()
        return self.grants[grant] if grant else self.rows[key]

    # How it is laid out.

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, SPACE_M, SPACE_M)
        column.setSpacing(SPACE_M)
        project = self.tr("Empty: as the project has it.")
        self._add(column, "name", self.tr("&Name"), self.name)
        self._add(column, "title", self.tr("&Title"), self.title, self.tr("Shown in the menu."))
        self._add(column, "entry", self.tr("&Entry"), self.entry, project)
        self.entry.setPlaceholderText("game.py, game.main, game:main")
        self._add(column, "args", self.tr("&Arguments"), self.args)
        self.args.setPlaceholderText("--level 3 'two words'")
        self._add(column, "env", self.tr("En&vironment"), self.env)
        self._add_folder(column)
        self._add_grants(column)
        self._add_budget(column)
        column.addStretch(1)

    def _add(
        self, column: QVBoxLayout, key: str, label: str, field: QWidget, about: str = ""
    ) -> None:
        self.rows[key] = FormRow(label, field, self._appearance, about)
        column.addWidget(self.rows[key])

    def _add_folder(self, column: QVBoxLayout) -> None:
        beside = QHBoxLayout()
        beside.setSpacing(SPACE_S)
        beside.addWidget(self.cwd, 1)
        beside.addWidget(self.browse)
        self.rows["cwd"] = FormRow(
            self.tr("&Working directory"),
            self.cwd,
            self._appearance,
            self.tr("A folder of the project. Empty: the project itself."),
            beside,
        )
        column.addWidget(self.rows["cwd"])

    def _add_grants(self, column: QVBoxLayout) -> None:
        column.addSpacing(SPACE_L)
        column.addWidget(TextLabel(self.tr("Permissions"), "heading"))
        honest = self.tr(
            "Recorded with the project and with each run. This version does not enforce them yet: "
            "the program may do all that you may."
        )
        column.addWidget(TextLabel(honest, "muted"))
        for field in self.grants.values():
            column.addWidget(field)

    def _add_budget(self, column: QVBoxLayout) -> None:
        column.addSpacing(SPACE_L)
        column.addWidget(TextLabel(self.tr("Budget"), "heading"))
        honest = self.tr(
            "What the program may use. Recorded, not enforced yet. Empty: as the project has it."
        )
        column.addWidget(TextLabel(honest, "muted"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE_L)
        grid.setVerticalSpacing(SPACE_M)
        for at, (key, field) in enumerate(self.budget.items()):
            label, example = _budget_words(key)
            field.setPlaceholderText(example)
            row = self.rows[f"budget.{key}"] = FormRow(label, field, self._appearance)
            grid.addWidget(row, at // 3, at % 3, Qt.AlignmentFlag.AlignTop)
        column.addLayout(grid)

    def _connect(self) -> None:
        lines = (self.name, self.title, self.entry, self.args, self.cwd, *self.budget.values())
        for line in lines:
            line.textEdited.connect(self._tell)
        for field in self.grants.values():
            field.edited.connect(self._tell)
        self.env.edited.connect(self._tell)
        self.browse.clicked.connect(self._choose_folder)

    def _tell(self) -> None:
        self._show_split()
        self.edited.emit()

    def _show_split(self) -> None:
        """Show how the line of arguments is read."""
        found, fault = split_arguments(self.args.text())
        if fault or not found:
            self.rows["args"].say("" if fault else self.tr("One line, as in a shell."))
            return
        shown = "  ".join(f"[{one}]" for one in found)
        count = self.tr("1 argument:") if len(found) == 1 else self.tr("{0} arguments:")
        self.rows["args"].say(f"{count.format(len(found))} {shown}")

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, self.tr("Working directory"), str(self._root))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._take_folder)
        dialog.open()

    def _take_folder(self, chosen: str) -> None:
        """Put a folder in, relative to the project; one outside stays as it is, and is told."""
        path = Path(chosen)
        inside = path.is_relative_to(self._root)
        text = path.relative_to(self._root).as_posix() if inside else chosen
        self.cwd.setText("" if text == "." else text)
        self._tell()


def _budget_words(key: str) -> tuple[str, str]:
    return {
        "wall": (_tr("Time"), "60s, 5min, 1h"),
        "cpu": (_tr("Processor time"), "30s"),
        "memory": (_tr("Memory"), "512MB"),
        "output": (_tr("Output"), "10MB"),
        "processes": (_tr("Processes"), "64"),
        "disk": (_tr("Disk"), "100MB"),
    }[key]


def _tr(text: str) -> str:
    return QCoreApplication.translate("ConfigurationsDialog", text)
