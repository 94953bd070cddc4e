"""What the control group says about kills for lack of memory."""

import os
from pathlib import Path

import pytest

from session.runtime import memory_evidence
from session.runtime.memory_evidence import memory_limit, oom_kills


def test_the_counter_is_read_from_either_layout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_evidence, "_ROOT", tmp_path)
    (tmp_path / "user" / "me").mkdir(parents=True)
    (tmp_path / "user" / "me" / "memory.events").write_text("low 0\noom 2\noom_kill 3\n")
    (tmp_path / "memory" / "user").mkdir(parents=True)
    (tmp_path / "memory" / "user" / "memory.oom_control").write_text("under_oom 0\noom_kill 5\n")
    assert memory_evidence._counted("", "user/me") == 3
    assert memory_evidence._counted("cpu,memory", "user") == 5
    assert memory_evidence._counted("cpu", "user") is None
    assert memory_evidence._counted("", "nowhere") is None
    (tmp_path / "memory.events").write_text("nothing\nof the kind\n")
    assert memory_evidence._counted("", "") is None


def test_here_it_is_a_number_or_nothing() -> None:
    found = oom_kills()
    assert found is None or found >= 0


def test_the_limit_of_memory_is_known_here() -> None:
    limit = memory_limit()
    assert limit is not None
    assert 2**20 < limit <= os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
