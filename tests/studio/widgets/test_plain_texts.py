"""Texts that others chose are shown as they are; labels are cut where they do not fit."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from pytestqt.qtbot import QtBot

from studio.widgets.plain import PlainLabel, plain_tip
from studio.widgets.short_label import ShortLabel

_WORDS = (
    "The program ended with an uncaught exception at main.py:10: NameError: the name is not known"
)


@pytest.mark.parametrize("text", ["plain", "a < b\nc", "<b>no</b>\n<img src=x>", "&lt;", ""])
def test_a_tooltip_shows_every_character(text: str) -> None:
    tip = plain_tip(text)
    page = QTextDocument()
    page.setHtml(tip)
    assert tip == text or page.toPlainText() == text
    assert "<img" not in tip


def test_a_label_is_no_page(qtbot: QtBot) -> None:
    label = PlainLabel("<b>no</b>")
    qtbot.addWidget(label)
    assert label.textFormat() is Qt.TextFormat.PlainText


def test_a_sentence_goes_on_in_a_second_line_and_is_cut_there(qtbot: QtBot) -> None:
    label = ShortLabel(lines=2)
    qtbot.addWidget(label)
    label.setText(_WORDS)
    label.show()
    whole = label.fontMetrics().horizontalAdvance(_WORDS)
    label.resize(whole + 10, 20)
    assert label.shown == [_WORDS]
    assert label.heightForWidth(whole // 2 + 60) == 2 * label.fontMetrics().lineSpacing()
    label.resize(whole // 2 + 60, 40)
    assert " ".join(label.shown) == _WORDS
    assert not label.toolTip()
    label.resize(whole // 4, 40)
    assert len(label.shown) == 2
    assert label.shown[1].endswith("…")
    assert label.toolTip() == _WORDS


def test_the_tooltip_of_a_cut_label_is_no_page(qtbot: QtBot) -> None:
    label = ShortLabel()
    qtbot.addWidget(label)
    label.resize(40, 20)
    label.show()
    label.setText("<b>bold and longer than there is room</b>")
    assert label.toolTip().startswith("<qt>&lt;b&gt;bold")
