"""Tokens as a Qt palette."""

from PySide6.QtGui import QColor, QPalette

from studio.look.tokens import Tokens

_Role = QPalette.ColorRole


def palette_for(tokens: Tokens) -> QPalette:
    """Return the palette of a theme; disabled texts are muted."""
    palette = QPalette()
    for role, colour in _colours(tokens).items():
        palette.setColor(role, QColor(colour))
    for role in (_Role.WindowText, _Role.Text, _Role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens.muted))
    return palette


def _colours(tokens: Tokens) -> dict[QPalette.ColorRole, str]:
    return {
        _Role.Window: tokens.window,
        _Role.WindowText: tokens.text,
        _Role.Base: tokens.panel,
        _Role.AlternateBase: tokens.raised,
        _Role.Text: tokens.text,
        _Role.PlaceholderText: tokens.muted,
        _Role.Button: tokens.raised,
        _Role.ButtonText: tokens.text,
        _Role.BrightText: tokens.error,
        _Role.ToolTipBase: tokens.raised,
        _Role.ToolTipText: tokens.text,
        _Role.Highlight: tokens.selection,
        _Role.HighlightedText: tokens.text,
        _Role.Link: tokens.link,
        _Role.LinkVisited: tokens.link,
        _Role.Accent: tokens.focus,
        _Role.Light: tokens.raised,
        _Role.Midlight: tokens.raised,
        _Role.Mid: tokens.border,
        _Role.Dark: tokens.border,
        _Role.Shadow: tokens.border,
    }
