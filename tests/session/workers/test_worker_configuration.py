"""Settings of workers: the defaults, the file, the project, and old names."""

import json
from pathlib import Path
from typing import Any

import pytest

from session.home import Home
from session.settings import UNATTENDED_GRACE_S
from session.workers.configuration import WorkerConfiguration, worker_configuration
from session.workers.defaults import (
    GrpcListener,
    HeartbeatSettings,
    RecyclingSettings,
    WorkerSettings,
)
from session.workers.old_keys import OLD_KEYS, renewed
from session.workers.recycling import RecyclingPolicy


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.under(tmp_path)


def with_file(home: Home, text: str | bytes) -> WorkerConfiguration:
    """What is in force where the settings file says this."""
    home.config.mkdir(exist_ok=True)
    data = text if isinstance(text, bytes) else text.encode()
    (home.config / "settings.json").write_bytes(data)
    return worker_configuration(home)


def with_table(home: Home, **table: Any) -> WorkerConfiguration:  # noqa: ANN401 - JSON
    """What is in force where the settings file has this table."""
    return with_file(home, json.dumps({"theme": "dark", "worker": table}))


def test_the_defaults_are_these(home: Home) -> None:
    found = worker_configuration(home)
    assert found == WorkerConfiguration(WorkerSettings())
    settings = found.settings
    assert settings.graceful_shutdown_timeout_ms == 6000 == UNATTENDED_GRACE_S * 1000
    assert settings.heartbeat == HeartbeatSettings(True, 2000, 10_000, 3, 0, None)
    assert settings.grpc_listener == GrpcListener("internal", "127.0.0.1", 0)
    assert (settings.python_executable, settings.adapter, settings.adapter_args) == (
        None,
        "python",
        (),
    )
    assert settings.worker_registry == "file"
    assert settings.recycling.policy() == RecyclingPolicy()


def test_the_file_overrides_what_it_says_and_nothing_else(home: Home) -> None:
    found = with_table(
        home,
        python_executable="/usr/bin/python3",
        adapter_args=["--fast"],
        heartbeat={"timeout_ms": 500, "dependent": True},
        grpc_listener={"mode": "external", "host": "::1", "port": 50051},
    )
    assert found.problems == ()
    assert found.settings == WorkerSettings(
        python_executable="/usr/bin/python3",
        adapter_args=("--fast",),
        heartbeat=HeartbeatSettings(timeout_ms=500, dependent=True),
        grpc_listener=GrpcListener("external", "::1", 50051),
    )


def test_recycling_is_told_in_its_own_units(home: Home) -> None:
    found = with_table(home, recycling={"ttl_ms": 90_000, "memory_mb": 500})
    assert found.problems == ()
    policy = found.settings.recycling.policy()
    assert policy == RecyclingPolicy(ttl_s=90, memory=500_000_000, check_s=60)


def test_a_project_overrides_the_file(home: Home) -> None:
    with_table(home, heartbeat={"timeout_ms": 500, "ping_interval_ms": 50}, adapter="mine")
    found = worker_configuration(home, {"heartbeat": {"timeout_ms": 700}, "adapter_args": ["a"]})
    assert found.settings.heartbeat == HeartbeatSettings(ping_interval_ms=50, timeout_ms=700)
    assert (found.settings.adapter, found.settings.adapter_args) == ("mine", ("a",))


