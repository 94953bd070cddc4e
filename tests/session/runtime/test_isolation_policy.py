"""From rights to what the launcher is told."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from session.ports import Launch
from session.rights import Grant, Rights
from session.runtime.environment import Scratch
from session.runtime.isolation import limits_of, network_of, policy_of
from tests.support.playing import make_launch


def told(tmp_path: Path, rights: Rights, **environ: str) -> dict[str, Any]:
    launch = launch_with(tmp_path, rights, **environ)
    scratch = Scratch(tmp_path / "s" / "home", tmp_path / "s" / "tmp", tmp_path / "s" / "cache")
    for one in (tmp_path / "view", *scratch, launch.data):
        one.mkdir(parents=True, exist_ok=True)
    return policy_of(launch, tmp_path / "view", scratch, "strict")


def launch_with(tmp_path: Path, rights: Rights, **environ: str) -> Launch:
    launch = make_launch(tmp_path, {"main.py": ""}, environ=environ or {"PATH": "/usr/bin"})
    return replace(launch, prepared=replace(launch.prepared, rights=rights))


def test_by_default_only_the_runs_own_folders_can_be_written(tmp_path: Path) -> None:
    policy = told(tmp_path, Rights())
    assert policy["rw"] == [str(tmp_path / name) for name in ("view", "s", "data")]
    assert (policy["net"], policy["sockets"], policy["devices"]) == ("none", [], [])
    assert str(tmp_path / "project") not in policy["ro"]
    assert not [path for path in policy["ro"] if path in ("/", "/home", "/root", "/etc", "/tmp")]


@pytest.mark.parametrize(
    ("grant", "expected"),
    [
        (False, ("none", [])),
        ((), ("none", [])),
        (True, ("all", [])),
        (("127.0.0.1:8000", "example.org:443"), ("ports", [443, 8000])),
        (("example.org",), ("all", [])),
        (("example.org:0",), ("all", [])),
        (("example.org:99999",), ("all", [])),
    ],
)
def test_ports_are_enforced_and_host_names_cannot_be(grant: Grant, expected: object) -> None:
    assert network_of(Rights(net=grant)) == expected


def test_paths_are_relative_to_the_project_and_missing_ones_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "project" / "art").mkdir(parents=True)
    policy = told(tmp_path, Rights(read=("art", "gone", "/usr/share"), write=("art",)))
    assert str(tmp_path / "project" / "art") in policy["ro"]
    assert "/usr/share" in policy["ro"]
    assert str(tmp_path / "project" / "art") in policy["rw"]
    assert not [path for path in policy["ro"] if "gone" in path]


def test_a_strangers_link_grants_nothing_outside(tmp_path: Path) -> None:
    (tmp_path / "project" / "art").mkdir(parents=True)
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key").touch()
    (tmp_path / "project" / "out").symlink_to("../secret")
    named = ("art", "out", "out/key", "../secret")
    launch = launch_with(tmp_path, Rights(read=named))
    foreign = replace(launch, prepared=replace(launch.prepared, own=False))
    scratch = Scratch(tmp_path, tmp_path, tmp_path)
    policy = policy_of(foreign, tmp_path / "view", scratch, "strict")
    granted = [path for path in policy["ro"] if path.startswith(str(tmp_path))]
    # The last is named for what it is, so the user has seen it.
    assert granted == [str(tmp_path / "project" / "art"), str(tmp_path / "secret")]
    assert str(tmp_path / "project" / "out") not in policy["links"]


def test_a_display_brings_its_socket_and_its_key(tmp_path: Path) -> None:
    (tmp_path / "wayland-0").touch()
    key = tmp_path / "authority"
    key.touch()
    environ = {
        "WAYLAND_DISPLAY": "wayland-0",
        "XDG_RUNTIME_DIR": str(tmp_path),
        "XAUTHORITY": str(key),
    }
    policy = told(tmp_path, Rights(display=True), **environ)
    assert policy["sockets"] == [str(tmp_path / "wayland-0")]
    assert str(key) in policy["ro"]
    assert told(tmp_path, Rights(), **environ)["sockets"] == []


def test_programs_that_may_be_started_are_looked_up(tmp_path: Path) -> None:
    assert told(tmp_path, Rights())["execute"] is None
    some = told(tmp_path, Rights(run=("sh",)))["execute"]
    assert str(Path("/bin/sh").resolve()) in some
    assert str(Path("/bin/ls").resolve()) not in some


def test_a_stranger_needs_its_layers(tmp_path: Path) -> None:
    assert told(tmp_path, Rights())["require"] is False


def test_what_is_told_of_follows_the_policy(tmp_path: Path) -> None:
    launch = launch_with(tmp_path, Rights(read=True, net=True))
    policy = told(tmp_path, launch.prepared.rights)
    limits = limits_of(policy, launch)
    assert limits is not None
    assert (limits["read"], limits["net"], limits["run"]) == (["/"], True, None)
    assert "/etc" not in limits["write"]
    assert limits_of(None, launch) is None
