"""Asking where the log is to go; the writing is `studio.widgets.log_view.export`."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from studio.widgets.log_view.export import ExportForm

#: Form: what the dialog says, and how such files end.
FORMS: Final[dict[ExportForm, str]] = {"text": ".txt", "jsonl": ".jsonl", "html": ".html"}


def form_of(path: Path, chosen: ExportForm) -> ExportForm:
    """Return the form that a file's name asks for; the one chosen in the dialog otherwise."""
    by_suffix = {suffix: form for form, suffix in FORMS.items()}
    return by_suffix.get(path.suffix.lower(), chosen)


def export_dialog(parent: QWidget, folder: Path, name: str) -> QFileDialog:
    """Return a dialog that asks for a file; to be opened by the caller."""
    dialog = QFileDialog(parent, _tr("Export the log"), str(folder / f"{name}.txt"))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters([_filter(form) for form in FORMS])
    dialog.selectFile(f"{name}.txt")
    return dialog


def form_chosen(dialog: QFileDialog) -> ExportForm:
    """Return the form that is chosen in a dialog."""
    chosen = dialog.selectedNameFilter()
    return next((form for form in FORMS if _filter(form) == chosen), _TEXT)


def _filter(form: ExportForm) -> str:
    words: dict[ExportForm, str] = {
        "text": _tr("Text"),
        "jsonl": _tr("JSON lines"),
        "html": _tr("Web page"),
    }
    return f"{words[form]} (*{FORMS[form]})"


_TEXT: Final[ExportForm] = "text"


def _tr(text: str) -> str:
    return QCoreApplication.translate("LogExport", text)
