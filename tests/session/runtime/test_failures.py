"""Exceptions of programs, told as diagnostics with the project's own paths."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from session.exit_info import Cause
from session.log.entry import Location, NewEntry, Severity, Source
from tests.support.playing import Played, make_launch, play, program_files


async def fail(
    tmp_path: Path, source: str, environ: dict[str, str] | None = None
) -> tuple[Played, NewEntry]:
    played = await play(make_launch(tmp_path, {"main.py": source}, environ=environ))
    (entry,) = played.sink.errors()
    assert entry.source is Source.RUNTIME
    return played, entry


async def test_an_uncaught_exception_is_told_with_its_place(tmp_path: Path) -> None:
    source = "def f():\n    raise ValueError('bad')\n\nf()\n"
    played, entry = await fail(tmp_path, source)
    assert entry.message == "ValueError: bad"
    assert entry.location == Location("main.py", 2)
    assert entry.code == "uncaught-exception"
    assert played.exit.cause is Cause.EXCEPTION
    assert played.exit.code == 1
    assert played.stderr.startswith(
        "Traceback (most recent call last):\n"
        '  File "main.py", line 4, in <module>\n'
        "    f()\n"
        '  File "main.py", line 2, in f\n'
        "    raise ValueError('bad')\n"
    )
    assert played.stderr.endswith("ValueError: bad\n")


async def test_the_innermost_place_of_the_project_counts(tmp_path: Path) -> None:
    source = "import json\n\ndef f():\n    json.loads('{')\nf()"
    _played, entry = await fail(tmp_path, source)
    assert entry.location == Location("main.py", 4)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("class E(Exception):\n  def __str__(self): 1/0\nraise E", "E: <exception str() failed>"),
        ("def f(): f()\nf()", "RecursionError: maximum recursion depth exceeded"),
        ("x = (", "SyntaxError: '(' was never closed"),
        ("exec('1 +')", "SyntaxError: invalid syntax"),
        ("raise GeneratorExit('x')", "GeneratorExit: x"),
        ("raise Exception", "Exception"),
        (
            "raise ExceptionGroup('g', [KeyError('k')])",
            "ExceptionGroup: g (1 sub-exception)\n  KeyError: 'k'",
        ),
        ("e = ValueError('v'); e.add_note('noted'); raise e", "ValueError: v\nnoted"),
        ("raise ValueError('x' * 9000)", "ValueError: " + "x" * 4000 + " \u2026"),
    ],
)
async def test_odd_exceptions(tmp_path: Path, source: str, message: str) -> None:
    played, entry = await fail(tmp_path, source)
    assert entry.message == message
    assert played.exit.code == 1
    assert "session/worker" not in played.stderr


async def test_an_error_in_an_imported_module_is_found_there(tmp_path: Path) -> None:
    files = {"main.py": "import lib.part", "lib/part.py": "x = 1\ndef f(: pass\n"}
    played = await play(make_launch(tmp_path, files))
    (entry,) = played.sink.errors()
    assert entry.location is not None
    assert (entry.location.path, entry.location.line) == ("lib/part.py", 2)


async def test_a_cause_is_printed_too(tmp_path: Path) -> None:
    source = "try:\n    1/0\nexcept ZeroDivisionError as e:\n    raise OSError('later') from e"
    played, _entry = await fail(tmp_path, source)
    assert "ZeroDivisionError" in played.stderr
    assert "direct cause" in played.stderr


async def test_the_programs_own_hook_is_respected(tmp_path: Path) -> None:
    source = "import sys\nsys.excepthook = lambda *a: print('mine', a[0].__name__)\n1/0"
    played, entry = await fail(tmp_path, source)
    assert played.stdout == "mine ZeroDivisionError\n"
    assert not played.stderr
    assert entry.message == "ZeroDivisionError: division by zero"


async def test_a_broken_hook_is_reported_as_python_does(tmp_path: Path) -> None:
    source = "import sys\ndef hook(*a): raise KeyError('hook')\nsys.excepthook = hook\n1/0"
    played, _entry = await fail(tmp_path, source)
    assert played.stderr.startswith(
        "Error in sys.excepthook:\nTraceback (most recent call last):\n"
        '  File "main.py", line 2, in hook\n'
    )
    assert "KeyError: 'hook'\n\nOriginal exception was:\nTraceback" in played.stderr
    assert played.stderr.endswith("ZeroDivisionError: division by zero\n")
    assert "session/worker" not in played.stderr
    assert "During handling" not in played.stderr
    assert played.exit.code == 1


@pytest.mark.parametrize(
    "change", ["sys.excepthook = None", "del sys.excepthook", "sys.excepthook = hook"]
)
async def test_a_hook_is_treated_as_plain_python_does(tmp_path: Path, change: str) -> None:
    source = (
        "import sys\n"
        "def hook(*a):\n"
        "    print(sys.exc_info(), len(a), a[2].tb_frame.f_code.co_name)\n"
        "    raise OSError('h') from a[1]\n"
        f"{change}\n"
        "raise ValueError('x')\n"
    )
    (tmp_path / "main.py").write_text(source)
    command = [sys.executable, "main.py"]
    plain = await asyncio.to_thread(
        subprocess.run, command, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    played = await play(make_launch(tmp_path, {"main.py": source}))
    assert played.stdout == plain.stdout
    assert played.stderr == plain.stderr.replace(f"{tmp_path}/", "")
    assert played.exit.code == plain.returncode == 1


async def test_a_hook_may_choose_the_exit_code(tmp_path: Path) -> None:
    source = "import sys\ndef hook(*a): sys.exit(42)\nsys.excepthook = hook\n1/0"
    played = await play(make_launch(tmp_path, {"main.py": source}))
    assert played.exit.code == 42
    assert played.stderr == ""


async def test_an_exception_that_refuses_every_look_is_still_told(tmp_path: Path) -> None:
    source = (
        "import sys\nclass E(Exception):\n"
        "    def __str__(self): sys.exit(3)\n"
        "    def __getattribute__(self, name): raise KeyError(name)\n"
        "raise E(1)"
    )
    played, entry = await fail(tmp_path, source)
    assert entry.location == Location("main.py", 5)
    assert played.exit.cause is Cause.EXCEPTION
    assert "session/worker" not in played.stderr


async def test_messages_can_always_be_written_as_utf_8(tmp_path: Path) -> None:
    played, entry = await fail(tmp_path, "raise ValueError('a\\ud800b')")
    assert entry.message == "ValueError: a\ufffdb"
    assert played.exit.message.encode()


async def test_a_failing_thread_does_not_end_the_program(tmp_path: Path) -> None:
    played = await play(make_launch(tmp_path, program_files("thread_fails")))
    (entry,) = played.sink.errors()
    assert entry.message == "In thread worker-7: LookupError: in a thread"
    assert entry.code == "thread-exception"
    assert entry.location == Location("main.py", 7)
    assert played.stdout == "went on 1\n"
    assert 'File "main.py", line 7' in played.stderr
    assert played.exit.cause is Cause.FINISHED


async def test_running_out_of_memory_is_told(tmp_path: Path) -> None:
    played = await play(make_launch(tmp_path, program_files("memory_hog")))
    assert played.exit.cause is Cause.OUT_OF_MEMORY
    assert "main.py:8" in played.exit.message


async def test_a_crash_keeps_the_last_words(tmp_path: Path) -> None:
    played = await play(make_launch(tmp_path, program_files("segfault")))
    assert played.exit.cause is Cause.SEGFAULT
    assert played.exit.signal == 11
    assert played.stdout == "first words\nlast words\n"


async def test_a_variable_that_was_not_passed_is_hinted_at(tmp_path: Path) -> None:
    _played, entry = await fail(
        tmp_path, "import os\nos.environ['TOKEN']", environ={"TOKEN": "1", "PATH": "/bin"}
    )
    assert entry.hint is not None
    assert '`permissions.env = ["TOKEN"]`' in entry.hint


async def test_a_missing_module_is_hinted_at(tmp_path: Path) -> None:
    played, entry = await fail(tmp_path, "import no_such_thing.part")
    assert entry.hint is not None
    assert "`no_such_thing`" in entry.hint
    assert played.exit.next_step == entry.hint


async def test_paths_of_the_view_are_the_projects(tmp_path: Path) -> None:
    source = "import os\nopen(os.path.abspath('data.csv'))"
    _played, entry = await fail(tmp_path, source)
    assert entry.message.endswith("No such file or directory: 'data.csv'")


async def test_a_missing_entry_is_told(tmp_path: Path) -> None:
    played = await play(make_launch(tmp_path, {"other.py": ""}))
    (entry,) = played.sink.errors()
    assert entry.code == "entry-unreadable"
    assert played.exit.code == 2


async def test_a_program_cannot_confuse_us_over_its_events_socket(tmp_path: Path) -> None:
    source = "import os\nos.write(251, b'\\xff' * 64)\nprint('still here')"
    played = await play(make_launch(tmp_path, {"main.py": source}))
    assert played.stdout == "still here\n"
    assert played.exit.cause is Cause.FINISHED
    (entry,) = played.sink.with_code("worker-wire")
    assert entry.severity is Severity.WARNING


async def test_nonsense_in_a_well_formed_frame_is_dropped(tmp_path: Path) -> None:
    headers = [
        {"type": "diagnostic", "frames": 3},
        {"type": "diagnostic", "kind": "exception", "frames": 3},
        {"type": "diagnostic", "kind": "exception", "inner": [[]]},
        {"type": "diagnostic", "kind": [], "inner": [1]},
        {"type": "note", "severity": "loud"},
        {"type": 5},
        {},
    ]
    frames = b"".join(
        len(text := json.dumps(header).encode()).to_bytes(4, "big") + bytes(4) + text
        for header in headers
    )
    source = f"import os\nos.write(251, {frames!r})\nprint('still here')"
    played = await play(make_launch(tmp_path, {"main.py": source}))
    assert played.stdout == "still here\n"
    assert played.exit.cause is Cause.FINISHED
