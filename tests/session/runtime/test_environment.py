"""The program's environment: an allow-list, and what is set for it."""

from pathlib import Path

import pytest

from session.runtime.environment import Scratch, build_environment, is_passed
from session.runtime.scratch import make_scratch

SCRATCH = Scratch(Path("/run/home"), Path("/run/tmp"), Path("/run/cache"))


def build(ours: dict[str, str], *names: str) -> dict[str, str]:
    return build_environment(ours, names, "id-1", SCRATCH, Path("/data"))


def test_what_is_passed_without_asking() -> None:
    passed = {
        "PATH": "/p",
        "LANG": "de_DE.UTF-8",
        "LC_TIME": "C",
        "SDL_VIDEODRIVER": "dummy",
        "DISPLAY": ":0",
        "SSL_CERT_FILE": "/c",
    }
    assert build(passed).items() >= passed.items()


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
    monkeypatch.setattr("session.runtime.scratch._SHORT_ENOUGH", 4000)
    scratch, links = make_scratch(tmp_path / "scratch")
    assert links == ()
    assert all(folder.is_dir() for folder in scratch)


def test_a_long_scratch_gets_a_short_name(tmp_path: Path) -> None:
    scratch, links = make_scratch(tmp_path / ("long" * 30) / "scratch")
    (link,) = links
    try:
        assert scratch.temporary == link
        assert len(str(link)) < 72
        (link / "file").write_text("x")
        assert (tmp_path / ("long" * 30) / "scratch" / "tmp" / "file").exists()
    finally:
        link.unlink()


def test_where_no_link_can_be_made_the_long_name_does(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setattr("tempfile.gettempdir", lambda: "/no/such/place")
    scratch, links = make_scratch(tmp_path / ("long" * 30))
    assert links == ()
    assert scratch.temporary.is_dir()
