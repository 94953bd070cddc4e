"""One open project: its session, what is wrong with it, and the wishes of its workspaces.

Workspaces know an `OpenProject` and not each other: one asks here for a place to be shown or
for Play, and the shell sees to it.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import shiboken6
from PySide6.QtCore import QCoreApplication, QObject, Signal

from session.errors import PrepareFailed, SessionError
from session.events import RunEnded
from session.log.entry import NewEntry, Severity
from session.play_request import PlayRequest
from session.state import SessionState
from studio import loop
from studio.bridge import SessionBridge
from studio.notices import NoticeList
from studio.problems import ProblemList, problems_of

if TYPE_CHECKING:  # imported late: the first frame is painted without a session
    import asyncio

    from session.record import RunRecord
    from session.service import SessionService

#: Rows looked through for problems at a time.
_PAGE = 2_000


class Place(NamedTuple):
    """A place in a file, to be shown. `line` and `column` count from 1.

    `run_id` names the run that spoke of it: the file may have changed since.
    """

    path: Path
    line: int | None = None
    column: int | None = None
    run_id: str | None = None


class _Known(NamedTuple):
    """What is known of a project from before: "" for what is not."""

    title: str = ""
    interpreter: str = ""
    grant_key: str = ""


class KeptAnswer(NamedTuple):
    """One answer of the user that is remembered: under which key, what, and granted or refused."""

    key: str
    grant: str
    granted: bool


def _last_known(service: "SessionService", project: Path) -> _Known:
    """Return what the newest run of a project says of it. Blocking."""
    for record in service.history.list(project):
        if record.project == project and record.title:  # else its record is damaged
            return _Known(record.title, record.interpreter, record.grant_key)
    return _Known()


def is_there(path: Path) -> bool:
    """Whether there is something at a path; False, too, where nobody may look."""
    return os.path.exists(path)  # noqa: PTH110 - `Path.exists` raises, for a name too long


def is_file(path: Path) -> bool:
    """Whether there is a file at a path; False, too, where nobody may look."""
    return os.path.isfile(path)  # noqa: PTH113 - as above


class OpenProject(QObject):
    """A project that is open in the studio, from opening to closing."""

    #: A wish: show a `Place` in the editor.
    location_requested = Signal(object)
    #: A wish: play (a `PlayRequest`, or None for the chosen configuration), saving first.
    play_requested = Signal(object)
    #: A wish: show an earlier run (its id) in the debug workspace.
    run_requested = Signal(str)
    #: The run that is to be shown at its first error, as soon as its log is shown.
    first_error_of: str | None = None
    #: A wish: show what is wrong with the project.
    problems_requested = Signal()
    #: A wish: compare two runs (their ids).
    comparison_requested = Signal(str, str)
    #: The configuration that Play uses is another one.
    configuration_changed = Signal()
    #: A check began or ended.
    checking_changed = Signal()
    #: `title` or `interpreter` may be others: more is known of the project.
    known_changed = Signal()

    def __init__(
        self,
        path: Path,
        service: "SessionService",
        notices: NoticeList,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.service = service
        self.notices = notices
        self.session = service.open(path)
        self.path = self.session.project
        #: The project's folder; the one it lies in where the project is a file. It stays what it
        #: was when the folder is deleted or unmounted while it is open.
        self.root = self.path.parent if is_file(self.path) else self.path
        self.bridge = SessionBridge(self.session, self)
        self.problems = ProblemList(self)
        #: What views want to find again after having been closed, by their own keys.
        self.views: dict[str, Any] = {}
        self.configuration: str | None = None
        self.checking = False
        #: Whether a run waits for the user to say what it may do.
        self.asking = False
        self._known = _Known()
        self._check: asyncio.Task[Any] | None = None
        self._seen: str | None = None
        self.bridge.run_started.connect(self._begin_run)
        self.bridge.state_changed.connect(self._look_for_problems)
        self.bridge.run_ended.connect(self._end_run)

    @property
    def title(self) -> str:
        """What the project calls itself, or the name of its folder or file."""
        record = self.session.record
        return (record.title if record else "") or self._known.title or self.path.name

    @property
    def interpreter(self) -> str:
        """The Python that it is played with, as far as it is known; "" before that."""
        record = self.session.record
        return (record.interpreter if record else "") or self._known.interpreter

    async def learn(self) -> None:
        """Find title and interpreter of the newest run, so that they are known before a Play."""
        import asyncio

        known = await asyncio.to_thread(_last_known, self.service, self.path)
        if shiboken6.isValid(self) and self._known == _Known():  # a check knows better
            self._know(known)

    def _know(self, known: "_Known") -> None:
        if known != self._known:
            self._known = known
            self.known_changed.emit()

    def view(self, name: str) -> dict[str, Any]:
        """Return what a view wants to find again, to be written into.

        What was read back from a file may be anything: what is no dictionary is begun anew.
        """
        kept = self.views.get(name)
        if not isinstance(kept, dict):
            kept = self.views[name] = {}
        return kept

    def ask_for_first_error(self, run_id: str) -> None:
        """Wish to see a run's log in the debug workspace, at its first error."""
        self.first_error_of = run_id
        self.run_requested.emit(run_id)

    def choose_configuration(self, name: str | None) -> None:
        """Have Play use a configuration of the manifest; None for the project as it is."""
        if name != self.configuration:
            self.configuration = name
            self.configuration_changed.emit()

    @property
    def request(self) -> PlayRequest:
        """What Play asks for when nothing else is asked for: the chosen configuration."""
        return PlayRequest(configuration=self.configuration)

    def grant_and_play(self, record: "RunRecord") -> None:
        """Grant for good what a run was denied, and wish to play it again."""
        try:
            for grant in record.denied:
                self.service.grants.add(record.grant_key, grant, self.path)
        except OSError as error:
            self._tell_not_kept(error)
            return
        self.play_requested.emit(record.request)

    def play_reduced(self, record: "RunRecord") -> None:
        """Wish to play a run again without the layers that somebody else's project takes."""
        self.play_requested.emit(record.request._replace(reduced_isolation=True))

    def answers(self) -> list["KeptAnswer"]:
        """Return what the user has answered for this project and is remembered."""
        here, record = str(self.path), self.session.record
        keys = {self._known.grant_key, record.grant_key if record else ""} - {""}
        return [
            KeptAnswer(key, answer, granted)
            for key, kept in self.service.grants.all().items()
            if key in keys or kept.project == here
            for granted, some in ((True, kept.granted), (False, kept.refused))
            for answer in some
        ]

    def withdraw(self, answer: "KeptAnswer") -> bool:
        """Forget an answer; False, and a notice says why, where that cannot be kept."""
        try:
            self.service.grants.withdraw(answer.key, answer.grant)
        except OSError as error:
            self._tell_not_kept(error)
            return False
        return True

    def _tell_not_kept(self, error: OSError) -> None:
        self.notices.post(
            QCoreApplication.translate("Project", "The grant could not be kept: {0}.").format(
                error.strerror or error
            ),
            Severity.ERROR,
        )

    def play(self, request: PlayRequest | None = None) -> bool:
        """Play now, without saving anything; in mid-run that means stop, then play.

        False, and a notice says why, where the run cannot be recorded.
        """
        try:
            self.session.play(request or self.request)
        except SessionError as error:
            self.notices.post(error.message, Severity.ERROR, error.hint or "")
            return False
        return True

    def stop(self, *, force: bool = False) -> None:
        """Ask the run to end; a second time skips its grace. Nothing under way: nothing happens."""
        if self.session.state.active:
            self.session.stop(force=force)

    def check(self) -> None:
        """Prepare without playing, for the problems; replaces a check that is under way."""
        if self._check is not None:
            self._check.cancel()
        if not self.session.state.active:  # a run of its own finds the same
            self._check = loop.begin(self._run_check())

    async def close(self) -> None:
        """Stop what is under way, wait until it is gone, and let go."""
        if self._check is not None:
            import asyncio

            self._check.cancel()
            await asyncio.wait({self._check})  # it says so on this object, which may go then
        await self.session.close()
        self.bridge.close()

    async def _run_check(self) -> None:
        import asyncio

        entries: list[NewEntry] = []
        self._set_checking(True)
        try:
            found = await self.service.check(self.path, entries.append, self.request)
            self._know(_Known(found.title, found.interpreter, found.grant_key))
        except PrepareFailed:
            pass  # every finding behind it is among the entries
        finally:
            if asyncio.current_task() is self._check:
                self._set_checking(False)
        self.problems.replace(problems_of(entries))

    def _set_checking(self, checking: bool) -> None:
        self.checking = checking
        self.checking_changed.emit()

    def _begin_run(self) -> None:
        if self._check is not None:
            self._check.cancel()

    def _look_for_problems(self) -> None:
        """A preparation has ended, one way or the other: its findings are in the log."""
        log, run_id = self.session.log, self.session.run_id
        states = (SessionState.CONNECTING, SessionState.PREPARE_FAILED)
        if log is None or self.session.state not in states or self._seen == run_id:
            return
        self._seen = run_id
        self.problems.replace(problems_of(log.read(0, _PAGE)))

    def _end_run(self, ended: RunEnded) -> None:
        if ended.state is SessionState.RUNTIME_FAILED:
            self.notices.post(
                QCoreApplication.translate("Project", "{0}: {1}").format(
                    self.title, ended.exit.message
                ),
                Severity.ERROR,
                ended.exit.next_step or "",
            )
