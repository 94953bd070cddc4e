"""Places named in a log, found as files of the project."""

from pathlib import Path

import pytest

from studio.workspaces.debug.places import Found, find_file


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "lib").mkdir(parents=True)
    (folder / "main.py").write_text("")
    (folder / "lib" / "level.py").write_text("")
    (folder / "day.ipynb").write_text("{}")
    return folder


def test_a_relative_path_is_the_projects(root: Path, tmp_path: Path) -> None:
    assert find_file("lib/level.py", root, tmp_path / "run") == Found(root / "lib/level.py")


def test_a_path_in_the_view_is_the_projects(root: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    assert find_file(f"{run}/view/main.py", root, run) == Found(root / "main.py")


def test_a_view_behind_a_link_is_the_projects_too(root: Path, tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    linked = tmp_path / "linked"
    linked.symlink_to(real)
    assert find_file(f"{real}/view/main.py", root, linked) == Found(root / "main.py")


@pytest.mark.parametrize("place", ["view", "overlay/upper"])
def test_what_only_the_view_has_is_shown_there(root: Path, tmp_path: Path, place: str) -> None:
    run = tmp_path / "run"
    made = run / place / "made.py"
    made.parent.mkdir(parents=True)
    made.write_text("")
    assert find_file(str(run / "view" / "made.py"), root, run) == Found(made)
    assert find_file("made.py", root, run) == Found(made)


def test_any_other_absolute_path_is_itself(root: Path, tmp_path: Path) -> None:
    assert find_file(pytest.__file__, root, tmp_path / "run") == Found(Path(pytest.__file__))


def test_a_cells_lines_are_its_own(root: Path, tmp_path: Path) -> None:
    assert find_file("day.ipynb[3]", root, tmp_path / "run") == Found(
        root / "day.ipynb", has_line=False
    )


@pytest.mark.parametrize("name", ["gone.py", "/nowhere/at/all.py", "lib"])
def test_what_is_not_there_is_not_found(name: str, root: Path, tmp_path: Path) -> None:
    assert find_file(name, root, tmp_path / "run") is None
