"""Measures what hostile programs can do, by profile and by user, and writes it down as a page.

`python -m tests.e2e.isolation_matrix` measures all that this machine can show and writes
`discussion/isolation-matrix.md`. Each cell is one process of its own (`--cell`), which plays all
programs in one run and then looks, from outside, what came of them.
"""

import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from session.exit_info import Cause
from tests.e2e.isolation_gaps import BUDGETS

if TYPE_CHECKING:
    from session.ports import Launch

HERE: Final = Path(__file__).parent
PROGRAMS: Final = HERE / "fixtures" / "hostile"
PAGE: Final = HERE.parent.parent / "discussion" / "isolation-matrix.md"
#: An ordinary user that every Linux has and that owns nothing.
NOBODY: Final = 65534
PROFILES: Final = ("none", "strict", "portable")
USERS: Final = ("root", "ordinary")
#: These take memory, processes or disk, and therefore their turn.
ALONE: Final = (
    "disk_fill",
    "fd_exhaust",
    "fork_bomb",
    "inode_fill",
    "lock_memory",
    "memory_children",
    "shm_fill",
    "tmp_fill",
)
_PATIENCE_S: Final = 200
EFFECT: Final = "effect"
#: How long a program keeps what it has taken, so that its budget sees it.
_HOLD_S: Final = 8


class Column(NamedTuple):
    """One profile as one user."""

    profile: str
    user: str

    def __str__(self) -> str:
        """Return the column's heading."""
        return f"{self.profile}, {self.user}"


class Measured(NamedTuple):
    """What one run of all programs showed: each one's verdict, and the profile it really got."""

    profile: str
    verdicts: Mapping[str, str]


def attacks() -> list[str]:
    """Return the names of all hostile programs."""
    return sorted(path.stem for path in PROGRAMS.glob("*.py"))


# One cell: the process that plays


async def measure(folder: Path, profile: str) -> Measured:
    """Play every program in a world of its own below `folder`."""
    from tests.support.hostile_world import World
    from tests.support.playing import finish, make_launch, start

    soft = min(4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, soft))
    with World(folder) as world:
        launch = make_launch(folder / "play", _files(), environ=world.environ, trees=True)
        plain = launch
        targets = world.targets(launch.prepared.files[0].blob, launch.prepared.root)
        together = [name for name in attacks() if name not in ALONE]
        arguments = (json.dumps(targets), *together, "--", *ALONE)
        launch = replace(launch, prepared=replace(launch.prepared, args=arguments))
        execution, sink = await start(launch, isolation=profile)
        playing = asyncio.create_task(finish(execution, sink, launch))
        heard = await _until_done(playing, world.listens)
        played = await playing
        assert not played.stderr, played.stderr
        outside = world.effects() | ({"tcp_listen"} if heard else set())
        verdicts = {
            said["name"]: _verdict(said, outside, world.secret_texts)
            for said in map(json.loads, played.stdout.splitlines())
        }
        if profile != "none":
            for name in BUDGETS.keys() & {one for one, said in verdicts.items() if said == EFFECT}:
                verdicts[name] = await _within_budget(plain, name, targets, profile)
    return Measured((execution.isolation or {}).get("profile", "none"), verdicts)


async def _within_budget(
    plain: "Launch", name: str, targets: Mapping[str, Any], profile: str
) -> str:
    """Play one program again, with the budget that is there to end it; return the verdict."""
    from session.run_id import new_run_id
    from tests.support.playing import finish, start

    arguments = (json.dumps({**targets, "hold_s": _HOLD_S}), "--", name)
    prepared = replace(plain.prepared, args=arguments, budget=BUDGETS[name])
    run_id = new_run_id()
    launch = replace(plain, run_id=run_id, prepared=prepared, folder=plain.folder.with_name(run_id))
    execution, sink = await start(launch, isolation=profile)
    played = await finish(execution, sink, launch)
    ended = played.exit.cause is Cause.BUDGET and not played.stdout
    return by_budget(name) if ended else EFFECT


def by_budget(name: str) -> str:
    """Return the verdict on a program that its budget has ended."""
    limits = BUDGETS[name]._asdict() | {"output": None}
    (budget,) = (one for one, limit in limits.items() if limit is not None)
    return f"stopped by `{budget}`"


