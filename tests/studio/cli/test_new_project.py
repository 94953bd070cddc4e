"""A new project has its name and title, and no folder that holds something is touched."""

import tomllib
from pathlib import Path

import pytest

from resources.project_template import names_for
from studio.cli.errors import FolderTaken, FolderUnwritable, NoSuchTemplate
from studio.cli.new import make_project


@pytest.mark.parametrize("template", ["app", "game", "tool"])
def test_a_template_becomes_a_project(
    template: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    make_project(template, tmp_path / "Moon  lander")

    manifest = tomllib.loads((tmp_path / "Moon  lander/pyproject.toml").read_text())
    assert manifest["project"]["name"] == "moon-lander"
    assert manifest["tool"]["playhead"]["title"] == "Moon lander"
    for file in (tmp_path / "Moon  lander").rglob("*.py"):
        text = file.read_text()
        assert "$name" not in text
        assert "$title" not in text
        compile(text, file, "exec")
    assert "next: playhead play '" in capfd.readouterr().out


@pytest.mark.parametrize("name", ['"; import os #', "\\n", "漢字", "---", "class", "$title", "é"])
def test_any_folder_name_gives_a_valid_project(name: str, tmp_path: Path) -> None:
    make_project("tool", tmp_path / name)

    manifest = tomllib.loads((tmp_path / name / "pyproject.toml").read_text())
    assert manifest["project"]["name"].replace("-", "").isalnum()
    assert manifest["tool"]["playhead"]["title"]
    compile((tmp_path / name / "main.py").read_text(), "main.py", "exec")


def test_names() -> None:
    assert names_for("moon_lander") == {"name": "moon-lander", "title": "Moon lander"}
    assert names_for("class")["name"] == "class-project"
    assert names_for("漢字")["name"] == "project"


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("mine")
    with pytest.raises(FolderTaken):
        make_project("app", tmp_path)
    with pytest.raises(FolderTaken):
        make_project("app", tmp_path / "precious.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["precious.txt"]


def test_an_empty_folder_is_welcome(tmp_path: Path) -> None:
    make_project("app", tmp_path)
    assert (tmp_path / "main.py").exists()


def test_an_unknown_template_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(NoSuchTemplate) as caught:
        make_project("gmae", tmp_path / "x")
    assert "app, game, tool" in caught.value.hint
    assert not (tmp_path / "x").exists()


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderUnwritable):
        make_project("app", tmp_path / "file" / "below")
