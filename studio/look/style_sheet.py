"""Tokens as a Qt style sheet: what a palette cannot say.

A widget asks for a look of the studio's own by the property `look`: `bar`, `side` and `status`
(the frame), `rail` (a button of the side), `header` (the row above a panel) and `tab` (in it),
`page` (the ground of the work), `popup`, `banner`, `badge`, `play` (the one accent), `primary`
(the button that Return presses), `flat` and `icon` buttons, `muted` and `title` texts, `line`.
"""

from dataclasses import asdict
from string import Template
from typing import Final

from studio.look import tokens as sizes
from studio.look.tokens import Tokens

_FRAME: Final = """
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: ${xs}px; }
QMainWindow { background: $window; }
QSplitter::handle { background: $window; }
QSplitter::handle:horizontal { border-left: 1px solid $border; }
QSplitter::handle:vertical { border-top: 1px solid $border; }
QSplitter::handle:hover { background: $focus; }
*[look="bar"] { background: $window; border-bottom: 1px solid $border; }
*[look="status"] { background: $window; border-top: 1px solid $border; }
*[look="side"] { background: $window; }
*[look="line"] { background: $border; border: none; }
*[look="header"] { background: $window; border-bottom: 1px solid $border; }
*[look="page"] { background: $panel; }
*[look="muted"] { color: $muted; }
*[look="title"] { color: $text; font-weight: 600; }
*[look="banner"] { background: $raised; border-bottom: 1px solid $border; }
*[look="popup"] { background: $raised; border: 1px solid $border;
                  border-radius: ${corner}px; }
*[look="popup"] QListView { background: transparent; }
*[look="badge"] { background: $raised; color: $text; border: 1px solid $border;
                  border-radius: ${s}px; padding: 0 ${xs}px; }
"""

_MENUS: Final = """
QMenuBar { background: transparent; border: none; padding: 0; spacing: 0; }
QMenuBar::item { background: transparent; padding: ${xs}px ${s}px; border-radius: ${corner}px; }
QMenuBar::item:selected, QMenuBar::item:pressed { background: $raised; }
QMenu { background: $raised; color: $text; border: 1px solid $border; padding: ${xs}px; }
QMenu::item { padding: ${xs}px ${xl}px ${xs}px ${s}px; min-height: ${l}px;
              border-radius: ${xs}px; }
QMenu::item:selected { background: $selection; color: $text; }
QMenu::item:disabled { color: $muted; }
QMenu::icon { padding-left: ${s}px; }
QMenu::separator { height: 1px; background: $border; margin: ${xs}px ${s}px; }
"""

_BUTTONS: Final = """
QToolButton { background: transparent; color: $text; border: 1px solid transparent;
              border-radius: ${corner}px; padding: 3px; }
QToolButton:hover { background: $raised; }
QToolButton:pressed, QToolButton:checked { background: $raised; border-color: $border; }
QToolButton:disabled { color: $muted; }
QToolButton:focus { border-color: $focus; }
QToolButton::menu-indicator { image: none; width: 0; }
*[look="bar"] QToolButton, *[look="status"] QToolButton { padding: 2px ${s}px; }
QToolButton[look="icon"], *[look="bar"] QToolButton[look="icon"],
*[look="status"] QToolButton[look="icon"] { padding: 2px; }
QToolButton[look="play"], QPushButton[look="play"] { background: $play; color: $on_play;
    border: 1px solid $play; font-weight: 600; }
QToolButton[look="play"]:hover, QPushButton[look="play"]:hover { border-color: $text; }
QToolButton[look="play"]:focus, QPushButton[look="play"]:focus { border: 2px solid $focus; }
QToolButton[look="play"]:disabled, QPushButton[look="play"]:disabled {
    background: $raised; color: $muted; border-color: $border; }
QToolButton[look="rail"] { border-radius: ${corner}px; padding: 0; }
QToolButton[look="rail"]:checked { background: $raised; border-color: $border; }
QToolButton[look="tab"] { border-radius: 0; border: none; border-bottom: 2px solid transparent;
    color: $muted; padding: 0 ${s}px; }
QToolButton[look="tab"]:hover { color: $text; background: transparent; }
QToolButton[look="tab"]:checked { color: $text; border-bottom: 2px solid $focus;
    background: transparent; }
QToolButton[look="tab"]:focus { color: $text; background: $selection; }
QPushButton { background: $raised; color: $text; border: 1px solid $border;
              border-radius: ${corner}px; padding: ${xs}px ${m}px; min-height: 20px; }
QPushButton:hover { border-color: $muted; }
QPushButton:pressed { background: $window; }
QPushButton:focus { border-color: $focus; }
QPushButton:default { border-color: $focus; }
QPushButton:disabled { color: $muted; background: $window; }
QPushButton[look="primary"] { background: $selection; border-color: $focus; }
QPushButton[look="primary"]:disabled { background: $window; border-color: $border; }
QPushButton[look="flat"] { background: transparent; border-color: transparent; }
QPushButton[look="flat"]:hover { background: $raised; }
QPushButton[look="flat"]:focus { border-color: $focus; }
"""

