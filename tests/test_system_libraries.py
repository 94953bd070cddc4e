"""`.ci/system-libraries`: what is needed ends set-up, what is wanted is only named."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / ".ci" / "system-libraries"


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A system of an ordinary user with no library, no Xvfb and no `apt-get` that may be used."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, text in {"id": "echo 1000", "ldconfig": "echo", "apt-get": "exit 99"}.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    return folder


def look(tools: Path, python: str) -> subprocess.CompletedProcess[str]:
    """Run the script with those tools before the system's."""
    return subprocess.run(
        [str(SCRIPT), python],
        env={"PATH": f"{tools}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_is_only_wanted_is_named_in_one_line(tools: Path) -> None:
    done = look(tools, sys.executable)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.count("\n") == 1
    wanted = re.findall(r"^(\S+) library ", SCRIPT.read_text(encoding="utf-8"), re.MULTILINE)
    assert {"libegl1", "libxcb-cursor0"} <= set(wanted)
    assert all(f" {package}" in done.stderr for package in wanted)


def test_what_is_needed_ends_it(tools: Path) -> None:
    python = tools / "bare-python"
    python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)
    done = look(tools, str(python))
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("Missing on this system: python3-venv.")


def test_as_root_everything_is_installed_at_once_and_failing_is_no_end(tools: Path) -> None:
    (tools / "id").write_text("#!/bin/sh\necho 0\n")
    (tools / "apt-get").write_text(f'#!/bin/sh\necho "$@" >> {tools}/asked\n')
    done = look(tools, sys.executable)
    assert done.returncode == 0
    assert done.stdout.startswith("Installing")
    update, install = (tools / "asked").read_text().splitlines()
    assert update.startswith("update")
    assert " libegl1 " in install
    assert "sudo apt-get install" in done.stderr
