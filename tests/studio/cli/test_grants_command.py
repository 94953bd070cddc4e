"""`playhead grants`, and playing somebody else's project from a terminal."""

import json
from pathlib import Path

from session.grants import GrantStore
from session.home import Home
from tests.support.playhead import run_command


def kept(tmp_path: Path) -> GrantStore:
    """The store of the home that the command uses here."""
    return GrantStore(Home.under(tmp_path))


def project(tmp_path: Path, source: str = "print('hello')\n", manifest: str = "") -> Path:
    folder = tmp_path / "game"
    folder.mkdir()
    (folder / "main.py").write_text(source)
    if manifest:
        (folder / "pyproject.toml").write_text(manifest)
    return folder


def test_answers_are_listed_and_withdrawn(tmp_path: Path) -> None:
    folder, home = project(tmp_path), tmp_path / "home"
    assert run_command(home, "grants").stdout == "Nothing is remembered.\n"
    kept(home).add("key", "net", folder)
    kept(home).refuse("key", "read=/srv/a", folder)
    kept(home).add("another", "gpu", Path("/elsewhere"))
    told = run_command(home, "grants").stdout
    assert told == f"{folder}\n  granted  net\n  refused  read=/srv/a\n/elsewhere\n  granted  gpu\n"
    (row,) = json.loads(run_command(home, "grants", str(folder), "--json").stdout)
    assert (row["granted"], row["refused"]) == (["net"], ["read=/srv/a"])
    done = run_command(home, "grants", str(folder), "--withdraw", "read")
    assert (done.returncode, done.stderr) == (0, "")
    assert kept(home).all()["key"].refused == ()
    again = run_command(home, "grants", str(folder), "--withdraw", "read")
    assert again.returncode == 1
    assert "[answer-unknown]" in again.stderr
    run_command(home, "grants", str(folder), "--withdraw", "all")
    assert kept(home).all().keys() == {"another"}
    assert run_command(home, "grants", "--withdraw", "net").returncode == 2


def test_answers_of_a_project_are_found_by_its_runs(tmp_path: Path) -> None:
    manifest = '[tool.playhead]\nid = "org.example.game"\n'
    folder, home = project(tmp_path, manifest=manifest), tmp_path / "home"
    assert run_command(home, "play", str(folder)).returncode == 0
    kept(home).add("org.example.game", "net")
    assert "granted  net" in run_command(home, "grants", str(folder)).stdout


def test_somebody_elses_project_has_what_is_granted_on_the_command_line(tmp_path: Path) -> None:
    source = "import os\nprint('sees', os.environ.get('LANGUAGE'))\n"
    manifest = '[tool.playhead.permissions]\nenv = ["LANGUAGE"]\n'
    folder, home = project(tmp_path, source, manifest), tmp_path / "home"
    own = run_command(home, "play", str(folder), LANGUAGE="de")
    assert "sees de" in own.stdout
    foreign = run_command(home, "play", "--foreign", str(folder), LANGUAGE="de")
    if "isolation-missing" in foreign.stdout + foreign.stderr:  # a machine without namespaces
        assert foreign.returncode == 126
    assert "sees de" not in foreign.stdout
    reduced = ("--foreign", "--reduced-isolation")
    denied = run_command(home, "play", *reduced, str(folder), LANGUAGE="de")
    assert "sees None" in denied.stdout
    assert "--grant env=LANGUAGE" in denied.stdout
    granted = run_command(
        home, "play", *reduced, "--grant", "env=LANGUAGE", str(folder), LANGUAGE="de"
    )
    assert "sees de" in granted.stdout
