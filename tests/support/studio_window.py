"""The real studio in a real window: started as users start it, driven by mouse and keyboard.

Nothing in the product knows of this. What happened is seen from outside: window titles, the
records of runs on disk, the process table, screenshots.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from session.history import RunHistory
from session.home import Home
from session.record import RunRecord
from tests.support.playhead import environment
from tests.support.xvfb import Display

COMMAND = [sys.executable, "-c", "from studio.entry import main; main()"]
X_CLIENT = Path(__file__).with_name("x_client.py")
PATIENCE_S = 40


def eventually(wanted: Callable[[], bool], what: str, within_s: float = PATIENCE_S) -> None:
    """Wait until `wanted()` holds; fail saying `what` did not come about."""
    deadline = time.monotonic() + within_s
    while not wanted():
        assert time.monotonic() < deadline, f"did not come about: {what}"
        time.sleep(0.03)


class StudioWindow:
    """One studio process and its window on a display."""

    def __init__(self, process: subprocess.Popen[bytes], display: Display, home: Path) -> None:
        self.process = process
        self.home = home
        self._display = display
        self._history = RunHistory(Home.under(home))

    # what is seen

    def titles(self) -> list[str]:
        """The titles of the studio's visible windows."""
        found = self._ask("search", "--onlyvisible", "--pid", str(self.process.pid)).split()
        return [title for w in found if (title := self._ask("getwindowname", w).strip())]

    def runs(self) -> list[RunRecord]:
        """The runs in the history of the studio's home, newest first."""
        return list(self._history.list())

    def log_text(self, run_id: str) -> str:
        """What the log of a run holds, as bytes on disk have it."""
        return (self.home / "runs" / run_id / "log.spool").read_bytes().decode(errors="replace")

    def told(self) -> str:
        """What the studio said about itself, for a failing test."""
        files = [*(self.home / "reports").glob("*.txt"), self.home / "reports/playhead.log"]
        texts = [path.read_text(errors="replace")[-4000:] for path in files if path.exists()]
        return "\n".join([f"windows: {self.titles()}", *texts])

    def screenshot(self, path: Path) -> None:
        """Keep a picture of the whole display."""
        self._run(sys.executable, str(X_CLIENT), "picture", str(path))

    # waiting

    def wait_for_title(self, part: str) -> None:
        """Wait until a visible window's title contains `part`."""
        eventually(lambda: any(part in t for t in self.titles()), f"a window titled {part!r}")

    def wait_until_it_listens(self) -> None:
        """Wait until the event loop runs and later starts are heard."""
        lock = self.home / "state" / "studio.lock"
        eventually(lambda: lock.exists() and bool(lock.read_bytes()), "the event loop")

    def wait_for_run(self, count: int = 1) -> RunRecord:
        """Wait until the newest of `count` runs has ended; return its record."""
        eventually(
            lambda: len(runs := self.runs()) >= count and runs[0].ended is not None,
            f"the end of run {count}",
        )
        return self.runs()[0]

    def wait_for_line(self, text: str, run: int = 0) -> RunRecord:
        """Wait until the log of the newest run (or an older one) holds `text`."""

        def there() -> bool:
            runs = self.runs()
            spool = self.home / "runs" / runs[run].run_id / "log.spool" if runs[run:] else None
            return spool is not None and spool.exists() and text.encode() in spool.read_bytes()

        eventually(there, f"{text!r} in the log")
        return self.runs()[run]

    def end(self, within_s: float = PATIENCE_S) -> int:
        """Wait until the studio has ended; return its exit code."""
        return self.process.wait(within_s)

    # doing

    def focus(self, title: str = "Playhead") -> None:
        """Click into nothing, but give the window the keyboard; there is no window manager."""
        found = self._window(title)
        self._run("xdotool", "windowfocus", "--sync", found)

    def press(self, *keys: str) -> None:
        """Press keys by their X names: `F5`, `ctrl+shift+p`, `Return`."""
        for key in keys:
            self._run("xdotool", "key", "--clearmodifiers", key)

    def type(self, text: str) -> None:
        """Type text as a person would."""
        self._run("xdotool", "type", "--delay", "12", "--", text)

    def click(self, x: int, y: int, button: int = 1) -> None:
        """Click at a place of the display."""
        self._run("xdotool", "mousemove", "--sync", str(x), str(y), "click", str(button))

    def close(self, title: str = "Playhead") -> None:
        """Close the window as its frame's button would: by asking, not by force."""
        self._run(sys.executable, str(X_CLIENT), "close", self._window(title))

    def send(self, number: signal.Signals) -> None:
        """Send the studio a signal."""
        self.process.send_signal(number)

    # behind it

    def _window(self, title: str) -> str:
        found = self._ask("search", "--onlyvisible", "--pid", str(self.process.pid)).split()
        named = [w for w in found if title in self._ask("getwindowname", w)]
        assert named, f"no window titled {title!r} among {self.titles()}"
        return named[0]

    def _ask(self, *arguments: str) -> str:
        done = subprocess.run(
            ["xdotool", *arguments],
            env=os.environ | self._display.environ,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        return done.stdout

    def _run(self, *command: str) -> None:
        subprocess.run(
            command,
            env=os.environ | self._display.environ,
            stdout=subprocess.DEVNULL,
            timeout=PATIENCE_S,
            check=True,
        )


@contextmanager
def studio_window(
    display: Display,
    home: Path,
    *arguments: str,
    command: Sequence[str] = COMMAND,
    **env: str,
) -> Iterator[StudioWindow]:
    """Open the studio; whatever the test does, nothing is left running."""
    with subprocess.Popen(
        [*command, "studio", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(home, **display.environ, **env),
    ) as process:
        window = StudioWindow(process, display, home)
        try:
            yield window
        except BaseException as error:
            error.add_note(window.told())
            raise
        finally:
            if process.poll() is None:
                process.kill()
    said = said_by_qt(home)
    assert not said, f"Qt complained: {said}"


def said_by_qt(home: Path) -> list[str]:
    """Return the warnings of Qt that the studios of a home have noted."""
    noted = home / "reports" / "playhead.log"
    lines = noted.read_text(errors="replace").splitlines() if noted.exists() else []
    return [line for line in lines if " qt " in line]
