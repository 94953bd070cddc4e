"""A control group of the run's own: on a tree made up after the kernel's, and on the real one."""

import json
import os
import signal
import subprocess
import sys
from os.path import exists
from pathlib import Path

import pytest

from session.exit_info import Cause
from session.worker.control_group import MOUNTS, ControlGroup, NoGroupError, make_group
from session.worker.launch_protocol import LINUX
from session.worker.launching import Launcher
from tests.support.control_groups import NO_GROUP
from tests.support.playing import make_launch, play


def tree(folder: Path, *groups: str) -> tuple[str, ...]:
    """A mount with the files that the kernel makes, as far as they are read."""
    for group in ("", *groups):
        place = folder / group
        place.mkdir(parents=True, exist_ok=True)
        for name in ("cgroup.procs", "cgroup.controllers", "cgroup.subtree_control"):
            (place / name).touch()
    return (str(folder),)


def own(folder: Path, path: str) -> str:
    file = folder / "own"
    file.write_text(f"4:memory:/elsewhere\n0::{path}\n")
    return str(file)


@pytest.fixture
def _files_as_the_kernel_makes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new folder has its files at once, as on cgroup2."""
    plain = os.mkdir

    def mkdir(path: str, mode: int = 0o777) -> None:
        plain(path, mode)
        parent = Path(path).parent
        if not Path(path).name.startswith("playhead-"):
            return
        names = ["cgroup.procs", "cgroup.kill"]
        if "memory" in (parent / "cgroup.subtree_control").read_text():
            names += ["memory.max", "memory.swap.max", "memory.events", "memory.peak", "pids.max"]
        for name in names:
            (Path(path) / name).touch()

    monkeypatch.setattr(os, "mkdir", mkdir)


def test_without_cgroup_v2_the_reason_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoGroupError, match="no cgroup v2"):
        make_group((str(tmp_path),), own(tmp_path, "/"))


@pytest.mark.usefixtures("_files_as_the_kernel_makes_them")
def test_it_is_made_where_the_controllers_are_handed_down(tmp_path: Path) -> None:
    """As a desktop has it: the studio's own group is a leaf below one that hands them down."""
    mounts = tree(tmp_path / "fs", "app", "app/studio")
    (tmp_path / "fs/app/cgroup.subtree_control").write_text("memory pids\n")
    group = make_group(mounts, own(tmp_path, "/app/studio"))
    assert Path(group.folder).parent == tmp_path / "fs/app"
    assert group.limit({"memory": 512 << 20, "processes": 4, "wall_s": 1}) == [
        "memory",
        "processes",
    ]
    assert (Path(group.folder) / "memory.max").read_text() == str(544 << 20)
    assert (Path(group.folder) / "memory.swap.max").read_text() == "0"
    assert (Path(group.folder) / "pids.max").read_text() == str(4 * 64 + 64)
    os.close(group.fd)


@pytest.mark.usefixtures("_files_as_the_kernel_makes_them")
def test_groups_of_that_name_that_are_not_ours_are_left_alone(tmp_path: Path) -> None:
    group = make_group(tree(tmp_path / "fs", "playhead-studio.scope"), own(tmp_path, "/"))
    group.remove()
    assert (tmp_path / "fs/playhead-studio.scope").exists()


@pytest.mark.usefixtures("_files_as_the_kernel_makes_them")
def test_without_controllers_it_holds_no_budget_but_can_end_all(tmp_path: Path) -> None:
    group = make_group(tree(tmp_path / "fs", "mine"), own(tmp_path, "/mine"))
    assert Path(group.folder).parent == tmp_path / "fs/mine"
    assert group.limit({"memory": 1, "processes": 1}) == []
    assert group.out_of_memory() is None
    assert group.kill()
    assert (Path(group.folder) / "cgroup.kill").read_text() == "1"
    os.close(group.fd)


