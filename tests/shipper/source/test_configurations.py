"""Run configurations in a manifest: read, written, and everything else left as it was."""

import os
import stat
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipper.errors import ManifestBroken, PrepareFailed, ProjectMissing
from shipper.formats.manifest import read_manifest
from shipper.source.configuration_text import with_configurations
from shipper.source.configurations import (
    RunConfiguration,
    read_configurations,
    write_configurations,
)

FAST = RunConfiguration("fast", args=("--fast", 'a "b"'), env={"LEVEL": "3"}, cwd="data")
FULL = RunConfiguration(
    "slow one",
    title="Slow",
    entry="tools/slow.py",
    permissions={"net": ["example.org:443"], "display": True},
    budget={"wall": "60s", "processes": 3},
)
LAID_OUT = """\
# The game.
[project]
name = 'game'  # short

[tool.playhead]
entry = "main.py"

[tool.playhead.configurations.fast]
args = [
    "--fast",  # no sound
]
env.LEVEL = "1"  # easy

[tool.other]
odd   =   [1,2 ,3]  # spaced
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "game"
    place.mkdir()
    return place


def write(folder: Path, text: str | bytes) -> Path:
    place = folder / "pyproject.toml"
    place.write_bytes(text.encode() if isinstance(text, str) else text)
    return place


def text_of(folder: Path) -> str:
    return (folder / "pyproject.toml").read_bytes().decode()


def test_a_folder_without_a_manifest_has_none_and_gets_one(folder: Path) -> None:
    assert read_configurations(folder) == []
    write_configurations(folder, [])
    assert not (folder / "pyproject.toml").exists()
    write_configurations(folder, [FAST, FULL])
    assert text_of(folder).startswith("[tool.playhead]\n\n[tool.playhead.configurations.fast]\n")
    assert read_configurations(folder) == [FAST, FULL]
    assert read_configurations(folder / "pyproject.toml") == [FAST, FULL]
    assert [path.name for path in folder.iterdir()] == ["pyproject.toml"]


def test_everything_else_stays_as_it_was(folder: Path) -> None:
    write(folder, LAID_OUT)
    (fast,) = read_configurations(folder)
    assert (fast.args, fast.env) == (("--fast",), {"LEVEL": "1"})
    changed = RunConfiguration("fast", args=fast.args, env={"LEVEL": "2"})
    write_configurations(folder, [changed, FULL])
    text = text_of(folder)
    assert read_configurations(folder) == [changed, FULL]
    for line in LAID_OUT.splitlines():
        assert line in text or line.startswith("env.LEVEL")
    assert 'env.LEVEL = "2"  # easy' in text
    write_configurations(folder, [])
    assert read_configurations(folder) == []
    assert "odd   =   [1,2 ,3]  # spaced" in text_of(folder)


def test_what_is_the_same_is_not_written(folder: Path) -> None:
    place = write(folder, LAID_OUT)
    before = place.stat()
    write_configurations(folder, read_configurations(folder))
    assert (place.stat().st_ino, place.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only words\n",
        '[project]\nname = "x"',
        "[tool.playhead]\nconfigurations = { fast = { args = ['x'] } } # z\n[tool.z]\nq = 1\n",
        "[tool.playhead]\nconfigurations.fast.args = ['x']\nentry = 'x'\n[tool.z]\nq = 1\n",
        "tool.playhead.entry = 'x'\n",
        "tool = {playhead = {entry = 'x'}}\n",
        "[tool.playhead.configurations.old]\n[tool.z]\nq = 1\n[tool.playhead]\nentry = 'x'\n",
        "[tool.playhead.configurations]\n'slow one' = {title = 'x'}\nfast = {}\n",
    ],
)
@pytest.mark.parametrize("wanted", [[FAST, FULL], [FULL, FAST], [FULL], []])
def test_layouts(folder: Path, text: str, wanted: Sequence[RunConfiguration]) -> None:
    write(folder, text)
    write_configurations(folder, wanted)
    assert read_configurations(folder) == wanted
    before, after = tomllib.loads(text), tomllib.loads(text_of(folder))
    for document in (before, after):
        own = document.setdefault("tool", {}).setdefault("playhead", {})
        own.pop("configurations", None)
    assert after == before


def test_a_layout_that_cannot_be_changed_is_left_alone(folder: Path) -> None:
    text = "[tool]\nplayhead.configurations.old.args = ['x']\nplayhead.entry = 'x'\n"
    write(folder, text)
    with pytest.raises(ManifestBroken) as caught:
        write_configurations(folder, [FULL, FAST])
    assert caught.value.code == "manifest-layout"
    assert caught.value.hint
    assert text_of(folder) == text


def test_windows_line_endings_and_the_files_mode_stay(folder: Path) -> None:
    place = write(folder, LAID_OUT.replace("\n", "\r\n"))
    place.chmod(0o640)
    write_configurations(folder, [FAST])
    assert text_of(folder).count("\r\n") == text_of(folder).count("\n")
    assert stat.S_IMODE(place.stat().st_mode) == 0o640


def test_a_link_leads_to_what_is_written(folder: Path, tmp_path: Path) -> None:
    real = tmp_path / "real.toml"
    real.write_text(LAID_OUT)
    (folder / "pyproject.toml").symlink_to(real)
    write_configurations(folder, [FAST])
    assert (folder / "pyproject.toml").is_symlink()
    assert "fast" in real.read_text()
    assert read_configurations(folder) == [FAST]


def test_a_broken_manifest_is_told_and_kept(folder: Path) -> None:
    write(folder, "[tool.playhead\n")
    for action in (read_configurations, lambda place: write_configurations(place, [FAST])):
        with pytest.raises(ManifestBroken) as caught:
            action(folder)
        assert (caught.value.code, caught.value.line) == ("manifest-syntax", 1)
    assert text_of(folder) == "[tool.playhead\n"


def test_every_fault_is_told_at_once_and_nothing_is_written(folder: Path) -> None:
    write(folder, LAID_OUT)
    bad = [
        RunConfiguration("one", cwd="../out", budget={"wall": "60 parsecs", "mem": "1GB"}),
        RunConfiguration("two", env={"PYTHONHOME": "/"}, permissions={"network": True}),
    ]
    with pytest.raises(ManifestBroken) as caught:
        write_configurations(folder, bad)
    told = " ".join(part.message for part in caught.value.parts)
    assert len(caught.value.parts) == 5
    for word in ("cwd", "parsecs", "`mem`", "PYTHONHOME", "`network`"):
        assert word in told
    assert text_of(folder) == LAID_OUT


@pytest.mark.parametrize("names", [("",), (" ",), ("a\n",), ("a", "a"), ("a", "", "a")])
def test_names(folder: Path, names: Sequence[str]) -> None:
    with pytest.raises(ManifestBroken) as caught:
        write_configurations(folder, [RunConfiguration(name) for name in names])
    assert caught.value.code == "configuration-name"
    assert not (folder / "pyproject.toml").exists()


def test_a_single_file_has_no_place_for_them(folder: Path) -> None:
    script = folder / "tool.py"
    script.write_text("print(1)\n")
    assert read_configurations(script) == []
    with pytest.raises(PrepareFailed) as caught:
        write_configurations(script, [FAST])
    assert caught.value.code == "configurations-no-place"
    assert caught.value.hint
    with pytest.raises(ProjectMissing):
        write_configurations(folder / "gone", [FAST])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written(folder: Path) -> None:
    write(folder, LAID_OUT)
    folder.chmod(0o555)
    try:
        with pytest.raises(PrepareFailed) as caught:
            write_configurations(folder, [FAST])
    finally:
        folder.chmod(0o755)
    assert caught.value.code == "manifest-unwritable"
    assert text_of(folder) == LAID_OUT


def test_a_full_disk_loses_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, LAID_OUT)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(PrepareFailed) as caught:
        write_configurations(folder, [FAST])
    assert "No space left" in caught.value.message
    assert text_of(folder) == LAID_OUT
    assert [path.name for path in folder.iterdir()] == ["pyproject.toml"]


def test_reading_imports_nothing_that_edits() -> None:
    code = "import sys, shipper.source.configurations; sys.exit('tomlkit' in sys.modules)"
    assert os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-c", code]) == 0


_WORDS = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
_NAMES = _WORDS.filter(lambda word: bool(word.strip()) and word.isprintable())
_VARIABLES = st.dictionaries(st.sampled_from(["A", "B b", "ü", "'"]), _WORDS, max_size=2)
_CONFIGURATIONS = st.lists(
    st.builds(
        RunConfiguration,
        name=_NAMES,
        title=_WORDS,
        entry=st.sampled_from(["", "main.py", "a:b"]),
        args=st.lists(_WORDS, max_size=3).map(tuple),
        env=_VARIABLES,
        cwd=st.sampled_from(["", "data", "a b/ü"]),
        permissions=st.sampled_from([{}, {"net": True}, {"read": ["a", "b"], "run": False}]),
        budget=st.sampled_from([{}, {"wall": "1min"}, {"processes": 3, "disk": "1GB"}]),
    ),
    max_size=4,
    unique_by=lambda one: one.name,
)
_TEXTS = st.sampled_from(["", LAID_OUT, "[project]\nname = 'x'\n"])


@given(_TEXTS, _CONFIGURATIONS, _CONFIGURATIONS)
def test_what_is_written_is_read(
    text: str, first: list[RunConfiguration], second: list[RunConfiguration]
) -> None:
    for wanted in (first, second):
        tables = {one.name: one.table() for one in wanted}
        text = with_configurations(text, tables)
        document = tomllib.loads(text)
        read_manifest(document)
        found = document.get("tool", {}).get("playhead", {}).get("configurations", {})
        assert [RunConfiguration.of(name, one) for name, one in found.items()] == wanted
