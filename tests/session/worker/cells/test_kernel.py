"""Cells in a real kernel, below a real keeper and a real launcher."""

import asyncio
import os
from pathlib import Path

import pytest

from session.log.entry import Stream
from tests.support.kernel import Kernel, kernel

DEAF = """
for i in range(10**12):
    try:
        for i in range(10**12):
            x = i
    except KeyboardInterrupt:
        pass
"""


@pytest.mark.parametrize("isolation", ["none", "portable", "strict"])
async def test_names_live_from_cell_to_cell(tmp_path: Path, isolation: str) -> None:
    async with kernel(tmp_path, isolation=isolation) as one:
        assert (await one.run("x = 42")).result == ""
        ran = await one.run("print('twice'); x * 2")
    assert ran.result == "84"
    assert ran.text() == "twice\n"
    assert ran.status == ("ok", None)
    assert ran.done["took_s"] > 0


INTERRUPTIBLE = {
    "loop": "while True: pass",
    "sleep": "import time; time.sleep(60)",
    "process": "import subprocess; subprocess.run(['sleep', '60'])",
    "system": "import os; os.system('sleep 60')",
    "thread": "import threading; threading.Event().wait(60)",
    "flood": "while True: print('x' * 20)",
    "await": "import asyncio; await asyncio.sleep(60)",
    "busy await": "import asyncio; await asyncio.sleep(0)\nwhile True: pass",
}


@pytest.mark.parametrize("source", INTERRUPTIBLE.values(), ids=INTERRUPTIBLE)
async def test_a_cancelled_cell_ends_and_the_names_are_still_there(
    tmp_path: Path, source: str
) -> None:
    async with kernel(tmp_path, isolation="strict") as one:
        await one.run("kept = 7")
        ran = await one.cancelled(source, grace_s=20)
        assert ran.status == ("abort", "soft")
        assert ran.error == "KeyboardInterrupt"
        assert (await one.run("kept")).result == "7"


STUBBORN = {
    "swallows": ("", DEAF),
    "ignores": (
        "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN)",
        "while True: time.sleep(1)",
    ),
    "C code": (
        "import ctypes, signal; signal.signal(signal.SIGINT, signal.SIG_IGN)",
        "ctypes.PyDLL(None).sleep(600)",
    ),
}


@pytest.mark.parametrize(("first", "source"), STUBBORN.values(), ids=STUBBORN)
@pytest.mark.parametrize("isolation", ["none", "strict"])
async def test_a_stubborn_cell_is_ended_and_a_fresh_kernel_is_there(
    tmp_path: Path, first: str, source: str, isolation: str
) -> None:
    async with kernel(tmp_path, isolation=isolation) as one:
        await one.run("gone = 1")
        ran = await one.cancelled(source, first=first)
        assert ran.status == ("abort", "hard")
        died = await one.next("kernel")
        assert (died["state"], died["cause"], died["generation"]) == ("died", "cancel", 1)
        ready = await one.next("kernel")
        assert (ready["state"], ready["generation"]) == ("ready", 2)
        assert (await one.run("gone")).error == "NameError"
        assert one.sink.with_code("kernel-died")


async def test_a_second_cancel_does_not_wait(tmp_path: Path) -> None:
    async with kernel(tmp_path) as one:
        job = one.begin(f"print('on its way', flush=True)\n{DEAF}")
        await one.next("stream")
        one.cancel(job, grace_s=600)
        one.cancel(job, grace_s=0)
        ran = await one.end(job)
    assert ran.status == ("abort", "hard")


async def test_a_cancel_that_comes_too_late_hits_no_other_cell(tmp_path: Path) -> None:
    async with kernel(tmp_path) as one:
        for _round in range(50):
            job = one.begin("1")
            one.cancel(job)
            await one.end(job)
        ran = await one.run("import time; time.sleep(0.3); 'done'")
    assert ran.result == "'done'"


