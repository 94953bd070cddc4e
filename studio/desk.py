"""What is at hand for every part of the studio, made once at the start."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from session.home import Home
from studio.isolation_check import IsolationCheck
from studio.look.appearance import Appearance
from studio.notices import NoticeList
from studio.settings.memory import Memory
from studio.settings.store import SettingsStore

if TYPE_CHECKING:  # it costs as much as a window, and is made after the first frame
    from session.service import SessionService


@dataclass(slots=True)
class Desk:
    """The studio's own parts. `service` is there once the first frame has been painted."""

    home: Home
    appearance: Appearance
    settings: SettingsStore
    memory: Memory
    notices: NoticeList
    service: "SessionService | None" = None
    isolation: IsolationCheck = field(default_factory=IsolationCheck)
