"""Play and Stop on real programs, from the command, in real processes."""

import json
import re
import shutil
import socket
import subprocess
import urllib.request
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support.playhead import (
    COMMAND,
    Playing,
    environment,
    playing,
    processes_of,
    run_command,
)
from tests.support.workshop import snapshot, wait_until_settled

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One home for the module, so that environments are built once."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def write_main(project: Path, text: str, manifest: str = "") -> Path:
    (project / "main.py").write_text(text)
    if manifest:
        (project / "pyproject.toml").write_text(manifest)
    return project


def assert_finished(play: Playing) -> None:
    assert play.end() == 0, play.told()
    assert play.states == ["preparing", "connecting", "running", "stopped"]
    assert play.exit["cause"] == "finished"
    assert processes_of(play.exit["run"]) == []


def assert_stopped(play: Playing, code: int = 130) -> None:
    assert play.end() == code, play.told()
    assert play.states[-1] == "stopped"
    assert play.exit["cause"] == "stopped-by-user"
    assert processes_of(play.exit["run"]) == []


def test_hello_is_played_in_one_ordered_log(home: Path, project: Path) -> None:
    write_main(project, "print('hello')\n")
    with playing(home, project) as play:
        assert_finished(play)
        assert play.output() == ["hello"]
        assert [row["seq"] for row in play.rows[:-1]] == list(range(1, len(play.rows)))
        sources = [row["source"] for row in play.entries()]
        assert set(sources) >= {"build", "pack-validation", "pack", "runtime"}
        assert re.fullmatch(r"sha256:[0-9a-f]{64}", play.exit["content_id"])


def test_an_unchanged_project_has_the_same_content_and_does_no_step_twice(
    home: Path, project: Path
) -> None:
    write_main(project, "print('same')\n")
    wait_until_settled()  # else what was written just now is read again, to be sure
    with playing(home, project) as first:
        assert_finished(first)
    before = snapshot(home / "cache")
    assert before
    with playing(home, project) as second:
        assert_finished(second)
        assert second.output() == ["same"]
    assert snapshot(home / "cache") == before, "nothing was made, by us or by any tool"
    assert second.exit["content_id"] == first.exit["content_id"]
    assert "nothing has changed" in summary(second, "scan")
    assert "nothing has changed" not in summary(first, "scan")
    assert "from the store" in summary(second, "compile")
    assert "from the store" in summary(second, "dependencies")
    assert "unchanged" in summary(second, "seal")


def summary(play: Playing, step: str) -> str:
    """The last that a step of the preparation has said."""
    return str([row["message"] for row in play.entries() if row["origin"] == step][-1])


ODD_NAMES = {
    "option": "-x",
    "long-option": "--jsonl",
    "spaces": " two  words ",
    "unicode": "Spiele-für-🎮-日本",
    "newline": "first\nsecond",
    "quotes": 'it\'s "$HOME" `x` %s {y} \\ *',
    "bracket": "[bold]loud[bold]",
}


@pytest.mark.parametrize("name", ODD_NAMES.values(), ids=list(ODD_NAMES))
@pytest.mark.parametrize("kind", ["folder", "script"])
def test_a_project_of_any_name_plays(home: Path, project: Path, name: str, kind: str) -> None:
    place = project / name
    if kind == "folder":
        place.mkdir()
        (place / "main.py").write_text("import sys\nprint('played', sys.argv[1:])\n")
    else:
        place = project / f"{name}.py"
        place.write_text("import sys\nprint('played', sys.argv[1:])\n")
    for form in (["--jsonl", "--", place.name], ["--jsonl", f"./{place.name}"]):
        result = subprocess.run(
            [*COMMAND, "play", *form],
            cwd=project,
            env=environment(home),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=False,
        )
        rows = [json.loads(line) for line in result.stdout.splitlines()]
        assert result.returncode == 0, (rows, result.stderr)
        assert [row["message"] for row in rows if row.get("stream")] == ["played []"]
        assert rows[-1]["state"] == "stopped"
    shown = run_command(home, "play", str(place))
    assert shown.returncode == 0
    assert "played []" in shown.stdout
    listed = run_command(home, "runs")
    assert listed.returncode == 0
    assert "Traceback" not in listed.stderr


