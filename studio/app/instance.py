"""One studio a home: a second start hands its project over to the first, and leaves.

The right to be the first is a lock that the kernel frees when its holder dies, so a dead
studio never stands in the way. Where the first one listens is written into the locked file,
which only the user can read; nothing is looked for under a guessable name.
"""

import contextlib
import json
import logging
import os
import shutil
import tempfile
import time
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:  # imported late: nobody listens before the first frame
    from PySide6.QtNetwork import QLocalServer

logger = logging.getLogger(__name__)

#: How long a first studio may take to answer before it counts as hung, in seconds.
ANSWER_S: Final = 2.0
#: How long a first studio that is only starting may take to listen, in seconds.
_STARTING_S: Final = 10.0
_LOCK: Final = "studio.lock"
_SOCKET: Final = "studio.sock"
#: A socket's path may be this long, in bytes; the least that any Unix allows.
_LONGEST_PATH: Final = 100
_LONGEST_MESSAGE: Final = 64 * 1024


class Answer(Enum):
    """What became of a project that was handed over."""

    TAKEN = "taken"
    HUNG = "hung"
    GONE = "gone"


class HandedOver(NamedTuple):
    """The answer of the first studio, and its process where it is known."""

    answer: Answer
    pid: int | None = None


class FirstInstance(QObject):
    """The first studio of a home: holds the lock and listens to later ones."""

    #: A wish of a later start: open a path (text, "" for none); the desktop's activation token.
    #: The path is an `object`, for Qt's own texts cannot hold a name that is no UTF-8.
    open_requested = Signal(object, str)

    def __init__(self, folder: Path, lock: int | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._lock = lock
        self._own_folder: Path | None = None
        self._server: QLocalServer | None = None

    @property
    def listening(self) -> bool:
        """Whether a later start can reach this one."""
        return self._server is not None and self._server.isListening()

    def close(self) -> None:
        """Listen no more and let the next one be the first."""
        if self._server is not None:
            self._server.close()
            self._server = None
        if self._own_folder is not None:
            shutil.rmtree(self._own_folder, ignore_errors=True)
        if self._lock is not None:
            os.ftruncate(self._lock, 0)
            os.close(self._lock)
            self._lock = None

    def listen(self) -> None:
        """Listen to later starts; needs the application to be there."""
        if self._lock is None:
            return
        try:
            from PySide6.QtNetwork import QLocalServer
        except ImportError as error:  # a library of the system is missing
            logger.warning("later starts are not heard: %s", error)
            return
        self._server = server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._greet)
        place = self._folder / _SOCKET
        if len(os.fsencode(place)) > _LONGEST_PATH:
            self._own_folder = Path(tempfile.mkdtemp(prefix="playhead-"))
            place = self._own_folder / _SOCKET
        QLocalServer.removeServer(str(place))  # ours alone, by the lock: a dead one's
        if server.listen(str(place)):
            entry = json.dumps({"pid": os.getpid(), "socket": str(place)})
            os.ftruncate(self._lock, 0)
            os.pwrite(self._lock, entry.encode(), 0)
        else:
            logger.warning("later starts are not heard: %s", server.errorString())

    def _greet(self) -> None:
        while (
            self._server is not None
            and (socket := self._server.nextPendingConnection()) is not None
        ):
            socket.readyRead.connect(self._read)
            socket.disconnected.connect(socket.deleteLater)
            # Whoever connects and says nothing is shown out.
            QTimer.singleShot(int(ANSWER_S * 1000), socket, socket.abort)

    def _read(self) -> None:
        from PySide6.QtNetwork import QLocalSocket

        socket = self.sender()
        if not isinstance(socket, QLocalSocket) or not socket.canReadLine():
            return
        asked = _object(bytes(socket.readLine(_LONGEST_MESSAGE).data()))
        socket.write(json.dumps({"pid": os.getpid()}).encode() + b"\n")
        socket.flush()
        socket.disconnectFromServer()
        self.open_requested.emit(str(asked.get("path") or ""), str(asked.get("activation") or ""))


def become_first(folder: Path) -> FirstInstance | None:
    """Return the first studio of the home whose state lies in `folder`; None: there is one.

    Where locks or the folder cannot be had, every studio is a first one that nobody reaches.
    """
    try:
        import fcntl  # not everywhere
    except ImportError:
        return FirstInstance(folder, None)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        return FirstInstance(folder, None)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(lock, 0)  # what a dead one wrote leads nowhere
    except BlockingIOError:
        os.close(lock)
        return None
    except OSError:
        os.close(lock)
        return FirstInstance(folder, None)
    return FirstInstance(folder, lock)


def hand_over(folder: Path, path: str, activation: str = "") -> HandedOver:
    """Ask the first studio to open `path` ("" for none) and come to the front; blocking.

    It is given some seconds to answer; `GONE` means that it ended meanwhile.
    """
    from PySide6.QtNetwork import QLocalSocket

    listener = _listener(folder)
    pid = listener.get("pid")
    pid = pid if isinstance(pid, int) else None
    name = listener.get("socket")
    if not isinstance(name, str):
        return HandedOver(Answer.GONE)
    socket = QLocalSocket()
    socket.connectToServer(name)
    wait = int(ANSWER_S * 1000)
    if not socket.waitForConnected(wait):
        refused = QLocalSocket.LocalSocketError
        gone = socket.error() in (refused.ConnectionRefusedError, refused.ServerNotFoundError)
        return HandedOver(Answer.GONE if gone else Answer.HUNG, pid)
    socket.write(json.dumps({"path": path, "activation": activation}).encode() + b"\n")
    socket.flush()
    answered = socket.canReadLine() or socket.waitForReadyRead(wait)
    return HandedOver(Answer.TAKEN if answered else Answer.HUNG, pid)


def _listener(folder: Path) -> dict[str, Any]:
    """Return what the first studio wrote about itself, waiting while it is only starting."""
    deadline = time.monotonic() + _STARTING_S
    while True:
        with contextlib.suppress(OSError):
            if entry := _object((folder / _LOCK).read_bytes()):
                return entry
        if time.monotonic() > deadline:
            return {}
        time.sleep(0.02)


def _object(data: bytes) -> dict[str, Any]:
    """Return the JSON object that `data` is; an empty one for anything else."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
