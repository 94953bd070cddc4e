"""What keeps a worker from coming up, each told in a clear sentence, and cleaned up after."""

import errno
import os
import resource
import sys
from pathlib import Path

import pytest

from session.errors import ConnectFailed
from session.exit_info import Cause, ExitInfo
from session.ports import ImageFile
from session.runtime.process_runtime import ProcessRuntime
from session.settings import SessionSettings
from tests.support.playing import Recorder, make_launch
from tests.support.process_watch import members, open_fds


async def fail(
    folder: Path,
    python: Path | str = sys.executable,
    settings: SessionSettings = SessionSettings(isolation="none"),  # noqa: B008 - immutable
    path: str = "main.py",
) -> tuple[ConnectFailed, ExitInfo, Recorder]:
    launch = make_launch(folder, {"main.py": "print('up')"}, python=python)
    if path != "main.py":
        (file,) = launch.prepared.files
        object.__setattr__(launch.prepared, "files", (ImageFile(path, file.blob, file.size),))
    sink = Recorder()
    execution = await ProcessRuntime(settings).start(launch, sink)
    with pytest.raises(ConnectFailed) as caught:
        await execution.connect()
    info = await execution.wait()
    assert members(launch.run_id) == []
    assert not launch.folder.exists() or list(launch.folder.iterdir()) == []
    assert not sink.stdout
    assert info.message == caught.value.message
    return caught.value, info, sink


def script(tmp_path: Path, text: str, interpreter: str = "/bin/sh") -> Path:
    path = tmp_path / "python"
    path.write_text(f"#!{interpreter}\n{text}\n")
    path.chmod(0o755)
    return path


async def test_a_missing_interpreter(tmp_path: Path) -> None:
    error, info, _sink = await fail(tmp_path, tmp_path / "no" / "python")
    assert error.code == "interpreter-missing"
    assert error.message.endswith("no/python could not be started: No such file or directory.")
    assert error.hint
    assert info.cause is Cause.CONNECT_FAILED


async def test_a_file_that_is_no_interpreter(tmp_path: Path) -> None:
    (tmp_path / "python").write_text("not a program")
    error, _info, _sink = await fail(tmp_path, tmp_path / "python")
    assert "Permission denied" in error.message
    (tmp_path / "python").chmod(0o755)
    error, _info, _sink = await fail(tmp_path, tmp_path / "python")
    assert "Exec format error" in error.message


async def test_a_venv_whose_interpreter_is_gone(tmp_path: Path) -> None:
    (tmp_path / "python").symlink_to(tmp_path / "was-here")
    error, _info, _sink = await fail(tmp_path, tmp_path / "python")
    assert error.code == "interpreter-missing"


async def test_an_interpreter_that_ends_at_once(tmp_path: Path) -> None:
    python = script(tmp_path, "echo 'ModuleNotFoundError: no encodings' >&2; exit 3")
    error, info, sink = await fail(tmp_path, python)
    assert error.code == "interpreter-broken"
    assert "exit code 3" in error.message
    assert "Its last words: ModuleNotFoundError: no encodings" in error.message
    assert info.code == 3
    assert sink.with_code("interpreter-output")[0].message == "ModuleNotFoundError: no encodings"


async def test_an_interpreter_that_crashes(tmp_path: Path) -> None:
    error, _info, _sink = await fail(tmp_path, script(tmp_path, "kill -SEGV $$"))
    assert "signal 11" in error.message


async def test_an_interpreter_that_never_answers(tmp_path: Path) -> None:
    settings = SessionSettings(isolation="none", connect_timeout_s=0.3)
    error, info, _sink = await fail(tmp_path, script(tmp_path, "sleep 60 & sleep 60"), settings)
    assert error.code == "connect-timeout"
    assert info.cause is Cause.CONNECT_TIMEOUT
    assert "within 0.3 s" in error.message


async def test_an_interpreter_that_talks_nonsense(tmp_path: Path) -> None:
    python = script(
        tmp_path,
        "import os\nos.write(250, b'\\xff' * 99)\nimport time; time.sleep(60)",
        sys.executable,
    )
    error, _info, _sink = await fail(tmp_path, python)
    assert error.code == "worker-wire"


async def test_a_worker_of_another_version(tmp_path: Path) -> None:
    hello = b'{"type":"hello","protocol":99,"pid":1,"python":"3"}'
    frame = len(hello).to_bytes(4, "big") + bytes(4) + hello
    python = script(
        tmp_path, f"import os, time\nos.write(250, {frame!r})\ntime.sleep(60)", sys.executable
    )
    error, _info, _sink = await fail(tmp_path, python)
    assert error.code == "worker-protocol"
    assert "protocol 99" in error.message


async def test_an_interpreter_that_is_too_old(tmp_path: Path) -> None:
    text = '{"type":"refused","python":"3.6.15"}'
    frame = len(text).to_bytes(4, "big") + bytes(4) + text.encode()
    python = script(tmp_path, f"import os\nos.write(250, {frame!r})", sys.executable)
    error, _info, _sink = await fail(tmp_path, python)
    assert error.code == "python-too-old"
    assert "Python 3.6.15" in error.message


@pytest.mark.parametrize(
    "path", ["../out.py", "/abs.py", "a/../../b.py", "a//b.py", "", "./x", "a\0b"]
)
async def test_a_hostile_image_is_refused(tmp_path: Path, path: str) -> None:
    error, _info, _sink = await fail(tmp_path, path=path)
    assert error.code == "image-path"
    assert not (tmp_path / "runs" / "out.py").exists()


async def test_a_run_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("in the way")
    error, _info, _sink = await fail(tmp_path)
    assert error.code == "view-unwritable"
    assert error.hint


async def test_an_image_whose_file_is_gone(tmp_path: Path) -> None:
    launch = make_launch(tmp_path, {"main.py": "", "lib.py": ""})
    launch.prepared.files[1].blob.unlink()
    execution = await ProcessRuntime(SessionSettings(isolation="none")).start(launch, Recorder())
    with pytest.raises(ConnectFailed, match="No such file"):
        await execution.connect()
    assert (await execution.wait()).cause is Cause.CONNECT_FAILED
    assert list(launch.folder.iterdir()) == []


async def test_arguments_that_do_not_fit_are_told(tmp_path: Path) -> None:
    launch = make_launch(tmp_path, {"main.py": ""}, args=["x" * 2_000_000])
    execution = await ProcessRuntime(SessionSettings(isolation="none")).start(launch, Recorder())
    with pytest.raises(ConnectFailed, match="too long"):
        await execution.connect()
    assert (await execution.wait()).cause is Cause.CONNECT_FAILED


async def test_failed_starts_leak_nothing(tmp_path: Path) -> None:
    await fail(tmp_path, "/no/python")
    fds = open_fds()
    for _ in range(5):
        await fail(tmp_path, "/no/python")
    assert open_fds() == fds


def _take_all(taken: list[int]) -> None:
    try:
        while True:
            taken.append(os.open(os.devnull, os.O_RDONLY))
    except OSError as error:
        assert error.errno == errno.EMFILE  # noqa: PT017 - it ends a loop


async def test_no_descriptors_left_is_told(tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    launch = make_launch(tmp_path, {"main.py": ""})
    fds = open_fds()
    taken: list[int] = []
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(200, limits[0]), limits[1]))
    try:
        _take_all(taken)
        for _ in range(6):
            os.close(taken.pop())
        with pytest.raises(ConnectFailed, match="launcher could not be started: Too many"):
            await ProcessRuntime(SessionSettings(isolation="none")).start(launch, Recorder())
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        for fd in taken:
            os.close(fd)
    assert open_fds() == fds
