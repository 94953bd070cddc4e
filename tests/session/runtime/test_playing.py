"""Programs are played as `python main.py` would, and nothing they print is lost."""

import asyncio
import json
import pickle
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from session.exit_info import Cause
from session.log.entry import Severity, Stream
from session.runtime.process_runtime import ProcessRuntime
from session.settings import SessionSettings
from tests.support.playing import Played, finish, make_launch, play, program_files, start
from tests.support.process_watch import members


async def play_program(tmp_path: Path, name: str, *args: str, stdin: bytes = b"") -> Played:
    return await play(make_launch(tmp_path, program_files(name), args=args), stdin=stdin)


async def play_source(tmp_path: Path, source: str) -> Played:
    return await play(make_launch(tmp_path, {"main.py": source}))


async def report(
    tmp_path: Path,
    args: Sequence[str] = (),
    environ: Mapping[str, str] | None = None,
    env_names: Sequence[str] = (),
) -> dict[str, Any]:
    files = program_files("reports_itself")
    launch = make_launch(tmp_path, files, args=args, environ=environ, env_names=env_names)
    played = await play(launch)
    assert played.exit.cause is Cause.FINISHED, played.stderr
    seen: dict[str, Any] = json.loads(played.stdout)
    return seen


async def test_output_comes_only_after_wait_was_called(tmp_path: Path) -> None:
    launch = make_launch(tmp_path, {"main.py": "import sys\nprint('out')\nsys.exit('err')"})
    execution, sink = await start(launch)
    await asyncio.sleep(0.3)
    assert not sink.stdout
    played = await finish(execution, sink, launch)
    assert (played.stdout, played.stderr) == ("out\n", "err\n")
    assert sorted(played.sink.ended) == [Stream.STDERR, Stream.STDOUT]


