"""What can be asked of the studio: every action with its name, shortcut and place.

A workspace lists its `ActionSpec`s; the shell makes one `QAction` of each, shows them in menus,
palette and shortcut settings, and runs them on the workspace that is in front.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One action. `id` is `area.verb` and stable, for it names the user's own shortcut.

    `run` gets the workspace (or the shell's window) it belongs to. `shortcut` is portable text
    (`Ctrl+Shift+F`). `icon` is a name of `studio.look.icons`. `menu` names the menu it stands
    in, "" for the palette only. With `local` the shortcut works only while the focus is in the
    workspace. `enabled` says whether it makes sense now; asked when menus and palette open.
    `group` is what it stands with between two lines of its menu, "" for its area. With `native`
    the widget that has the focus answers `shortcut` by itself: it is shown, and never taken from
    it; another one that the user chose is a shortcut like any.
    """

    id: str
    text: str
    run: Callable[[Any], None]
    shortcut: str = ""
    icon: str = ""
    menu: str = ""
    local: bool = False
    enabled: Callable[[Any], bool] = lambda _: True
    group: str = ""
    native: bool = False

    def left_to_the_widget(self, keys: str) -> bool:
        """Whether keys that are its shortcut now are those that widgets answer by themselves."""
        return self.native and keys == self.shortcut
