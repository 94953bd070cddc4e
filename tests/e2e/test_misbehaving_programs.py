"""Programs that misbehave, played by the command: the right end, every byte, nobody left."""

import json
import time
from pathlib import Path

import pytest

from tests.support.playhead import Playing, playing, processes_of

pytestmark = pytest.mark.e2e
PROGRAMS = Path(__file__).parent / "fixtures" / "programs"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


def assert_end(play: Playing, code: int, cause: str) -> None:
    assert play.end() == code, play.told()[-3000:]
    assert play.exit["cause"] == cause, play.exit
    assert processes_of(play.exit["run"]) == []


def test_six_processes_are_gone_when_it_says_stopped(home: Path) -> None:
    with playing(home, PROGRAMS / "tree_of_six.py") as play:
        play.until_message("ready")
        run_id = play.rows[0]["run"]
        assert len(processes_of(run_id)) >= 7, "six, and the launcher"
        play.interrupt()
        assert_end(play, 130, "stopped-by-user")


def test_a_deaf_program_is_ended_after_the_grace(home: Path) -> None:
    with playing(home, PROGRAMS / "ignores_signals.py") as play:
        play.until_message("deaf")
        started = time.monotonic()
        play.interrupt()
        assert_end(play, 130, "stopped-by-user")
        assert 5 < time.monotonic() - started < 20, "the unattended grace is 6 s"


def test_a_million_lines_then_a_sudden_exit_lose_nothing(home: Path) -> None:
    with playing(home, PROGRAMS / "million_lines.py", "200000") as play:
        assert_end(play, 3, "exit-code")
        expected = [str(number) for number in range(100_000)]
        assert play.output("stdout") == expected
        assert play.output("stderr") == expected


def test_a_program_that_closes_its_stdout_goes_on(home: Path) -> None:
    with playing(home, PROGRAMS / "closes_stdout.py") as play:
        assert_end(play, 4, "exit-code")
        assert play.output() == ["before"]
        assert "after" in play.output("stderr")


def test_a_segfault_is_named(home: Path) -> None:
    with playing(home, PROGRAMS / "segfault.py") as play:
        assert_end(play, 139, "segfault")
        assert "SIGSEGV" in play.exit["message"] or "memory" in play.exit["message"]


def test_half_a_line_before_a_sudden_exit_is_kept(home: Path) -> None:
    with playing(home, PROGRAMS / "exit_mid_line.py") as play:
        assert_end(play, 3, "exit-code")
        assert play.output() == ["a whole line", "half a line"]


def test_running_out_of_memory_is_named(home: Path) -> None:
    with playing(home, PROGRAMS / "memory_hog.py") as play:
        assert_end(play, 1, "out-of-memory")
        assert play.exit["message"]


def test_a_grandchild_that_holds_the_pipe_is_named_and_ended(home: Path) -> None:
    with playing(home, PROGRAMS / "holds_pipe.py") as play:
        started = time.monotonic()
        assert_end(play, 0, "finished")
        assert time.monotonic() - started < 20
        assert play.output() == ["done"]
        (held,) = [entry for entry in play.entries() if entry["code"] == "output-held"]
        assert "python" in held["message"]
        assert [entry for entry in play.entries() if entry["code"] == "left-running"]


def test_fifty_megabytes_without_a_newline_arrive_whole(home: Path) -> None:
    with playing(home, PROGRAMS / "no_newline_50mb.py") as play:
        assert_end(play, 0, "finished")
        rows = [row for row in play.entries("runtime") if row["stream"] == "stdout"]
        assert all(row["continued"] for row in rows[:-1])
        assert not rows[-1]["continued"]
        block = "0123456789abcdef" * 4096
        assert "".join(row["message"] for row in rows) == block * (50_000_000 // len(block) + 1)


def test_invalid_utf8_is_shown_and_kept_byte_for_byte(home: Path) -> None:
    with playing(home, PROGRAMS / "invalid_utf8.py") as play:
        assert_end(play, 0, "finished")
        assert play.output()[0] == "good"
        assert play.output()[-1] == "split € euro"
        spool = (home / "runs" / play.exit["run"] / "log.spool").read_bytes()
        assert b"\xff\xfe bad \xc3\n" in spool


def test_a_program_that_deletes_its_own_files_ends_in_order(home: Path) -> None:
    source = PROGRAMS / "deletes_itself.py"
    with playing(home, source) as play:
        assert_end(play, 1, "exception")
        assert play.output() == ["one", "two"]
    assert source.exists()


def test_a_project_with_our_names_in_it_plays(home: Path) -> None:
    with playing(home, PROGRAMS / "own_session") as play:
        assert play.end() == 0, play.told()


def test_processes_that_fork_as_fast_as_they_can_are_ended(home: Path) -> None:
    with playing(home, PROGRAMS / "fork_rabbit.py") as play:
        play.until_state("running")
        time.sleep(0.5)
        run_id = play.rows[0]["run"]
        play.interrupt()
        time.sleep(0.2)
        play.interrupt()
        play.end()
        assert play.exit["state"] == "stopped", json.dumps(play.exit)
        assert processes_of(run_id) == []