async def _until_done(playing: "asyncio.Task[Any]", listens: Callable[[], bool]) -> bool:
    """Wait for the end of the run, and try meanwhile to connect to what it should not open."""
    heard = False
    while not playing.done():
        heard = heard or await asyncio.to_thread(listens)
        await asyncio.sleep(0.05)
    return heard


def _files() -> dict[str, str | bytes]:
    support = HERE / "fixtures" / "hostile_support"
    files: dict[str, str | bytes] = {path.name: path.read_bytes() for path in support.glob("*.py")}
    return files | {f"hostile/{path.name}": path.read_bytes() for path in PROGRAMS.glob("*.py")}


def _verdict(said: Mapping[str, Any], outside: set[str], secrets: Iterable[str]) -> str:
    """Say what one program did: `effect`, `stopped`, or why it proves nothing."""
    lines = [line for line in said["lines"] if line]
    if lines[:1] != ["ran"]:
        return f"did not run: {lines}"
    if said["name"] in outside or any(text in line for text in secrets for line in lines):
        return EFFECT
    last: str = lines[-1]
    if last.startswith("broken"):
        return last
    if last == "ran":
        return f"ended without a verdict, status {said['status']}"
    return EFFECT if last == EFFECT else "stopped"


# All cells


def columns() -> list[Column]:
    """Return what can be measured by whoever we are: only root can become somebody else."""
    users = USERS if os.geteuid() == 0 else ("ordinary",)
    return [Column(profile, user) for user in users for profile in PROFILES]


def measure_all() -> dict[Column, Measured]:
    """Measure every column, all at the same time."""
    with tempfile.TemporaryDirectory(prefix="playhead-hostile-") as folder:
        Path(folder).chmod(0o755)
        begun = {
            column: _begin(column, Path(folder, column.user, column.profile))
            for column in columns()
        }
        return {column: _finish(column, process) for column, process in begun.items()}


def _begin(column: Column, folder: Path) -> "subprocess.Popen[str]":
    other = os.geteuid() == 0 and column.user == "ordinary"
    folder.mkdir(parents=True)
    os.chown(folder, *((NOBODY, NOBODY) if other else (-1, -1)))
    root = HERE.parent.parent
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    return subprocess.Popen(
        [
            interpreter_for(other),
            "-m",
            "tests.e2e.isolation_matrix",
            "--cell",
            column.profile,
            str(folder),
        ],
        cwd="/",
        env={
            "HOSTILE_STUDIO": "somebody's token",
            "PATH": "/usr/bin:/bin",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": f"{root}:{packages}",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        user=NOBODY if other else None,
        group=NOBODY if other else None,
        extra_groups=[] if other else None,
    )


def interpreter_for(other: bool) -> str:
    """Return an interpreter that the user may run; root's home is closed to all but root."""
    places = [Path(sys.executable), Path(sys.executable).resolve()] if not other else []
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    places += [Path(sys.executable).resolve(), Path("/usr/bin", version)]
    for python in places:
        if python.exists() and (not other or readable_by_all(python.parent)):
            return str(python)
    message = "no interpreter that another user may run"
    raise FileNotFoundError(message)


def readable_by_all(path: Path) -> bool:
    """Whether any user may look into a folder."""
    return all(folder.stat().st_mode & 0o005 == 0o005 for folder in (path, *path.parents))


def _finish(column: Column, process: "subprocess.Popen[str]") -> Measured:
    try:
        said, complained = process.communicate(timeout=_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        said, complained = process.communicate()
    if process.returncode != 0:
        message = f"{column}: {complained[-3000:]}"
        raise RuntimeError(message)
    return Measured(*json.loads(said))


def main(arguments: list[str]) -> None:
    """Measure one cell and print it, or all of them and write the page."""
    if arguments[:1] == ["--cell"]:
        profile, folder = arguments[1:]
        sys.stdout.write(json.dumps(asyncio.run(measure(Path(folder), profile))))
        return
    from tests.e2e.isolation_page import page

    PAGE.write_text(page(measure_all()), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
