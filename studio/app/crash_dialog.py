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
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setModal(False)
        self.setWindowTitle(self.tr("A fault in Playhead"))
        self._count = QLabel(self)
        self._count.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        layout.setSpacing(SPACE_M)
        layout.addLayout(self._head(appearance))
        layout.addWidget(self._text(fault, appearance), 1)
        layout.addWidget(self._count)
        layout.addWidget(self._buttons(appearance))
        self.resize(_WIDTH, _HEIGHT)

    def count_later(self) -> None:
        """Say that there was one more fault."""
        self._later += 1
        self._count.setText(
            self.tr("%n more since then; all of them are in the log.", "", self._later)
        )
        self._count.show()

    def _head(self, appearance: Appearance) -> QHBoxLayout:
        sign = QLabel(self)
        sign.setPixmap(appearance.icon("warning", "warning").pixmap(BAR_ICON, BAR_ICON))
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
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
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

    def _buttons(self, appearance: Appearance) -> QDialogButtonBox:
        box = QDialogButtonBox(self)
        copy = QPushButton(appearance.icon("copy"), self.tr("&Copy"), self)
        copy.setToolTip(self.tr("Copy the report"))
        copy.clicked.connect(self._copy)
        folder = QPushButton(appearance.icon("folder"), self.tr("Open report &folder"), self)
        folder.setToolTip(str(self._folder))
        folder.clicked.connect(self._open_folder)
        box.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
        box.addButton(folder, QDialogButtonBox.ButtonRole.ActionRole)
        close = box.addButton(QDialogButtonBox.StandardButton.Close)
        close.setIcon(appearance.icon("close"))  # Qt's own is black on every ground
        close.setDefault(True)
        box.rejected.connect(self.close)
        return box

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._report)

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))
