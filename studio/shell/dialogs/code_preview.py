"""A few lines of code in the size and colours of now."""

from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from studio.desk import Desk
from studio.look.tokens import SPACE_M, SPACE_S

#: Rows of (role, text); the roles are those of the tokens.
_LINES = (
    (("code_keyword", "def "), ("code_name", "play"), ("text", "(self) -> "), ("code_name", "int")),
    (("text", "    "), ("code_comment", "# what was played is what gets packed")),
    (
        ("text", "    self.title = "),
        ("code_string", '"Il1 0O"'),
    ),
    (("code_keyword", "    return "), ("code_number", "42")),
)


class CodePreview(QFrame):
    """Follows the settings, also before anything else does."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.label = QLabel()
        self.label.setAccessibleName(self.tr("How code looks"))
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_S)
        column.addWidget(self.label)
        self.setProperty("look", "page")
        desk.settings.changed.connect(self._show)
        desk.appearance.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        tokens = self._desk.appearance.tokens
        rows = (
            "".join(
                f'<span style="color:{getattr(tokens, role)}">{_escaped(text)}</span>'
                for role, text in line
            )
            for line in _LINES
        )
        font = self._desk.appearance.code_font()
        font.setPixelSize(self._desk.settings.current.code_pixels)
        self.label.setFont(font)
        self.label.setText("<br>".join(rows))


def _escaped(text: str) -> str:
    return (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace(" ", "&nbsp;")
    )
