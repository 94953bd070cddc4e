"""The system's own dialogs in which a folder or a file is chosen to be opened."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

_Chosen = Callable[[Path], None]


def choose_folder(parent: QWidget, start: Path, chosen: _Chosen) -> QFileDialog:
    """Ask for a project's folder; `chosen` is called with it, and not at all after Cancel."""
    dialog = QFileDialog(parent, _tr("Open folder"), str(start))
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    return _open(dialog, chosen)


def choose_file(parent: QWidget, start: Path, chosen: _Chosen) -> QFileDialog:
    """Ask for a file that can be played; otherwise as `choose_folder`."""
    dialog = QFileDialog(parent, _tr("Open file"), str(start))
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilters(
        [
            _tr("What can be played (*.py *.pyw *.ipynb *.cart pyproject.toml)"),
            _tr("All files (*)"),
        ]
    )
    return _open(dialog, chosen)


def _open(dialog: QFileDialog, chosen: _Chosen) -> QFileDialog:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda path: chosen(Path(path)) if path else None)
    dialog.open()
    return dialog


def _tr(text: str) -> str:
    return QCoreApplication.translate("ChooseProject", text)
