"""Budgets through the command: exit codes, the log, and a configuration that allows more."""

from pathlib import Path

import pytest

from tests.support.playhead import playing, processes_of, run_command

pytestmark = pytest.mark.e2e

MANIFEST = """
[tool.playhead.budget]
wall = "30s"
memory = "150MB"
output = "1MB"
[tool.playhead.configurations.roomy.budget]
memory = "900MB"
[tool.playhead.configurations.strict.budget]
wall = "500ms"
"""
MAIN = """
import os, sys, time
what = sys.argv[1] if len(sys.argv) > 1 else ""
print("up", flush=True)
if what == "memory":
    for _ in range(5):
        if os.fork() == 0:
            break
    held = [bytearray(b"x" * 1_000_000) for _ in range(50)]
    time.sleep(0.6)
elif what == "output":
    for _ in range(5000):
        print("x" * 999)
elif what == "sleep":
    time.sleep(20)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(MANIFEST)
    (folder / "main.py").write_text(MAIN)
    return folder


def test_a_budget_exits_with_124_and_says_which(tmp_path: Path, project: Path) -> None:
    with playing(tmp_path / "home", project, "memory") as play:
        assert play.end() == 124, play.told()
    assert (play.exit["cause"], play.exit["state"]) == ("budget", "runtime_failed")
    assert "its budget is 150 MB" in play.exit["message"]
    assert processes_of(play.exit["run"]) == []
    (marker,) = [row for row in play.entries() if row["code"] == "budget-memory"]
    assert (marker["severity"], marker["source"]) == ("error", "runtime")
    assert marker["message"] == play.exit["message"]
    assert '[tool.playhead.budget] memory = "300MB"' in marker["hint"]
    rows = play.rows
    assert rows.index(marker) < rows.index(rows[-2]), "before the state that it leads to"
    assert play.output() == ["up"]


def test_output_is_kept_up_to_its_budget(tmp_path: Path, project: Path) -> None:
    with playing(tmp_path / "home", project, "output") as play:
        assert play.end() == 124, play.told()
    assert play.exit["cause"] == "budget"
    first, *lines = play.output()
    assert (first, set(lines[:-1])) == ("up", {"x" * 999})
    assert len("up\n") + 1000 * len(lines[:-1]) + len(lines[-1]) == 1_000_000
    assert [row for row in play.entries() if row["code"] == "budget-output"]


def test_a_configuration_may_allow_more_or_less(tmp_path: Path, project: Path) -> None:
    home = tmp_path / "home"
    roomy = run_command(home, "play", str(project), "--config", "roomy", "--", "memory")
    assert roomy.returncode == 0, roomy.stdout + roomy.stderr
    strict = run_command(home, "play", str(project), "--config", "strict", "--", "sleep")
    assert strict.returncode == 124, strict.stdout + strict.stderr
    assert "its budget is 500 ms" in strict.stdout + strict.stderr
    assert run_command(home, "play", str(project)).returncode == 0


def test_a_budget_that_is_raised_in_the_manifest_holds_at_once(
    tmp_path: Path, project: Path
) -> None:
    home, manifest = tmp_path / "home", project / "pyproject.toml"
    assert run_command(home, "play", str(project), "--", "memory").returncode == 124
    manifest.write_text(MANIFEST.replace('"150MB"', '"600MB"'))
    assert run_command(home, "play", str(project), "--", "memory").returncode == 0
    manifest.write_text(MANIFEST.replace('"30s"', '"300ms"'))
    assert run_command(home, "play", str(project), "--", "sleep").returncode == 124
