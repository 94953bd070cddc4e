"""Grants of everything: files are open, the machine itself and other programs are not."""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from session.rights import Rights
from tests.support.playing import Played, make_launch, play

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

#: Opens only; what could be changed is one file of the test's own.
PROGRAM = """
import os, sys
def attempt(name, act):
    try:
        act()
    except OSError:
        print(name, "no")
    else:
        print(name, "yes")
def opened(path):
    os.close(os.open(path, os.O_WRONLY | os.O_APPEND))
attempt("read", lambda: open(sys.argv[1]).read())
attempt("write", lambda: opened(sys.argv[1]))
attempt("sysctl", lambda: opened("/proc/sys/kernel/core_pattern"))
attempt("sys", lambda: opened("/sys/kernel/mm/ksm/run"))
attempt("environ", lambda: open("/proc/" + sys.argv[2] + "/environ").read())
"""
MACHINE = ["sysctl no", "sys no", "environ no", ""]
profiles = pytest.mark.parametrize("profile", ["strict", "portable"])


@pytest.fixture
def outside() -> Iterator[Path]:
    """Return a file of ours that is not below `/tmp`, of which each run has one of its own."""
    if Path.home().is_relative_to("/tmp"):
        pytest.skip("the home folder is a temporary one")
    with tempfile.NamedTemporaryFile(dir=Path.home(), prefix=".playhead-test-") as file:
        yield Path(file.name)


async def _play(folder: Path, outside: Path, profile: str, rights: Rights) -> Played:
    launch = make_launch(folder, {"main.py": PROGRAM}, args=[str(outside), "1"], trees=True)
    launch = replace(launch, prepared=replace(launch.prepared, rights=rights))
    played = await play(launch, isolation=profile)
    assert played.exit.cause == "finished", played.stderr
    layers = played.execution.isolation or {}
    if layers.get("profile") != profile and "allow" in str(layers.get("gaps")):
        pytest.skip("this machine has no more than the portable profile")
    assert layers.get("profile") == profile, layers
    return played


def _users() -> bytes:
    return Path("/etc/passwd").read_bytes()


@profiles
@pytest.mark.parametrize("rights", [Rights(read=True), Rights(read=("/",))], ids=["yes", "root"])
async def test_everything_can_be_read(
    tmp_path: Path, outside: Path, profile: str, rights: Rights
) -> None:
    played = await _play(tmp_path, outside, profile, rights)
    assert played.stdout.split("\n") == ["read yes", "write no", *MACHINE]


@profiles
@pytest.mark.parametrize(
    "rights", [Rights(write=True), Rights(write=("/", "/proc"))], ids=["yes", "root"]
)
async def test_everything_can_be_written_but_the_machine(
    tmp_path: Path, outside: Path, profile: str, rights: Rights
) -> None:
    before = _users()
    played = await _play(tmp_path, outside, profile, rights)
    assert played.stdout.split("\n") == ["read yes", "write yes", *MACHINE]
    assert _users() == before