@pytest.mark.usefixtures("_files_as_the_kernel_makes_them")
def test_what_the_kernel_ended_for_its_memory_is_told(tmp_path: Path) -> None:
    mounts = tree(tmp_path / "fs", "mine")
    (tmp_path / "fs/mine/cgroup.subtree_control").write_text("memory pids\n")
    group = make_group(mounts, own(tmp_path, "/mine"))
    group.limit({"memory": 100 << 20})
    (Path(group.folder) / "memory.events").write_text("low 0\noom 1\noom_kill 0\n")
    assert group.out_of_memory() is None
    (Path(group.folder) / "memory.events").write_text("low 0\noom 1\noom_kill 2\n")
    (Path(group.folder) / "memory.peak").write_text(f"{132 << 20}\n")
    assert group.out_of_memory() == (100 << 20, 132 << 20)
    os.close(group.fd)


def test_a_group_without_its_files_ends_nothing(tmp_path: Path) -> None:
    group = ControlGroup(str(tmp_path))
    assert not group.kill()
    os.close(group.fd)


real = pytest.mark.skipif(bool(NO_GROUP), reason=NO_GROUP)


@real
def test_everything_in_it_ends_with_one_write() -> None:
    group = make_group()
    try:
        children = [subprocess.Popen(["sleep", "600"], start_new_session=True) for _ in range(5)]
        for child in children:
            Path(group.folder, "cgroup.procs").write_text(str(child.pid))
        assert group.kill()
        assert [child.wait(30) for child in children] == [-9] * 5
    finally:
        group.remove()
    assert not Path(group.folder).exists()


#: Makes a group, and is killed before it could remove it.
KILLED = """
import os
from session.worker.control_group import make_group
print(make_group().folder, flush=True)
os.kill(os.getpid(), 9)
"""


@real
def test_what_a_killed_launcher_left_goes_with_the_next_one() -> None:
    made = subprocess.run([sys.executable, "-c", KILLED], capture_output=True, check=False)
    left = Path(made.stdout.decode().strip())
    assert left.exists()
    make_group().remove()
    assert not left.exists()


@real
def test_the_empty_group_of_a_launcher_that_lives_stays() -> None:
    first = make_group()
    make_group().remove()
    assert Path(first.folder).exists()
    first.remove()
    assert not Path(first.folder).exists()


@pytest.mark.usefixtures("_files_as_the_kernel_makes_them")
@pytest.mark.parametrize(("status", "told"), [(signal.SIGKILL, True), (0, False), (1 << 8, False)])
def test_only_a_program_that_was_killed_ran_out_of_memory(
    tmp_path: Path, status: int, told: bool
) -> None:
    """The kernel may have ended a child of it, which the program has seen to."""
    mounts = tree(tmp_path / "fs", "mine")
    (tmp_path / "fs/mine/cgroup.subtree_control").write_text("memory pids\n")
    group = make_group(mounts, own(tmp_path, "/mine"))
    group.limit({"memory": 100 << 20})
    (Path(group.folder) / "memory.events").write_text("oom_kill 1\n")
    read, write = os.pipe()
    launcher = Launcher(write, os.getppid(), LINUX, isolates=False)
    launcher._group = group
    launcher._report_exited(status, 0, 0.0)
    os.close(write)
    with open(read, "rb") as reports:
        events = [json.loads(row)["event"] for row in reports]
    assert events == (["budget", "exited"] if told else ["exited"])
    os.close(group.fd)


WHERE = """
import os, subprocess
print(open("/proc/self/cgroup").read(), flush=True)
for _ in range(20):
    subprocess.Popen(["sleep", "600"], start_new_session=True)
"""


def left_of(path: str) -> list[str]:
    return [mount for mount in MOUNTS if exists(mount + path)]


@real
@pytest.mark.parametrize("isolation", ["strict", "portable"])
async def test_a_run_has_one_and_nothing_of_it_is_left(tmp_path: Path, isolation: str) -> None:
    played = await play(make_launch(tmp_path, {"main.py": WHERE}), isolation=isolation)
    assert played.exit.cause is Cause.FINISHED
    (row,) = [row for row in played.stdout.splitlines() if row.startswith("0::")]
    assert Path(row).name.startswith("playhead-")
    assert played.execution.isolation is not None
    assert played.execution.isolation["layers"]["cgroup"] is True
    assert "cgroup" not in played.execution.isolation["gaps"]
    (told,) = played.sink.with_code("left-running")
    assert "20" in told.message
    assert not left_of(row.removeprefix("0::"))
