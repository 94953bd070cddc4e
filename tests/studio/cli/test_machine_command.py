"""`machine` and `environments`, as the whole command prints them."""

import json
import sys
from pathlib import Path

import pytest

from tests.support.fake_nvml import fake_nvml
from tests.support.playhead import run_command
from tests.support.pty_command import at_terminal


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_a_person_reads_what_there_is(home: Path) -> None:
    done = run_command(home, "machine")
    assert done.returncode == 0, done.stderr
    labels = [line.split()[0] for line in done.stdout.splitlines() if line and line[0] != " "]
    assert labels[:5] == ["platform", "processor", "features", "memory", "gpu"]
    version = "{}.{}.{}".format(*sys.version_info[:3])
    assert any(line.split()[:2] == [version, "playhead"] for line in done.stdout.splitlines())


def test_a_program_reads_json(home: Path, tmp_path: Path) -> None:
    library = str(fake_nvml(tmp_path))
    found = json.loads(run_command(home, "machine", "--json", LD_LIBRARY_PATH=library).stdout)
    assert found["accelerators"] == ["cuda", "cpu"]
    assert found["cuda"]["devices"][0]["name"] == "Tiny GPU"
    assert found["identity"]["gpu_count"] == 2
    assert found["interpreters"][0]["origin"] == "playhead"
    text = run_command(home, "machine", LD_LIBRARY_PATH=library).stdout
    assert "gpu         CUDA 12.4, driver 550.54.14" in text
    assert "cuda:1  Tiny GPU, 8.0 GB, 6.0 GB free, capability 9.0" in text


def test_a_device_is_chosen(home: Path) -> None:
    assert run_command(home, "machine", "--select", "mps:7,cpu").stdout == "cpu\n"
    done = run_command(home, "machine", "--select", "mps:7")
    assert done.returncode == 1
    assert "none of the devices that would do: mps:7. [no-device]" in done.stderr


@pytest.mark.timeout(120)
def test_environments_are_listed_and_removed(home: Path, tmp_path: Path) -> None:
    assert run_command(home, "environments").stdout == ""
    with at_terminal(home, "environments") as terminal:
        assert terminal.end() == 0
        assert "No environments yet" in terminal.text
    project = tmp_path / "harbour"
    project.mkdir()
    (project / "main.py").write_text("")
    assert run_command(home, "check", str(project)).returncode == 0

    (kept,) = json.loads(run_command(home, "environments", "--json").stdout)
    assert kept["projects"] == [str(project)]
    head, row, total = run_command(home, "environments").stdout.splitlines()
    assert head.split()[:2] == ["ENVIRONMENT", "PYTHON"]
    assert row.split()[0] == kept["name"][:12]
    assert row.endswith("harbour")
    assert total.endswith("in all")

    assert run_command(home, "environments", "--unused").stdout == ""
    (Path(kept["folder"]) / "bin" / "python").unlink()
    assert "broken: the Python that it was made with is gone" in (
        run_command(home, "environments").stdout
    )
    doctor = json.loads(run_command(home, "doctor", "--json").stdout)
    (finding,) = [one for one in doctor if one["name"] == "environments"]
    assert (finding["grade"], kept["name"][:12] in finding["remedy"]) == ("reduced", True)

    removed = run_command(home, "environments", "--remove", kept["name"][:6])
    assert removed.stdout.startswith(f"removed {kept['name'][:12]}, ")
    again = run_command(home, "environments", "--remove", kept["name"][:6])
    assert again.returncode == 1
    assert "[environment-unknown]" in again.stderr


@pytest.mark.timeout(120)
def test_what_no_project_uses_goes(home: Path, tmp_path: Path) -> None:
    project = tmp_path / "gone"
    project.mkdir()
    (project / "main.py").write_text("")
    assert run_command(home, "check", str(project)).returncode == 0
    (project / "main.py").unlink()
    project.rmdir()
    assert "1 unused" in run_command(home, "environments").stdout
    assert run_command(home, "environments", "--unused").stdout.startswith("removed ")
    assert json.loads(run_command(home, "environments", "--json").stdout) == []


def test_doctor_knows_a_driver_of_no_use(home: Path, tmp_path: Path) -> None:
    library = str(fake_nvml(tmp_path, "return 9"))
    done = run_command(home, "doctor", "--json", LD_LIBRARY_PATH=library)
    (finding,) = [one for one in json.loads(done.stdout) if one["name"] == "GPU"]
    assert (finding["grade"], finding["text"]) == ("reduced", "NVIDIA: its driver is not loaded")
    assert finding["remedy"]