async def test_what_a_killed_cell_had_started_is_ended_with_it(tmp_path: Path) -> None:
    source = (
        "import subprocess\n"
        "child = subprocess.Popen(['sleep', '600'], start_new_session=True)\n"
        f"print(child.pid, flush=True)\n{DEAF}"
    )
    async with kernel(tmp_path) as one:
        job = one.begin(source)
        _header, payload = await _until_stream(one)
        pid = int(payload)
        one.cancel(job)
        await one.end(job)
        await one.next("kernel")
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


async def _until_stream(one: Kernel) -> tuple[object, bytes]:
    while True:
        header, payload = await asyncio.wait_for(one.events.get(), 30)
        if header["type"] == "stream":
            return header, payload


ENDS = {
    "exit": ("import os; print('bye'); os._exit(3)", {"code": 3, "signal": None}),
    "segfault": ("print('bye')\nimport ctypes; ctypes.string_at(0)", {"code": None, "signal": 11}),
    "kill": ("print('bye')\nimport os; os.kill(os.getpid(), 9)", {"code": None, "signal": 9}),
}


@pytest.mark.parametrize(("source", "died"), ENDS.values(), ids=ENDS)
async def test_a_kernel_that_dies_is_told_of_and_started_again(
    tmp_path: Path, source: str, died: dict[str, int | None]
) -> None:
    async with kernel(tmp_path, isolation="strict") as one:
        ran = await one.run(source)
        assert ran.status == ("error", None)
        assert ran.done["reason"] == {"died": died}
        assert ran.text() == "bye\n"
        assert (await one.next("kernel"))["state"] == "died"
        assert (await one.run("1 + 1")).result == "2"


LIMITS = {
    "cpu": ("while True: pass", {"cpu_s": 0.3}, "soft"),
    "wall": ("import time; time.sleep(60)", {"wall_s": 0.3}, "soft"),
    "memory": ("held = []\nwhile True: held.append(bytearray(1 << 20))", {"memory": 200e6}, "soft"),
    "cpu of a child": (
        "import subprocess, sys; subprocess.run([sys.executable, '-c', 'while True: pass'])",
        {"cpu_s": 0.5},
        "soft",
    ),
    "deaf": (DEAF, {"wall_s": 0.3}, "hard"),
}


@pytest.mark.parametrize(("source", "limits", "how"), LIMITS.values(), ids=LIMITS)
async def test_a_cell_over_its_limit_is_ended_and_the_next_one_runs(
    tmp_path: Path, source: str, limits: dict[str, float], how: str
) -> None:
    async with kernel(tmp_path) as one:
        ran = await one.run(source, **limits)
        assert ran.status == ("resource-limit", how)
        reason = ran.done["reason"]
        assert reason["limit"] == next(iter(limits)).removesuffix("_s")
        assert reason["used"] >= reason["value"]
        assert one.sink.with_code("cell-limit")
        assert (await one.run("1 + 1")).result == "2"


async def test_output_over_the_limit_is_cut_and_the_cell_goes_on(tmp_path: Path) -> None:
    async with kernel(tmp_path) as one:
        ran = await one.run("print('x' * 1000)\nprint('y')\n'end'", output=100)
        after = await one.run("print('z')")
    assert ran.text() == "x" * 100
    assert ran.result == "'end'"
    assert ran.of("cut")[-1]["dropped"] == 1001 - 100 + 2
    assert after.text() == "z\n"


async def test_late_output_of_a_thread_and_a_task_is_of_their_cell(tmp_path: Path) -> None:
    async with kernel(tmp_path) as one:
        await one.run(
            "import asyncio, threading, time\n"
            "threading.Thread(target=lambda: (time.sleep(0.2), print('thread'))).start()"
        )
        await one.run(
            "async def late():\n    await asyncio.sleep(0.2)\n    print('task')\n"
            "task = asyncio.create_task(late())\nawait asyncio.sleep(0)"
        )
        ran = await one.run("await asyncio.sleep(0.6)\nprint('own')")
    told = {(head["cell"], payload) for head, payload in ran.events if head["type"] == "stream"}
    assert told == {("c1", b"thread\n"), ("c2", b"task\n"), ("c3", b"own\n")}
    assert {"cell 1", "cell 2", "cell 3"} <= {entry.origin for entry in one.sink.entries}


