"""A question that cannot wait, asked without blocking anything: await the answer."""

from collections.abc import Sequence

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from studio.widgets.answer import answer_of


async def ask(
    parent: QWidget, title: str, text: str, detail: str, choices: Sequence[str], *, risky: bool
) -> int | None:
    """Ask with one button a choice, and Cancel; return the number of the choice, None for Cancel.

    With `risky` Cancel is what Enter presses, else the first choice.
    """
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    box.setWindowTitle(title)
    box.setText(text)
    box.setInformativeText(detail)
    box.setTextFormat(Qt.TextFormat.PlainText)
    role = QMessageBox.ButtonRole
    first = role.DestructiveRole if risky else role.AcceptRole
    buttons = [box.addButton(choice, first) for choice in choices]
    cancel = box.addButton(QMessageBox.StandardButton.Cancel)
    box.setEscapeButton(cancel)
    box.setDefaultButton(cancel if risky else buttons[0])
    await answer_of(box)
    if not shiboken6.isValid(box):
        return None
    clicked = box.clickedButton()
    box.deleteLater()
    return buttons.index(clicked) if clicked in buttons else None