async def test_a_program_sees_what_plain_python_would_show(tmp_path: Path) -> None:
    ours = await report(tmp_path, args=["x", "caf\u00e9", ""])
    bare = tmp_path / "bare"
    bare.mkdir()
    (bare / "main.py").write_bytes(bytes(program_files("reports_itself")["main.py"]))  # type: ignore[arg-type]
    command = [sys.executable, "main.py", "x", "caf\u00e9", ""]
    done = await asyncio.to_thread(
        subprocess.run,
        command,
        cwd=bare,
        env=ours["env"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        start_new_session=True,
    )
    plain = json.loads(done.stdout.decode().replace(str(bare), ours["cwd"]))
    extra = set(ours.pop("modules")) - set(plain.pop("modules"))
    assert extra <= {"atexit", "_posixsubprocess"}  # both are C: nothing of the user's is shadowed
    assert set(ours.pop("fds")) - set(plain.pop("fds")) == {250, 251}
    assert ours == plain


async def test_nothing_of_ours_is_visible(tmp_path: Path) -> None:
    seen = await report(tmp_path)
    names = {name.partition(".")[0] for name in seen["modules"]}
    assert not names & {"session", "studio", "shipper", "resources", "_playhead_worker", "PySide6"}
    assert not any("session/worker" in path for path in seen["path"])
    assert seen["inheritable"] == [0, 1, 2]


async def test_the_program_starts_with_a_clean_slate(tmp_path: Path) -> None:
    seen = await report(tmp_path)
    assert seen["sigint"]
    assert seen["blocked"] == []
    assert seen["core"] == 0
    assert seen["session"]
    assert seen["main_is_main"]


async def test_a_parent_that_ignores_sigint_does_not_pass_that_on(tmp_path: Path) -> None:
    launch = make_launch(tmp_path, program_files("asyncio_server"))
    code = (
        "import asyncio, pickle, signal, sys\n"
        "from tests.support.playing import start, finish\n"
        "async def main():\n"
        "    launch = pickle.load(open(sys.argv[1], 'rb'))\n"
        "    execution, sink = await start(launch)\n"
        "    waiting = asyncio.create_task(finish(execution, sink, launch))\n"
        "    await sink.until('serving')\n"
        "    execution.interrupt()\n"
        "    print((await waiting).stdout)\n"
        "asyncio.run(main())\n"
    )
    (tmp_path / "launch").write_bytes(pickle.dumps(launch))
    python = f'exec {sys.executable} -c "$0" "$1"'
    done = await asyncio.to_thread(
        subprocess.run,
        ["/bin/sh", "-c", f"trap '' INT QUIT TERM; {python}", code, str(tmp_path / "launch")],
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert "finally ran\natexit ran" in done.stdout, done.stderr


async def test_a_project_may_have_our_names(tmp_path: Path) -> None:
    played = await play_program(tmp_path, "own_session")
    assert played.stdout == "my session my studio\n", played.stderr


async def test_a_project_may_shadow_the_standard_library(tmp_path: Path) -> None:
    played = await play_program(tmp_path, "shadows_json")
    assert played.stdout == "json queue struct time\n", played.stderr


@pytest.mark.slow
async def test_pools_of_every_kind_work(tmp_path: Path) -> None:
    played = await play_program(tmp_path, "pool")
    assert played.stdout == "fork 12\nspawn 12\nforkserver 12\nmanager True\n", played.stderr
    assert not played.sink.with_code("left-running")


async def test_a_pool_works_from_a_module_too(tmp_path: Path) -> None:
    source = program_files("pool")["main.py"]
    files = {"tool/__init__.py": "", "tool/run.py": source}
    played = await play(make_launch(tmp_path, files, form="module", entry="tool.run"))
    assert played.stdout.startswith("fork 12\nspawn 12\n"), played.stderr


async def test_a_module_is_run_as_with_dash_m(tmp_path: Path) -> None:
    source = (
        "import sys\nprint(__spec__.name, __package__, sys.argv[1:], sys.path[0] in sys.argv[0])"
    )
    files = {"pkg/__init__.py": "", "pkg/__main__.py": source}
    played = await play(make_launch(tmp_path, files, form="module", entry="pkg", args=["a"]))
    assert played.stdout == "pkg.__main__ pkg ['a'] True\n", played.stderr


async def test_a_module_of_the_standard_library_can_be_the_program(tmp_path: Path) -> None:
    args = ["0", "--bind", "127.0.0.1"]
    launch = make_launch(tmp_path, {"page": ""}, form="module", entry="http.server", args=args)
    execution, sink = await start(launch)
    waiting = asyncio.create_task(finish(execution, sink, launch))
    await sink.until("Serving HTTP on 127.0.0.1")
    await asyncio.sleep(0.5)  # it says so just before it listens for the interrupt
    execution.interrupt()
    played = await waiting
    assert "Keyboard interrupt received, exiting." in played.stdout
    assert played.exit.code == 0


async def test_a_function_is_called_and_its_result_is_the_exit_code(tmp_path: Path) -> None:
    source = (
        "import sys\n"
        "class App:\n"
        "    @staticmethod\n"
        "    def run():\n"
        "        print(sys.argv[1:], __name__)\n"
        "        return 5\n"
    )
    files = {"app/__init__.py": "", "app/main.py": source}
    launch = make_launch(tmp_path, files, form="function", entry="app.main:App.run", args=["q"])
    played = await play(launch)
    assert played.stdout == "['q'] app.main\n", played.stderr
    assert played.exit.code == 5


async def test_input_is_passed_on(tmp_path: Path) -> None:
    played = await play_program(tmp_path, "asks_input", stdin=b"Ada\n")
    assert played.stdout == "name? hello Ada\nno more\n"


async def test_a_prompt_arrives_before_its_answer(tmp_path: Path) -> None:
    launch = make_launch(tmp_path, program_files("asks_input"))
    execution, sink = await start(launch)
    waiting = asyncio.create_task(finish(execution, sink, launch))
    await sink.until("name? ")
    execution.send_input("Gr\u00fcn\n".encode())
    await sink.until("hello Gr\u00fcn\n")
    execution.close_input()
    assert (await waiting).exit.cause is Cause.FINISHED


async def test_a_lot_of_input_does_not_block_us(tmp_path: Path) -> None:
    source = "import sys\nprint(len(sys.stdin.buffer.read()))"
    launch = make_launch(tmp_path, {"main.py": source})
    played = await play(launch, stdin=b"x" * 5_000_000)
    assert played.stdout == "5000000\n"


async def test_input_to_a_program_that_does_not_read_is_harmless(tmp_path: Path) -> None:
    played = await play(make_launch(tmp_path, {"main.py": "print('hi')"}), stdin=b"x" * 3_000_000)
    assert played.exit.cause is Cause.FINISHED


async def test_leaving_without_goodbye_loses_nothing(tmp_path: Path) -> None:
    played = await play_program(tmp_path, "exit_mid_line")
    assert played.stdout == "a whole line\nhalf a line"
    assert played.exit.code == 3


async def test_many_lines_on_two_streams_all_arrive_in_order(tmp_path: Path) -> None:
    played = await play_program(tmp_path, "million_lines", "100000")
    expected = "".join(f"{number}\n" for number in range(50_000))
    assert played.stdout == expected
    assert played.stderr == expected
    assert played.exit.code == 3


async def test_bytes_are_passed_as_they_are(tmp_path: Path) -> None:
    played = await play_program(tmp_path, "invalid_utf8")
    raw = b"".join(played.sink.chunks[Stream.STDOUT])
    assert raw == b"good\n\xff\xfe bad \xc3\nsplit \xe2\x82\xac euro\n"
    assert b"".join(played.sink.chunks[Stream.STDERR]) == b"\x80\n"


async def test_a_huge_line_arrives(tmp_path: Path) -> None:
    played = await play_program(tmp_path, "no_newline_50mb")
    size = sum(len(chunk) for chunk in played.sink.chunks[Stream.STDOUT])
    assert size >= 50_000_000
    assert played.exit.cause is Cause.FINISHED


async def test_a_budget_of_the_loop_is_kept_while_a_program_floods(tmp_path: Path) -> None:
    launch = make_launch(tmp_path, program_files("floods"))
    execution, sink = await start(
        launch, ProcessRuntime(SessionSettings(isolation="none", output_budget_s=0.002))
    )
    waiting = asyncio.create_task(finish(execution, sink, launch))
    await sink.until("xxx")
    loop = asyncio.get_running_loop()
    worst = 0.0
    for _ in range(50):
        before = loop.time()
        await asyncio.sleep(0.005)
        worst = max(worst, loop.time() - before)
    execution.kill()
    await waiting
    assert worst < 1.0


async def test_children_share_the_output_in_order(tmp_path: Path) -> None:
    source = (
        "import subprocess, sys\n"
        "for n in range(5):\n"
        "    print('ours', n)\n"
        "    subprocess.run(['/bin/echo', 'theirs', str(n)])\n"
    )
    played = await play_source(tmp_path, source)
    expected = "".join(f"ours {number}\ntheirs {number}\n" for number in range(5))
    assert played.stdout == expected


async def test_a_forked_child_prints_once(tmp_path: Path) -> None:
    source = (
        "import os, sys\n"
        "print('before', end='')\n"
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    print('child')\n"
        "    os._exit(0)\n"
        "os.waitpid(pid, 0)\n"
        "print('parent')\n"
    )
    played = await play_source(tmp_path, source)
    assert played.stdout == "beforechild\nparent\n"


async def test_closing_everything_does_not_confuse_us(tmp_path: Path) -> None:
    played = await play_program(tmp_path, "closes_stdout")
    assert (played.stdout, played.stderr) == ("before\n", "after\n")
    assert played.exit.code == 4
    assert (played.folder / "written" / "mine.txt").read_text() == "only this"


async def test_a_program_may_delete_itself(tmp_path: Path) -> None:
    played = await play_program(tmp_path, "deletes_itself")
    assert played.stdout == "one\ntwo\n"
    assert played.exit.cause is Cause.EXCEPTION
    assert played.execution.deleted == ("main.py",)


@pytest.mark.parametrize(
    ("ending", "code", "stderr"),
    [
        ("sys.exit()", 0, ""),
        ("sys.exit(7)", 7, ""),
        ("sys.exit(256 + 5)", 5, ""),
        ("sys.exit('sorry')", 1, "sorry\n"),
        ("sys.exit([1])", 1, "[1]\n"),
        ("raise SystemExit(True)", 1, ""),
        ("exit(9)", 9, ""),
        (
            "import _thread; _thread.start_new_thread(sys.exit, (3,)); import time; time.sleep(.1)",
            0,
            "",
        ),
        ("import threading; threading.Thread(target=lambda: print('late')).start()", 0, ""),
        ("import os; os.abort()", None, ""),
    ],
)
async def test_exit_codes_are_kept(
    tmp_path: Path, ending: str, code: int | None, stderr: str
) -> None:
    source = f"import atexit, sys\natexit.register(print, 'bye')\n{ending}\n"
    played = await play_source(tmp_path, source)
    assert (played.exit.code, played.stderr) == (code, stderr)
    assert ("bye\n" in played.stdout) == (code is not None)
    if "late" in ending:
        assert played.stdout == "late\nbye\n"


async def test_output_while_the_interpreter_shuts_down_arrives(tmp_path: Path) -> None:
    source = (
        "class Last:\n"
        "    def __del__(self):\n"
        "        print('deleted')\n"
        "keep = Last()\n"
        "for _ in range(3000):\n"
        "    print('x' * 99)\n"
    )
    played = await play_source(tmp_path, source)
    assert played.stdout == ("x" * 99 + "\n") * 3000 + "deleted\n"
    assert not played.stderr


async def test_what_a_run_wrote_is_kept_and_the_rest_removed(tmp_path: Path) -> None:
    source = (
        "import os, tempfile\n"
        "open('new.txt', 'w').write('new')\n"
        "open('data/old.txt', 'a').write('more')\n"
        "open(os.path.expanduser('~/note'), 'w').write('home')\n"
        "tempfile.NamedTemporaryFile(delete=False)\n"
        "open(os.environ['PLAYHEAD_DATA'] + '/lasting', 'w').write('data')\n"
        "os.remove('gone.txt')\n"
    )
    files: dict[str, str | bytes] = {
        "main.py": source,
        "data/old.txt": "old ",
        "data/same.txt": "same",
        "gone.txt": "",
    }
    launch = make_launch(tmp_path, files)
    played = await play(launch)
    assert played.exit.cause is Cause.FINISHED, played.stderr
    assert played.execution.written == ("data/old.txt", "new.txt")
    assert played.execution.deleted == ("gone.txt",)
    assert (played.folder / "written/data/old.txt").read_text() == "old more"
    assert (launch.data / "lasting").read_text() == "data"
    assert [one.name for one in played.folder.iterdir()] == ["written"]
    assert "2 files" in played.sink.with_code("written")[0].message


async def test_a_project_that_asks_for_it_runs_in_its_own_folder(tmp_path: Path) -> None:
    source = "import os\nopen('here.txt', 'w').close()\nprint(os.getcwd(), __file__)"
    launch = make_launch(tmp_path, {"main.py": source}, write_project=True)
    played = await play(launch)
    assert (launch.prepared.root / "here.txt").exists()
    cwd, file = played.stdout.split()
    assert cwd == str(launch.prepared.root)
    assert file == str(launch.folder / "view" / "main.py")


async def test_the_environment_is_said_in_full(tmp_path: Path) -> None:
    environ = {"PATH": "/usr/bin", "SECRET": "s", "ASKED": "a", "PYTHONPATH": "/x", "LC_ALL": "C"}
    seen = await report(tmp_path, environ=environ, env_names=["ASKED", "PYTHONPATH"])
    env = seen["env"]
    assert (env["PATH"], env["ASKED"], env["LC_ALL"]) == ("/usr/bin", "a", "C")
    assert "SECRET" not in env
    assert "PYTHONPATH" not in env
    assert env["PYTHONUTF8"] == "1"
    assert Path(env["HOME"]).name == "home"
    assert len(env["TMPDIR"]) < 80


async def test_processes_left_running_are_ended_and_named(tmp_path: Path) -> None:
    launch = make_launch(tmp_path, program_files("leaves_behind"))
    played = await play(launch)
    assert played.exit.cause is Cause.FINISHED
    (entry,) = played.sink.with_code("left-running")
    assert entry.severity is Severity.WARNING
    assert entry.message.startswith("Ended 2 processes that the program left running: python")
    assert not members(launch.run_id)


async def test_a_grandchild_that_holds_the_pipe_is_named_and_ended(tmp_path: Path) -> None:
    launch = make_launch(tmp_path, program_files("holds_pipe"))
    played = await play(launch, ProcessRuntime(SessionSettings(isolation="none", drain_s=0.3)))
    assert played.stdout == "done\n"
    (entry,) = played.sink.with_code("output-held")
    assert "still holds its stdout and stderr" in entry.message
    assert not members(launch.run_id)


async def test_the_start_is_told_once(tmp_path: Path) -> None:
    played = await play_source(tmp_path, "pass")
    (entry,) = played.sink.with_code("started")
    assert "main.py with Python 3." in entry.message
    assert len(played.execution.identities) == 2


@pytest.mark.parametrize("flush", [False, True])
async def test_daemon_threads_that_print_do_not_abort_the_end(tmp_path: Path, flush: bool) -> None:
    source = (
        "import sys, threading, time\n"
        "def run():\n"
        f"    while True: print('y', flush={flush})\n"
        "for _ in range(4): threading.Thread(target=run, daemon=True).start()\n"
        "time.sleep(0.05)\n"
        "for n in range(500): sys.stdout.write(f'main {n}.')\n"
    )
    for _ in range(8):
        played = await play_source(tmp_path, source)
        assert played.exit.cause is Cause.FINISHED, (played.exit, played.stderr)
        assert not played.stderr
        for number in range(500):
            assert f"main {number}." in played.stdout


async def test_what_is_printed_while_the_interpreter_goes_is_not_lost(tmp_path: Path) -> None:
    source = (
        "import sys\n"
        "class Late:\n"
        "    def __init__(self): self.out = sys.stdout\n"
        "    def __del__(self): self.out.write('late')\n"
        "late = Late()\nprint('end')\n"
    )
    played = await play_source(tmp_path, source)
    assert played.stdout == "end\nlate"
