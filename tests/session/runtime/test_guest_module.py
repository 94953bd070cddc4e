"""`playhead`, the module that a played program can import: log, progress, ask, store, call."""

import os
from pathlib import Path

import pytest

from session.log.entry import Location, Severity
from tests.support.playing import Played, make_launch, play

pytestmark = pytest.mark.timeout(120)


async def played(tmp_path: Path, source: str, stdin: bytes = b"", **files: str) -> Played:
    """Play one `main.py` that uses the module."""
    launch = make_launch(tmp_path, {"main.py": source, **files})
    return await play(launch, stdin=stdin)


async def test_a_log_entry_has_severity_fields_and_its_place(tmp_path: Path) -> None:
    done = await played(
        tmp_path,
        "import playhead\nprint('first')\nplayhead.log('saved', severity='warning', rows=3)\n",
    )
    assert done.exit.code == 0
    (entry,) = done.sink.with_code("said")
    assert entry.message == "saved rows=3"
    assert entry.severity is Severity.WARNING
    assert entry.location == Location("main.py", 3)


async def test_progress_is_told(tmp_path: Path) -> None:
    done = await played(
        tmp_path,
        "import playhead\nplayhead.progress(0.25, 'a')\nplayhead.progress(7)\n"
        "playhead.progress(None, 'b')\n",
    )
    assert done.sink.progress == [(0.25, "a"), (1.0, ""), (None, "b")]


async def test_a_question_is_answered_by_the_input_line(tmp_path: Path) -> None:
    source = "import playhead\nprint(playhead.ask('Name? '), playhead.ask('Age? ', default='7'))\n"
    done = await played(tmp_path, source, b"Ada\n\n")
    assert done.stdout == "Name? Age? Ada 7\n"


async def test_a_question_that_nobody_answers(tmp_path: Path) -> None:
    source = (
        "import playhead\nprint(playhead.ask('?', default='x'))\n"
        "try:\n    playhead.ask('?')\nexcept EOFError as error:\n    print(error)\n"
    )
    done = await played(tmp_path, source)
    assert done.stdout == "?x\n?nobody is there to answer; give `ask` a default\n"


async def test_the_store_keeps_values_from_run_to_run(tmp_path: Path) -> None:
    source = (
        "import playhead\n"
        "playhead.store['runs'] = playhead.store.get('runs', 0) + 1\n"
        "playhead.store.set('gone', [1])\n"
        "del playhead.store['gone']\n"
        "print(playhead.store['runs'], 'gone' in playhead.store, list(playhead.store))\n"
    )
    assert (await played(tmp_path, source)).stdout == "1 False ['runs']\n"
    assert (await played(tmp_path, source)).stdout == "2 False ['runs']\n"
    assert (tmp_path / "data" / "store.json").read_text() == '{"runs": 2}'


async def test_the_store_takes_json_only_and_says_so(tmp_path: Path) -> None:
    source = (
        "import playhead\nfor value in (b'x', object(), float('nan')):\n"
        "    try:\n        playhead.store['a'] = value\n"
        "    except playhead.CallFailed as error:\n        print(error.kind)\n"
        "try:\n    playhead.store['b']\nexcept KeyError as error:\n    print(error)\n"
    )
    done = await played(tmp_path, source)
    assert done.stdout == "tool-failed\ninvalid-parameters\ntool-failed\n'b'\n"


async def test_the_store_follows_no_link_that_the_program_made(tmp_path: Path) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text('{"a": 1}')
    source = (
        "import os, playhead\n"
        f"os.symlink({str(secret)!r}, os.environ['PLAYHEAD_DATA'] + '/store.json')\n"
        "try:\n    print(playhead.store['a'])\n"
        "except playhead.CallFailed as error:\n    print('refused')\n"
    )
    assert (await played(tmp_path, source)).stdout == "refused\n"
    assert secret.read_text() == '{"a": 1}'


async def test_a_host_tool_that_is_not_there(tmp_path: Path) -> None:
    source = (
        "import playhead\ntry:\n    playhead.call('lookup', key=1)\n"
        "except playhead.CallFailed as error:\n    print(error.kind, error)\n"
    )
    done = await played(tmp_path, source)
    assert done.stdout == "tool-not-found the host has no tool `lookup`; it has: none\n"


async def test_a_module_of_the_users_own_wins(tmp_path: Path) -> None:
    launch = make_launch(tmp_path, {"main.py": "import playhead\n", "playhead.py": "print('mine')"})
    assert (await play(launch)).stdout == "mine\n"


async def test_nothing_is_loaded_until_it_is_imported(tmp_path: Path) -> None:
    source = (
        "import sys\nbefore = set(sys.modules)\nimport playhead\n"
        "new = {name for name in sys.modules if 'playhead' in name}\n"
        "print('playhead' in before, sorted(new), '_playhead_worker' in sys.modules)\n"
    )
    assert (await played(tmp_path, source)).stdout == "False ['playhead'] False\n"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
async def test_a_forked_child_is_told_that_it_has_no_host(tmp_path: Path) -> None:
    source = (
        "import os, playhead\n"
        "def attempt(what):\n"
        "    try:\n        what()\n"
        "    except playhead.HostGone as error:\n        print(error, flush=True)\n"
        "if os.fork() == 0:\n"
        "    attempt(lambda: playhead.log('x'))\n"
        "    attempt(lambda: playhead.store.get('x'))\n"
        "    attempt(lambda: playhead.ask('x', default='y'))\n"
        "    os._exit(0)\n"
        "os.wait()\nprint(playhead.store.get('x'))\n"
    )
    done = await played(tmp_path, source)
    assert done.stdout == "a forked child has no line to the host\n" * 3 + "None\n"


async def test_an_interrupt_gets_past_a_call_that_waits(tmp_path: Path) -> None:
    """The host holds the folder's lock, so that the answer takes its time."""
    source = (
        "import os, signal, threading, time, playhead\n"
        "playhead.store.keys()\n"
        "import fcntl\n"
        "lock = os.open(os.environ['PLAYHEAD_DATA'], os.O_RDONLY)\n"
        "fcntl.flock(lock, fcntl.LOCK_EX)\n"
        "threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()\n"
        "began = time.monotonic()\n"
        "try:\n    playhead.store.get('a')\n"
        "except KeyboardInterrupt:\n    print('interrupted', time.monotonic() - began < 1.5)\n"
    )
    assert (await played(tmp_path, source)).stdout == "interrupted True\n"


async def test_threads_get_their_own_answers(tmp_path: Path) -> None:
    source = (
        "import playhead, threading\n"
        "def work(n):\n    playhead.store[f'k{n}'] = n\n    assert playhead.store[f'k{n}'] == n\n"
        "threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]\n"
        "[one.start() for one in threads]; [one.join() for one in threads]\n"
        "print(len(playhead.store))\n"
    )
    assert (await played(tmp_path, source)).stdout == "8\n"
