"""Colours and sizes of the studio, by role. Data; written nowhere else.

Every text colour is at least 4.5 : 1 on all three grounds of its theme, and on its selection
(WCAG 2.2, success criterion 1.4.3); `tests/studio/look/test_tokens.py` computes it.
"""

from dataclasses import dataclass
from typing import Final

#: Distances in pixels, from tight to wide.
SPACE_XS: Final = 4
SPACE_S: Final = 8
SPACE_M: Final = 12
SPACE_L: Final = 16
SPACE_XL: Final = 24
CORNER: Final = 6
ROW_HEIGHT: Final = 22
LIST_ROW_HEIGHT: Final = 28
TOOLBAR_HEIGHT: Final = 40
STATUS_HEIGHT: Final = 24
ACTIVITY_WIDTH: Final = 44
PANEL_HEADER_HEIGHT: Final = 32
ROW_ICON: Final = 16
BAR_ICON: Final = 20
CODE_PIXELS: Final = 13
LINE_SPACING: Final = 1.45
#: Longest motion, in milliseconds; none when the system asks for reduced motion.
MOTION_MS: Final = 120
CODE_FAMILIES: Final = ("JetBrains Mono", "Cascadia Mono", "Cascadia Code", "DejaVu Sans Mono")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one theme, as `#rrggbb`."""

    name: str
    dark: bool
    # grounds
    window: str
    panel: str
    raised: str
    border: str
    handle: str
    selection: str
    current_line: str
    # texts
    text: str
    muted: str
    # signs; `focus` is a line around things, `link` is its colour where it is text; `on_play` is
    # what stands on a ground of `play`
    play: str
    on_play: str
    stop: str
    focus: str
    link: str
    warning: str
    error: str
    # sources of the merged log
    source_build: str
    source_pack_validation: str
    source_pack: str
    source_runtime: str
    # code
    code_keyword: str
    code_name: str
    code_string: str
    code_number: str
    code_comment: str
    code_operator: str
    code_decorator: str
    # the sixteen colours that programs ask for by number: eight plain, eight bright
    ansi: tuple[str, ...]

    def source(self, source: str) -> str:
        """Return the colour of a log source by its word, such as `pack-validation`."""
        return str(getattr(self, f"source_{source.replace('-', '_')}"))


DARK: Final = Tokens(
    name="dark",
    dark=True,
    window="#1b1d22",
    panel="#212329",
    raised="#2a2d35",
    border="#34373f",
    handle="#4a4e59",
    selection="#24365c",
    current_line="#262930",
    text="#e6e7ea",
    muted="#a0a6b1",
    play="#4cc26a",
    on_play="#10261a",
    stop="#ff7b72",
    focus="#6ea8fe",
    link="#6ea8fe",
    warning="#e3b341",
    error="#ff7b72",
    source_build="#7aa2f7",
    source_pack_validation="#c4a1ff",
    source_pack="#e0af68",
    source_runtime="#73daca",
    code_keyword="#c4a1ff",
    code_name="#7ab7ff",
    code_string="#9ece8a",
    code_number="#e0af68",
    code_comment="#9da3af",
    code_operator="#c3c8d1",
    code_decorator="#73daca",
    ansi=(
        "#9da3af", "#ff7b72", "#7ee08a", "#e3b341", "#7aa2f7", "#d7a1ff", "#73daca", "#d5d8de",
        "#a8aeb9", "#ff9a93", "#a5eeb0", "#f2cc6b", "#a3c0ff", "#e6c4ff", "#a2ede1", "#ffffff",
    ),
)  # fmt: skip

LIGHT: Final = Tokens(
    name="light",
    dark=False,
    window="#f6f7f9",
    panel="#ffffff",
    raised="#eef0f3",
    border="#d8dce2",
    handle="#b4bac4",
    selection="#d9e6ff",
    current_line="#f3f5f8",
    text="#1c1e22",
    muted="#5b626d",
    play="#166f32",
    on_play="#ffffff",
    stop="#cf222e",
    focus="#0b5fff",
    link="#0a55e6",
    warning="#8a5a00",
    error="#c01c28",
    source_build="#1f5fbf",
    source_pack_validation="#7a3fc1",
    source_pack="#8a5a00",
    source_runtime="#0b6b64",
    code_keyword="#7a3fc1",
    code_name="#1f5fbf",
    code_string="#186a2c",
    code_number="#8a5a00",
    code_comment="#5b626d",
    code_operator="#3c4149",
    code_decorator="#0b6b64",
    ansi=(
        "#1c1e22", "#b3261e", "#186a2c", "#7d5200", "#1f5fbf", "#7a3fc1", "#0b6b64", "#5b626d",
        "#474d57", "#c01c28", "#166f32", "#8a5a00", "#0a55e6", "#8442cc", "#0a6f68", "#1c1e22",
    ),
)  # fmt: skip
