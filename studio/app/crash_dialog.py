"""The one dialog about faults of the studio's own: calm, with a report that can be copied."""

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QTextOption
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from studio.app.crash_report import Fault
from studio.look.appearance import Appearance
from studio.look.tokens import BAR_ICON, SPACE_L, SPACE_M, SPACE_S

_WIDTH, _HEIGHT = 680, 440


class CrashDialog(QDialog):
    """Shows one fault and counts those that follow while it is open. Blocks nothing."""

    def __init__(
        self, fault: Fault, folder: Path, appearance: Appearance, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._folder = folder
        self._report = fault.report
        self._later = 0
        self._appearance = appearance
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setModal(False)
        self.setWindowTitle(self.tr("A fault in Playhead"))
        self._sign = QLabel(self)
        self._dressed: list[tuple[QPushButton, str]] = []
        self._count = QLabel(self)
        self._count.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        layout.setSpacing(SPACE_M)
        layout.addLayout(self._head())
        layout.addWidget(self._text(fault, appearance), 1)
        layout.addWidget(self._count)
        layout.addWidget(self._buttons())
        self.resize(_WIDTH, _HEIGHT)
        appearance.changed.connect(self._dress)
        self._dress()

    def count_later(self) -> None:
        """Say that there was one more fault."""
        self._later += 1
        self._count.setText(
            self.tr("%n more since then; all of them are in the log.", "", self._later)
        )
        self._count.show()

    def _dress(self) -> None:
        """Take icons in the colours of now."""
        icon = self._appearance.icon
        self._sign.setPixmap(icon("warning", "warning").pixmap(BAR_ICON, BAR_ICON))
        for button, name in self._dressed:
            button.setIcon(icon(name))

    def _head(self) -> QHBoxLayout:
        told = QLabel(
            self.tr(
                "Something inside Playhead went wrong. What you have open and what is running "
                "goes on.\nThis is a fault of Playhead, not of your project; please report it "
                "with the text below."
            ),
            self,
        )
        told.setWordWrap(True)
        row = QHBoxLayout()
        row.setSpacing(SPACE_S)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(told, 1)
        return row

    def _text(self, fault: Fault, appearance: Appearance) -> QPlainTextEdit:
        text = QPlainTextEdit(fault.report, self)
        text.setReadOnly(True)
        text.setTabChangesFocus(True)
        text.setFont(appearance.code_font())
        text.setWordWrapMode(QTextOption.WrapMode.NoWrap)
        text.setAccessibleName(self.tr("Report of the fault"))
        return text

    def _buttons(self) -> QDialogButtonBox:
        box = QDialogButtonBox(self)
        copy = QPushButton(self.tr("&Copy"), self)
        copy.setToolTip(self.tr("Copy the report"))
        copy.clicked.connect(self._copy)
        folder = QPushButton(self.tr("Open report &folder"), self)
        folder.setToolTip(str(self._folder))
        folder.clicked.connect(self._open_folder)
        box.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
        box.addButton(folder, QDialogButtonBox.ButtonRole.ActionRole)
        close = box.addButton(QDialogButtonBox.StandardButton.Close)
        close.setDefault(True)
        # its own icon, because Qt's is black on every ground
        self._dressed = [(copy, "copy"), (folder, "folder"), (close, "close")]
        box.rejected.connect(self.close)
        return box

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._report)

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))
