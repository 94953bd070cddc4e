"""Ways of playing: configurations, arguments, variables, folders; the image stays the same one."""

import os
from pathlib import Path

import pytest

from shipper.events import Severity
from shipper.formats.sealed import SealedImage
from shipper.formats.way import Way
from tests.support.workshop import Workshop, snapshot, wait_until_settled

MANIFEST = """\
[tool.playhead]
args = ["own"]
[tool.playhead.permissions]
env = ["LANG"]
[tool.playhead.budget]
cpu = "30s"
wall = "10s"
[tool.playhead.configurations.fast]
title = "Fast"
args = ["--fast"]
env = { LEVEL = "3", SPEED = "9" }
cwd = "data"
[tool.playhead.configurations.other]
entry = "tools/other.py"
[tool.playhead.configurations.note]
entry = "note.ipynb"
[tool.playhead.configurations.free]
permissions = { env = true, write = ["."] }
budget = { wall = "60s" }
[tool.playhead.configurations.lost]
cwd = "gone"
[tool.playhead.configurations.broken]
entry = "tools/gone.py"
[tool.playhead.worker]
adapter_args = ["-x"]
heartbeat = { timeout_ms = 5000 }
"""
FILES: dict[str, str | bytes] = {
    "pyproject.toml": MANIFEST,
    "main.py": "print(1)\n",
    "tools/other.py": "import nowhere_to_be_found\n",
    "note.ipynb": '{"nbformat": 4, "cells": []}',
    "data/x.csv": "1",
}


@pytest.fixture
def project(warm_shop: Workshop) -> Path:
    return warm_shop.project(FILES)


def as_it_is(image: SealedImage) -> SealedImage:
    """Return what identifies an image, without how it is played."""
    return image._replace(
        args=(), env=(), cwd="", kind="", entry="", entry_form="", env_names=(),
        write_project=False, permissions={}, budget=(),
    )  # fmt: skip


@pytest.mark.parametrize("name", ["fast", "other", "note", "free"])
def test_a_configuration_is_no_part_of_the_identity(
    warm_shop: Workshop, project: Path, name: str
) -> None:
    plain = warm_shop.prepare(project)
    chosen = warm_shop.prepare(project, way=Way(("x",), name, (("A", "1"),), "tools"))
    assert chosen != plain
    assert as_it_is(chosen) == as_it_is(plain)
    assert warm_shop.prepare(project) == plain


def test_what_a_configuration_says_is_in_force(warm_shop: Workshop, project: Path) -> None:
    fast = warm_shop.prepare(project, way=Way(("more",), "fast"))
    assert fast.args == ("own", "--fast", "more")
    assert (fast.env, fast.cwd) == ((("LEVEL", "3"), ("SPEED", "9")), "data")
    other = warm_shop.prepare(project, way=Way(configuration="other"))
    assert (other.kind, other.entry_form, other.entry) == ("cartridge", "file", "tools/other.py")
    assert other.args == ("own",)
    assert [event.path for event in warm_shop.coded("missing-module")] == ["tools/other.py"]
    note = warm_shop.prepare(project, way=Way(configuration="note"))
    assert (note.kind, note.entry_form) == ("notebook", "notebook")


def test_permissions_and_budgets_stand_in_key_by_key(warm_shop: Workshop, project: Path) -> None:
    plain = warm_shop.prepare(project)
    assert (plain.env_names, plain.write_project) == (("LANG",), False)
    assert dict(plain.budget) == {"cpu": 30_000, "wall": 10_000}
    free = warm_shop.prepare(project, way=Way(configuration="free"))
    assert (free.env_names, free.write_project) == (("*",), True)
    assert dict(free.budget) == {"cpu": 30_000, "wall": 60_000}


def test_what_is_asked_for_wins(warm_shop: Workshop, project: Path) -> None:
    way = Way(("x",), "fast", (("LEVEL", "1"), ("NEW", "2")), "tools/.")
    image = warm_shop.prepare(project, way=way)
    assert dict(image.env) == {"LEVEL": "1", "SPEED": "9", "NEW": "2"}
    assert image.cwd == "tools"
    assert warm_shop.prepare(project, way=Way(configuration="lost", cwd="")).cwd == ""


def test_an_unchanged_project_has_nothing_to_do_in_any_way(
    warm_shop: Workshop, project: Path
) -> None:
    ways = [Way(), Way(configuration="fast"), Way(("x",), "other"), Way(cwd="data")]
    wait_until_settled()
    first = [warm_shop.prepare(project, way=way) for way in ways]
    before = snapshot(warm_shop.cache)
    second = [warm_shop.prepare(project, way=way) for way in ways]
    assert second == first
    worker = {"adapter_args": ["-x"], "heartbeat": {"timeout_ms": 5000}}
    assert all(image.worker == worker for image in second)
    assert not warm_shop.spawn.calls
    assert snapshot(warm_shop.cache) == before


