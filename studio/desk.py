"""What is at hand for every part of the studio, made once at the start."""

from dataclasses import dataclass

from session.home import Home
from session.service import SessionService
from studio.look.appearance import Appearance
from studio.notices import NoticeList
from studio.settings.memory import Memory
from studio.settings.store import SettingsStore


@dataclass(slots=True)
class Desk:
    """The studio's own parts. `service` is there once the first frame has been painted."""

    home: Home
    appearance: Appearance
    settings: SettingsStore
    memory: Memory
    notices: NoticeList
    service: SessionService | None = None