_FIELDS: Final = """
QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QKeySequenceEdit {
    background: $panel; color: $text; border: 1px solid $border; border-radius: ${corner}px;
    padding: 3px ${s}px; min-height: 20px; selection-background-color: $selection;
    selection-color: $text; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus { border-color: $focus; }
QLineEdit:disabled, QComboBox:disabled, QSpinBox:disabled { color: $muted; background: $window; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { width: 0; height: 0; border: none; }
QComboBox::drop-down { border: none; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $border;
    selection-background-color: $selection; selection-color: $text; }
QPlainTextEdit, QTextEdit, QTextBrowser { background: $panel; color: $text; border: none;
    selection-background-color: $selection; selection-color: $text; }
QProgressBar { background: $raised; border: none; border-radius: 3px; height: 6px; }
QProgressBar::chunk { background: $focus; border-radius: 3px; }
QGroupBox { border: 1px solid $border; border-radius: ${corner}px; margin-top: ${m}px;
    padding: ${s}px; }
QGroupBox::title { subcontrol-origin: margin; left: ${s}px; padding: 0 ${xs}px; color: $muted; }
"""

_VIEWS: Final = """
QTreeView, QListView, QTableView { background: $panel; color: $text; border: none; outline: none;
    alternate-background-color: $panel; selection-background-color: $selection;
    selection-color: $text; }
QTreeView::item { min-height: ${row}px; }
QListView::item { min-height: ${list_row}px; }
QTreeView::item:hover, QListView::item:hover { background: $raised; }
QTreeView::item:selected, QListView::item:selected, QTableView::item:selected {
    background: $selection; color: $text; }
QHeaderView::section { background: $window; color: $muted; border: none; padding: ${xs}px ${s}px;
    border-bottom: 1px solid $border; }
QTabWidget::pane { border: none; border-top: 1px solid $border; }
QTabBar { background: $window; qproperty-drawBase: 0; border: none; }
QTabBar::tab { background: $window; color: $muted; padding: 6px ${m}px; border: none;
    border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { background: $panel; color: $text; border-bottom: 2px solid $focus; }
QTabBar::tab:selected:focus { background: $selection; }
QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: ${m}px; }
QScrollBar:horizontal { height: ${m}px; }
QScrollBar::handle { background: $handle; border-radius: ${xs}px; margin: 2px; }
QScrollBar::handle:vertical { min-height: ${xl}px; }
QScrollBar::handle:horizontal { min-width: ${xl}px; }
QScrollBar::handle:hover, QScrollBar::handle:pressed { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: $panel; }
"""

_SHEET: Final = Template(_FRAME + _MENUS + _BUTTONS + _FIELDS + _VIEWS)
_SIZES: Final = {
    "xs": sizes.SPACE_XS,
    "s": sizes.SPACE_S,
    "m": sizes.SPACE_M,
    "l": sizes.SPACE_L,
    "xl": sizes.SPACE_XL,
    "corner": sizes.CORNER,
    "row": sizes.ROW_HEIGHT,
    "list_row": sizes.LIST_ROW_HEIGHT,
}


def style_sheet_for(tokens: Tokens) -> str:
    """Return the style sheet of a theme."""
    return _SHEET.substitute(_SIZES, **asdict(tokens))
