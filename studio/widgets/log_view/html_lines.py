"""Rows as one HTML page that needs nothing else: colours kept, everything escaped. Pure."""

from html import escape
from string import Template
from typing import Final

from session.log.entry import Row
from studio.figures import since_play
from studio.look.tokens import DARK, LIGHT, Tokens
from studio.widgets.log_view.columns import head_of
from studio.widgets.log_view.shown_line import show_row
from studio.widgets.log_view.text_style import PLAIN, Colour, TextStyle, segments

_ROLES: Final = (
    "text",
    "muted",
    "play",
    "warning",
    "error",
    "source_build",
    "source_pack_validation",
    "source_pack",
    "source_runtime",
)
_PAGE: Final = Template("""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>$title</title><style>
:root { $light }
@media (prefers-color-scheme: dark) { :root { $dark } }
body { background: var(--panel); color: var(--text); font: 13px/1.45 monospace; margin: 16px; }
div { white-space: pre-wrap; overflow-wrap: anywhere; }
i { color: var(--muted); font-style: normal; }
</style></head><body>
""")
FOOT: Final = "</body></html>\n"


def page_head(title: str) -> str:
    """Return the beginning of the page."""
    return _PAGE.substitute(title=escape(title), light=_variables(LIGHT), dark=_variables(DARK))


def html_line(row: Row, raw: bytes | None, started: float, style: TextStyle = PLAIN) -> str:
    """Return one row; `style` is the dress that the program's lines before it left on."""
    line = show_row(row, raw, unfolded=True, style=style)
    head = head_of(row)
    word = f"{head.word} {head.mark}".strip().ljust(7)
    message = "".join(
        _dressed(line.text[span.start : span.stop], span.style)
        for span in segments(line.spans, 0, len(line.text))
    )
    more = f"<i> … {line.more:,}</i>" if line.more else ""
    return (
        f"<div><i>{since_play(row.time - started)}</i>  "
        f'<span style="color:var(--{head.glyph_role})">{escape(head.glyph or " ")}</span> '
        f'<span style="color:var(--{head.word_role})">{escape(word)}</span> '
        f'<span style="color:var(--{line.role})">{message}</span>{more}</div>\n'
    )


def _dressed(text: str, style: TextStyle) -> str:
    if style == PLAIN:
        return escape(text)
    front, back = style.foreground, style.background
    ink = _css(front) or f"var(--{style.role or 'text'})"
    ground = _css(back)
    if style.inverse:
        ink, ground = ground or "var(--panel)", ink
    rules = [f"color:{ink}"] if style.inverse or style.role or front is not None else []
    rules += [f"background:{ground}"] if ground else []
    rules += ["font-weight:bold"] if style.bold else []
    rules += ["opacity:.7"] if style.dim else []
    rules += ["font-style:italic"] if style.italic else []
    lines = [name for name, on in _lines(style) if on]
    rules += [f"text-decoration:{' '.join(lines)}"] if lines else []
    return f'<span style="{";".join(rules)}">{escape(text)}</span>'


def _lines(style: TextStyle) -> tuple[tuple[str, bool], ...]:
    return ("underline", style.underline), ("line-through", style.struck)


def _css(colour: Colour) -> str:
    if colour is None:
        return ""
    return f"var(--c{colour})" if isinstance(colour, int) else colour


def _variables(tokens: Tokens) -> str:
    named = {name: getattr(tokens, name) for name in ("panel", *_ROLES)}
    numbered = {f"c{number}": colour for number, colour in enumerate(tokens.ansi)}
    return " ".join(f"--{name}: {value};" for name, value in {**named, **numbered}.items())
