"""Every template is a project that plays: filled in, compiled, and run in a real process."""

import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path
from string import Template

import pytest

import resources

WORDS = {"name": "my-project", "title": "My project"}
SILENT = {"SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy"}


def fill(template: str, folder: Path) -> Path:
    """Write a template as `playhead new` does."""
    source = resources.template_folder(template)
    for path in source.rglob("*"):
        if path.is_file() and path.parent.name != "__pycache__":
            target = folder / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            text = Template(path.read_text(encoding="utf-8")).safe_substitute(WORDS)
            target.write_text(text, encoding="utf-8")
    return folder


def run(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """Run a filled template's program to its end."""
    return subprocess.run(
        [sys.executable, "main.py", *args],
        cwd=folder,
        env={**os.environ, **SILENT},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


def test_there_is_a_template_for_each_of_the_three() -> None:
    assert resources.template_names() == ("app", "game", "tool")


def test_an_unknown_template_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        resources.template_folder("novel")


@pytest.mark.parametrize("name", resources.template_names())
def test_a_filled_template_declares_itself(name: str, tmp_path: Path) -> None:
    folder = fill(name, tmp_path)
    settings = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    assert settings["project"]["name"] == "my-project"
    assert settings["tool"]["playhead"]["title"] == "My project"
    source = (folder / "main.py").read_text(encoding="utf-8")
    assert source.startswith('"""My project: ')
    assert "$" not in source
    compile(source, "main.py", "exec")


def test_the_tool_counts_its_sample(tmp_path: Path) -> None:
    done = run(fill("tool", tmp_path), "--top", "1")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == ["27", "sample.txt", "3", "a"]


def test_the_tool_says_with_its_code_what_went_wrong(tmp_path: Path) -> None:
    folder = fill("tool", tmp_path)
    unreadable = run(folder, "nothing-here.txt", "sample.txt")
    assert unreadable.returncode == 1
    assert "nothing-here.txt cannot be read" in unreadable.stderr
    assert "sample.txt" in unreadable.stdout
    assert run(folder, "--top", "many").returncode == 2


def test_the_game_plays_by_itself_without_a_screen(tmp_path: Path) -> None:
    done = run(fill("game", tmp_path), "--frames", "120")
    assert done.returncode == 0, done.stderr
    assert "Score: " in done.stdout


def test_the_app_saves_its_counts_when_it_is_stopped(tmp_path: Path) -> None:
    folder = fill("app", tmp_path / "app")
    app = subprocess.Popen(
        [sys.executable, "main.py"],
        cwd=folder,
        env={**os.environ, "PLAYHEAD_DATA": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert app.stdout is not None
    assert app.stdout.readline() == "2 reminders are set.\n"
    assert app.stdout.readline() == "Stretch (number 1)\n"
    app.send_signal(signal.SIGINT)
    rest, _ = app.communicate(timeout=30)
    assert "Saved the counts of" in rest
    assert app.returncode == 130
    assert '"Stretch": ' in (tmp_path / "counts.json").read_text(encoding="utf-8")
    assert not (folder / "counts.json").exists()
