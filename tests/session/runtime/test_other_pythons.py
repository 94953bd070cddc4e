"""The worker runs in whatever interpreter a project has: every one found here is tried."""

from pathlib import Path

import pytest

from session.exit_info import Cause
from tests.support.playing import make_launch, play, program_files
from tests.support.pythons import find

VERSIONS = ["3.9", "3.10", "3.12", "3.13", "3.14"]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("name", "stdout", "cause"),
    [
        ("own_session", "my session my studio\n", Cause.FINISHED),
        ("thread_fails", "went on 1\n", Cause.FINISHED),
        ("exit_mid_line", "a whole line\nhalf a line", Cause.EXIT_CODE),
        ("pool", "fork 12\nspawn 12\nforkserver 12\nmanager True\n", Cause.FINISHED),
    ],
)
async def test_programs_play_alike(
    tmp_path: Path, version: str, name: str, stdout: str, cause: Cause
) -> None:
    launch = make_launch(tmp_path, program_files(name), python=find(version))
    played = await play(launch)
    assert played.stdout == stdout, played.stderr
    assert played.exit.cause is cause


@pytest.mark.parametrize("version", VERSIONS)
async def test_failures_are_told_alike(tmp_path: Path, version: str) -> None:
    files: dict[str, str | bytes] = {"main.py": "import lib", "lib.py": "raise ValueError('bad')"}
    played = await play(make_launch(tmp_path, files, python=find(version)))
    (entry,) = played.sink.errors()
    assert str(entry.location) == "lib.py:1"
    assert 'File "lib.py", line 1' in played.stderr
    assert "worker" not in played.stderr


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_fork_is_as_quiet_as_without_us(tmp_path: Path, version: str) -> None:
    text = "import os\npid = os.fork()\nif pid:\n    os.waitpid(pid, 0)\nprint(pid > 0)\n"
    played = await play(make_launch(tmp_path, {"main.py": text}, python=find(version)))
    assert sorted(played.stdout.split()) == ["False", "True"]
    assert played.stderr == ""


async def test_an_interpreter_that_is_too_old_is_told(tmp_path: Path) -> None:
    from session.errors import ConnectFailed

    old = next(Path.home().glob(".pyenv/versions/3.[678].*/bin/python"), None)
    if old is None:
        pytest.skip("no old Python here")
    with pytest.raises(ConnectFailed) as caught:
        await play(make_launch(tmp_path, {"main.py": ""}, python=old))
    assert caught.value.code == "python-too-old"
