"""The studio while it is open: window first, then services, then projects; and its orderly end.

Owns the order in which things come and go. What is shown is the shell's.
"""

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from session.home import find_home
from session.log.entry import Severity
from studio import loop
from studio.app.first_frame import FirstFrame
from studio.app.instance import FirstInstance
from studio.desk import Desk
from studio.garbage import GarbageCollector
from studio.look.appearance import Appearance
from studio.notices import NoticeList
from studio.settings.memory import Memory
from studio.settings.store import SettingsStore
from studio.settings.writer import Writer
from studio.shell.projects import last_open
from studio.shell.window import MainWindow

if TYPE_CHECKING:  # imported late: the first frame is painted without them
    import asyncio
    from collections.abc import Sequence

    from session.service import SessionService
    from studio.app.crash_report import FaultCatcher
    from studio.shell.examples import Example

_ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
#: Share of each frame that a run's output may take, in seconds.
OUTPUT_BUDGET_S: Final = 0.006
#: How long a disk may take to say what is there before the start goes on, in seconds.
_DISK_S: Final = 3.0
#: How long the end of the runs is waited for, in seconds; launchers sweep in any case.
_CLOSING_S: Final = 75.0


class RunningStudio:
    """One open studio. `run` returns when it is closed."""

    def __init__(self, application: QApplication, first: FirstInstance) -> None:
        self._application = application
        self._first = first
        self._introduce()
        home = find_home()
        self._writer = Writer()
        self._desk = Desk(
            home=home,
            appearance=Appearance(application),
            settings=SettingsStore(home.config / "settings.json", self._writer),
            memory=Memory(home.state / "memory.json"),
            notices=NoticeList(),
        )
        self._follow_settings()
        self._desk.settings.changed.connect(self._follow_settings)
        self._window = MainWindow(self._desk)
        self._closed: asyncio.Future[None] | None = None
        self._quitting = False
        #: What later starts asked for before there was anything to open it with; then None.
        self._early: list[str] | None = []

    def run(self, path: str | None) -> int:
        """Show the window, play the part of the event loop, and return the exit code."""
        self._window.show()
        FirstFrame(self._window).wait()
        import asyncio

        from studio.app.crash_report import FaultCatcher
        from studio.app.fault_desk import FaultDesk
        from studio.app.hard_fault import HardFaults

        hard = HardFaults()
        catcher = FaultCatcher(self._application)
        catcher.install()
        FaultDesk(catcher, self._desk, self._window)
        event_loop = loop.new_loop(self._application)
        asyncio.set_event_loop(event_loop)
        try:
            event_loop.run_until_complete(self._live(path, catcher))
        finally:
            catcher.release()
            self._take_down()
            event_loop.close()
            hard.close()
        return 0

    def _introduce(self) -> None:
        """Tell the desktop who we are."""
        application = self._application
        application.setApplicationName("playhead")
        application.setApplicationDisplayName("Playhead")
        application.setDesktopFileName("playhead")
        application.setQuitOnLastWindowClosed(False)  # closing asks first; the tray outlives it
        application.setAttribute(Qt.ApplicationAttribute.AA_DontShowIconsInMenus, on=True)

    def _follow_settings(self) -> None:
        desk = self._desk
        desk.appearance.set_theme(desk.settings.current.theme)
        desk.appearance.set_code_size(desk.settings.current.code_pixels)
        if desk.service is not None:
            desk.service.set_grace(desk.settings.current.grace_s)
            desk.service.keep_ready(on=desk.settings.current.keep_ready)

    async def _live(self, path: str | None, catcher: "FaultCatcher") -> None:
        import asyncio

        event_loop = asyncio.get_running_loop()
        catcher.watch_loop(event_loop)
        self._closed = event_loop.create_future()
        for number in _ENDING:
            if signal.getsignal(number) is not signal.SIG_IGN:
                event_loop.add_signal_handler(number, self._end)
        self._window.quit_requested.connect(self._ask_to_quit)
        self._first.open_requested.connect(self._open_for_other)
        self._first.listen()
        loop.start(self._furnish(path))
        await self._closed
        for number in _ENDING:
            event_loop.remove_signal_handler(number)  # a second one ends us at once
        self._window.hide()  # at once; what still runs is being ended
        await asyncio.to_thread(self._desk.memory.save)
        await asyncio.to_thread(self._writer.close)
        self._first.close()  # whoever starts now is the next first one
        if self._desk.service is not None:
            await self._close(self._desk.service)
        await loop.end_all(_CLOSING_S)

    async def _furnish(self, path: str | None) -> None:
        """Bring what the first frame did without."""
        import asyncio

        self._application.setWindowIcon(_own_icon())
        self._tell_about_files()
        service = await asyncio.to_thread(_new_service, self._desk.settings.current.grace_s)
        service.keep_ready(on=self._desk.settings.current.keep_ready)
        self._desk.service = service
        loop.start(self._recover(service))
        self._window.populate(await self._find_last())
        early, self._early = self._early or [], None
        for wanted in filter(None, [path, *early]):
            self._open(wanted)
        GarbageCollector.spare_what_is_there()
        from studio.app.self_check import check_isolation

        loop.start(check_isolation(self._desk))
        await self._tell_of_crashes()

    async def _find_last(self) -> "Sequence[Path]":
        """Return the projects that were open last; a disk that hangs does not hold us up."""
        import asyncio

        looking = asyncio.to_thread(last_open, self._desk.memory)
        try:
            return await asyncio.wait_for(looking, _DISK_S)
        except TimeoutError:
            self._desk.notices.post(
                QCoreApplication.translate("Studio", "The projects of last time are not open."),
                Severity.WARNING,
                QCoreApplication.translate(
                    "Studio", "Their disk does not answer. They stand among the recent ones."
                ),
            )
            return []

    async def _tell_of_crashes(self) -> None:
        import asyncio

        from studio.app.hard_fault import left_by_crashes

        for report in await asyncio.to_thread(left_by_crashes):
            self._desk.notices.post(
                QCoreApplication.translate(
                    "Studio", "The studio crashed the last time it was open."
                ),
                Severity.ERROR,
                QCoreApplication.translate(
                    "Studio", "Unsaved text is offered again. Please report it with {0}."
                ).format(report),
            )

    async def _recover(self, service: "SessionService") -> None:
        import asyncio

        for run in await asyncio.to_thread(service.recover):
            reason = run.record.exit.message if run.record.exit else ""
            self._desk.notices.post(
                QCoreApplication.translate(
                    "Studio", "A run of {0} was left unfinished. {1}"
                ).format(run.record.project.name, reason),
                Severity.WARNING,
                QCoreApplication.translate("Studio", "Run {0}; its log is in the history.").format(
                    run.record.run_id
                ),
            )

    def _open(self, path: str) -> None:
        """Open a project, or say why there is none."""
        from studio.open_project import is_there
        from studio.shell.examples import bundled_at

        place = Path(path)
        if not is_there(place):
            self._desk.notices.post(
                QCoreApplication.translate("Studio", "There is nothing at {0}.").format(path),
                Severity.ERROR,
                QCoreApplication.translate(
                    "Studio", "Check the spelling, or open a folder from the File menu."
                ),
            )
        elif (example := bundled_at(place)) is not None:
            loop.start(self._open_copy(example))
        else:
            self._window.open_project(place)

    async def _open_copy(self, example: "Example") -> None:
        """Open the user's own copy of a bundled example: what is bundled stays as it is."""
        import asyncio

        from studio.shell.examples import open_copy

        folder = self._desk.home.state / "examples"
        try:
            own = await asyncio.to_thread(open_copy, example, folder)
        except OSError as error:
            self._desk.notices.post(
                QCoreApplication.translate("Studio", "{0} could not be copied to {1}: {2}.").format(
                    example.title, folder, error.strerror or error
                ),
                Severity.WARNING,
                QCoreApplication.translate("Studio", "{0} itself is open instead.").format(
                    example.source
                ),
            )
            own = example.source
        self._window.open_project(own)
        if own is not example.source:
            text = QCoreApplication.translate("Studio", "{0} is open as your own copy: {1}")
            self._window.status.say(text.format(example.title, own))

    def _open_for_other(self, path: str, activation: str) -> None:
        """Do what a later start was asked to, in front of the user."""
        if activation:
            os.environ["XDG_ACTIVATION_TOKEN"] = activation  # where Qt's Wayland plug-in looks
        if path and self._early is not None:
            self._early.append(path)
        elif path:
            self._open(path)
        self._window.come_back()

    def _tell_about_files(self) -> None:
        problems = [*self._desk.settings.problems, self._desk.memory.problem]
        for problem in filter(None, problems):
            self._desk.notices.post(problem, Severity.WARNING)

    def _ask_to_quit(self) -> None:
        if not self._quitting:
            loop.start(self._quit_if_allowed())

    async def _quit_if_allowed(self) -> None:
        self._quitting = True
        try:
            if await self._window.may_quit():
                self._end()
        finally:
            self._quitting = False

    def _end(self) -> None:
        """End without asking: it was asked already, or a signal wants it."""
        if self._closed is not None and not self._closed.done():
            self._closed.set_result(None)

    async def _close(self, service: "SessionService") -> None:
        import asyncio

        try:
            await asyncio.wait_for(service.close(), _CLOSING_S)
        except TimeoutError:
            return  # the launchers see that we are gone, and sweep

    def _take_down(self) -> None:
        """Destroy the window while the application is still there."""
        if isValid(self._window):
            self._window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def _new_service(grace_s: float) -> "SessionService":
    """Return the real service; imports what it is made of, so this is for a thread."""
    from session.compose import build_service
    from session.settings import SessionSettings

    return build_service(
        find_home(),
        SessionSettings(grace_s=grace_s, output_budget_s=OUTPUT_BUDGET_S, spares=True),
    )


def _own_icon() -> QIcon:
    from resources import icon_path

    return QIcon(str(icon_path("playhead")))
