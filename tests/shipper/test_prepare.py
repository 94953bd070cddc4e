"""Preparation from end to end: projects of every form, one image each, and no work done twice."""

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from session.home import project_key
from shipper.events import Channel, PrepareEvent, Severity
from shipper.formats.image import content_id
from tests.support.workshop import PHASES, Workshop, names_in, read, snapshot, wait_until_settled


def test_plain_folder(shop: Workshop) -> None:
    project = shop.project({"main.py": "import helper\n", "helper.py": "", "data/x.csv": "1,2"})
    image = shop.prepare(project, args=["--fast"])
    assert (image.kind, image.entry_form, image.entry) == ("cartridge", "file", "main.py")
    assert names_in(image) == ["data/x.csv", "helper.py", "main.py"]
    assert read(image, "data/x.csv") == b"1,2"
    assert (image.title, image.root, image.args) == ("project", project, ("--fast",))
    assert image.sealed
    assert image.interpreter.endswith("(standard library only)")
    manifest = json.loads(
        (shop.cache / "images" / image.content_id[7:] / "manifest.json").read_text()
    )
    assert content_id(manifest) == image.content_id


def test_dunder_main(shop: Workshop) -> None:
    image = shop.prepare(shop.project({"__main__.py": ""}))
    assert (image.entry_form, image.entry) == ("file", "__main__.py")


def test_declared_project(warm_shop: Workshop) -> None:
    manifest = """
[project]
name = "my-game"
version = "1.2"
[tool.playhead]
id = "org.example.game"
title = "My game"
entry = "game:main"
args = ["--level", "1"]
[tool.playhead.permissions]
write = ["."]
env = ["LANG"]
[tool.playhead.budget]
wall = "60s"
"""
    project = warm_shop.project({"game.py": "def main(): ...\n", "pyproject.toml": manifest})
    image = warm_shop.prepare(project, args=["--loud"])
    assert (image.entry_form, image.entry, image.title) == ("function", "game:main", "My game")
    assert image.args == ("--level", "1", "--loud")
    assert (image.data_key, image.env_names, image.write_project) == (
        "org.example.game",
        ("LANG",),
        True,
    )
    assert image.budget == (("wall", 60_000),)
    assert not warm_shop.found(Severity.WARNING)
    assert image.permissions == {"env": ["LANG"], "write": ["."]}


@pytest.mark.parametrize(
    ("entry", "form"),
    [("game.py", "file"), ("pkg", "module"), ("pkg.tool", "module"), ("http.server", "module")],
)
def test_forms_of_entry(warm_shop: Workshop, entry: str, form: str) -> None:
    manifest = f'[tool.playhead]\nentry = "{entry}"\n'
    files = {"game.py": "", "pkg/__main__.py": "", "pkg/tool.py": "", "pyproject.toml": manifest}
    image = warm_shop.prepare(warm_shop.project(files))
    assert (image.entry_form, image.entry) == (form, entry)


def test_single_script_is_the_project_with_what_it_names(warm_shop: Workshop) -> None:
    project = warm_shop.project(
        {"tool.py": "import helper\n", "helper.py": "", "x.csv": "", "y.py": ""}
    )
    image = warm_shop.prepare(project / "tool.py")
    assert (image.kind, image.entry_form, image.entry) == ("cartridge", "file", "tool.py")
    assert (names_in(image), image.root) == (["helper.py", "tool.py"], project)
    assert warm_shop.coded("missing-module") == []


def test_percent_script_is_a_notebook(warm_shop: Workshop) -> None:
    text = "# %%\nimport asyncio\n# %%\nawait asyncio.sleep(0)\n"
    image = warm_shop.prepare(warm_shop.project({"a.py": text}) / "a.py")
    assert (image.kind, image.entry_form, image.entry) == ("notebook", "notebook", "a.py")


def notebook(*cells: str) -> str:
    """Return the text of an `.ipynb` with these code cells."""
    rows = [{"cell_type": "code", "source": cell, "metadata": {}} for cell in cells]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": rows})


