"""A run that holds a port is named by the next one, and `playhead runs --stop` ends it."""

import socket
from pathlib import Path

import pytest

from tests.support.confined import as_ordinary_user, beside
from tests.support.playhead import playing, processes_of, run_command

SERVER = """\
import socket, time
taken = socket.create_server(("127.0.0.1", {port}))
print("listening", flush=True)
try:
    time.sleep(100)
except BaseException as ending:
    {ending}
"""
MANIFEST = '[project]\nname = "{name}"\n[tool.playhead]\npermissions = {{ net = true }}\n'


def a_project(folder: Path, name: str, port: int, ending: str = "raise") -> Path:
    project = folder / name
    project.mkdir()
    (project / "pyproject.toml").write_text(MANIFEST.format(name=name))
    (project / "main.py").write_text(SERVER.format(port=port, ending=ending))
    return project


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
        return number


@pytest.mark.e2e
@pytest.mark.timeout(120)
@pytest.mark.parametrize("ordinary", [False, True], ids=["as we are", "as an ordinary user"])
def test_the_run_that_holds_a_port_is_named_and_can_be_stopped(
    tmp_path: Path, port: int, ordinary: bool
) -> None:
    prefix = as_ordinary_user() if ordinary else ()
    home = tmp_path / "home"
    first, second = a_project(tmp_path, "first", port), a_project(tmp_path, "second", port)
    with playing(home, first, prefix=prefix) as holder:
        holder.until_message("listening")
        run_id = holder.rows[0]["run"]
        other_prefix = beside(holder.process.pid) if ordinary else ()
        with playing(home, second, prefix=other_prefix) as other:
            assert other.end() == 1
        (entry,) = [row for row in other.entries() if row["code"] == "port-held"]
        assert entry["message"].startswith(f"Port {port} is held by another run of first, by ")
        assert entry["hint"] == f"Stop it: playhead runs --stop {run_id}"

        stopped = run_command(home, "runs", "--stop", run_id)
        assert (stopped.returncode, stopped.stdout) == (0, f"stopped {run_id}\n"), stopped.stderr
        assert holder.end() == 130
        assert (holder.exit["state"], holder.exit["cause"]) == ("stopped", "stopped-by-user")
        assert [row for row in holder.entries() if row["code"] == "keyboard-interrupt"] == []
    assert processes_of(run_id) == []
    again = run_command(home, "runs", "--stop", run_id)
    assert again.returncode == 1
    assert "is not being played" in again.stderr


@pytest.mark.e2e
@pytest.mark.timeout(120)
def test_one_that_is_deaf_is_ended_after_its_grace(tmp_path: Path, port: int) -> None:
    home = tmp_path / "home"
    deaf = a_project(tmp_path, "deaf", port, ending="time.sleep(100)")
    with playing(home, deaf) as holder:
        holder.until_message("listening")
        run_id = holder.rows[0]["run"]
        stopped = run_command(home, "runs", "--stop", "last")
        assert stopped.returncode == 0, stopped.stderr
        assert holder.end() == 130
        assert holder.exit["state"] == "stopped"
    assert processes_of(run_id) == []