async def test_a_background_task_goes_on_between_cells(tmp_path: Path) -> None:
    async with kernel(tmp_path) as one:
        await one.run(
            "import asyncio\nasync def later():\n    await asyncio.sleep(0.1)\n    print('later')\n"
            "task = asyncio.create_task(later())"
        )
        assert (await one.next("stream"))["cell"] == "c1"
        assert (await one.run("await asyncio.sleep(0); 'and on'")).result == "'and on'"


async def test_what_a_child_prints_comes_before_its_cell_ends(tmp_path: Path) -> None:
    async with kernel(tmp_path) as one:
        for number in range(20):
            await one.run(f"import subprocess; subprocess.run(['echo', '{number}'])")
            assert one.plain[-1] == (Stream.STDOUT, b"%d\n" % number)


async def test_many_flushed_lines_are_few_frames_and_none_is_lost(tmp_path: Path) -> None:
    async with kernel(tmp_path) as one:
        ran = await one.run("for i in range(10_000): print(i, flush=True)")
    assert ran.text() == "".join(f"{number}\n" for number in range(10_000))
    assert len(ran.of("stream")) < 2_000


async def test_a_signal_handler_may_print_in_the_middle_of_a_print(tmp_path: Path) -> None:
    source = (
        "import signal\nticks = 0\n"
        "def tick(*_about):\n    global ticks\n    ticks += 1\n    print('tick')\n"
        "signal.signal(signal.SIGALRM, tick)\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.004, 0.004)\n"
        "for i in range(60_000): print(i)\n"
        "signal.setitimer(signal.ITIMER_REAL, 0)\nticks"
    )
    async with kernel(tmp_path) as one:
        ran = await one.run(source)
    assert ran.status == ("ok", None)
    assert ran.text().count("tick\n") == int(ran.result) > 0
    assert len(ran.text().split("\n")) == 60_000 + int(ran.result) + 1


async def test_streams_displays_and_results_come_in_order(tmp_path: Path) -> None:
    source = "print('a', end=''); display(1); import sys; print('b', file=sys.stderr); 2"
    async with kernel(tmp_path) as one:
        ran = await one.run(source)
    kinds = [header.get("name") or header["type"] for header, _payload in ran.events]
    assert kinds == ["cell_started", "stdout", "display", "stderr", "result", "cell_done"]


ERRORS = {
    "syntax": ("def f(:", "SyntaxError"),
    "name": ("nowhere", "NameError"),
    "recursion": ("def f(): f()\nf()", "RecursionError"),
    "repr": ("class A:\n    def __repr__(self): raise ValueError('no')\nA()", "ValueError"),
    "own interrupt": ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    "broken str": (
        "class E(Exception):\n    def __str__(self): raise ValueError\nraise E",
        "E",
    ),
}


@pytest.mark.parametrize(("source", "kind"), ERRORS.values(), ids=ERRORS)
async def test_an_error_is_the_cells_and_the_kernel_goes_on(
    tmp_path: Path, source: str, kind: str
) -> None:
    async with kernel(tmp_path) as one:
        ran = await one.run(source)
        assert ran.status == ("error", None)
        assert ran.error == kind
        assert (await one.run("1 + 1")).result == "2"


async def test_a_magic_that_needs_ipython_is_left_out_and_said_with_its_cell(
    tmp_path: Path,
) -> None:
    async with kernel(tmp_path) as one:
        ran = await one.run("%matplotlib inline\n41 + 1")
    assert ran.result == "42"
    (said,) = one.sink.with_code("magic-left-out")
    assert said.origin == "cell 1"
    assert "%matplotlib inline" in said.message


