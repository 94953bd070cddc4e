"""One setting with its control: a change is in force at once, and can be taken back."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QSpinBox,
    QToolButton,
    QWidget,
)

from studio.desk import Desk
from studio.look.tokens import SPACE_M, SPACE_S, SPACE_XS
from studio.settings.values import RANGES
from studio.shell.dialogs.problem_label import ProblemLabel
from studio.shell.dialogs.setting_items import SettingItem, default_of
from studio.shell.text_label import TextLabel
from studio.widgets.marked_fields import CheckBox, Choice

_CONTROL_WIDTH = 220
#: Numbers can be typed beyond what is fit, so that it can be said why they are not.
_TYPED = 9_999


class WholeField(QSpinBox):
    """A whole number. The wheel scrolls the page instead, and arrows stay within what is fit."""

    def __init__(self, low: float, high: float) -> None:
        super().__init__()
        self._fit = low, high
        self.setRange(0, _TYPED)
        self.lineEdit().setTextMargins(SPACE_XS, 0, SPACE_XS, 0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def stepBy(self, steps: int) -> None:  # noqa: N802 - Qt's name
        """Step, and stay within what is fit."""
        super().stepBy(steps)
        self.setValue(int(max(self._fit[0], min(self.value(), self._fit[1]))))

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Leave the wheel to the page."""
        event.ignore()


class DecimalField(QDoubleSpinBox):
    """The same for a number with a part behind the point."""

    def __init__(self, low: float, high: float) -> None:
        super().__init__()
        self._fit = low, high
        self.setRange(0, _TYPED)
        self.lineEdit().setTextMargins(SPACE_XS, 0, SPACE_XS, 0)
        self.setDecimals(1)
        self.setSingleStep(0.5)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def stepBy(self, steps: int) -> None:  # noqa: N802 - Qt's name
        """Step, and stay within what is fit."""
        super().stepBy(steps)
        self.setValue(max(self._fit[0], min(self.value(), self._fit[1])))

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Leave the wheel to the page."""
        event.ignore()


class ChoiceField(Choice):
    """A choice. The wheel scrolls the page instead."""

    def __init__(self, item: SettingItem) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for value, word in item.words.items():
            self.addItem(word, value)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Leave the wheel to the page."""
        event.ignore()


class _Label(TextLabel):
    """The words of a setting: they wrap, and a click on them goes to the control."""

    def __init__(self, text: str, field: QWidget) -> None:
        super().__init__(text)
        self._field = field
        self.setBuddy(field)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Toggle what can be toggled; otherwise only go there."""
        event.accept()
        self._field.setFocus()
        if isinstance(self._field, CheckBox):
            self._field.toggle()


Field = WholeField | DecimalField | ChoiceField | CheckBox


class SettingRow(QWidget):
    """A setting's label, control, way back to its default, and what is wrong with a value."""

    def __init__(self, item: SettingItem, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.item = item
        self._desk = desk
        self._showing = False
        self._shown: object = None
        self.problem = ProblemLabel(desk.appearance)
        self.field = self._make_field()
        self.field.setAccessibleName(item.label)
        self.field.setAccessibleDescription(item.about)
        self.reset_button = QToolButton()
        self.reset_button.setProperty("look", "icon")
        words = self.tr("Reset to default ({0})").format(item.shown(default_of(item.key)))
        self.reset_button.setToolTip(words)
        self.reset_button.setAccessibleName(f"{item.label}: {words}")
        self.reset_button.clicked.connect(self._reset)
        self._lay_out()
        self._paint_icon()
        self._show()
        desk.settings.changed.connect(self._show)
        desk.appearance.changed.connect(self._paint_icon)

    def set_value(self, value: object) -> None:
        """Put a value in force, or say why it is not fit."""
        if self._showing:
            return
        try:
            self._desk.settings.update(**{self.item.key: value})
        except ValueError:
            low, high = RANGES[self.item.key]
            unit = f" {self.item.unit}" if self.item.unit else ""
            self.problem.show_problem(
                self.tr("Not in force: it goes from {0} to {1}{2}.").format(low, high, unit)
            )
        else:
            self.problem.show_problem("")

    def _reset(self) -> None:
        self._desk.settings.reset(self.item.key)
        self.problem.show_problem("")
        self._show()
        self.field.setFocus()

    def _make_field(self) -> Field:
        item = self.item
        if item.kind == "toggle":
            box = CheckBox()
            box.toggled.connect(self.set_value)
            return box
        if item.kind == "choice":
            combo = ChoiceField(item)
            combo.currentIndexChanged.connect(lambda at: self.set_value(combo.itemData(at)))
            return combo
        low, high = RANGES[item.key]
        whole = item.kind == "number"
        number = WholeField(low, high) if whole else DecimalField(low, high)
        number.setSuffix(f" {item.unit}")
        number.setKeyboardTracking(False)  # not each digit on the way to a number
        number.valueChanged.connect(self.set_value)
        return number

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, SPACE_S, 0, SPACE_S)
        grid.setHorizontalSpacing(SPACE_M)
        grid.setVerticalSpacing(SPACE_XS)
        grid.setColumnStretch(0, 1)
        about = TextLabel(self.item.about, "muted")
        about.setVisible(bool(self.item.about))
        label = _Label(self.item.label, self.field)
        if isinstance(self.field, CheckBox):
            row = QHBoxLayout()
            row.setSpacing(SPACE_S)
            row.addWidget(self.field)
            row.addWidget(label, 1)
            grid.addLayout(row, 0, 0)
        else:
            self.field.setFixedWidth(_CONTROL_WIDTH)
            grid.addWidget(label, 0, 0)
            grid.addWidget(self.field, 0, 1, 2, 1, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(about, 1, 0)
        grid.addWidget(self.reset_button, 0, 2, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.problem, 2, 0, 1, 3)
        policy = self.reset_button.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.reset_button.setSizePolicy(policy)

    def _show(self) -> None:
        """Show what is in force, whoever changed it; what is typed and unfit stays until then."""
        value: Any = getattr(self._desk.settings.current, self.item.key)
        self.reset_button.setVisible(value != default_of(self.item.key))
        if value == self._shown and self.problem.text:
            return
        self._shown = value
        self._showing = True
        try:
            self._put(value)
        finally:
            self._showing = False

    def _put(self, value: Any) -> None:  # noqa: ANN401 - as many kinds as there are settings
        if isinstance(self.field, CheckBox):
            self.field.setChecked(value)
        elif isinstance(self.field, ChoiceField):
            self.field.setCurrentIndex(self.field.findData(value))
        elif self.field.value() != value:
            self.field.setValue(value)

    def _paint_icon(self) -> None:
        self.reset_button.setIcon(self._desk.appearance.icon("undo", "muted"))
