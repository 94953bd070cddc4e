"""`runs` and `log` over runs on disk, as the whole command prints them."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from session.log.entry import Location, NewEntry, Severity, Source, Stream
from tests.support.playhead import COMMAND, environment, run_command
from tests.support.pty_command import at_terminal
from tests.support.recorded_run import RecordedRun

FIRST, SECOND = "20260101-100000-aaaaaa", "20260102-100000-bbbbbb"
BUILD = NewEntry(Source.BUILD, Severity.INFO, "compiled 2 files")
FINDING = NewEntry(
    Source.PACK_VALIDATION,
    Severity.ERROR,
    "'(' was never closed",
    location=Location("main.py", 3, 9),
    code="syntax-error",
    hint="Close the bracket.",
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "breakout"
    folder.mkdir()
    return folder


@pytest.fixture
def run(home: Path, project: Path) -> RecordedRun:
    run = RecordedRun(home, project, FIRST, time.time())
    run.add(BUILD, FINDING)
    run.output(b"one\ntwo \x1b[31mred\x1b[0m\nthr\xff\n")
    run.output(b"oops\n", Stream.STDERR)
    return run


def test_without_runs_a_pipe_gets_nothing_and_a_person_a_hint(home: Path) -> None:
    assert run_command(home, "runs").stdout == ""
    with at_terminal(home, "runs") as terminal:
        assert terminal.end() == 0
        assert "No runs yet" in terminal.text


def test_runs_are_listed_newest_first(home: Path, project: Path, run: RecordedRun) -> None:
    run.end()
    RecordedRun(home, project, SECOND, time.time())

    lines = [line.split("\t") for line in run_command(home, "runs").stdout.splitlines()]

    assert [line[0] for line in lines] == [SECOND, FIRST]
    assert lines[1][2:] == ["1.500", "runtime_failed", "exit-code", "3", str(project)]
    assert lines[0][2:] == ["-", "live", "-", "-", str(project)]


def test_a_person_sees_a_table(home: Path, run: RecordedRun) -> None:
    run.end()
    with at_terminal(home, "runs", columns=120) as terminal:
        assert terminal.end() == 0
    head, row = terminal.rows
    assert head.split() == ["RUN", "PLAYED", "TOOK", "ENDED", "PROJECT"]
    assert row.index("exit code 3") == head.index("ENDED")
    assert row.startswith(FIRST)
    assert "1.5 s" in row


def test_runs_of_one_project_limited_and_as_json(
    home: Path, project: Path, run: RecordedRun, tmp_path: Path
) -> None:
    run.end()
    RecordedRun(home, tmp_path, SECOND, time.time()).end()

    only = json.loads(run_command(home, "runs", "--project", str(project), "--json").stdout)
    limited = json.loads(run_command(home, "runs", "--limit", "1", "--json").stdout)

    assert [fields["run_id"] for fields in only] == [FIRST]
    assert [fields["run_id"] for fields in limited] == [SECOND]
    assert only[0]["live"] is False
    assert only[0]["exit"]["code"] == 3


def test_what_a_run_wrote_is_copied_once_asked_for(
    home: Path, project: Path, run: RecordedRun
) -> None:
    run.wrote("scores/best.txt", "100")
    run.end()
    done = run_command(home, "runs", "--copy-written", "last")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["scores/best.txt"]
    assert (project / "scores/best.txt").read_text() == "100"


def test_a_file_that_changed_since_is_replaced_only_by_force(
    home: Path, project: Path, run: RecordedRun
) -> None:
    run.wrote("a.txt", "from the run")
    run.wrote("b.txt", "from the run")
    run.end()
    (project / "a.txt").write_text("edited since")

    refused = run_command(home, "runs", "--copy-written", FIRST)
    assert refused.returncode == 1
    assert "a.txt" in refused.stderr
    assert "--force" in refused.stderr
    assert (project / "a.txt").read_text() == "edited since"
    assert not (project / "b.txt").exists()

    assert run_command(home, "runs", "--copy-written", FIRST, "--force").returncode == 0
    assert (project / "a.txt").read_text() == "from the run"


def test_a_file_as_it_was_before_the_run_is_replaced(home: Path, project: Path) -> None:
    (project / "a.txt").write_text("before")
    time.sleep(0.05)
    run = RecordedRun(home, project, FIRST, time.time())
    run.wrote("a.txt", "after")
    run.end()
    assert run_command(home, "runs", "--copy-written", FIRST).returncode == 0
    assert (project / "a.txt").read_text() == "after"


def test_a_project_that_went_away_gets_nothing(home: Path, project: Path, run: RecordedRun) -> None:
    run.wrote("a.txt", "x")
    run.end()
    project.rmdir()
    done = run_command(home, "runs", "--copy-written", FIRST)
    assert done.returncode == 1
    assert "[project-gone]" in done.stderr
    assert not (project.parent / "a.txt").exists()


def test_a_finished_run_can_be_deleted_and_a_live_one_cannot(home: Path, run: RecordedRun) -> None:
    refused = run_command(home, "runs", "--delete", FIRST)
    assert refused.returncode == 1
    assert "[run-is-live]" in refused.stderr
    run.end()
    assert run_command(home, "runs", "--delete", FIRST).returncode == 0
    assert run_command(home, "runs").stdout == ""


def messages(text: str) -> list[str]:
    """What follows time and source on each line."""
    return [line[19:] for line in text.splitlines()]


def test_a_log_shows_every_row_with_time_and_source(home: Path, run: RecordedRun) -> None:
    run.end()
    lines = run_command(home, "log", "last").stdout.splitlines()
    assert [line[11:] for line in lines] == [
        "· preparing",
        "build   compiled 2 files",
        "check   ✗ main.py:3:9: '(' was never closed [syntax-error]",
        "        Close the bracket.",
        "run     one",
        "run     two \x1b[31mred\x1b[0m\x1b[0m",
        "run     thr�",
        "run err oops",
        "✗ runtime failed",
    ]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--source", "build"], ["compiled 2 files"]),
        (
            ["-s", "build", "-s", "check", "--severity", "info", "-x", "closed"],
            ["compiled 2 files"],
        ),
        (["--grep", "^t"], ["two \x1b[31mred\x1b[0m\x1b[0m", "thr�"]),
        (["--source", "runtime", "--exclude", "o"], ["thr�"]),
        (["--grep", "no such thing"], []),
    ],
)
def test_filters(home: Path, run: RecordedRun, options: list[str], expected: list[str]) -> None:
    run.end()
    done = run_command(home, "log", FIRST[:12], *options)
    assert done.returncode == 0, done.stderr
    assert messages(done.stdout) == expected


def test_a_log_as_json(home: Path, run: RecordedRun) -> None:
    run.end()
    rows = [
        json.loads(line) for line in run_command(home, "log", "last", "--jsonl").stdout.splitlines()
    ]
    assert [row["seq"] for row in rows] == list(range(1, 9))
    assert rows[0]["type"] == "state"
    assert rows[2]["location"] == {"path": "main.py", "line": 3, "column": 9}
    assert {row["run"] for row in rows} == {FIRST}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["log", "nope"], 1, "[run-not-found]"),
        (["log", "last", "--grep", "("], 2, "[invalid-pattern]"),
        (["log", "last", "--source", "engine"], 2, "build, check, pack, run"),
        (["log", "last", "--severity", "loud"], 2, "debug, info, warning, error"),
        (["runs", "--limit", "-1"], 2, "--limit"),
        (["runs", "--copy-written", "nope"], 1, "[run-not-found]"),
    ],
)
def test_mistakes_are_told_in_one_breath(
    home: Path, run: RecordedRun, arguments: list[str], code: int, said: str
) -> None:
    run.end()
    done = run_command(home, *arguments)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_following_shows_what_another_process_appends_until_the_end(
    home: Path, run: RecordedRun
) -> None:
    with subprocess.Popen(
        [*COMMAND, "log", "last", "--follow"], stdout=subprocess.PIPE, env=environment(home)
    ) as process:
        assert process.stdout is not None
        seen = [process.stdout.readline() for _ in range(8)]
        assert b"oops" in seen[-1]
        run.output(b"later\n")
        assert process.stdout.readline().endswith(b"run     later\n")
        run.end()
        assert b"runtime failed" in process.stdout.read()
        assert process.wait(20) == 0


def test_following_with_a_filter(home: Path, run: RecordedRun) -> None:
    with subprocess.Popen(
        [*COMMAND, "log", "last", "-f", "--grep", "wanted"],
        stdout=subprocess.PIPE,
        env=environment(home),
    ) as process:
        assert process.stdout is not None
        run.output(b"unwelcome\nwanted 1\n")
        assert process.stdout.readline().endswith(b"wanted 1\n")
        run.output(b"wanted 2\n")
        assert process.stdout.readline().endswith(b"wanted 2\n")
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        assert process.stdout.read() == b""


def test_a_reader_who_leaves_early_is_no_failure(home: Path, run: RecordedRun) -> None:
    run.output(b"x" * 70 + b"\n" + b"y" * 70 + b"\n" * 50_000)
    run.end()
    with subprocess.Popen(
        [*COMMAND, "log", "last"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(home),
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        os.read(process.stdout.fileno(), 100)
        process.stdout.close()
        assert process.wait(20) == 141
        assert process.stderr.read() == b""
