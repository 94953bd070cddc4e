"""Tokens as a Qt style sheet: what a palette cannot say."""

from string import Template
from typing import Final

from studio.look.tokens import CORNER, SPACE_S, SPACE_XS, Tokens

_SHEET: Final = Template("""
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: ${xs}px; }
QMainWindow::separator { background: $border; width: 1px; height: 1px; }
QMenu { background: $raised; border: 1px solid $border; padding: ${xs}px; }
QMenu::item { padding: ${xs}px 24px ${xs}px 24px; border-radius: ${xs}px; }
QMenu::item:selected { background: $selection; }
QMenu::item:disabled { color: $muted; }
QMenu::separator { height: 1px; background: $border; margin: ${xs}px 0; }
QToolButton { border: 1px solid transparent; border-radius: ${corner}px; padding: ${xs}px; }
QToolButton:hover { background: $raised; }
QToolButton:checked { background: $raised; }
QToolButton:focus { border: 1px solid $focus; }
QLineEdit { background: $panel; border: 1px solid $border; border-radius: ${corner}px;
            padding: ${xs}px ${s}px; selection-background-color: $selection;
            selection-color: $text; }
QLineEdit:focus { border: 1px solid $focus; }
""")


def style_sheet_for(tokens: Tokens) -> str:
    """Return the style sheet of a theme."""
    return _SHEET.substitute(
        raised=tokens.raised,
        text=tokens.text,
        border=tokens.border,
        selection=tokens.selection,
        muted=tokens.muted,
        panel=tokens.panel,
        focus=tokens.focus,
        corner=CORNER,
        xs=SPACE_XS,
        s=SPACE_S,
    )
