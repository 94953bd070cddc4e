"""What one run may do, as it comes from the wire, and what is noted of its layers."""

import pytest

from session.worker.isolation.policy import (
    NET_NONE,
    PORTABLE,
    STRICT,
    Layers,
    Policy,
    missing_for_strangers,
)


def test_what_is_not_said_is_not_allowed() -> None:
    policy = Policy({"profile": STRICT, "ro": [], "rw": []})
    assert policy.net == NET_NONE
    assert (policy.ports, policy.sockets, policy.devices) == ([], [], [])
    assert (policy.whole, policy.links, policy.files) == ("", {}, {})
    assert policy.execute is None
    assert (policy.starts, policy.datagrams) == (True, True)
    assert policy.owner == 0
    assert not policy.require


def test_what_is_said_is_taken_as_it_is() -> None:
    said = {
        "profile": PORTABLE,
        "require": True,
        "ro": ["/usr"],
        "rw": ["/view"],
        "whole": "ro",
        "links": {"/a": "/b"},
        "files": {"/etc/passwd": "x"},
        "net": "ports",
        "ports": [80],
        "datagrams": False,
        "execute": ["/usr/bin/python3"],
        "starts": False,
        "sockets": ["/run/bus"],
        "devices": ["/dev/dri"],
        "view": {"copied": "no"},
        "owner": 7,
        "cgroup": "",
        "group": 9,
        "shared_memory": 1,
    }
    assert vars(Policy(said)) == said


@pytest.mark.parametrize(
    ("view", "overlays", "kind"),
    [
        ({"at": "/view", "lower": "/tree", "place": "/own"}, True, "overlay"),
        ({"copied": ""}, False, "copy"),
        ({"copied": "not here"}, False, "copy: not here"),
    ],
)
def test_a_view_is_an_overlay_or_a_copy(view: dict[str, str], overlays: bool, kind: str) -> None:
    policy = Policy({"profile": STRICT, "ro": [], "rw": [], "view": view})
    assert (policy.overlays, policy.view_kind) == (overlays, kind)


@pytest.mark.parametrize("lacking", ["profile", "ro", "rw"])
def test_a_policy_without_paths_is_none(lacking: str) -> None:
    said = {"profile": STRICT, "ro": [], "rw": []}
    del said[lacking]
    with pytest.raises(KeyError):
        Policy(said)


def test_layers_are_told_with_what_is_missing() -> None:
    layers = Layers(STRICT)
    layers.on("seccomp")
    layers.on("landlock", 7)
    layers.off("userns", "not allowed")
    assert layers.plain() == {
        "profile": "strict",
        "layers": {"seccomp": True, "landlock": 7},
        "gaps": {"userns": "not allowed"},
    }


@pytest.mark.parametrize(
    ("active", "missing"),
    [
        ((), ["processes", "a network", "files"]),
        (("seccomp", "landlock"), ["processes"]),
        (("pidns", "netns", "mntns"), []),
        (("cgroup", "seccomp", "landlock"), []),
    ],
)
def test_strangers_need_one_layer_of_each_group(
    active: tuple[str, ...], missing: list[str]
) -> None:
    layers = Layers(PORTABLE)
    for name in active:
        layers.on(name)
    layers.off("userns", "a gap counts for nothing")
    told = missing_for_strangers(layers)
    assert [words.partition(" of its own (")[0] for words in told] == missing


@pytest.mark.parametrize(
    ("ro", "rw", "said", "whole"),
    [
        (["/"], [], "", "ro"),
        (["/"], ["/"], "", "rw"),
        ([], ["/"], "ro", "rw"),
        (["/"], [], "rw", "rw"),
        (["/usr"], ["/view"], "", ""),
    ],
)
def test_the_root_folder_is_everything(ro: list[str], rw: list[str], said: str, whole: str) -> None:
    policy = Policy({"profile": STRICT, "ro": ro, "rw": rw, "whole": said})
    assert policy.whole == whole
    assert "/" not in (*policy.ro, *policy.rw)


def test_what_the_machine_is_set_up_by_is_never_for_a_run_to_write() -> None:
    paths = ["/proc", "/sys/kernel", "/proc/sys", "/process", "/system"]
    policy = Policy({"profile": STRICT, "ro": [], "rw": paths})
    assert policy.rw == ["/process", "/system"]
