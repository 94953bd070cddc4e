"""The words, glyphs and colours of the command; nothing about them elsewhere.

Colours are the terminal's own sixteen, so that they suit a dark and a light ground alike.
Colour is never the only sign: a source has its word, a severity its glyph, a state its glyph.
"""

from typing import Final, NamedTuple

from session.log.entry import Severity, Source
from session.state import SessionState
from studio.row_words import SOURCE_WORDS

RESET: Final = "\x1b[0m"

_SOURCE_SGR: Final = {
    Source.BUILD: "34",
    Source.PACK_VALIDATION: "35",
    Source.PACK: "33",
    Source.RUNTIME: "36",
}
_SEVERITY_SGR: Final = {Severity.WARNING: "33", Severity.ERROR: "31"}
_SEVERITY_GLYPH: Final = {Severity.WARNING: ("▲", "!"), Severity.ERROR: ("✗", "x")}
_STATE_GLYPH: Final[dict[str, tuple[str, str]]] = {
    SessionState.RUNNING: ("▶", ">"),
    SessionState.STOPPED: ("■", "#"),
    SessionState.PREPARE_FAILED: ("✗", "x"),
    SessionState.RUNTIME_FAILED: ("✗", "x"),
}
_FAILED: Final[set[str]] = {SessionState.PREPARE_FAILED, SessionState.RUNTIME_FAILED}


class Theme(NamedTuple):
    """How words are dressed: with colour or without, with glyphs or in ASCII."""

    colour: bool = False
    unicode: bool = True

    def paint(self, text: str, sgr: str) -> str:
        """Return `text` in the colour `sgr` (the digits of a colour code), if there is colour."""
        return f"\x1b[{sgr}m{text}{RESET}" if self.colour and text else text

    def dim(self, text: str) -> str:
        """Return `text` so that it steps back."""
        return self.paint(text, "2")

    def source(self, source: Source, width: int = 0) -> str:
        """Return the word of a source, padded to `width`."""
        return self.paint(SOURCE_WORDS[source].ljust(width), _SOURCE_SGR[source])

    def severity(self, severity: Severity) -> str:
        """Return the glyph of a severity, or nothing where none is needed."""
        if severity not in _SEVERITY_GLYPH:
            return ""
        return self.paint(self._pick(_SEVERITY_GLYPH[severity]), _SEVERITY_SGR[severity])

    def state(self, state: str) -> str:
        """Return a state as a glyph and its word."""
        glyph = self._pick(_STATE_GLYPH.get(state, ("·", "-")))
        text = f"{glyph} {state.replace('_', ' ')}"
        return self.paint(text, "31") if state in _FAILED else text

    @property
    def ellipsis(self) -> str:
        """What stands for something left out."""
        return self._pick(("…", "..."))

    def _pick(self, pair: tuple[str, str]) -> str:
        return pair[0] if self.unicode else pair[1]