async def test_a_chain_of_errors_is_told_as_data(tmp_path: Path) -> None:
    source = "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    raise ValueError from error"
    async with kernel(tmp_path) as one:
        ran = await one.run(source)
    told = ran.of("error")[0]["diagnostic"]
    assert told["frames"][-1]["line"] == 4
    assert told["cause"]["exception"] == "ZeroDivisionError"
    assert told["cause"]["frames"][-1]["line"] == 2


async def test_leaving_is_no_end_of_the_session(tmp_path: Path) -> None:
    async with kernel(tmp_path) as one:
        ran = await one.run("x = 5\nexit(3)")
        assert ran.done["reason"] == {"exit": 3}
        assert (await one.run("x")).result == "5"


async def test_a_lone_surrogate_is_shown_escaped(tmp_path: Path) -> None:
    async with kernel(tmp_path) as one:
        ran = await one.run("print('\\ud800')")
    assert ran.text() == "\\ud800\n"
    assert ran.status == ("ok", None)


async def test_a_replaced_stdout_is_not_our_end(tmp_path: Path) -> None:
    async with kernel(tmp_path) as one:
        ran = await one.run("import sys, io; sys.stdout = io.StringIO(); print('lost'); 3")
        assert ran.result == "3"
        await one.run("sys.stdout = sys.__stdout__")
        assert (await one.run("print('back')")).text() == "back\n"


async def test_a_forked_child_writes_to_the_plain_descriptor(tmp_path: Path) -> None:
    source = "import os\npid = os.fork()\nif pid == 0:\n    print('child')\n    os._exit(0)\n"
    async with kernel(tmp_path) as one:
        ran = await one.run(source + "os.waitpid(pid, 0)[1]")
        assert ran.result == "0"
        assert b"".join(data for _stream, data in one.plain) == b"child\n"
        assert (await one.run("1 + 1")).result == "2"


async def test_questions_are_answered_between_cells(tmp_path: Path) -> None:
    async with kernel(tmp_path) as one:
        await one.run("import time\nnumber = 12\nwords = ['a'] * 3")
        found = (await one.ask("variables"))["value"]["variables"]
        assert [row["name"] for row in found] == ["number", "words"]
        assert found[1] | {"preview": ""} == {
            "name": "words",
            "type": "list",
            "size": 3,
            "preview": "",
        }
        told = (await one.ask("complete", code="x = time.sl", cursor=11))["value"]
        assert told == {"matches": ["sleep"], "start": 9, "end": 11}
        told = (await one.ask("inspect", code="len", cursor=2))["value"]
        assert "len(obj, /)" in told["data"]["text/plain"]
        job = one.begin("print('on', flush=True)\nimport time; time.sleep(60)")
        await one.next("stream")
        assert (await one.ask("variables"))["error"]["code"] == "busy"
        one.cancel(job)
        await one.end(job)


async def test_finish_ends_the_run_with_its_code(tmp_path: Path) -> None:
    async with kernel(tmp_path) as one:
        await one.run("import atexit; atexit.register(print, 'last words')")
        one.port.send({"type": "finish", "code": 4})
        await asyncio.wait_for(one.is_lost.wait(), 30)
        found = await one.execution.wait()
    assert found.code == 4
    assert "last words" in one.sink.stdout


async def test_restart_makes_a_fresh_kernel(tmp_path: Path) -> None:
    async with kernel(tmp_path) as one:
        await one.run("x = 1")
        one.port.send({"type": "restart"})
        assert (await one.next("kernel"))["cause"] == "restart"
        assert (await one.next("kernel"))["generation"] == 2
        assert (await one.run("x")).error == "NameError"


async def test_kernels_that_end_by_themselves_end_the_run(tmp_path: Path) -> None:
    launch_ends = []
    async with kernel(tmp_path) as one:
        os.kill(one.pid, 9)
        for _round in range(2):
            launch_ends.append(await one.next("kernel"))
            os.kill((await one.next("kernel"))["pid"], 9)
        await asyncio.wait_for(one.is_lost.wait(), 30)
    assert [end["cause"] for end in launch_ends] == ["signal", "signal"]
