"""The icons of the studio by what they mean, all from one set (Codicons, through QtAwesome)."""

from functools import lru_cache
from typing import Final

from PySide6.QtGui import QIcon

#: What it means: its name in the set.
NAMES: Final = {
    "play": "msc.play",
    "stop": "msc.debug-stop",
    "restart": "msc.debug-restart",
    "files": "msc.files",
    "debug": "msc.debug-alt",
    "history": "msc.history",
    "problems": "msc.warning",
    "search": "msc.search",
    "settings": "msc.settings-gear",
    "palette": "msc.terminal",
    "help": "msc.question",
    "new": "msc.new-file",
    "new-folder": "msc.new-folder",
    "open": "msc.folder-opened",
    "folder": "msc.folder",
    "file": "msc.file",
    "save": "msc.save",
    "close": "msc.close",
    "trash": "msc.trash",
    "refresh": "msc.refresh",
    "copy": "msc.copy",
    "export": "msc.export",
    "filter": "msc.filter",
    "follow": "msc.arrow-down",
    "pause": "msc.debug-pause",
    "wrap": "msc.word-wrap",
    "collapse": "msc.fold",
    "clock": "msc.watch",
    "previous": "msc.chevron-up",
    "next": "msc.chevron-down",
    "expand": "msc.chevron-right",
    "more": "msc.ellipsis",
    "maximize": "msc.screen-full",
    "restore": "msc.screen-normal",
    "error": "msc.error",
    "warning": "msc.warning",
    "info": "msc.info",
    "ok": "msc.check",
    "bell": "msc.bell",
    "shield": "msc.shield",
    "edit": "msc.edit",
    "add": "msc.add",
    "compare": "msc.diff",
    "undo": "msc.discard",
    "pulse": "msc.pulse",
    "lightbulb": "msc.lightbulb",
}


@lru_cache(maxsize=512)
def icon(name: str, colour: str, disabled: str) -> QIcon:
    """Return an icon in a colour; KeyError for a name that is not in `NAMES`."""
    import qtawesome  # imported late: it loads its fonts, and the first paint needs none

    found: QIcon = qtawesome.icon(NAMES[name], color=colour, color_disabled=disabled)
    return found