def test_findings_of_a_configuration_are_told_again_and_of_no_other(
    warm_shop: Workshop, project: Path
) -> None:
    for _ in range(2):
        warm_shop.prepare(project, way=Way(configuration="other"))
        (finding,) = warm_shop.coded("missing-module")
        assert finding.fix is not None
        warm_shop.prepare(project)
        assert not warm_shop.coded("missing-module")


def test_a_changed_configuration_is_seen(warm_shop: Workshop, project: Path) -> None:
    warm_shop.prepare(project, way=Way(configuration="fast"))
    warm_shop.project({"pyproject.toml": MANIFEST.replace('"--fast"', '"--faster"')})
    image = warm_shop.prepare(project, way=Way(configuration="fast"))
    assert image.args == ("own", "--faster")


@pytest.mark.parametrize(
    ("way", "code", "words", "line"),
    [
        (Way(configuration="fats"), "configuration-unknown", "Did you mean `fast`?", 1),
        (Way(configuration="zzz"), "configuration-unknown", "It has `fast`, `other`", 1),
        (Way(configuration="lost"), "cwd-missing", "such as `data`", 21),
        (Way(cwd="gone"), "cwd-missing", "such as `data`", None),
        (Way(cwd="main.py"), "cwd-missing", "such as `data`", None),
        (Way(cwd="a\0b"), "cwd-missing", "such as `data`", None),
        (Way(cwd="../project"), "cwd-outside", "such as `data`", None),
        (Way(cwd="/tmp"), "cwd-outside", "such as `data`", None),
        (Way(configuration="broken"), "entry-missing", "Correct `entry`", 23),
        (Way(env=(("PLAYHEAD_DATA", "x"),)), "variable-refused", "other variables", None),
        (Way(env=(("FINE", "1"), ("PYTHONHOME", "x"))), "variable-refused", "other", None),
    ],
)
def test_ways_that_cannot_be_gone(
    warm_shop: Workshop, project: Path, way: Way, code: str, words: str, line: int | None
) -> None:
    for _ in range(2):
        failure = warm_shop.fails(project, way)
        assert (failure.code, failure.line) == (code, line)
        assert words in (failure.hint or "")
        warm_shop.prepare(project)  # it plays all the same, as it is


def test_a_folder_that_goes_away_is_missed(warm_shop: Workshop, project: Path) -> None:
    (project / "empty").mkdir()
    assert warm_shop.prepare(project, way=Way(cwd="empty")).cwd == "empty"
    (project / "empty").rmdir()
    assert warm_shop.fails(project, Way(cwd="empty")).code == "cwd-missing"


def test_a_folder_that_a_link_leads_out_of_is_outside(warm_shop: Workshop, project: Path) -> None:
    (project / "out").symlink_to(warm_shop.folder)
    (project / "in").symlink_to(project / "data")
    assert warm_shop.fails(project, Way(cwd="out")).code == "cwd-outside"
    assert warm_shop.prepare(project, way=Way(cwd="in")).cwd == "in"


def test_a_project_whose_configurations_alone_have_an_entry(warm_shop: Workshop) -> None:
    manifest = '[tool.playhead.configurations.a]\nentry = "one.py"\n'
    files = {"pyproject.toml": manifest, "one.py": "", "two.py": ""}
    project = warm_shop.project(files)
    assert warm_shop.prepare(project, way=Way(configuration="a")).entry == "one.py"
    assert warm_shop.fails(project).code == "entry-missing"


@pytest.mark.parametrize("name", ["main.py", "note.ipynb"])
def test_a_single_file_has_arguments_and_a_folder_but_no_configuration(
    warm_shop: Workshop, project: Path, name: str
) -> None:
    image = warm_shop.prepare(project / name, way=Way(("x",), None, (("A", "1"),), "data"))
    assert (image.args, image.env, image.cwd) == (("x",), (("A", "1"),), "data")
    failure = warm_shop.fails(project / name, Way(configuration="fast"))
    assert failure.code == "configuration-unknown"
    assert "single file" in (failure.hint or "")


def test_a_folder_without_a_manifest_has_no_configuration(warm_shop: Workshop) -> None:
    project = warm_shop.project({"main.py": ""}, "plain")
    failure = warm_shop.fails(project, Way(configuration="fast"))
    assert failure.code == "configuration-unknown"
    assert "[tool.playhead.configurations.NAME]" in (failure.hint or "")


def test_odd_names_of_configurations_do_no_harm(warm_shop: Workshop, project: Path) -> None:
    for name in ("", "a\0b", "\ud800", "x" * 5000, "../fast"):
        assert warm_shop.fails(project, Way(configuration=name)).code == "configuration-unknown"
    assert os.listdir(warm_shop.cache / "projects")
    assert not warm_shop.found(Severity.WARNING)
