"""The program's environment: an allow-list, and what is set for it."""

from pathlib import Path

import pytest

from session.rights import Rights
from session.runtime.environment import Scratch, build_environment, is_passed
from session.runtime.scratch import drop_links, make_scratch, plan_links

SCRATCH = Scratch(Path("/run/home"), Path("/run/tmp"), Path("/run/cache"))


def build(ours: dict[str, str], *names: str) -> dict[str, str]:
    return build_environment(ours, names, "id-1", SCRATCH, Path("/data"))


def test_what_is_passed_without_asking() -> None:
    passed = {
        "PATH": "/p",
        "LANG": "de_DE.UTF-8",
        "LC_TIME": "C",
        "SDL_VIDEODRIVER": "dummy",
        "SSL_CERT_FILE": "/c",
    }
    assert build(passed).items() >= passed.items()


def test_what_leads_to_a_display_or_to_sound_comes_with_the_permission() -> None:
    ours = {"DISPLAY": ":0", "XDG_RUNTIME_DIR": "/run/user/1", "PULSE_SERVER": "unix:/p"}
    assert not ours.keys() & build(ours).keys()

    def granted(rights: Rights) -> set[str]:
        env = build_environment(ours, (), "id-1", SCRATCH, Path("/data"), rights=rights)
        return ours.keys() & env.keys()

    assert granted(Rights(display=True)) == {"DISPLAY", "XDG_RUNTIME_DIR"}
    assert granted(Rights(audio=True)) == {"PULSE_SERVER", "XDG_RUNTIME_DIR"}


def test_all_of_it_comes_where_all_of_it_is_granted_but_for_what_is_not_the_programs() -> None:
    ours = {"SECRET": "hush", "PYTHONPATH": "/elsewhere", "PLAYHEAD_HOME": "/ours"}
    env = build_environment(ours, ("*",), "1", SCRATCH, Path("/d"), rights=Rights(env=True))
    assert ours.keys() & env.keys() == {"SECRET"}


@pytest.mark.parametrize(
    "name",
    [
        "PYTHONPATH",
        "PYTHONUNBUFFERED",
        "PYTHONSTARTUP",
        "LD_PRELOAD",
        "AWS_SECRET",
        "VIRTUAL_ENV",
        "SDLX",
        "LCX",
        "SSH_AUTH_SOCK",
    ],
)
def test_what_is_not(name: str) -> None:
    assert not is_passed(name)
    assert name not in build({name: "x"})


def test_a_manifest_can_ask_for_names_but_not_for_the_interpreters() -> None:
    env = build({"TOKEN": "t", "PYTHONPATH": "/p", "OTHER": "o"}, "TOKEN", "PYTHONPATH", "ABSENT")
    assert env["TOKEN"] == "t"
    assert not {"PYTHONPATH", "OTHER", "ABSENT"} & set(env)


def test_what_is_set_wins() -> None:
    env = build({"HOME": "/home/me", "TMPDIR": "/t", "PLAYHEAD_RUN_ID": "outer"}, "HOME")
    assert (env["HOME"], env["TMPDIR"], env["PLAYHEAD_RUN_ID"]) == ("/run/home", "/run/tmp", "id-1")
    assert env["XDG_DATA_HOME"] == env["PLAYHEAD_DATA"] == "/data"
    assert (env["PYTHONUTF8"], env["PYTHONNOUSERSITE"]) == ("1", "1")
    assert env["PYTHONDONTWRITEBYTECODE"] == "1"
    assert env["MPLCONFIGDIR"] == "/run/cache/matplotlib"


def test_there_is_always_a_path() -> None:
    assert build({})["PATH"]


def test_a_short_scratch_needs_no_link(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert plan_links(Path("/short/scratch")) == ()
    scratch = make_scratch(tmp_path / "scratch")
    assert scratch.temporary == tmp_path / "scratch" / "tmp"
    assert all(folder.is_dir() for folder in scratch)


def test_a_long_scratch_gets_a_short_name(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 30) / "scratch"
    links = plan_links(folder)
    assert not any(link.is_symlink() for link in links)
    scratch = make_scratch(folder, links)
    try:
        assert scratch.temporary == links[0]
        assert len(str(links[0])) < 72
        (links[0] / "file").write_text("x")
        assert (folder / "tmp" / "file").exists()
    finally:
        links[0].unlink()


def test_links_that_a_crash_left_are_found_by_where_they_lead(tmp_path: Path) -> None:
    one, two = (tmp_path / name / ("long" * 30) for name in ("one", "two"))
    dead, live = (make_scratch(folder, plan_links(folder)).temporary for folder in (one, two))
    try:
        drop_links(one)
        assert not dead.is_symlink()
        assert live.is_symlink()
    finally:
        drop_links(two)
    assert not live.is_symlink()


def test_where_no_link_can_be_made_the_long_name_does(tmp_path: Path) -> None:
    scratch = make_scratch(tmp_path / "scratch", [Path("/no/such/place/link")])
    assert scratch.temporary == tmp_path / "scratch" / "tmp"
    assert scratch.temporary.is_dir()


def test_a_place_that_is_itself_too_long_is_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/long" * 20)
    links = plan_links(Path("/long" * 20))
    assert links
    assert not any("/long" in str(link) for link in links)