def test_notebook_takes_the_data_it_reads(warm_shop: Workshop) -> None:
    cells = ["import csv\nrows = open('in/data.csv')", "open('gone.csv')", "open('out.csv', 'w')"]
    project = warm_shop.project({"a.ipynb": notebook(*cells), "in/data.csv": "1", "other.csv": ""})
    image = warm_shop.prepare(project / "a.ipynb")
    assert (image.kind, image.entry_form) == ("notebook", "notebook")
    assert names_in(image) == ["a.ipynb", "in/data.csv"]
    (missing,) = warm_shop.coded("data-missing")
    assert "cell 2, line 1: there is no `gone.csv`" in missing.message


def test_notebook_sees_absent_data_appear(warm_shop: Workshop) -> None:
    project = warm_shop.project({"a.ipynb": notebook("open('late.csv')")})
    warm_shop.prepare(project / "a.ipynb")
    warm_shop.prepare(project / "a.ipynb")
    warm_shop.project({"late.csv": "1"})
    assert names_in(warm_shop.prepare(project / "a.ipynb")) == ["a.ipynb", "late.csv"]
    assert not warm_shop.coded("data-missing")


def test_notebook_errors_name_the_cell(warm_shop: Workshop) -> None:
    cells = ["x = 1", "y = (", "%matplotlib inline\nz = 1", "await f()", "s = '''\n%s\n'''"]
    failure = warm_shop.fails(warm_shop.project({"a.ipynb": notebook(*cells)}) / "a.ipynb")
    (syntax,) = warm_shop.coded("syntax-error")
    (magic,) = warm_shop.coded("notebook-magic")
    assert syntax.message.startswith("cell 2, line 1:")
    assert magic.message.startswith("cell 3, line 1: `%matplotlib inline`")
    assert (syntax.path, magic.path) == ("a.ipynb", "a.ipynb")
    assert failure.code == "syntax-error"


def test_percent_errors_have_the_line_of_the_file(warm_shop: Workshop) -> None:
    text = "# %% one\nx = 1\n# %% two\n\ny = (\n"
    failure = warm_shop.fails(warm_shop.project({"a.py": text}) / "a.py")
    assert (failure.code, failure.path, failure.line) == ("syntax-error", "a.py", 5)


def test_notebook_in_a_declared_folder(warm_shop: Workshop) -> None:
    manifest = '[tool.playhead]\nentry = "nb/a.ipynb"\n'
    files = {
        "nb/a.ipynb": notebook("import helper"),
        "nb/helper.py": "",
        "pyproject.toml": manifest,
    }
    image = warm_shop.prepare(warm_shop.project(files))
    assert (image.kind, image.entry_form, image.entry) == ("notebook", "notebook", "nb/a.ipynb")
    assert not warm_shop.coded("missing-module")


def test_every_phase_speaks_every_time(shop: Workshop) -> None:
    project = shop.project({"main.py": "", ".hidden": "", "a~": ""})
    shop.prepare(project)
    first = shop.events
    assert list(dict.fromkeys(event.step for event in first)) == PHASES
    assert {event.channel for event in first} == set(Channel)
    shop.prepare(project)
    assert list(dict.fromkeys(event.step for event in shop.events)) == PHASES
    left = [event.message for event in shop.coded("left-out")]
    assert left == ["left out .hidden: hidden", "left out a~: editor backup"]
    assert "compiled 1 source, all from the store" in shop.messages("compile")


def test_unchanged_project_costs_nothing(shop: Workshop) -> None:
    project = shop.project({"main.py": "import json\n", "data/a.txt": "a"})
    image = shop.prepare(project)
    assert shop.spawn.calls
    for settled in (False, True):
        if settled:
            wait_until_settled()
        before = snapshot(shop.cache)
        again = shop.prepare(project)
        assert again == image
        assert shop.spawn.calls == []
        assert snapshot(shop.cache) == before


def test_changed_file_is_the_only_one_compiled(shop: Workshop) -> None:
    project = shop.project({f"m{n}.py": f"x = {n}\n" for n in range(5)} | {"main.py": ""})
    first = shop.prepare(project)
    shop.project({"m3.py": "x = 'new'\n"})
    second = shop.prepare(project)
    assert len(shop.spawn.calls) == 1
    assert "compiled 6 sources, 5 from the store" in shop.messages("compile")
    assert first.content_id != second.content_id
    assert read(second, "m3.py") == b"x = 'new'\n"
    shop.project({"m3.py": "x = 3\n"})
    assert shop.prepare(project).content_id == first.content_id
    assert shop.spawn.calls == []


