"""A field of a dialog with its label above, a line about it, and what is wrong with it below."""

from PySide6.QtWidgets import QLabel, QLayout, QVBoxLayout, QWidget

from studio.look.appearance import Appearance
from studio.look.tokens import SPACE_XS
from studio.shell.dialogs.problem_label import ProblemLabel
from studio.shell.text_label import TextLabel


class FormRow(QWidget):
    """One field. `problem` says what is wrong with it; `note` is a line that may change."""

    def __init__(
        self,
        label: str,
        field: QWidget,
        appearance: Appearance,
        about: str = "",
        beside: QLayout | None = None,
    ) -> None:
        """`beside` is a layout that holds the field already, with what stands beside it."""
        super().__init__()
        self.field = field
        self.note = TextLabel(about, "muted")
        self.note.setVisible(bool(about))
        self.problem = ProblemLabel(appearance)
        name = QLabel(label)
        name.setBuddy(field)
        plain = label.replace("&", "")
        field.setAccessibleName(plain)
        field.setAccessibleDescription(about)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_XS)
        column.addWidget(name)
        if beside is None:
            column.addWidget(field)
        else:
            column.addLayout(beside)
        column.addWidget(self.note)
        column.addWidget(self.problem)

    def say(self, text: str) -> None:
        """Show another line about the field."""
        self.note.setText(text)
        self.note.setVisible(bool(text))
