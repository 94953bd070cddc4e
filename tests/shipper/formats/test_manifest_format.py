"""`[tool.playhead]`: what is understood, and what is said about the rest."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipper.formats.manifest import Fault, ManifestFaults, read_manifest
from shipper.formats.project_spec import ProjectSpec
from shipper.formats.toml_place import find_key
from shipper.formats.units import UnitUnknown, parse_duration, parse_size


def faults(text: str) -> list[Fault]:
    """Return what is wrong with a manifest."""
    with pytest.raises(ManifestFaults) as caught:
        read_manifest(tomllib.loads(text))
    return caught.value.faults


def test_everything_at_once() -> None:
    spec = read_manifest(
        tomllib.loads(
            """
[project]
name = "game"
version = "1"
dependencies = ["pygame-ce"]
requires-python = ">=3.11"
authors = [{name = "x"}]
[tool.other]
key = 1
[tool.playhead]
id = "org.example.my-game"
kind = "cartridge"
entry = "game"
args = ["-v"]
title = "Game"
icon = "icon.png"
include = [".env"]
exclude = ["*.psd"]
assets = ["art/**"]
platforms = ["linux"]
requires = ["cartridge"]
tools = ["ffmpeg"]
[tool.playhead.permissions]
net = ["example.org:443"]
read = true
run = false
display = true
[tool.playhead.budget]
wall = "60s"
cpu = "1.5min"
memory = "512MB"
output = "10 MiB"
processes = 64
disk = "1GB"
[tool.playhead.worker]
adapter_args = ["--fast"]
heartbeat = {timeout_ms = 20_000}
[tool.playhead.configurations.fast]
args = ["--fast"]
"""
        )
    )
    assert spec.declared
    assert (spec.id, spec.dependencies, spec.args) == (
        "org.example.my-game",
        ("pygame-ce",),
        ("-v",),
    )
    assert spec.permissions == {
        "net": ["example.org:443"],
        "read": True,
        "run": False,
        "display": True,
    }
    assert spec.budget == {
        "wall": 60_000,
        "cpu": 90_000,
        "memory": 512_000_000,
        "output": 10 * 1024 * 1024,
        "processes": 64,
        "disk": 10**9,
    }
    assert spec.worker == {"adapter_args": ["--fast"], "heartbeat": {"timeout_ms": 20_000}}
    assert ProjectSpec.from_json(spec.to_json()) == spec


def test_nothing_is_fine() -> None:
    assert read_manifest({}) == ProjectSpec()
    assert read_manifest({"tool": {"playhead": {}}}) == ProjectSpec(declared=True)


def test_no_dependencies_is_not_empty_dependencies() -> None:
    assert read_manifest({"project": {}}).dependencies is None
    assert read_manifest({"project": {"dependencies": []}}).dependencies == ()


@pytest.mark.parametrize(
    ("text", "path", "hint"),
    [
        ("[tool.playhead]\nentyr = 'x'", "tool.playhead.entyr", "Did you mean `entry`?"),
        (
            "[tool.playhead.permissions]\nnetwork = true",
            "tool.playhead.permissions.network",
            "`net`",
        ),
        ("[tool.playhead.budget]\nmem = '1GB'", "tool.playhead.budget.mem", "`memory`"),
        (
            "[tool.playhead.configurations.a]\narg = []",
            "tool.playhead.configurations.a.arg",
            "`args`",
        ),
        ("[tool.playhead.worker]\nadaptr = 'x'", "tool.playhead.worker.adaptr", "`adapter`"),
        (
            "[tool.playhead.worker.heartbeat]\ntimeout = 5",
            "tool.playhead.worker.heartbeat.timeout",
            "`timeout_ms`",
        ),
        (
            "[tool.playhead.worker]\ngrpc_listener = {prot = 5}",
            "tool.playhead.worker.grpc_listener.prot",
            "`port`",
        ),
        ("[tool.playhead]\nzzz = 1", "tool.playhead.zzz", "Known keys: args, assets,"),
    ],
)
def test_unknown_key_names_the_nearest(text: str, path: str, hint: str) -> None:
    (fault,) = faults(text)
    assert (fault.path, fault.code) == (path, "manifest-unknown-key")
    assert hint in fault.hint


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('id = "game"', "reversed domain"),
        ('kind = "game"', "'cartridge', 'notebook' or 'workflow'"),
        ("args = 'x'", "must be a list"),
        ("title = 3", "must be text"),
        ("entry = ''", "must not be empty"),
        ("platforms = ['beos']", "'linux', 'macos' or 'windows'"),
        ("budget = {wall = 60}", "text with a unit"),
        ("budget = {wall = '60 parsecs'}", '"60s"'),
        ("budget = {memory = '0MB'}", "not more than nothing"),
        ("budget = {processes = 0}", "greater than or equal to 1"),
        ("permissions = {net = 3}", "true, false or a list"),
        ("permissions = {net = [3]}", "true, false or a list"),
        ("permissions = {display = ['x']}", "true or false"),
        ("worker = 3", "must be a table"),
        ("worker = {heartbeat = {enabled = 'no'}}", "true or false"),
        ("worker = {graceful_shutdown_timeout_ms = -1}", "greater than or equal to 0"),
        ("worker = {grpc_listener = {mode = 'external', port = 5}}", "must give `host` and `port`"),
    ],
)
def test_wrong_values(line: str, words: str) -> None:
    (fault,) = faults(f"[tool.playhead]\n{line}\n")
    assert words in fault.message
    assert fault.hint
    assert "Input should" not in fault.message


def test_all_faults_are_found_at_once() -> None:
    text = "[project]\nname = 1\n[tool.playhead]\ntitel = ''\nargs = 1\nbudget = {wall = 1}\n"
    assert {fault.path for fault in faults(text)} == {
        "project.name",
        "tool.playhead.titel",
        "tool.playhead.args",
        "tool.playhead.budget.wall",
    }


@pytest.mark.parametrize("value", [3, [], "x"])
def test_tables_that_are_none(value: object) -> None:
    with pytest.raises(ManifestFaults):
        read_manifest({"tool": {"playhead": value}})
    with pytest.raises(ManifestFaults):
        read_manifest({"project": value})


def test_places_of_keys() -> None:
    text = '[project]\nname = "x"\n[tool.playhead]\n  entry = "a"\n'
    text += '[tool.playhead.budget]\n"wall" = 1\n'
    assert find_key(text, "tool.playhead.entry") == (4, 3)
    assert find_key(text, "tool.playhead.budget.wall") == (6, 1)
    assert find_key(text, "tool.playhead.budget.cpu") == (5, 1)
    assert find_key(text, "other") is None
    assert find_key("tool.playhead.entry = 1", "tool.playhead.entry") == (1, 1)


@given(st.text(), st.text())
def test_places_never_fail(text: str, dotted: str) -> None:
    place = find_key(text, dotted)
    assert place is None or place[0] >= 1


@given(st.integers(1, 10**6), st.sampled_from([("ms", 1), ("s", 1000), ("h", 3_600_000)]))
def test_durations(number: int, unit: tuple[str, int]) -> None:
    assert parse_duration(f"{number}{unit[0]}") == number * unit[1]


@given(st.text())
def test_amounts_are_read_or_refused(text: str) -> None:
    size, complaint = 0, ""
    try:
        size = parse_size(text)
    except UnitUnknown as error:
        complaint = str(error)
    assert size >= 1 or text in complaint
