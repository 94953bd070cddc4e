"""Check boxes and choices that can be seen in either theme; every dialog takes them from here."""

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

import studio
from studio.desk import Desk
from studio.widgets.marked_fields import CheckBox, Choice

_PLAIN = re.compile(r"\bQ(CheckBox|ComboBox|RadioButton)\b")


def contrast(one: QColor, other: QColor) -> float:
    """Return the ratio that WCAG 2.2 defines."""

    def light(colour: QColor) -> float:
        parts = (colour.redF(), colour.greenF(), colour.blueF())
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    lights = sorted((light(one), light(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def strongest(picture: QImage, ground: QColor, columns: range) -> float:
    """Return the strongest contrast to the ground in some columns of a picture."""
    colours = {picture.pixel(x, y) for x in columns for y in range(picture.height())}
    return max(contrast(QColor.fromRgb(colour), ground) for colour in colours)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.qt_log_ignore("This plugin does not support")
def test_their_signs_are_seen(desk: Desk, qtbot: QtBot, theme: str) -> None:
    desk.appearance.set_theme(theme)
    window = QWidget()
    qtbot.addWidget(window)
    box, choice = CheckBox("", window), Choice(window)
    choice.addItem("")
    choice.setGeometry(40, 0, 120, 30)
    box.setGeometry(0, 0, 30, 30)
    window.show()
    ground = window.palette().window().color()
    assert strongest(box.grab().toImage(), ground, range(20)) >= 3, "the box without a tick"
    picture = choice.grab().toImage()
    arrow = range(picture.width() - 20, picture.width() - 6)
    assert strongest(picture, window.palette().base().color(), arrow) >= 3, "the arrow"


def test_nobody_makes_plain_ones() -> None:
    root = Path(studio.__path__[0])
    found = [
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if path.parent.name != "look" and _PLAIN.search(path.read_text(encoding="utf-8"))
    ]
    assert found == ["widgets/marked_fields.py"]