def test_a_project_of_somebody_elses_says_little(home: Home) -> None:
    theirs = {
        "python_executable": "/tmp/evil",
        "adapter": "evil",
        "grpc_listener": {"mode": "external", "host": "0.0.0.0", "port": 1},
        "heartbeat": {"enabled": False},
        "graceful_shutdown_timeout_ms": 0,
        "recycling": {"max_requests": 7},
    }
    found = worker_configuration(home, theirs, own=False)
    assert found.settings == WorkerSettings(
        heartbeat=HeartbeatSettings(enabled=False),
        graceful_shutdown_timeout_ms=0,
        recycling=RecyclingSettings(max_requests=7),
    )
    assert [problem.split("`")[1] for problem in found.problems] == [
        "tool.playhead.worker.adapter",
        "tool.playhead.worker.grpc_listener",
        "tool.playhead.worker.python_executable",
    ]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"hartbeat": {}}, "`worker.hartbeat` is not a known key. Did you mean `heartbeat`?"),
        (
            {"heartbeat": {"timeout": 1, "timeuot_ms": 5}},
            "`worker.heartbeat.timeuot_ms` is not a known key. Did you mean `timeout_ms`?",
        ),
        ({"heartbeat": {"timeout_ms": "10s"}}, "`worker.heartbeat.timeout_ms` must be a whole"),
        ({"heartbeat": {"timeout_ms": 0}}, "must be greater than or equal to 1"),
        ({"heartbeat": {"enabled": 1}}, "`worker.heartbeat.enabled` must be true or false"),
        ({"heartbeat": 7}, "`worker.heartbeat` must be a table"),
        ({"grpc_listener": {"port": 70_000}}, "`worker.grpc_listener.port` must be less than"),
        ({"grpc_listener": {"mode": "externl"}}, "Did you mean `external`?"),
        ({"grpc_listener": {"mode": "external"}}, "must give `host` and `port`"),
        ({"recycling": {"ttl": 5}}, "`worker.recycling.ttl` is not a known key. Did you mean"),
        ({"recycling": {"max_requests": 0}}, "must be greater than or equal to 1"),
        ({"adapter": ""}, "`worker.adapter` must not be empty"),
        ({"adapter_args": "-v"}, "`worker.adapter_args` must be a list"),
        ({"adapter_args": [1]}, "`worker.adapter_args.0` must be text"),
        ({"worker_registry": "dets"}, "`worker.worker_registry` must be 'file' or 'none'"),
        ({"graceful_shutdown_timeout_ms": True}, "must be a whole number"),
    ],
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_what_is_unfit_is_told_and_the_rest_counts(
    home: Home, table: dict[str, Any], words: str
) -> None:
    found = with_table(home, **{"python_executable": "py", **table})
    assert len(found.problems) == 1
    assert found.problems[0].startswith("settings.json: `worker.")
    assert words in found.problems[0]
    assert found.settings.python_executable == "py"


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "7", '{"worker": []}', b"\xff\xfe", "[" * 100_000, "x" * 5_000_000]
)
def test_a_damaged_file_is_told_and_left_alone(home: Home, text: str | bytes) -> None:
    found = with_file(home, text)
    assert found.settings == WorkerSettings()
    assert len(found.problems) == 1
    data = text if isinstance(text, bytes) else text.encode()
    assert (home.config / "settings.json").read_bytes() == data


def test_a_file_that_cannot_be_read_is_told(home: Home) -> None:
    (home.config / "settings.json").mkdir(parents=True)
    found = worker_configuration(home)
    assert found.settings == WorkerSettings()
    assert "could not be read: Is a directory" in found.problems[0]


def test_old_keys_are_understood_with_a_warning(home: Home) -> None:
    with pytest.warns(DeprecationWarning, match="use `worker") as warned:
        found = with_table(
            home,
            pool_config={"adapter_args": ["-a"], "heartbeat": {"timeout": 5000}},
            python={"executable": "py"},
            heartbeat={"max_missed": 5},
        )
    assert found.problems == ()
    assert found.settings == WorkerSettings(
        python_executable="py",
        adapter_args=("-a",),
        heartbeat=HeartbeatSettings(timeout_ms=5000, max_missed_heartbeats=5),
    )
    assert sorted(one.name for one in found.old) == [
        "worker.heartbeat.max_missed",
        "worker.pool_config.adapter_args",
        "worker.pool_config.heartbeat.timeout",
        "worker.python.executable",
    ]
    assert len(warned) == 4
    assert "use `worker.adapter_args`" in str([one.message for one in found.old])


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_old_key_has_a_new_one_that_is_known(home: Home) -> None:
    samples = {"adapter_args": ["a"], "enabled": False, "dependent": True, "port": 7}
    for old, new in OLD_KEYS.items():
        last = new.rpartition(".")[2]
        number = last.endswith(("_ms", "_mb")) or "max" in last
        value = samples.get(last, 7 if number else "x")
        table: Any = value
        for key in reversed(old.split(".")):
            table = {key: table}
        found = with_table(home, **table)
        assert (found.problems, [one.name for one in found.old]) == ((), [f"worker.{old}"])
        assert found.settings != WorkerSettings()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_new_key_counts_more_than_the_old_one_and_nothing_is_changed_in_place() -> None:
    table = {"python": {"executable": "old", "version": "3"}, "python_executable": "new"}
    left, old = renewed(table)
    assert left == {"python": {"version": "3"}, "python_executable": "new"}
    assert table["python"] == {"executable": "old", "version": "3"}
    assert len(old) == 1
    assert renewed({"python": "3", "grpc_port": 1, "grpc_listener": 7})[0] == {
        "python": "3",
        "grpc_listener": 7,
    }
