"""Where the user's settings send uv: what it may read, and what nobody meant."""

from pathlib import Path

import pytest

from shipper.build.uv_places import places_in, uv_reads


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder, and no setting of whoever runs the test."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    for name in ("XDG_CONFIG_HOME", "UV_FIND_LINKS", "UV_CONFIG_FILE", "NETRC"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('find-links = ["/srv/wheels"]', ["/srv/wheels"]),
        ('index-url = "file:///srv/my%20index"', ["/srv/my index"]),
        ("thing @ file:///srv/thing.whl", ["/srv/thing.whl"]),
        ('find-links = ["../wheels", "./more"]', ["/wheels", "/here/more"]),
        ("UV_FIND_LINKS=/a,/b", ["/a", "/b"]),
        ('index-url = "https://example.org/simple"', []),
        ("numpy==1.0 --hash=sha256:00ff", []),
        ("thing>=1 ; python_version < '4'", []),
    ],
)
def test_paths_in_a_text(text: str, expected: list[str]) -> None:
    assert list(map(str, places_in(text, Path("/here")))) == expected


def test_a_path_below_the_home_folder(home: Path) -> None:
    assert list(places_in('find-links = ["~/wheels"]', Path("/here"))) == [home / "wheels"]


def test_settings_are_read_and_what_they_name(home: Path, tmp_path: Path) -> None:
    settings = home / ".config" / "uv" / "uv.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text('find-links = ["/srv/wheels", "/", "~"]\n')
    found = uv_reads(tmp_path)
    assert {settings, Path("/srv/wheels")} <= set(found)
    assert not [path for path in found if home.is_relative_to(path)]  # never all of the home


def test_variables_and_requirements_name_places_too(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_FIND_LINKS", "/srv/links")
    found = uv_reads(tmp_path, ["thing @ file:///srv/thing.whl"])
    assert {Path("/srv/links"), Path("/srv/thing.whl")} <= set(found)
    assert home / ".netrc" in found


@pytest.mark.usefixtures("home")
def test_a_keyring_may_lie_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_KEYRING_PROVIDER", "subprocess")
    assert uv_reads(tmp_path) == (Path("/"),)
