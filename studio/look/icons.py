"""The icons of the studio by what they mean, all from one set (Codicons, through QtAwesome)."""

from functools import lru_cache
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon, QPixmap

from studio.look.kept_icon import kept
from studio.look.tokens import BAR_ICON

#: What it means: its name in the set.
NAMES: Final = {
    "play": "msc.play",
    "stop": "msc.debug-stop",
    "restart": "msc.debug-restart",
    "files": "msc.files",
    "debug": "msc.debug-alt",
    "history": "msc.history",
    "problems": "msc.warning",
    "workers": "msc.server-process",
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
    "folder-open": "msc.folder-opened",
    "file-python": "msc.snake",
    "file-code": "msc.file-code",
    "file-text": "msc.file-text",
    "file-picture": "msc.file-media",
    "file-sound": "msc.music",
    "file-archive": "msc.file-zip",
    "file-data": "msc.json",
    "file-markdown": "msc.markdown",
    "file-notebook": "msc.notebook",
    "file-settings": "msc.gear",
    "link": "msc.file-symlink-file",
    "eye": "msc.eye",
    "eye-closed": "msc.eye-closed",
    "case": "msc.case-sensitive",
    "word": "msc.whole-word",
    "regex": "msc.regex",
    "replace": "msc.replace-all",
    "in-selection": "msc.list-selection",
    "collapse-all": "msc.collapse-all",
    "lock": "msc.lock",
    "float": "msc.multiple-windows",
    "dock": "msc.layout-panel",
    "menu": "msc.menu",
    "down": "msc.chevron-down",
    "bell-dot": "msc.bell-dot",
    "content-id": "msc.tag",
    "project": "msc.package",
    "home": "msc.home",
    "run-settings": "msc.settings",
    "theme": "msc.color-mode",
    "layout": "msc.layout",
    "check": "msc.pass",
}


def blank() -> QIcon:
    """Return an icon that shows nothing and takes an icon's room."""
    pixmap = QPixmap(BAR_ICON, BAR_ICON)
    pixmap.fill(Qt.GlobalColor.transparent)
    return QIcon(pixmap)


@lru_cache(maxsize=512)
def icon(name: str, colour: str, disabled: str) -> QIcon:
    """Return an icon in a colour; KeyError for a name that is not in `NAMES`."""
    import qtawesome  # imported late: it loads its fonts, and the first paint needs none

    return kept(qtawesome.icon(NAMES[name], color=colour, color_disabled=disabled))
