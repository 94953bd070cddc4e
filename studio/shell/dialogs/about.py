"""What this is: name, versions, and what it is built on."""

import platform
from importlib.metadata import PackageNotFoundError, metadata, version

import PySide6
from PySide6.QtCore import QCoreApplication, QSize, Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from studio.look.tokens import SPACE_L, SPACE_S, SPACE_XL, SPACE_XS
from studio.shell.dialogs.fitting import fit
from studio.shell.kind_icon import mark
from studio.shell.text_label import TextLabel

_MARK = 56
_WIDTH = 440


def about_lines() -> list[tuple[str, str]]:
    """Return what is worth knowing of this installation: a word and its value each."""
    lines = [
        ("Playhead", _version()),
        ("Python", platform.python_version()),
        ("Qt", qVersion()),
        ("PySide6", PySide6.__version__),
        (_tr("System"), platform.platform()),
    ]
    licence = _licence()
    if licence:
        lines.insert(1, (_tr("Licence"), licence))
    return lines


class AboutDialog(QDialog):
    """Everything can be copied, for a report."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("About Playhead"))
        self.copy_button = QPushButton(self.tr("Copy"))
        self.copy_button.setToolTip(self.tr("Copy the versions, for a report"))
        self.copy_button.setAutoDefault(False)
        self.copy_button.clicked.connect(self.copy)
        self.close_button = QPushButton(self.tr("Close"))
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.accept)
        self._lay_out()
        fit(self, _WIDTH)
        self.close_button.setFocus()

    def copy(self) -> None:
        """Put the versions on the clipboard."""
        QGuiApplication.clipboard().setText("\n".join(f"{a}: {b}" for a, b in about_lines()))
        self.copy_button.setText(self.tr("Copied"))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_L)
        column.setSpacing(SPACE_L)
        head = QHBoxLayout()
        head.setSpacing(SPACE_L)
        sign = QLabel()
        sign.setPixmap(mark().pixmap(QSize(_MARK, _MARK)))
        head.addWidget(sign)
        words = QVBoxLayout()
        words.setSpacing(SPACE_XS)
        words.addStretch(1)
        words.addWidget(TextLabel("Playhead", "title"))
        words.addWidget(TextLabel(self.tr("A studio for Python with a Play button."), "muted"))
        words.addStretch(1)
        head.addLayout(words, 1)
        column.addLayout(head)
        text = "\n".join(f"{word}: {value}" for word, value in about_lines())
        versions = TextLabel(text)
        versions.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        column.addWidget(versions)
        built = self.tr("Built on Qt for Python, which is used under the LGPL, version 3.")
        column.addWidget(TextLabel(built, "muted"))
        column.addStretch(1)
        column.addLayout(self._foot())

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACE_S)
        row.addStretch(1)
        row.addWidget(self.copy_button)
        row.addWidget(self.close_button)
        return row


def _version() -> str:
    try:
        return version("playhead")
    except PackageNotFoundError:
        return _tr("not installed")


def _licence() -> str:
    try:
        found = metadata("playhead")
    except PackageNotFoundError:
        return ""
    keys = ("License-Expression", "License")
    return next((found[key] for key in keys if key in found), "")


def _tr(text: str) -> str:
    return QCoreApplication.translate("AboutDialog", text)
