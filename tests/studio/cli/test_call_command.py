"""`playhead call`: tools of a project, called from a terminal."""

import json
import signal
import subprocess
from pathlib import Path

import pytest

from session.home import Home
from session.worker.process_table import all_pids, stat_of
from session.workers.tool_declaration import read_tool
from studio.cli.errors import WrongParameter
from studio.cli.tool_arguments import read_arguments, usage_of
from tests.support.playhead import COMMAND, environment, run_command
from tests.support.process_watch import survivors

TOOLS = '''
import os, signal, time
import playhead
from parts import unit

@playhead.tool
def area(width: float, height: float = 1.0) -> float:
    """Return the area of a rectangle."""
    print("working")
    return width * height * unit

@playhead.tool
def count(up_to: int):
    yield from range(up_to)

@playhead.tool
def write() -> str:
    with open("beside.txt", "w") as file:
        file.write("scratch")
    with open(os.path.join(os.environ["PLAYHEAD_DATA"], "kept.txt"), "w") as file:
        file.write("kept")
    playhead.store["runs"] = playhead.store.get("runs", 0) + 1
    return "run %s\\nin %s" % (playhead.store["runs"], os.getcwd())

@playhead.tool
def fetch() -> str:
    import socket
    try:
        socket.create_connection(("192.0.2.1", 80), 0.2)
    except OSError as error:
        return type(error).__name__ if "refused" in str(error) else "unreachable"
    return "reached"

@playhead.tool
def fail():
    raise LookupError("nothing there")

@playhead.tool
def die(number: int):
    os.kill(os.getpid(), number)

@playhead.tool
def nap(seconds: float):
    print(os.getpid(), flush=True)
    time.sleep(seconds)
'''


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "cartridge"
    folder.mkdir()
    (folder / "tools.py").write_text(TOOLS)
    (folder / "parts.py").write_text("unit = 1\n")
    (folder / "main.py").write_text("print('played')\n")
    return folder


def call(project: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return run_command(project.parent / "home", "call", str(project), *arguments)


@pytest.mark.e2e
@pytest.mark.timeout(180)
def test_tools_are_listed_and_called(project: Path) -> None:
    listed = call(project)
    assert listed.returncode == 0, listed.stderr
    assert "area(width: number, height: number = 1.0)\n  Return the area of a rectangle.\n" in (
        listed.stdout
    )
    assert "count(up_to: integer)  streams\n" in listed.stdout
    assert "echo" not in listed.stdout
    schemas = json.loads(call(project, "--json").stdout)
    assert schemas[0]["parameters"]["required"] == ["width"]
    done = call(project, "area", "width=3", "height=2")
    assert (done.returncode, done.stdout) == (0, "6\n")
    assert "working" in done.stderr
    assert call(project, "count", "up_to=3").stdout == "[0, 1, 2]\n"
    assert call(project, "count", "up_to=3", "--stream").stdout == "0\n1\n2\n"


@pytest.mark.e2e
@pytest.mark.timeout(180)
def test_what_a_tool_writes_is_the_views_or_the_data_folders(project: Path) -> None:
    first, second = call(project, "write"), call(project, "write")
    assert first.stdout.startswith("run 1\nin /")
    assert second.stdout.startswith("run 2\n")
    assert not (project / "beside.txt").exists()
    kept = list(Home.under(project.parent / "home").data.glob("*/kept.txt"))
    assert [path.read_text() for path in kept] == ["kept"]
    view = Path(first.stdout.splitlines()[1].removeprefix("in "))
    assert not view.exists()


@pytest.mark.e2e
@pytest.mark.timeout(180)
def test_a_tool_has_the_rights_of_the_project(project: Path) -> None:
    assert call(project, "fetch").stdout == "unreachable\n"


@pytest.mark.e2e
@pytest.mark.timeout(180)
@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["fail"], 1, "LookupError: nothing there [tool-failed]"),
        (["die", "number=9"], 137, "[worker-gone]"),
        (["nap", "seconds=30", "--timeout", "0.5"], 124, "[call-timed-out]"),
        (["aera"], 2, "[tool-not-found]"),
        (["area", "width=wide"], 2, "[tool-parameter]"),
        (["area", "3"], 2, "[parameter]"),
        (["area", "width=3", "--stream"], 2, "[tool-not-streaming]"),
    ],
)
def test_exit_codes_say_what_went_wrong(
    project: Path, arguments: list[str], code: int, said: str
) -> None:
    done = call(project, *arguments)
    assert said in done.stderr
    assert (done.returncode, done.stdout) == (code, "")


@pytest.mark.e2e
@pytest.mark.timeout(120)
def test_tools_that_cannot_be_loaded_are_said_and_nothing_is_prepared_in_vain(
    project: Path,
) -> None:
    (project / "parts.py").write_text("unit = nothing\n")
    done = call(project)
    assert done.returncode == 126
    assert "NameError" in done.stderr
    assert "[script-failed]" in done.stderr
    assert run_command(project.parent / "home", "call", str(project / "no")).returncode == 125


@pytest.mark.e2e
@pytest.mark.timeout(120)
def test_without_a_tools_file_the_entry_is_imported_and_not_run(project: Path) -> None:
    (project / "tools.py").unlink()
    (project / "main.py").write_text(
        "import playhead\n\n@playhead.tool\ndef greet(name: str) -> str:\n"
        "    return f'Hello {name}'\n\nif __name__ == '__main__':\n    raise SystemExit('played')\n"
    )
    done = call(project, "greet", "name=1")
    assert (done.returncode, done.stdout) == (0, "Hello 1\n")


@pytest.mark.e2e
@pytest.mark.timeout(120)
def test_ctrl_c_ends_the_call_and_leaves_nothing(project: Path) -> None:
    home = project.parent / "home"
    with subprocess.Popen(
        [*COMMAND, "call", str(project), "nap", "seconds=60"],
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as command:
        assert command.stderr is not None
        assert command.stderr.readline().strip().isdigit()
        ours = [pid for pid in all_pids() if (s := stat_of(pid)) and s.parent == command.pid]
        command.send_signal(signal.SIGINT)
        assert command.wait(60) == 130
    assert ours, "there was a launcher"
    assert not survivors(ours, 20)


def test_parameters_are_read_by_what_the_tool_takes() -> None:
    tool = read_tool(
        {
            "name": "make",
            "parameters": [
                {"name": "title", "type": "string"},
                {"name": "size", "type": "integer", "required": False, "default": 3},
                {"name": "more", "type": "any", "required": False, "default": None},
            ],
        }
    )
    given = read_arguments(tool, ["title=12", "size=12", 'more={"a": [1, "=b"]}'])
    assert given == {"title": "12", "size": 12, "more": {"a": [1, "=b"]}}
    assert read_arguments(tool, ["more=plain text", "title="]) == {
        "more": "plain text",
        "title": "",
    }
    assert usage_of(tool) == "make(title: string, size: integer = 3, more = null)"
    for wrong in (["title"], ["=3"], ["title=1", "title=2"], ["no way=3"]):
        with pytest.raises(WrongParameter):
            read_arguments(tool, wrong)
