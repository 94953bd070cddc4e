"""Play, Stop and sweep as an ordinary user without any capability, as in a plain container."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import session

NOBODY = 65534

PLAY = f"""
import asyncio, os, sys
from pathlib import Path
os.setgroups([])
os.setresgid({NOBODY}, {NOBODY}, {NOBODY})
os.setresuid({NOBODY}, {NOBODY}, {NOBODY})
from session.runtime.platforms.linux import LinuxPlatform
from session.runtime.platforms.posix import PosixPlatform
from session.runtime.process_runtime import ProcessRuntime
from session.settings import SessionSettings
from tests.support.playing import finish, make_launch, play, program_files, start
from tests.support.process_watch import survivors

async def main():
    folder = Path(sys.argv[1])
    for platform in (LinuxPlatform(), PosixPlatform()):
        runtime = ProcessRuntime(SessionSettings(isolation="none"), platform=platform)
        launch = make_launch(folder, program_files("tree_of_six"))
        execution, sink = await start(launch, runtime)
        waiting = asyncio.create_task(finish(execution, sink, launch))
        await sink.until("ready")
        pids = [int(line.split()[1]) for line in sink.stdout.split("\\n")[:6]]
        execution.kill()
        await waiting
        source = "import os\\nos.mkdir('shut')\\nopen('shut/x', 'w').close()\\nos.chmod('shut', 0)"
        launch = make_launch(folder, {{"main.py": source}})
        played = await play(launch, runtime)
        left = [one.name for one in launch.folder.iterdir()]
        print(os.geteuid(), survivors(pids), played.exit.cause, played.execution.written, left)

asyncio.run(main())
"""
#: The same user, a view that is an overlay, and all that has to be removed again afterwards.
OVERLAY = (
    PLAY.partition("async def main")[0]
    + """
SOURCE = '''
import os, shutil
print(os.getuid(), os.stat("a/b").st_uid, os.access("a/b", os.W_OK), flush=True)
open("a/b", "r+").write("B")
os.rename("c", "moved")
shutil.rmtree("d")
os.mkdir("d")
os.makedirs("shut/in")
os.chmod("shut/in", 0)
os.chmod("shut", 0)
'''
files = {"main.py": SOURCE, "a/b": "bb", "c": "c", "d/e": "e"}
launch = make_launch(Path(sys.argv[1]), files, trees=True)
played = asyncio.run(play(launch, isolation="strict"))
report, execution = played.execution.isolation, played.execution
left = [one.name for one in launch.folder.iterdir()]
print(report["layers"]["view"])
print(played.stdout.strip(), played.exit.cause, execution.written, execution.deleted, left)
"""
)


def _readable_by_all(path: Path) -> bool:
    return all(folder.stat().st_mode & 0o005 == 0o005 for folder in (path, *path.parents))


@pytest.fixture
def interpreter() -> str:
    """Return an interpreter that another user may run; /root is closed to all but root."""
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else; everybody else already is")
    for python in (Path(sys.executable).resolve(), Path("/usr/bin/python3.11")):
        if python.exists() and _readable_by_all(python.parent):
            return str(python)
    pytest.skip("no interpreter that another user may run")


def run_as_nobody(interpreter: str, program: str) -> "subprocess.CompletedProcess[str]":
    """Run a program that becomes nobody; it is given a folder that nobody may write to."""
    root = Path(session.__file__).parent.parent
    if not _readable_by_all(root):
        pytest.skip("another user may not read this checkout")
    folder = tempfile.mkdtemp(prefix="playhead-test-")
    try:
        os.chmod(folder, 0o777)
        site = next(path for path in sys.path if path.endswith("site-packages"))
        return subprocess.run(
            [interpreter, "-c", program, folder],
            cwd="/",
            env={
                "PYTHONPATH": f"{root}:{site}",
                "PATH": "/usr/bin:/bin",
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            capture_output=True,
            text=True,
            timeout=50,
            check=False,
        )
    finally:
        shutil.rmtree(folder)


def test_an_ordinary_user_can_play_and_stop(interpreter: str) -> None:
    done = run_as_nobody(interpreter, PLAY)
    line = f"{NOBODY} [] finished ('shut/x',) ['written']\n"
    assert done.stdout == line * 2, done.stderr


def test_an_ordinary_users_view_is_an_overlay(interpreter: str) -> None:
    done = run_as_nobody(interpreter, OVERLAY)
    kind, _, rest = done.stdout.partition("\n")
    if kind.startswith("copy: "):
        pytest.skip(f"no overlay is to be had here: {kind}")
    changes = "('a/b', 'moved') ('c', 'd/e') ['written']"
    assert rest == f"{NOBODY} {NOBODY} True finished {changes}\n", done.stderr
