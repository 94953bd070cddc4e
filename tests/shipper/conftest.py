"""Fixtures for the shipper's tests."""

from pathlib import Path

import pytest

from tests.support.workshop import Workshop


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """A workshop with a cache of its own."""
    monkeypatch.setenv("PLAYHEAD_HOME", str(tmp_path / "home"))
    return Workshop(tmp_path)


@pytest.fixture(scope="session")
def _shared_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shared") / "cache"


@pytest.fixture
def warm_shop(tmp_path: Path, _shared_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """A workshop whose cache other tests use as well, so that environments are made once."""
    monkeypatch.setenv("PLAYHEAD_HOME", str(tmp_path / "home"))
    return Workshop(tmp_path, _shared_cache)