@pytest.mark.network
@pytest.mark.timeout(300)
def test_the_game_aliens_from_pygame_plays_and_stops(home: Path, project: Path) -> None:
    spec = find_spec("pygame")
    assert spec is not None
    assert spec.origin is not None
    examples = Path(spec.origin).parent / "examples"
    shutil.copy(examples / "aliens.py", project / "aliens.py")
    shutil.copytree(examples / "data", project / "data")
    (project / "pyproject.toml").write_text(
        "[project]\nname = 'aliens'\nversion = '1'\ndependencies = ['pygame-ce']\n"
        "[tool.playhead]\nentry = 'aliens.py'\n"
        "[tool.playhead.permissions]\ndisplay = true\naudio = true\n"
    )
    with playing(
        home, project, env={"SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy"}
    ) as play:
        play.until_state("running")
        play.until_message("pygame-ce")
        assert play.process.poll() is None
        play.interrupt()
        assert_stopped(play)


@pytest.mark.network
@pytest.mark.timeout(300)
def test_a_locked_dependency_is_installed_and_its_progress_bar_stays_one_row(
    home: Path, project: Path
) -> None:
    manifest = "[project]\nname='bars'\nversion='1'\ndependencies=['tqdm']\n[tool.playhead]\n"
    text = (
        "import sys, time\nfrom tqdm import tqdm\n"
        "for _ in tqdm(range(40), mininterval=0): time.sleep(0.005)\n"
        "print('done')\n"
    )
    write_main(project, text, manifest)
    with playing(home, project) as play:
        assert_finished(play)
        assert play.output() == ["done"]
        (bar,) = play.output("stderr")
        assert bar.count("\r") >= 10
        assert "100%" in bar


@pytest.mark.network
@pytest.mark.timeout(300)
def test_a_rich_progress_bar_plays(home: Path, project: Path) -> None:
    manifest = "[project]\nname='bars'\nversion='1'\ndependencies=['rich']\n[tool.playhead]\n"
    text = "from rich.progress import track\nprint(sum(track(range(50), description='Counting')))\n"
    write_main(project, text, manifest)
    with playing(home, project, env={"FORCE_COLOR": "1"}) as play:
        assert_finished(play)
        assert any("1225" in line for line in play.output())
        assert any("100%" in line and "\x1b[" in line for line in play.output())


