"""`playhead play` in real processes: in a pipe, at a terminal, with every kind of input."""

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.playhead import COMMAND, environment, playing, processes_of, run_command
from tests.support.pty_command import CTRL_C, CTRL_D, at_terminal

pytestmark = pytest.mark.e2e

Write = Callable[[str], Path]
COOPERATIVE = """
import time
print("started", flush=True)
try:
    time.sleep(600)
except KeyboardInterrupt:
    print("cleaning up", flush=True)
"""
DEAF = """
import signal, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
print("started", flush=True)
time.sleep(600)
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_program(text: str) -> Path:
        (tmp_path / "project").mkdir(exist_ok=True)
        (tmp_path / "project" / "main.py").write_text(text)
        return tmp_path / "project"

    return write_program


def run_id_in(home: Path) -> str:
    """The newest run of this home."""
    return str(json.loads(run_command(home, "runs", "--json", "--limit", "1").stdout)[0]["run_id"])


def test_a_pipe_gets_plain_lines(home: Path, write: Write) -> None:
    project = write("import sys; print('out'); print('err', file=sys.stderr); print(sys.argv[1:])")
    done = run_command(home, "play", str(project), "--", "--jsonl", "-x")

    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "\x1b" not in done.stdout
    lines = done.stdout.splitlines()
    assert {"out", "err", "['--jsonl', '-x']"} <= set(lines)
    assert re.fullmatch(r"\d\d:\d\d\.\d{3}  ■ stopped  .+", lines[-1])
    for word in ("build", "check", "pack", "run"):
        assert any(re.match(rf"\d\d:\d\d\.\d{{3}}  {word} +\S", line) for line in lines), word


def test_colour_is_forced_and_forbidden_by_the_environment(home: Path, write: Write) -> None:
    project = write("print('out')")
    forced = run_command(home, "play", str(project), NO_COLOR="", FORCE_COLOR="1")
    assert {f"\x1b[{sgr}m" for sgr in (34, 35, 33, 36)} <= set(
        re.findall("\x1b.*?m", forced.stdout)
    )
    forbidden = run_command(home, "play", str(project), NO_COLOR="1", FORCE_COLOR="1")
    assert "\x1b" not in forbidden.stdout


def test_times_and_debug_entries_when_asked_for(home: Path, write: Write) -> None:
    project = write("import sys; print('out'); print('err', file=sys.stderr)")
    done = run_command(home, "play", str(project), "--times", "--verbose")
    assert re.search(r"^\d\d:\d\d\.\d{3}  run     out$", done.stdout, re.MULTILINE)
    assert re.search(r"^\d\d:\d\d\.\d{3}  run err err$", done.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    ("program", "code"),
    [
        ("raise SystemExit(3)", 3),
        ("1 / 0", 1),
        ("import os; os._exit(7)", 7),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", 143),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", 139),
    ],
)
def test_exit_codes_are_the_programs(home: Path, write: Write, program: str, code: int) -> None:
    done = run_command(home, "play", str(write(program)))
    assert done.returncode == code
    assert "✗ runtime failed" in done.stdout.splitlines()[-1] + done.stdout.splitlines()[-2]


def test_what_cannot_be_prepared_is_125_with_the_place(
    home: Path, write: Write, tmp_path: Path
) -> None:
    broken = run_command(home, "play", str(write("print((\n")))
    assert broken.returncode == 125
    assert "main.py:1:" in broken.stdout
    assert "✗ prepare failed" in broken.stdout
    missing = run_command(home, "play", str(tmp_path / "nothing"))
    assert missing.returncode == 125
    assert "Traceback" not in broken.stdout + broken.stderr + missing.stdout + missing.stderr


def test_check_says_everything_and_plays_nothing(home: Path, write: Write, tmp_path: Path) -> None:
    good = run_command(home, "check", str(write("open('played', 'w')")))
    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout.endswith("the project can be played\n")

    project = write("print((\n")
    (project / "other.py").write_text("def f(:\n")
    bad = run_command(home, "check", str(project))
    assert bad.returncode == 125
    assert "main.py:1:" in bad.stdout
    assert "other.py:1:" in bad.stdout
    assert bad.stdout.endswith("the project cannot be played\n")

    assert run_command(home, "check", str(tmp_path / "nothing")).returncode == 125


def test_jsonl_is_one_object_a_line_in_sequence(home: Path, write: Write) -> None:
    done = run_command(home, "play", str(write("print('out')")), "--jsonl")
    rows = [json.loads(line) for line in done.stdout.splitlines()]

    assert [row["seq"] for row in rows[:-1]] == list(range(1, len(rows)))
    assert {row["type"] for row in rows[:-1]} == {"state", "log"}
    assert {row["run"] for row in rows} == {rows[0]["run"]}
    assert list(rows[-1]) == [
        "type", "run", "state", "cause", "code", "message", "content_id", "duration_s",
    ]  # fmt: skip
    assert rows[-1]["cause"] == "finished"
    assert rows[-1]["content_id"].startswith("sha256:")
    for row in rows[:-1]:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", row["at"])
    (out,) = [row for row in rows if row.get("stream")]
    assert (out["source"], out["message"], out["stream"]) == ("runtime", "out", "stdout")


def test_a_pipe_is_the_programs_input(home: Path, write: Write) -> None:
    project = write("import sys; data = sys.stdin.read(); print(len(data), data[-4:])")
    done = run_command(home, "play", str(project), stdin=b"x" * 300_000 + b"\nend")
    assert "300004 \nend\n" in done.stdout


@pytest.mark.parametrize("source", ["file", "null", "closed"])
def test_every_kind_of_input_comes_to_its_end(
    home: Path, write: Write, source: str, tmp_path: Path
) -> None:
    project = write("import sys; print('read', len(sys.stdin.read()))")
    (tmp_path / "in").write_text("x" * 200_000)
    redirection = {"file": f"< {tmp_path / 'in'}", "null": "< /dev/null", "closed": "<&-"}[source]
    command = " ".join(f"'{part}'" for part in [*COMMAND, "play", str(project)])
    done = subprocess.run(
        ["/bin/sh", "-c", f"exec {command} {redirection}"],
        capture_output=True,
        text=True,
        timeout=60,
        env=environment(home),
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"read {200_000 if source == 'file' else 0}\n" in done.stdout


def test_a_reader_who_leaves_early_stops_the_run(home: Path, write: Write) -> None:
    project = write("import time\nwhile True: print('tick', flush=True); time.sleep(0.02)")
    with subprocess.Popen(
        [*COMMAND, "play", str(project)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(home),
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        while process.stdout.readline() != b"tick\n":
            pass
        process.stdout.close()
        assert process.wait(30) == 141
        assert process.stderr.read() == b""
    assert not processes_of(run_id_in(home))


def test_ctrl_c_once_lets_the_program_clean_up(home: Path, write: Write) -> None:
    with at_terminal(home, "play", str(write(COOPERATIVE))) as terminal:
        terminal.until("started")
        terminal.type(CTRL_C)
        assert terminal.end() == 130
    assert terminal.rows[-2] == "cleaning up"
    assert "■ stopped" in terminal.rows[-1]
    assert "^C" not in terminal.text
    assert not processes_of(run_id_in(home))


def test_ctrl_c_twice_ends_a_deaf_program_at_once(home: Path, write: Write) -> None:
    with at_terminal(home, "play", str(write(DEAF))) as terminal:
        terminal.until("started")
        terminal.type(CTRL_C)
        terminal.until("Ctrl-C again ends it at once")
        pressed = time.monotonic()
        terminal.type(CTRL_C)
        assert terminal.end() == 130
    assert time.monotonic() - pressed < 20, "well before any grace could have been waited for"
    assert "Ctrl-C again" not in terminal.text, "a passing word leaves no trace"


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)]
)
def test_signals_stop_and_name_themselves(
    home: Path, write: Write, number: signal.Signals, code: int
) -> None:
    with playing(home, write(COOPERATIVE)) as play:
        play.until_message("started")
        play.process.send_signal(number)
        assert play.end() == code
        assert play.exit["cause"] == "stopped-by-user"
        assert play.output() == ["started", "cleaning up"]


def test_a_signal_that_was_ignored_stays_ignored(home: Path, write: Write) -> None:
    command = " ".join(f"'{part}'" for part in [*COMMAND, "play", str(write("print(input())"))])
    with subprocess.Popen(
        ["/bin/sh", "-c", f"trap '' HUP; exec {command}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(home),
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        while "running" not in process.stdout.readline().decode():
            pass
        process.send_signal(signal.SIGHUP)
        process.stdin.write(b"still here\n")
        process.stdin.flush()
        assert b"still here" in process.stdout.read()
        assert process.wait(30) == 0


def test_a_terminal_that_is_closed_stops_the_run(home: Path, write: Write) -> None:
    with at_terminal(home, "play", str(write(COOPERATIVE))) as terminal:
        terminal.until("started")
        terminal.hang_up()
        assert terminal.process.wait(30) == 129
    assert not processes_of(run_id_in(home))


def test_a_prompt_is_shown_at_once_and_answered(home: Path, write: Write) -> None:
    project = write("name = input('name? ')\nage = input('age? ')\nprint('hello', name, age)")
    with at_terminal(home, "play", str(project)) as terminal:
        terminal.until("name? ")
        terminal.type(b"Ada\n")
        terminal.until("age? ")
        terminal.type(b"36\n")
        assert terminal.end() == 0
    assert terminal.rows[-4:-1] == ["name? Ada", "age? 36", "hello Ada 36"]


def test_ctrl_d_ends_the_programs_input(home: Path, write: Write) -> None:
    project = write("import sys; print('waiting', flush=True); print(repr(sys.stdin.read()))")
    with at_terminal(home, "play", str(project)) as terminal:
        terminal.until("waiting")
        terminal.type(b"line\n" + CTRL_D)
        assert terminal.end() == 0
    assert "'line\\n'" in terminal.rows


def test_a_progress_bar_stays_one_row(home: Path, write: Write) -> None:
    project = write(
        "import sys, time\n"
        "for i in range(101):\n"
        "    sys.stderr.write(f'\\r{i:3}% ' + '#' * (2 * i)); sys.stderr.flush()\n"
        "    time.sleep(0.004)\n"
        "print('\\ndone')\n"
        "for i in range(20):\n"
        "    print(f'{i}/19', end='\\r', flush=True); time.sleep(0.01)\n"
    )
    with at_terminal(home, "play", str(project), columns=60) as terminal:
        assert terminal.end() == 0
    bars = [row for row in terminal.rows if re.match(r" *\d+% ", row)]
    assert len(bars) == 1
    assert sum("/19" in row for row in terminal.rows) == 1
    assert terminal.written.count("\x1b[J") < 121 + 40, "drawn at the pace of a screen"


def test_a_program_cannot_play_tricks_on_the_terminal(home: Path, write: Write) -> None:
    tricks = (
        r"print('\x1b[2J\x1b[H\x1b]0;title\x07\x1b[31mred'); print('still red\x1b[0m', '\x1b[5A')"
    )
    with at_terminal(home, "play", str(write(tricks))) as terminal:
        assert terminal.end() == 0
    assert terminal.rows[-3:-1] == ["red", "still red"]
    assert "\x1b[31mstill red" in terminal.written


def test_a_dumb_terminal_gets_plain_lines(home: Path, write: Write) -> None:
    project = write(
        "import time; print('wait', end='', flush=True); time.sleep(0.3); print(' over')"
    )
    with at_terminal(home, "play", str(project), TERM="dumb", NO_COLOR="") as terminal:
        assert terminal.end() == 0
    assert "\x1b" not in terminal.written
    assert "wait over" in terminal.rows


def test_a_terminal_that_shows_nothing_more_does_not_hold_ctrl_c_up(
    home: Path, write: Write
) -> None:
    project = write("while True: print('x' * 70)")
    with at_terminal(home, "play", str(project)) as terminal:
        terminal.until("xxx")
        time.sleep(0.5)  # nobody reads the terminal now, so writing to it blocks
        terminal.type(CTRL_C)
        time.sleep(3)
        if terminal.process.poll() is None:
            terminal.type(CTRL_C)
        assert terminal.process.wait(30) == 130
    assert not processes_of(run_id_in(home))


def test_after_ctrl_c_the_rest_of_a_flood_is_named_and_not_shown(home: Path, write: Write) -> None:
    project = write("number = 0\nwhile True: number += 1; print('line', number)")
    with at_terminal(home, "play", str(project)) as terminal:
        terminal.until("line 9")
        time.sleep(1.5)  # the terminal is slow, and the log runs ahead of it
        terminal.type(CTRL_C)
        assert terminal.end() == 130
    (hidden,) = re.findall(r"… ([\d,]+) lines not shown; `playhead log (\S+)`", terminal.written)
    assert int(hidden[0].replace(",", "")) > 1000
    assert run_command(home, "log", hidden[1], "--grep", "^line 1$").stdout.endswith("line 1\n")


def test_check_can_be_interrupted(home: Path, write: Write) -> None:
    project = write("print('hello')")
    for number in range(3000):
        text = "".join(f"def f{line}(): return {number}\n" for line in range(40))
        (project / f"module_{number}.py").write_text(text)
    with at_terminal(home, "check", str(project)) as terminal:
        terminal.until("\x1b[J")  # it takes its time, and says so
        terminal.type(CTRL_C)
        assert terminal.end() == 130
    assert "played" not in terminal.text
    assert "Traceback" not in terminal.text


def test_what_a_run_wrote_is_told_and_copied(home: Path, write: Write) -> None:
    project = write("open('score.txt', 'w').write('100')")
    done = run_command(home, "play", str(project))
    assert "score.txt" in done.stdout
    assert not (project / "score.txt").exists()
    (command,) = re.findall(r"playhead (runs --copy-written \S+)", done.stdout)
    assert run_command(home, *command.split()).returncode == 0
    assert (project / "score.txt").read_text() == "100"


def test_the_log_of_a_run_is_read_back_and_followed(home: Path, write: Write) -> None:
    project = write("print('one', flush=True)\nprint('got', input())")
    with playing(home, project) as play:
        play.until_message("one")
        with subprocess.Popen(
            [*COMMAND, "log", play.rows[0]["run"], "--follow", "--source", "run"],
            stdout=subprocess.PIPE,
            env=environment(home),
        ) as follower:
            assert follower.stdout is not None
            while not follower.stdout.readline().endswith(b"  run     one\n"):
                pass
            play.send(b"it\n")
            assert play.end() == 0
            assert b"  run     got it\n" in follower.stdout.read()
            assert follower.wait(30) == 0
    assert "live" not in run_command(home, "runs", "--limit", "1").stdout


@pytest.mark.parametrize("template", ["app", "tool"])
def test_a_new_project_plays(home: Path, tmp_path: Path, template: str) -> None:
    folder = tmp_path / "made"
    assert run_command(home, "new", template, str(folder)).returncode == 0
    done = run_command(home, "play", str(folder), "--times")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.network
def test_a_new_game_plays_until_it_is_stopped(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "game"
    assert run_command(home, "new", "game", str(folder)).returncode == 0
    silent = {"SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy"}
    with playing(home, folder, env=silent) as play:
        play.until_state("running")
        play.until_message("pygame")
        play.interrupt()
        assert play.end() == 130, play.told()


def test_an_interrupt_while_the_command_starts_is_quiet(home: Path, write: Write) -> None:
    project = write("import time; time.sleep(600)")
    for delay in (0.0, 0.02, 0.05, 0.1, 0.15, 0.25):
        with subprocess.Popen(
            [*COMMAND, "play", str(project)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environment(home),
        ) as process:
            assert process.stderr is not None
            time.sleep(0.05 + delay)  # before that, Python itself is not up yet
            process.send_signal(signal.SIGINT)
            process.wait(30)
            assert b"studio" not in process.stderr.read()


def test_nothing_of_the_environment_is_written_to(home: Path, write: Write) -> None:
    project = write("print('hello')")
    before = sorted(os.listdir(project))
    assert run_command(home, "play", str(project)).returncode == 0
    assert sorted(os.listdir(project)) == before
