"""Killed, stopped in any phase, out of disk: nothing is lost, nothing is left running."""

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from session.history import RunHistory
from session.home import Home
from session.log.entry import LogEntry
from session.run_id import RunId
from tests.support.confined import (
    as_ordinary_user,
    in_a_container,
    with_small_disk,
    without_namespaces,
)
from tests.support.playhead import (
    COMMAND,
    Playing,
    Row,
    environment,
    playing,
    processes_of,
    run_command,
)

pytestmark = pytest.mark.e2e

TREE = """
import os, subprocess, sys, time
sleeper = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
subprocess.Popen([sys.executable, "-c", sleeper])
subprocess.Popen([sys.executable, "-c", sleeper], start_new_session=True)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(60)
    os._exit(0)
for n in range(10**9):
    print("line", n, flush=True)
    time.sleep(0.001)
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def wait_until(wanted: Callable[[], bool], timeout_s: float = 10) -> bool:
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        if wanted():
            return True
        time.sleep(0.02)
    return wanted()


def test_a_killed_playhead_leaves_no_process_and_no_line_behind(home: Path, project: Path) -> None:
    (project / "main.py").write_text(TREE)
    with playing(home, project) as play:
        play.until_message("line 200")
        run_id = play.rows[0]["run"]
        assert len(processes_of(run_id)) >= 5
        play.process.kill()
        play.end()
        acknowledged = play.output()
        assert wait_until(lambda: processes_of(run_id) == [], 2), processes_of(run_id)
    history = RunHistory(Home.under(home))
    log = history.open_log(RunId(run_id))
    kept = [
        row.message for row in log.read(limit=10**6) if isinstance(row, LogEntry) and row.stream
    ]
    assert kept[: len(acknowledged)] == acknowledged
    assert kept == [f"line {n}" for n in range(len(kept))]
    log.close()


def test_the_next_start_finishes_the_record_of_a_killed_run(home: Path, project: Path) -> None:
    (project / "main.py").write_text("open('kept.txt', 'w').write('x')\nprint('up')\ninput()\n")
    with playing(home, project) as play:
        play.until_message("up")
        run_id = play.rows[0]["run"]
        play.process.kill()
        play.end()
    (project / "main.py").write_text("print('next')\n")
    assert run_command(home, "play", str(project)).returncode == 0
    history = RunHistory(Home.under(home))
    record = history.find(run_id)
    assert record.state == "runtime_failed"
    assert record.exit is not None
    assert record.exit.cause == "worker-lost"
    assert record.ended is not None
    assert record.written == ("kept.txt",)
    assert (history.folder(record.run_id) / "written" / "kept.txt").read_text() == "x"
    assert not (history.folder(record.run_id) / "view").exists()
    assert not (history.folder(record.run_id) / "scratch").exists()


def test_orphans_of_a_killed_playhead_and_launcher_are_ended_at_the_next_start(
    home: Path, project: Path
) -> None:
    (project / "main.py").write_text(TREE)
    with playing(home, project, prefix=without_namespaces()) as play:
        play.until_message("line 1")
        run_id = play.rows[0]["run"]
        with ended_at_last(run_id):
            assert wait_until(lambda: len(processes_of(run_id)) >= 5)
            kill_with_launchers(play)
            # The program itself ends with its launcher; two sleepers and a daemon do not.
            assert wait_until(lambda: len(processes_of(run_id)) == 3), processes_of(run_id)
            time.sleep(0.3)
            left = processes_of(run_id)
            assert len(left) == 3, "these are orphans, and stay"
            (project / "main.py").write_text("print('next')\n")
            result = run_command(home, "play", str(project))
            assert result.returncode == 0
            assert processes_of(run_id) == []
    assert run_id in result.stderr
    record = RunHistory(Home.under(home)).find(run_id)
    assert record.exit is not None
    for told in (result.stderr, record.exit.message):
        assert [pid for pid in left if f"({pid})" not in told] == []


def test_a_killed_playhead_and_launcher_leave_nothing_of_an_isolated_run(
    home: Path, project: Path
) -> None:
    (project / "main.py").write_text(TREE)
    with playing(home, project) as play:
        play.until_message("line 1")
        run_id = play.rows[0]["run"]
        with ended_at_last(run_id):
            assert wait_until(lambda: len(processes_of(run_id)) >= 5)
            kill_with_launchers(play)
            assert wait_until(lambda: processes_of(run_id) == []), processes_of(run_id)


def kill_with_launchers(play: Playing) -> None:
    """Kill Playhead and its launchers at once: nobody may sweep meanwhile."""
    play.process.send_signal(signal.SIGSTOP)
    for pid in launchers_of(play.process.pid):
        os.kill(pid, signal.SIGKILL)
    play.process.kill()
    play.end()


@contextlib.contextmanager
def ended_at_last(run_id: str) -> Iterator[None]:
    """Whatever the test finds out, none of its orphans outlives it."""
    try:
        yield
    finally:
        for pid in processes_of(run_id):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def launchers_of(parent: int) -> list[int]:
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(pid) for pid in children]


def test_stop_while_a_dependency_is_fetched_ends_the_tool(home: Path, project: Path) -> None:
    (project / "main.py").write_text("print('never')\n")
    (project / "pyproject.toml").write_text(
        "[project]\nname='x'\nversion='1'\ndependencies=['slow-to-come==1']\n[tool.playhead]\n"
    )
    with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts, and never says a word
        index = f"http://127.0.0.1:{silent.getsockname()[1]}/simple"
        with playing(home, project, env={"UV_DEFAULT_INDEX": index}) as play:
            silent.settimeout(60)
            connection, _ = silent.accept()
            run_id = play.rows[0]["run"]
            assert processes_of(run_id), "the tool carries the run's identity"
            started = time.monotonic()
            play.interrupt()
            assert play.end() == 130, play.told()
            assert time.monotonic() - started < 10
            connection.close()
        assert play.states == ["preparing", "stopped"]
        assert processes_of(run_id) == []


def test_a_second_interrupt_skips_the_grace(home: Path, project: Path) -> None:
    (project / "main.py").write_text(
        "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "print('deaf', flush=True)\ntime.sleep(60)\n"
    )
    with playing(home, project) as play:
        play.until_message("deaf")
        started = time.monotonic()
        play.interrupt()
        time.sleep(0.3)
        play.interrupt()
        assert play.end() == 130, play.told()
        assert time.monotonic() - started < 5, "the unattended grace is 6 s"
        assert processes_of(play.exit["run"]) == []


def test_sigterm_stops_and_exits_with_143(home: Path, project: Path) -> None:
    (project / "main.py").write_text("print('up')\ninput()\n")
    with playing(home, project) as play:
        play.until_message("up")
        play.process.terminate()
        assert play.end() == 143, play.told()
        assert processes_of(play.exit["run"]) == []


#: Leaves not one byte of the disk.
FILL = "! head -c 9000000 /dev/zero > filler 2> /dev/null"


@dataclass
class Cramped:
    """A finished `playhead play --jsonl` on a small disk, and the runs that it left there."""

    result: subprocess.CompletedProcess[str]
    rows: list[Row]
    runs: Path

    @property
    def errors(self) -> list[Row]:
        return [row for row in self.rows if row.get("severity") == "error"]

    def log(self) -> list[tuple[int, str, str | None]]:
        """Sequence, message and stream of every entry that the log holds."""
        log = RunHistory(Home.under(self.runs.parent)).open_log(RunId(self.rows[0]["run"]))
        rows: list[tuple[int, str, str | None]] = [
            (row.seq, row.message, row.stream)
            for row in log.read(limit=10**6)
            if isinstance(row, LogEntry)
        ]
        log.close()
        return rows


def play_on_a_small_disk(tmp_path: Path, project: Path, size: str, before: str = "true") -> Cramped:
    """Play where the home has `size`, after the shell command `before` was run in the home.

    The disk is one of a namespace and goes with it; what lies in `runs` is copied out first.
    """
    small, out = tmp_path / "small", tmp_path / "out"
    small.mkdir()
    script = (
        'mkdir "$PLAYHEAD_HOME" && cd "$PLAYHEAD_HOME" && eval "$1" && shift && cd / || exit 99; '
        '"$@"; code=$?; cp -r "$PLAYHEAD_HOME" "$OUT"; exit $code'
    )
    command = [*COMMAND, "play", str(project), "--jsonl"]
    result = subprocess.run(
        [*with_small_disk(str(small), size), "sh", "-c", script, "sh", before, *command],
        env=environment(small / "home", OUT=str(out)),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    told = result.stdout + result.stderr
    assert "Traceback" not in told, told[-3000:]
    assert "no space left" in told.lower(), told[-3000:]
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    return Cramped(result, rows, out / "runs")


def test_a_full_disk_ends_in_one_clear_sentence(tmp_path: Path, project: Path) -> None:
    """On a file system of 3 MB, made in a namespace of its own."""
    (project / "main.py").write_text(
        "import sys\nfor n in range(100):\n    print(str(n) * 20000, flush=True)\nprint('end')\n"
    )
    cramped = play_on_a_small_disk(tmp_path, project, "3m")
    assert cramped.result.returncode == 125, cramped.result.stderr
    end = cramped.rows[-1]
    assert (end["type"], end["state"], end["cause"]) == (
        "exit",
        "runtime_failed",
        "log-unwritable",
    )
    assert "cannot be written: No space left on device." in end["message"]
    assert_every_printed_line_is_in_the_log(cramped)
    printed = [row["message"] for row in cramped.rows if row.get("stream") == "stdout"]
    assert printed
    assert "".join(printed).startswith("0" * 20000 + "1" * 20000)
    assert "end" not in printed


def assert_every_printed_line_is_in_the_log(cramped: Cramped) -> None:
    printed = [
        (row["seq"], row["message"], row["stream"]) for row in cramped.rows if row["type"] == "log"
    ]
    assert printed
    assert cramped.log()[: len(printed)] == printed


def test_a_disk_that_fills_while_preparing_is_said_with_the_way_out(
    tmp_path: Path, project: Path
) -> None:
    (project / "main.py").write_text("print('never')\n")
    (project / "level.bin").write_bytes(random.Random(1).randbytes(5_000_000))
    cramped = play_on_a_small_disk(tmp_path, project, "3m")
    assert cramped.result.returncode == 125, cramped.result.stderr
    end = cramped.rows[-1]
    assert (end["type"], end["state"], end["cause"]) == (
        "exit",
        "prepare_failed",
        "prepare-failed",
    )
    (error,) = cramped.errors
    assert "There is no space left for Playhead's cache" in error["message"]
    assert error["message"] == end["message"]
    assert error["code"] == "no-space"
    assert "Free some space" in error["hint"]
    assert "PLAYHEAD_HOME" in error["hint"]
    assert_every_printed_line_is_in_the_log(cramped)


def test_a_home_that_is_full_from_the_start_is_said_with_the_way_out(
    tmp_path: Path, project: Path
) -> None:
    (project / "main.py").write_text("print('never')\n")
    cramped = play_on_a_small_disk(tmp_path, project, "3m", before=FILL)
    assert cramped.result.returncode == 125, cramped.result.stderr
    told = cramped.result.stdout + cramped.result.stderr
    assert "never" not in told
    assert "home-unusable" in told
    assert "Free some space" in told
    assert "PLAYHEAD_HOME" in told


def test_a_run_that_could_not_begin_leaves_no_folder(tmp_path: Path, project: Path) -> None:
    (project / "main.py").write_text("print('never')\n")
    cramped = play_on_a_small_disk(tmp_path, project, "3m", before=FILL)
    assert [entry.name for entry in cramped.runs.glob("[0-9]*")] == []


@pytest.mark.parametrize("place", [as_ordinary_user, in_a_container])
def test_play_and_sweep_work_without_privileges(
    home: Path, project: Path, place: Callable[[], tuple[str, ...]]
) -> None:
    (project / "main.py").write_text(
        "import subprocess, sys\n"
        "code = 'import os, time; os.setsid(); time.sleep(60)'\n"
        "children = [subprocess.Popen([sys.executable, '-c', code]) for _ in range(3)]\n"
        "print('played')\n"
    )
    with playing(home, project, prefix=place()) as play:
        assert play.end() == 0, play.told()
        assert play.output() == ["played"]
        (left,) = [entry for entry in play.entries() if entry["code"] == "left-running"]
        assert "3 processes" in left["message"]
        assert processes_of(play.exit["run"]) == []


@pytest.mark.parametrize("place", [as_ordinary_user, in_a_container])
def test_stop_works_without_privileges_and_from_the_background(
    home: Path, project: Path, place: Callable[[], tuple[str, ...]]
) -> None:
    (project / "main.py").write_text(TREE)
    script = '"$@" > out.jsonl & pid=$!; sleep 3; kill -TERM $pid; wait $pid'
    process = subprocess.Popen(
        [*place(), "sh", "-c", script, "sh", *COMMAND, "play", str(project), "--jsonl"],
        env=environment(home),
        cwd=project.parent,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        assert process.wait(50) == 143
    finally:
        with contextlib.suppress(ProcessLookupError):  # all of it has ended, as it should
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    told = (project.parent / "out.jsonl").read_text()
    rows = [json.loads(row) for row in told.splitlines()]
    assert rows[-1]["state"] == "stopped"
    assert processes_of(rows[-1]["run"]) == []


def test_a_flood_does_not_keep_stop_from_working(home: Path, project: Path) -> None:
    (project / "main.py").write_text("while True:\n    print('x' * 100)\n")
    with playing(home, project) as play:
        play.until_message("xxx")
        time.sleep(1)
        play.interrupt()
        assert play.end() == 130, play.told()[-2000:]
        assert play.states[-1] == "stopped"


def test_follow_reads_a_run_that_another_process_plays(home: Path, project: Path) -> None:
    (project / "main.py").write_text("print('one', flush=True)\ninput()\nprint('two')\n")
    with playing(home, project) as play:
        play.until_message("one")
        run_id = play.rows[0]["run"]
        follower = subprocess.Popen(
            [*COMMAND, "log", run_id, "--follow"],
            stdout=subprocess.PIPE,
            text=True,
            env=environment(home),
        )
        try:
            assert follower.stdout is not None
            seen = ""
            while "one" not in seen:
                seen += follower.stdout.readline()
            play.send(b"\n")
            assert play.end() == 0
            seen += follower.communicate(timeout=30)[0]
            assert "two" in seen
            assert follower.returncode == 0
        finally:
            follower.kill()
            follower.wait()
            if follower.stdout is not None:
                follower.stdout.close()


def test_an_interrupt_after_the_end_gives_up_the_rest_and_keeps_the_exit_row(
    home: Path, project: Path
) -> None:
    (project / "main.py").write_text("for n in range(60_000):\n    print(n, 'x' * 60)\n")
    command = [*COMMAND, "play", str(project), "--jsonl"]
    before = {record.run_id for record in RunHistory(Home.under(home)).list()}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment(home)) as process:
        history = RunHistory(Home.under(home))

        def is_over() -> bool:
            new = [r for r in history.list(project) if r.run_id not in before]
            return bool(new) and new[0].ended is not None

        assert wait_until(is_over, 30), "the program does not wait for whoever reads the log"
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        assert process.stdout is not None
        rows = [json.loads(line) for line in process.stdout]
    assert process.returncode == 0
    assert (rows[-1]["type"], rows[-1]["cause"], rows[-1]["code"]) == ("exit", "finished", 0)


def test_a_current_folder_that_is_gone_is_said(home: Path, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    script = f'mkdir {gone}; cd {gone}; rmdir {gone}; exec "$@"'
    result = subprocess.run(
        ["sh", "-c", script, "sh", *COMMAND, "play", "."],
        env=environment(home),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 125
    assert "current folder" in result.stderr
    assert "Traceback" not in result.stderr


def test_an_output_that_is_full_is_said(home: Path, project: Path) -> None:
    (project / "main.py").write_text("print('hello')\n")
    with open("/dev/full", "wb") as full:
        result = subprocess.run(
            [*COMMAND, "play", str(project)],
            env=environment(home),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert "No space left" in result.stderr
    assert "Traceback" not in result.stderr
    assert result.returncode != 0
