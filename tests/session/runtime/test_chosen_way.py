"""Programs that are played in a folder of their project and with variables set for them."""

import asyncio
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from session.errors import ConnectFailed
from session.exit_info import Cause
from session.ports import Launch
from session.runtime.environment import Scratch, build_environment
from session.runtime.process_runtime import ProcessRuntime
from session.settings import SessionSettings
from shipper.formats.variables import REFUSED
from tests.support.playing import Recorder, make_launch, play

REPORT = """
import json, os, sys
print(json.dumps({
    "argv": sys.argv, "first": sys.path[0], "cwd": os.getcwd(), "file": __file__,
    "env": dict(os.environ), "here": sorted(os.listdir()),
}))
open("out.txt", "w").close()
"""


def launch_in(
    tmp_path: Path, cwd: str, env: dict[str, str] | None = None, *, write_project: bool = False
) -> Launch:
    files = {"main.py": REPORT, "data/x.csv": "1", "tools/run.py": REPORT}
    entry = "tools/run.py" if cwd.startswith("tools") else "main.py"
    launch = make_launch(tmp_path, files, entry=entry, args=["a"], write_project=write_project)
    prepared = replace(launch.prepared, cwd=cwd, env=tuple((env or {}).items()))
    return replace(launch, prepared=prepared)


async def report(launch: Launch) -> tuple[dict[str, Any], tuple[str, ...]]:
    played = await play(launch)
    assert played.exit.cause is Cause.FINISHED, played.stderr
    seen: dict[str, Any] = json.loads(played.stdout)
    return seen, played.execution.written


@pytest.mark.parametrize("cwd", ["", "data", "tools", "empty/deeper"])
async def test_as_python_in_that_folder_would_play_it(tmp_path: Path, cwd: str) -> None:
    launch = launch_in(tmp_path / "ours", cwd)
    seen, written = await report(launch)

    bare = tmp_path / "bare"
    for path, text in {"main.py": REPORT, "data/x.csv": "1", "tools/run.py": REPORT}.items():
        (bare / path).parent.mkdir(parents=True, exist_ok=True)
        (bare / path).write_text(text)
    (bare / cwd).mkdir(parents=True, exist_ok=True)
    command = [sys.executable, seen["argv"][0], "a"]
    done = await asyncio.to_thread(
        subprocess.run, command, cwd=bare / cwd, capture_output=True, text=True, check=True
    )
    plain = json.loads(done.stdout)

    view = launch.folder / "view"
    for name in ("argv", "here"):
        assert seen[name] == plain[name]
    for name in ("first", "cwd"):
        assert Path(seen[name]).relative_to(view) == Path(plain[name]).relative_to(bare)
    assert Path(seen["file"]) == view / launch.prepared.entry
    assert written == (f"{cwd}/out.txt".lstrip("/"),)


async def test_a_project_that_works_in_its_own_folder(tmp_path: Path) -> None:
    launch = launch_in(tmp_path, "data", write_project=True)
    (launch.prepared.root / "data").mkdir()
    seen, written = await report(launch)
    assert seen["cwd"] == str(launch.prepared.root / "data")
    assert seen["argv"][0] == str(launch.folder / "view" / "main.py")
    assert (launch.prepared.root / "data" / "out.txt").exists()
    assert written == ()


async def test_variables_are_set(tmp_path: Path) -> None:
    env = {"LEVEL": "3", "HOME": "/nowhere", "PYTHONHASHSEED": "7", "LC_ALL": "C", "EMPTY": ""}
    seen, _ = await report(launch_in(tmp_path, "", env))
    assert seen["env"].items() >= env.items()


async def test_a_notebook_works_there_too(tmp_path: Path) -> None:
    cell = "import os\nprint(os.path.basename(os.getcwd()), os.environ['LEVEL'])"
    notebook = {"nbformat": 4, "cells": [{"cell_type": "code", "source": cell, "metadata": {}}]}
    files = {"a.ipynb": json.dumps(notebook), "data/x": ""}
    launch = make_launch(tmp_path, files, entry="a.ipynb", form="notebook")
    prepared = replace(launch.prepared, cwd="data", env=(("LEVEL", "3"),))
    played = await play(replace(launch, prepared=prepared))
    assert played.stdout == "data 3\n"


async def test_more_than_the_system_takes_is_told(tmp_path: Path) -> None:
    launch = launch_in(tmp_path, "", {"BIG": "x" * (3 << 20)})
    execution = await ProcessRuntime(SessionSettings(isolation="none")).start(launch, Recorder())
    with pytest.raises(ConnectFailed) as caught:
        await execution.connect()
    assert caught.value.code == "arguments-too-long"
    assert (await execution.wait()).cause is Cause.CONNECT_FAILED


def test_what_is_chosen_wins_over_all_but_our_own() -> None:
    chosen = [("PATH", "/p"), ("HOME", "/h"), ("PLAYHEAD_DATA", "x"), ("PLAYHEAD_NEW", "x")]
    chosen += [(name, "x") for name in REFUSED]
    scratch = Scratch(Path("/run/home"), Path("/run/tmp"), Path("/run/cache"))
    env = build_environment({"PATH": "/ours"}, (), "id-1", scratch, Path("/data"), chosen)
    assert (env["PATH"], env["HOME"], env["PLAYHEAD_DATA"]) == ("/p", "/h", "/data")
    assert not {"PLAYHEAD_NEW", "PYTHONHOME", "PYTHONPATH"} & set(env)
    assert (env["PYTHONUTF8"], env["PYTHONDONTWRITEBYTECODE"]) == ("1", "1")