def test_the_standard_http_server_is_a_cartridge(home: Path, project: Path) -> None:
    (project / "index.html").write_text("<p>from the image</p>")
    (project / "pyproject.toml").write_text(
        "[tool.playhead]\nentry = 'http.server'\nargs = ['--bind', '127.0.0.1']\n"
        "[tool.playhead.permissions]\nnet = true\n"
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with playing(home, project, str(port)) as play:
        play.until_message("Serving HTTP on")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as reply:
            assert reply.read() == b"<p>from the image</p>"
        play.until_message('"GET / HTTP/1.1" 200')
        play.interrupt()
        assert_stopped(play)


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_a_multiprocessing_pool_works(home: Path, project: Path, method: str) -> None:
    write_main(
        project,
        "import multiprocessing as mp, sys\n"
        "class Point:\n"
        "    def __init__(self, x): self.x = x\n"
        "def double(point): return Point(point.x * 2)\n"
        "if __name__ == '__main__':\n"
        "    with mp.get_context(sys.argv[1]).Pool(2) as pool:\n"
        "        print([p.x for p in pool.map(double, [Point(1), Point(2)])])\n",
    )
    with playing(home, project, method) as play:
        assert_finished(play)
        assert play.output() == ["[2, 4]"]


def test_an_asyncio_server_cleans_up_when_stopped(home: Path, project: Path) -> None:
    write_main(
        project,
        "import asyncio, atexit\n"
        "atexit.register(print, 'atexit ran')\n"
        "async def main():\n"
        "    server = await asyncio.start_server(lambda r, w: w.close(), '127.0.0.1', 0)\n"
        "    print('listening')\n"
        "    try:\n"
        "        await server.serve_forever()\n"
        "    finally:\n"
        "        await asyncio.sleep(0.05)\n"
        "        print('finally ran')\n"
        "asyncio.run(main())\n",
    )
    with playing(home, project) as play:
        play.until_message("listening")
        play.interrupt()
        assert_stopped(play)
        assert play.output() == ["listening", "finally ran", "atexit ran"]


def test_input_is_asked_and_answered(home: Path, project: Path) -> None:
    write_main(project, "name = input('Name? ')\nprint(f'Hello, {name}')\n")
    with playing(home, project) as play:
        play.until_state("running")
        play.send("Grüße\n".encode())
        assert_finished(play)
        assert "".join(play.output()) == "Name? Hello, Grüße"


def test_a_program_that_is_told_end_of_input_sees_it(home: Path, project: Path) -> None:
    write_main(project, "import sys\nprint(len(sys.stdin.read()))\n")
    with playing(home, project) as play:
        play.send(b"x" * 300_000)
        assert play.process.stdin is not None
        play.process.stdin.close()
        assert_finished(play)
        assert play.output() == ["300000"]


def test_a_percent_notebook_is_played_from_top_to_bottom(home: Path, project: Path) -> None:
    (project / "sums.py").write_text(
        "# %% [markdown]\n# # Sums\n# %%\nnumbers = [1, 2, 3]\n"
        "# %%\nsum(numbers)\n# %%\nprint('the end')\n"
    )
    with playing(home, project / "sums.py") as play:
        assert_finished(play)
        assert play.output() == ["6", "the end"]


def test_an_ipynb_is_played_and_a_failing_cell_ends_it(home: Path, project: Path) -> None:
    sources = ["x = 20\n", "import asyncio\nawait asyncio.sleep(0)\nx + 1", "1 / 0", "print('no')"]
    cells: list[dict[str, object]] = [
        {
            "cell_type": "code",
            "id": f"cell{n}",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": source,
        }
        for n, source in enumerate(sources)
    ]
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    (project / "maths.ipynb").write_text(json.dumps(notebook))
    with playing(home, project / "maths.ipynb") as play:
        assert play.end() == 1
        assert play.states[-1] == "runtime_failed"
        assert play.output() == ["21"]
        (diagnostic,) = [e for e in play.entries("runtime") if e["code"] and e["location"]]
        assert diagnostic["location"]["path"] == "maths.ipynb"
        assert "ZeroDivisionError" in diagnostic["message"]


def test_exit_codes_and_causes_are_the_programs_own(home: Path, project: Path) -> None:
    write_main(
        project,
        "import os, signal, sys\n"
        "what = sys.argv[1]\n"
        "if what == 'code': sys.exit(7)\n"
        "if what == 'text': sys.exit('no such level')\n"
        "if what == 'raise': raise KeyError('level')\n"
        "if what == 'term': os.kill(os.getpid(), signal.SIGTERM)\n"
        "if what == 'kill': os.kill(os.getpid(), signal.SIGKILL)\n",
    )
    expected = {
        "code": (7, "exit-code"),
        "text": (1, "exit-code"),
        "raise": (1, "exception"),
        "term": (143, "signal"),
        "kill": (137, "signal"),
    }
    for what, (code, cause) in expected.items():
        with playing(home, project, what) as play:
            assert play.end() == code, play.told()
            assert play.exit["cause"] == cause, play.told()
            assert play.states[-1] == "runtime_failed"


def test_an_uncaught_exception_names_the_users_file_and_line(home: Path, project: Path) -> None:
    (project / "pkg").mkdir()
    (project / "pkg" / "level.py").write_text("def load():\n    return {}['door']\n")
    write_main(project, "from pkg.level import load\n\nload()\n")
    with playing(home, project) as play:
        assert play.end() == 1
        (diagnostic,) = [e for e in play.entries("runtime") if e["code"] and e["location"]]
        assert diagnostic["location"]["path"] == "pkg/level.py"
        assert diagnostic["location"]["line"] == 2
        assert "KeyError" in diagnostic["message"]
        text = "\n".join(play.output("stderr"))
        assert "session" not in text, "no frame of ours reaches the user"
        assert "runpy" not in text


def test_a_project_may_contain_our_own_package_names(home: Path, project: Path) -> None:
    (project / "session.py").write_text("name = 'the user session'\n")
    (project / "studio").mkdir()
    (project / "studio" / "__init__.py").write_text("name = 'the user studio'\n")
    (project / "json.py").write_text("name = 'the user json'\n")
    write_main(
        project,
        "import json, session, studio, sys\n"
        "print(session.name, studio.name, json.name, sep='|')\n"
        "print([m for m in ('shipper', 'resources', 'playhead') if m in sys.modules])\n",
    )
    with playing(home, project) as play:
        assert_finished(play)
        assert play.output() == ["the user session|the user studio|the user json", "[]"]


def test_the_view_takes_writes_and_the_project_stays_as_it_was(home: Path, project: Path) -> None:
    (project / "save.json").write_text("{}")
    write_main(
        project,
        "import os, pathlib, sys\n"
        "assert pathlib.Path('save.json').read_text() == '{}'\n"
        "pathlib.Path('save.json').write_text('changed')\n"
        "pathlib.Path('out').mkdir(); pathlib.Path('out/new.txt').write_text('new')\n"
        "assert os.path.dirname(os.path.abspath(__file__)) == os.getcwd() == sys.path[0]\n"
        "pathlib.Path(os.environ['PLAYHEAD_DATA'], 'lasting').touch()\n",
    )
    before = {p.name: p.read_bytes() for p in project.iterdir() if p.is_file()}
    with playing(home, project) as play:
        assert_finished(play)
        told = " ".join(row["message"] for row in play.entries("runtime"))
        assert "save.json" in told
        assert "out/new.txt" in told
        run = home / "runs" / play.exit["run"]
        assert (run / "written" / "save.json").read_text() == "changed"
        assert (run / "written" / "out" / "new.txt").read_text() == "new"
        assert not (run / "view").exists()
    assert {p.name: p.read_bytes() for p in project.iterdir() if p.is_file()} == before
    assert not (project / "out").exists()


def test_a_project_may_ask_to_work_in_its_own_folder(home: Path, project: Path) -> None:
    manifest = "[tool.playhead]\nentry='main.py'\n[tool.playhead.permissions]\nwrite=['.']\n"
    write_main(project, "open('made.txt', 'w').write('here')\n", manifest)
    with playing(home, project) as play:
        assert_finished(play)
    assert (project / "made.txt").read_text() == "here"


def test_a_single_script_with_inline_metadata_plays(home: Path, project: Path) -> None:
    script = project / "tool.py"
    script.write_text(
        "# /// script\n# requires-python = '>=3.9'\n# dependencies = []\n# ///\n"
        "import sys\nprint(sys.argv[1:])\n"
    )
    with playing(home, script, "a b", "--flag") as play:
        assert_finished(play)
        assert play.output() == ["['a b', '--flag']"]


def test_a_single_script_brings_the_modules_and_files_it_names(home: Path, project: Path) -> None:
    (project / "words.txt").write_text("from a file")
    (project / "reading.py").write_text("def read():\n    return open('words.txt').read()\n")
    script = project / "script.py"
    script.write_text("import reading\nprint(reading.read())\nimport later\n")
    with playing(home, script) as play:
        assert play.end() == 1
        assert play.output() == ["from a file"]
    (project / "later.py").write_text("print('and the other')\n")
    with playing(home, script) as play:
        assert_finished(play)
        assert play.output() == ["from a file", "and the other"]


def test_two_commands_play_the_same_project_at_once(home: Path, project: Path) -> None:
    write_main(
        project,
        "import pathlib, sys\n"
        "pathlib.Path('mine').write_text(sys.argv[1])\n"
        "input()\nprint(pathlib.Path('mine').read_text())\n",
    )
    with playing(home, project, "one") as one, playing(home, project, "two") as two:
        one.until_state("running")
        two.until_state("running")
        for play in (one, two):
            play.send(b"\n")
        assert_finished(one)
        assert_finished(two)
        assert (one.output(), two.output()) == (["one"], ["two"])


def test_python_sees_no_packages_of_ours(home: Path, project: Path) -> None:
    write_main(project, "try:\n    import pydantic\nexcept ImportError:\n    print('sealed')\n")
    with playing(home, project) as play:
        assert_finished(play)
        assert play.output() == ["sealed"]
