"""Notebooks, played headless from top to bottom in one worker."""

import json
from pathlib import Path

import pytest

from session.exit_info import Cause
from session.log.entry import Location
from tests.support.playing import Played, make_launch, play


def notebook(*cells: str | tuple[str, str]) -> str:
    """Return an `.ipynb`; a pair is a source and its tag."""
    blocks: list[dict[str, object]] = []
    for number, cell in enumerate(cells):
        source, tags = (cell, []) if isinstance(cell, str) else (cell[0], [cell[1]])
        blocks.append(
            {
                "cell_type": "code",
                "id": f"id{number}",
                "source": source,
                "metadata": {"tags": tags},
                "outputs": [],
                "execution_count": None,
            }
        )
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": blocks})


async def play_notebook(tmp_path: Path, text: str, entry: str = "a.ipynb") -> Played:
    return await play(make_launch(tmp_path, {entry: text}, entry=entry, form="notebook"))


async def test_cells_share_one_namespace_and_show_their_last_value(tmp_path: Path) -> None:
    text = notebook("x = 40", "x + 2", "print('p')\nNone", "x;", "_ == 42, __name__")
    played = await play_notebook(tmp_path, text)
    assert played.stdout == "42\np\n(True, '__main__')\n", played.stderr
    assert played.exit.cause is Cause.FINISHED


@pytest.mark.parametrize("entry", ["a.ipynb", "a.py"])
async def test_a_notebook_can_spawn_processes(tmp_path: Path, entry: str) -> None:
    source = (
        "from multiprocessing import get_context\n"
        "with get_context('spawn').Pool(1) as pool: print(pool.map(abs, [-1]))\n"
        "'__file__' in globals()"
    )
    text = notebook(source) if entry.endswith("b") else f"# %%\n{source}\n"
    played = await play_notebook(tmp_path, text, entry)
    assert played.stdout == "[1]\nFalse\n", played.stderr
    assert not played.stderr
    assert played.exit.cause is Cause.FINISHED


async def test_top_level_await_works_across_cells(tmp_path: Path) -> None:
    text = notebook(
        "import asyncio\ntask = asyncio.get_event_loop().create_task(asyncio.sleep(0.01, 'slept'))",
        "await asyncio.sleep(0)\n'one'",
        "await task",
        "async def gen():\n    yield 1\n[n async for n in gen()]",
    )
    played = await play_notebook(tmp_path, text)
    assert played.stdout == "'one'\n'slept'\n[1]\n", played.stderr


async def test_a_failing_cell_ends_the_run_with_its_place(tmp_path: Path) -> None:
    text = notebook("def f():\n    return 1 / 0", "y = 1\nf()", "print('never')")
    played = await play_notebook(tmp_path, text)
    (entry,) = played.sink.errors()
    assert entry.message == "Cell 2: ZeroDivisionError: division by zero"
    assert entry.location == Location("a.ipynb", 2)
    assert entry.origin == "cell 2"
    assert "never" not in played.stdout
    assert played.exit.cause is Cause.EXCEPTION
    assert "a.ipynb, cell 1, line 2" in played.exit.message
    assert 'File "a.ipynb[1]", line 2, in f\n    return 1 / 0' in played.stderr
    assert "session/worker" not in played.stderr


async def test_tags_are_honoured(tmp_path: Path) -> None:
    text = notebook(("1 / 0", "raises-exception"), ("print('no')", "skip-execution"), "'end'")
    played = await play_notebook(tmp_path, text)
    assert played.stdout == "'end'\n"
    assert "ZeroDivisionError" in played.stderr
    assert played.exit.cause is Cause.FINISHED
    told = [entry.message for entry in played.sink.entries if entry.origin]
    assert told == [
        "Cell 1 started.",
        "Cell 1 failed.",
        "Cell 2 skipped.",
        "Cell 3 started.",
        "Cell 3 finished.",
    ]


async def test_a_percent_script_keeps_its_own_lines(tmp_path: Path) -> None:
    text = "# %% [markdown]\n# Title\n# %%\nx = 1\nx\n# %%\nx / 0\n"
    played = await play_notebook(tmp_path, text, "nb/a.py")
    assert played.stdout == "1\n"
    assert played.sink.errors()[0].location == Location("nb/a.py", 7)
    assert 'File "nb/a.py", line 7, in <module>\n    x / 0' in played.stderr


async def test_a_syntax_error_in_a_cell_is_found_there(tmp_path: Path) -> None:
    played = await play_notebook(tmp_path, notebook("1", "x = (\n"))
    (entry,) = played.sink.errors()
    assert entry.location is not None
    assert (entry.location.path, entry.location.line) == ("a.ipynb", 1)


async def test_line_magics_are_left_out_and_told(tmp_path: Path) -> None:
    text = notebook("%matplotlib inline\nx = 5", "y = (7\n% 4)\nx + y")
    played = await play_notebook(tmp_path, text)
    assert played.stdout == "8\n", played.stderr
    (entry,) = played.sink.with_code("magic-left-out")
    assert entry.message == "Left out, since it needs IPython: `%matplotlib inline`."
    assert entry.origin == "cell 1"


async def test_shell_commands_are_an_error_with_a_hint(tmp_path: Path) -> None:
    played = await play_notebook(tmp_path, notebook("!pip install x"))
    (entry,) = played.sink.errors()
    assert entry.hint is not None
    assert "IPython" in entry.hint
    assert entry.location is not None
    assert entry.location.line == 1


async def test_sys_exit_in_a_cell_is_the_exit_code(tmp_path: Path) -> None:
    played = await play_notebook(tmp_path, notebook("import sys; sys.exit(4)"))
    assert played.exit.code == 4


async def test_what_is_no_notebook_says_so(tmp_path: Path) -> None:
    played = await play_notebook(tmp_path, "{}")
    (entry,) = played.sink.errors()
    assert entry.code == "notebook-unreadable"
    assert played.exit.code == 1


async def test_a_project_that_shadows_traceback_does_not_matter(tmp_path: Path) -> None:
    files = {
        "a.ipynb": notebook("import traceback\ntraceback.MINE", "1 / 0"),
        "traceback.py": "MINE = 7",
    }
    played = await play(make_launch(tmp_path, files, entry="a.ipynb", form="notebook"))
    assert played.stdout == "7\n", played.stderr
    assert "ZeroDivisionError" in played.stderr
