"""What a program may not do is said: which permission, where, and how to grant it."""

from dataclasses import replace
from pathlib import Path

import pytest

from session.exit_info import Cause
from session.log.entry import Location, Severity
from session.ports import Launch
from session.rights import Rights
from tests.support.playing import Played, make_launch, play

SWALLOWED = """\
import socket
try:
    socket.create_connection(("192.0.2.1", 80), 2)
except OSError:
    print("went on")
"""


def launch_of(tmp_path: Path, source: str, rights: Rights | None = None) -> Launch:
    launch = make_launch(tmp_path, {"main.py": source})
    return replace(launch, prepared=replace(launch.prepared, rights=rights or Rights()))


async def denied(tmp_path: Path, source: str, rights: Rights | None = None) -> Played:
    return await play(launch_of(tmp_path, source, rights), isolation="strict")


async def test_an_attempt_that_a_library_swallowed_is_told(tmp_path: Path) -> None:
    played = await denied(tmp_path, SWALLOWED)
    assert played.exit.cause is Cause.FINISHED
    assert played.stdout == "went on\n"
    (entry,) = played.sink.with_code("denied-net")
    assert entry.message == (
        "The program tried to reach 192.0.2.1:80 over the network, which it may not."
    )
    assert entry.location == Location("main.py", 3)
    assert entry.severity is Severity.WARNING
    assert entry.hint is not None
    assert "--grant net" in entry.hint
    assert played.execution.denied == ("net",)


async def test_what_is_granted_is_not_told(tmp_path: Path) -> None:
    played = await denied(tmp_path, SWALLOWED, Rights(net=True))
    assert played.sink.with_code("denied-net") == []


async def test_a_file_outside_is_named_and_explains_the_exception(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("not for others")
    played = await denied(tmp_path, f"print(open({str(secret)!r}).read())\n")
    assert "not for others" not in played.stdout
    assert played.exit.cause is Cause.EXCEPTION
    assert played.exit.next_step is not None
    assert f"--grant read={secret}" in played.exit.next_step
    assert len(played.sink.with_code("denied-read")) == 1
    again = await denied(
        tmp_path, f"print(open({str(secret)!r}).read())\n", Rights(read=(str(secret),))
    )
    assert again.stdout == "not for others\n"


async def test_what_is_not_there_is_no_matter_of_permission(tmp_path: Path) -> None:
    played = await denied(tmp_path, "open('/nowhere/at/all')\n")
    assert played.sink.with_code("denied-read") == []
    assert played.exit.cause is Cause.EXCEPTION


async def test_writing_outside_names_the_place(tmp_path: Path) -> None:
    target = Path.home() / f"playhead-test-{tmp_path.name}"
    played = await denied(tmp_path, f"open({str(target)!r}, 'w')\n")
    assert not target.exists()
    (entry,) = played.sink.with_code("denied-write")
    assert str(target) in entry.message


@pytest.mark.parametrize("run", [False, ("true",)])
async def test_starting_another_program_is_told(tmp_path: Path, run: bool | tuple[str]) -> None:
    source = (
        "import subprocess\n"
        "try:\n    subprocess.run(['ls'])\n"
        "except OSError as error:\n    print(type(error).__name__)\n"
    )
    played = await denied(tmp_path, source, Rights(run=run))
    assert played.stdout == "PermissionError\n"
    (entry,) = played.sink.with_code("denied-run")
    assert "start ls" in entry.message


STARTS_BY_ALL_WAYS = """\
import glob, os, subprocess, sys
loader = glob.glob("/lib64/ld-linux*") + glob.glob("/lib/ld-linux*")
assert loader
def child(act):
    pid = os.fork()
    if pid == 0:
        try:
            act()
        except PermissionError:
            os._exit(42)
        os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 42
def refused(act):
    try:
        act()
    except PermissionError:
        return True
    return False
here = os.open("/bin/true", os.O_RDONLY)
print(
    refused(lambda: subprocess.run([loader[0], "/bin/true"])),
    refused(lambda: subprocess.run([sys.executable, "-c", "print('started')"])),
    refused(lambda: os.posix_spawn("/bin/true", ["true"], {})),
    refused(lambda: os.execv(loader[0], [loader[0], "/bin/true"])),
    child(lambda: os.execv("/bin/true", ["true"])),
    child(lambda: os.execve(here, ["true"], {})),
    os.system("true") != 0,
)
"""


@pytest.mark.parametrize("profile", ["strict", "portable"])
async def test_without_run_nothing_is_started_by_any_way(tmp_path: Path, profile: str) -> None:
    launch = launch_of(tmp_path, STARTS_BY_ALL_WAYS, Rights(run=False))
    played = await play(launch, isolation=profile)
    assert played.exit.cause is Cause.FINISHED, played.stderr
    assert played.stdout.split() == ["True"] * 7
    assert "run" not in (played.execution.isolation or {})["gaps"]
    told = [entry.message for entry in played.sink.with_code("denied-run")]
    assert len(told) == 4  # the loader, this Python, true, and the shell
    assert any("ld-linux" in message for message in told)


async def test_forking_is_no_starting(tmp_path: Path) -> None:
    source = (
        "import multiprocessing\n"
        "with multiprocessing.get_context('fork').Pool(2) as pool:\n"
        "    print(sum(pool.map(abs, range(-4, 0))))\n"
    )
    played = await denied(tmp_path, source, Rights(run=False))
    assert played.stdout == "10\n", played.stderr
    assert played.sink.with_code("denied-run") == []


async def test_a_list_of_programs_has_a_gap_that_is_said(tmp_path: Path) -> None:
    source = "import subprocess\nsubprocess.run(['true'])\n"
    played = await denied(tmp_path, source, Rights(run=("true",)))
    assert played.exit.cause is Cause.FINISHED, played.stderr
    assert "run" in (played.execution.isolation or {})["gaps"]


async def test_each_act_is_told_once_and_many_do_not_flood(tmp_path: Path) -> None:
    source = (
        "for n in range(200):\n"
        "    for path in ('/etc/shadow', f'/etc/x{n}'):\n"
        "        try:\n            open(path, 'a')\n        except OSError:\n            pass\n"
    )
    played = await denied(tmp_path, source)
    told = played.sink.with_code("denied-write")
    assert 1 < len(told) <= 20
    assert len({entry.message for entry in told}) == len(told)


async def test_a_forked_child_and_ordinary_reads_are_silent(tmp_path: Path) -> None:
    source = (
        "import os, json, sqlite3, ssl, zoneinfo, tempfile\n"
        "ssl.create_default_context()\n"
        "tempfile.TemporaryFile().close()\n"
        "if os.fork() == 0:\n"
        "    try:\n        open('/etc/shadow')\n    except OSError:\n        os._exit(0)\n"
        "os.wait()\n"
    )
    played = await denied(tmp_path, source)
    assert played.exit.cause is Cause.FINISHED
    assert [entry.message for entry in played.sink.entries if "denied" in (entry.code or "")] == []
