"""Memory: what is remembered comes back; what cannot be is left out, and nothing fails."""

import json
import logging
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.settings.memory import LARGEST_VALUE, LARGEST_WHOLE, Memory

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(values=st.dictionaries(st.text(min_size=1, max_size=8), JSON, max_size=5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_what_is_set_comes_back(values: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "memory.json"
    path.unlink(missing_ok=True)
    memory = Memory(path)
    for key, value in values.items():
        memory.set(key, value)
    memory.save()

    again = Memory(path)
    assert all(again.get(key, object) == value for key, value in values.items())


@given(value=JSON)
def test_a_wrong_kind_is_the_default(value: Any) -> None:  # noqa: ANN401 - any JSON value
    memory = Memory(Path("nowhere/memory.json"))
    memory.set("key", value)
    for kind in (int, str, list, dict, bool):
        found = memory.get("key", kind)
        assert found is None or type(found) is kind


def test_a_table_is_replaced_whole(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "memory.json")
    memory.set("layout", {"a": 1, "b": None})
    memory.save()
    memory.set("layout", {"c": None})
    memory.save()
    assert Memory(tmp_path / "memory.json").get("layout", dict) == {"c": None}


def test_two_studios_keep_each_others_keys(tmp_path: Path) -> None:
    one, other = Memory(tmp_path / "memory.json"), Memory(tmp_path / "memory.json")
    one.set("one", 1)
    one.save()
    other.set("other", 2)
    other.save()
    assert json.loads((tmp_path / "memory.json").read_text()) == {"one": 1, "other": 2}


@pytest.mark.parametrize("value", [object(), {1: {2, 3}}, float("nan"), "x" * LARGEST_VALUE])
def test_what_cannot_be_kept_is_left_out(
    value: object, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    memory = Memory(tmp_path / "memory.json")
    memory.set("bad", 1)
    memory.save()
    memory.set("bad", value)
    memory.set("good", 1)
    with caplog.at_level(logging.WARNING):
        memory.save()
    assert json.loads((tmp_path / "memory.json").read_text()) == {"good": 1}
    assert "`bad`" in caplog.text


def test_the_file_stays_small(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "memory.json")
    memory.set("recent", ["a", "b"])
    for number in range(40):
        memory.set(f"big{number}", "x" * (LARGEST_VALUE - 20))
    memory.save()
    assert (tmp_path / "memory.json").stat().st_size < LARGEST_WHOLE * 1.1
    assert Memory(tmp_path / "memory.json").get("recent", list) == ["a", "b"]


def test_a_circle_is_left_out(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "memory.json")
    circle: list[Any] = []
    circle.append(circle)
    memory.set("circle", circle)
    memory.save()
    assert json.loads((tmp_path / "memory.json").read_text()) == {}


def test_a_failure_to_write_is_logged_and_made_up_for(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    memory = Memory(tmp_path / "state" / "memory.json")
    memory.set("key", 1)
    with caplog.at_level(logging.WARNING):
        memory.save()
    assert "could not be written" in caplog.text
    (tmp_path / "state").unlink()
    memory.save()
    assert Memory(tmp_path / "state" / "memory.json").get("key", int) == 1


def test_a_damaged_memory_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "memory.json").write_text("nonsense")
    memory = Memory(tmp_path / "memory.json")
    assert memory.problem is not None
    memory.set("key", 1)
    memory.save()
    assert Memory(tmp_path / "memory.json").problem is None


def test_what_is_set_or_found_is_nobody_elses(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "memory.json")
    views = {"debug": {"top": 1}}
    memory.set("views", views)
    memory.save()
    views["debug"]["top"] = 2
    memory.get("views", dict)["debug"]["top"] = 3
    assert memory.get("views", dict) == {"debug": {"top": 1}}
    memory.set("views", views)
    memory.save()
    written = (tmp_path / "memory.json").stat().st_mtime_ns
    memory.set("views", {"debug": {"top": 2}})
    memory.save()
    assert (tmp_path / "memory.json").stat().st_mtime_ns == written  # nothing was different
    assert Memory(tmp_path / "memory.json").get("views", dict) == views


def test_what_is_set_while_another_thread_saves_is_kept(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "memory.json")
    ending = Event()

    def save() -> None:
        while not ending.is_set():
            memory.save()

    thread = Thread(target=save)
    thread.start()
    for count in range(300):
        memory.set(f"key{count % 7}", list(range(count)))
    ending.set()
    thread.join()
    memory.save()
    again = Memory(tmp_path / "memory.json")
    assert [len(again.get(f"key{key}", list)) for key in range(7)] == [
        max(count for count in range(300) if count % 7 == key) for key in range(7)
    ]