def test_same_size_same_mtime_change_is_seen(shop: Workshop) -> None:
    """Content that changes right after it was scanned, with its time set back."""
    project = shop.project({"main.py": "x = 1\n"})
    first = shop.prepare(project)
    status = (project / "main.py").stat()
    with (project / "main.py").open("r+b") as file:
        file.write(b"x = 2\n")
    os.utime(project / "main.py", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert read(shop.prepare(project), "main.py") == b"x = 2\n"
    assert shop.prepare(project).content_id != first.content_id


@pytest.mark.parametrize("change", ["add", "remove", "rename"])
def test_changed_listing_is_seen(shop: Workshop, change: str) -> None:
    project = shop.project({"main.py": "", "a/b/c.txt": "c", "a/d.txt": "d"})
    shop.prepare(project)
    wait_until_settled()
    shop.prepare(project)
    if change == "add":
        shop.project({"a/b/new.txt": "n"})
    elif change == "remove":
        (project / "a/d.txt").unlink()
    else:
        (project / "a/b").rename(project / "a/e")
    expected = {
        "add": ["a/b/c.txt", "a/b/new.txt", "a/d.txt", "main.py"],
        "remove": ["a/b/c.txt", "main.py"],
        "rename": ["a/d.txt", "a/e/c.txt", "main.py"],
    }
    assert names_in(shop.prepare(project)) == expected[change]


def test_identity_follows_from_content_alone(shop: Workshop) -> None:
    files = {"main.py": "x = 1\n", "b/run.sh": "#!/bin/sh\n", "a.txt": "a"}
    one = shop.project(files, name="one/game")
    two = shop.project(dict(reversed(files.items())), name="two/game")
    os.utime(two / "main.py", (1, 1))
    (two / "a.txt").chmod(0o755)
    (two / "b/run.sh").chmod(0o600)
    shop.project({".git/config": "", "b/x.pyc": ""}, name="two/game")
    first, second = shop.prepare(one), shop.prepare(two)
    assert first.content_id == second.content_id
    assert [f.executable for f in first.files] == [f.executable for f in second.files]
    assert {f.path for f in second.files if f.executable} == {"b/run.sh"}
    assert (first.data_key, second.data_key) == (project_key(one), project_key(two))


def test_project_folder_is_never_written_to(warm_shop: Workshop) -> None:
    project = warm_shop.project(
        {"main.py": "import helper\n", "helper.py": "", "pkg/__init__.py": "", "x/a.bin": b"\0"}
    )
    for place in sorted(project.rglob("*"), reverse=True):
        place.chmod(0o555 if place.is_dir() else 0o444)
    project.chmod(0o555)
    before = snapshot(project)
    warm_shop.prepare(project)
    warm_shop.prepare(project)
    assert snapshot(project) == before
    project.chmod(0o755)
    for place in project.rglob("*"):
        place.chmod(0o755)


def test_stored_files_are_read_only(shop: Workshop) -> None:
    image = shop.prepare(shop.project({"main.py": "", "big.bin": b"x" * 3_000_000}))
    for file in image.files:
        assert stat.S_IMODE(file.blob.stat().st_mode) & 0o222 == 0
        assert file.blob.stat().st_size == file.size


@pytest.mark.parametrize("settled", [False, True])
def test_altered_blob_is_set_aside_and_made_anew(shop: Workshop, settled: bool) -> None:
    project = shop.project({"main.py": "x = 1\n", "big.bin": b"x" * 2_000_000})
    image = shop.prepare(project)
    if settled:
        wait_until_settled()
        shop.prepare(project)
    for file in image.files:
        file.blob.chmod(0o644)
        with file.blob.open("r+b") as blob:
            blob.write(b"evil")
    again = shop.prepare(project)
    told = shop.coded("image-altered")
    assert sorted(event.path or "" for event in told) == ["big.bin", "main.py"]
    assert all(event.severity is Severity.WARNING for event in told)
    assert again == image
    assert read(again, "main.py") == b"x = 1\n"
    assert len(list((shop.cache / "quarantine").iterdir())) == 2
    shop.prepare(project)
    assert not shop.coded("image-altered")


def test_altered_manifest_is_set_aside_and_made_anew(shop: Workshop) -> None:
    project = shop.project({"main.py": ""})
    image = shop.prepare(project)
    place = shop.cache / "images" / image.content_id[7:] / "manifest.json"
    place.chmod(0o644)
    place.write_text('{"kind": "evil"}')
    assert shop.prepare(project) == image
    assert len(shop.coded("image-altered")) == 1
    assert content_id(json.loads(place.read_text())) == image.content_id


def test_altered_blob_of_another_project_is_noticed(shop: Workshop) -> None:
    """The memo of a project that shares a blob knows nothing of what happened to it."""
    image = shop.prepare(shop.project({"main.py": "x = 1\n"}, name="one"))
    image.files[0].blob.chmod(0o644)
    image.files[0].blob.write_bytes(b"x = 2\n")
    again = shop.prepare(shop.project({"main.py": "x = 1\n"}, name="two"))
    assert read(again, "main.py") == b"x = 1\n"
    assert len(shop.coded("image-altered")) == 1


def test_lost_store_is_filled_again(shop: Workshop) -> None:
    project = shop.project({"main.py": "x = 1\n"})
    image = shop.prepare(project)
    shutil.rmtree(shop.cache / "blobs")
    shutil.rmtree(shop.cache / "environments")
    assert shop.prepare(project) == image
    assert read(image, "main.py") == b"x = 1\n"
    assert image.python.exists()


def test_broken_memo_is_no_trouble(shop: Workshop) -> None:
    project = shop.project({"main.py": ""})
    image = shop.prepare(project)
    (memo,) = (shop.cache / "projects").glob("*.json")
    for content in (b"", b"[]", b"{", b'{"maker": 1}', b"\xff"):
        memo.write_bytes(content)
        assert shop.prepare(project) == image


def test_order_of_events_is_the_same_for_any_number_of_workers(tmp_path: Path) -> None:
    following = {n: (n + 1) % 150 for n in range(150)}
    files = {
        f"p{n}/m{n}.py": f"import p{then}.m{then}\nimport gone{n}\n"
        for n, then in following.items()
    }
    told: list[list[PrepareEvent]] = []
    for workers in (1, 2, 8):
        shop = Workshop(tmp_path, cache=tmp_path / f"cache{workers}")
        project = shop.project({**files, "main.py": "import p0.m0\n", ".x": "", "b~": ""})
        shop.prepare(project, workers=workers)
        told.append(shop.events)
    assert told[0] == told[1] == told[2]
    assert len([event for event in told[0] if event.code == "missing-module"]) == 150


def test_own_venv_is_used_unsealed(warm_shop: Workshop) -> None:
    project = warm_shop.project({"main.py": "import localthing\n"})
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", project / ".venv"], check=True)
    (site,) = (project / ".venv").glob("lib/python*/site-packages")
    (site / "localthing.py").write_text("")
    image = warm_shop.prepare(project)
    assert not image.sealed
    assert image.python == project / ".venv/bin/python"
    assert [event.code for event in warm_shop.found(Severity.WARNING)] == ["environment-unsealed"]
    assert names_in(image) == ["main.py"]
    (site / "localthing.py").unlink()
    warm_shop.prepare(project)
    assert len(warm_shop.coded("missing-module")) == 1


def test_base_interpreter_has_no_packages(shop: Workshop) -> None:
    image = shop.prepare(shop.project({"main.py": "import pytest\n"}))
    program = "import sys; print(sys.prefix); import pytest"
    done = subprocess.run(
        [image.python, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == str(image.python.parent.parent)
    assert "ModuleNotFoundError" in done.stderr
    (missing,) = shop.coded("missing-module")
    assert (missing.path, missing.line, missing.severity) == ("main.py", 1, Severity.WARNING)
    assert '"pytest"' in (missing.hint or "")
