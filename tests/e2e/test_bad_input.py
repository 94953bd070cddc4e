"""Bad input: each a clear error with code and next step, the right state and exit code."""

import json
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.confined import as_ordinary_user
from tests.support.playhead import Playing, playing, processes_of, run_command
from tests.support.registry import serve_registry

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "main.py").write_text("print('played')\n")
    return folder


def assert_prepare_failed(play: Playing, code: str) -> dict[str, object]:
    """The run ended in prepare_failed, and an entry with `code` says what to do next."""
    assert play.end() == 125, play.told()
    assert play.states[-1] == "prepare_failed"
    assert play.exit["state"] == "prepare_failed"
    assert play.exit["message"]
    assert "Traceback" not in play.told()
    found = [entry for entry in play.entries() if entry["code"] == code]
    assert found, play.told()
    assert found[0]["hint"], "every error names a next step"
    return found[0]


def snapshot(folder: Path) -> dict[str, tuple[bytes, float]]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def test_a_missing_path_is_said_in_one_line(home: Path, tmp_path: Path) -> None:
    result = run_command(home, "play", str(tmp_path / "nothing"))
    assert result.returncode == 125
    assert "nothing" in result.stdout + result.stderr
    assert "Traceback" not in result.stdout + result.stderr


def test_an_empty_folder_says_what_was_looked_for(home: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    result = run_command(home, "play", str(empty))
    assert result.returncode == 125
    assert "main.py" in result.stdout + result.stderr


def test_an_unreadable_file_is_named(home: Path, project: Path) -> None:
    (project / "secret.py").write_text("")
    (project / "secret.py").chmod(0)
    with playing(home, project, prefix=as_ordinary_user()) as play:
        error = assert_prepare_failed(play, "project-unreadable")
        assert "secret.py" in str(error)


def test_broken_toml_is_located(home: Path, project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.playhead]\nentry = main.py\n")
    with playing(home, project) as play:
        assert play.end() == 125, play.told()
        (error,) = [e for e in play.entries() if e["severity"] == "error"]
        assert error["location"]["path"] == "pyproject.toml"
        assert error["location"]["line"] == 2
        assert error["code"]
        assert error["hint"]


def test_an_unknown_key_names_the_nearest_known_one(home: Path, project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.playhead]\nentyr = 'main.py'\n")
    with playing(home, project) as play:
        assert play.end() == 125, play.told()
        told = " ".join(f"{e['message']} {e['hint']}" for e in play.entries())
        assert "entyr" in told
        assert "entry" in told.replace("entyr", "")


def test_a_missing_entry_point_is_named(home: Path, project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.playhead]\nentry = 'game.py'\n")
    with playing(home, project) as play:
        assert play.end() == 125, play.told()
        assert any("game.py" in e["message"] for e in play.entries() if e["severity"] == "error")


def test_syntax_errors_in_several_files_are_all_listed(home: Path, project: Path) -> None:
    (project / "one.py").write_text("def f(:\n    pass\n")
    (project / "two.py").write_text("x = 1\nreturn x\n")
    (project / "fine.py").write_text("x = 1\n")
    with playing(home, project) as play:
        assert_prepare_failed(play, "syntax-error")
        found = [e["location"] for e in play.entries() if e["code"] == "syntax-error"]
        assert [(at["path"], at["line"]) for at in found] == [("one.py", 1), ("two.py", 2)]
    checked = run_command(home, "check", str(project))
    assert checked.returncode == 125
    assert "one.py:1" in checked.stdout
    assert "two.py:2" in checked.stdout


@pytest.mark.network
@pytest.mark.timeout(180)
def test_unsolvable_dependencies_say_why(home: Path, project: Path) -> None:
    (project / "pyproject.toml").write_text(
        "[project]\nname='x'\nversion='1'\ndependencies=['iniconfig>2', 'iniconfig<2']\n"
        "[tool.playhead]\n"
    )
    with playing(home, project) as play:
        assert play.end() == 125, play.told()
        errors = [e for e in play.entries("build") if e["severity"] == "error"]
        assert any("iniconfig" in e["message"] for e in errors)
        assert any(e["code"] and e["hint"] for e in errors)


@pytest.mark.timeout(180)
def test_no_network_for_a_new_dependency_is_said(home: Path, project: Path) -> None:
    (project / "pyproject.toml").write_text(
        "[project]\nname='x'\nversion='1'\ndependencies=['never-seen-here==1']\n[tool.playhead]\n"
    )
    dead = "http://127.0.0.1:9/simple"
    with playing(
        home, project, env={"UV_DEFAULT_INDEX": dead, "UV_INDEX_URL": dead, "UV_HTTP_RETRIES": "0"}
    ) as play:
        assert play.end() == 125, play.told()
        errors = [e for e in play.entries() if e["severity"] == "error"]
        assert any(e["code"] == "no-network" for e in errors), play.told()


@pytest.mark.timeout(180)
def test_a_dependency_that_must_be_built_from_source_is_refused(
    home: Path, project: Path, tmp_path: Path
) -> None:
    (project / "pyproject.toml").write_text(
        "[project]\nname='x'\nversion='1'\ndependencies=['playhead-test-source']\n[tool.playhead]\n"
    )
    with serve_registry(tmp_path / "registry") as registry:
        registry.sdist("source", "1.0")
        with playing(home, project, env={"UV_DEFAULT_INDEX": registry.url}) as play:
            assert play.end() == 125, play.told()
    errors = [e for e in play.entries() if e["severity"] == "error"]
    assert any("source" in f"{e['message']} {e['hint']}" for e in errors), play.told()
    assert "was built" not in play.told()


def test_a_read_only_project_folder_plays_and_stays_untouched(home: Path, project: Path) -> None:
    (project / "main.py").write_text("open('new.txt', 'w').write('x')\nprint('wrote')\n")
    before = snapshot(project)
    project.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        with playing(home, project) as play:
            assert play.end() == 0, play.told()
            assert play.output() == ["wrote"]
    finally:
        project.chmod(stat.S_IRWXU)
    assert snapshot(project) == before


def test_a_project_deleted_in_mid_run_ends_in_order(home: Path, project: Path) -> None:
    (project / "main.py").write_text(
        "import pathlib\ninput()\nprint(pathlib.Path('main.py').exists())\n"
    )
    with playing(home, project) as play:
        play.until_state("running")
        shutil.rmtree(project)
        play.send(b"\n")
        assert play.end() == 0, play.told()
        assert play.output() == ["True"], "the view does not depend on the project"
    again = run_command(home, "play", str(project))
    assert again.returncode == 125
    assert "Traceback" not in again.stdout + again.stderr


def test_a_stored_image_altered_behind_our_back_is_set_aside(home: Path, project: Path) -> None:
    (project / "main.py").write_text("print('the honest program')\n")
    with playing(home, project) as play:
        assert play.end() == 0
    for blob in blobs_with(home, b"the honest program"):
        blob.chmod(0o644)
        blob.write_bytes(blob.read_bytes().replace(b"honest", b"forged"))
    with playing(home, project) as play:
        assert play.end() == 0, play.told()
        assert play.output() == ["the honest program"]
        assert any(e["code"] == "image-altered" for e in play.entries()), play.told()


def blobs_with(home: Path, text: bytes) -> Iterator[Path]:
    found = [
        path
        for path in (home / "cache").rglob("*")
        if path.is_file() and path.stat().st_size < 10_000 and text in path.read_bytes()
    ]
    assert found
    blobs = [path for path in found if "blobs" in path.parts]
    assert blobs
    yield from blobs


def test_a_home_that_cannot_be_written_is_said_with_the_way_out(
    tmp_path: Path, project: Path
) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file")
    result = run_command(blocked, "play", str(project))
    told = result.stdout + result.stderr
    assert result.returncode == 125
    assert "PLAYHEAD_HOME" in told
    assert "Traceback" not in told


@pytest.mark.parametrize("text", ["{", "[]", '{"cells": 3}', "\ufeff{}", "null"])
def test_a_broken_notebook_is_refused_in_words(home: Path, project: Path, text: str) -> None:
    (project / "broken.ipynb").write_text(text)
    with playing(home, project / "broken.ipynb") as play:
        assert play.end() == 125, play.told()
        assert play.exit["message"]
        assert "Traceback" not in play.told()


def test_a_broken_cell_is_located_in_its_cell(home: Path, project: Path) -> None:
    cells: list[dict[str, object]] = [
        {
            "cell_type": "code",
            "id": "a",
            "metadata": {},
            "outputs": [],
            "execution_count": None,
            "source": source,
        }
        for source in ("x = 1", "y = (")
    ]
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    (project / "n.ipynb").write_text(json.dumps(notebook))
    with playing(home, project / "n.ipynb") as play:
        error = assert_prepare_failed(play, "syntax-error")
        assert "cell" in str(error["message"])


def test_a_broken_project_leaves_nothing_running(home: Path, project: Path) -> None:
    (project / "main.py").write_text("def f(:\n")
    with playing(home, project) as play:
        assert play.end() == 125
        assert processes_of(play.exit["run"]) == []
