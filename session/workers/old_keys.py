"""What settings of workers were called in the plan that Playhead was made after, and are now.

Old keys are understood until the version that `REMOVED_IN` names.
"""

from collections.abc import Mapping
from typing import Any, Final

from session.deprecation import Deprecation, deprecated

SINCE: Final = "0.1"
REMOVED_IN: Final = "1.0"

#: Dotted keys below the `worker` table: what was, and what is.
OLD_KEYS: Final[Mapping[str, str]] = {
    "adapter_module": "adapter",
    "graceful_shutdown_timeout": "graceful_shutdown_timeout_ms",
    "grpc_port": "grpc_listener.port",
    "heartbeat.max_missed": "heartbeat.max_missed_heartbeats",
    "heartbeat.ping_interval": "heartbeat.ping_interval_ms",
    "heartbeat.timeout": "heartbeat.timeout_ms",
    "pool_config.adapter_args": "adapter_args",
    "pool_config.adapter_module": "adapter",
    "pool_config.heartbeat.enabled": "heartbeat.enabled",
    "pool_config.heartbeat.dependent": "heartbeat.dependent",
    "pool_config.heartbeat.max_missed": "heartbeat.max_missed_heartbeats",
    "pool_config.heartbeat.max_missed_heartbeats": "heartbeat.max_missed_heartbeats",
    "pool_config.heartbeat.ping_interval": "heartbeat.ping_interval_ms",
    "pool_config.heartbeat.ping_interval_ms": "heartbeat.ping_interval_ms",
    "pool_config.heartbeat.timeout": "heartbeat.timeout_ms",
    "pool_config.heartbeat.timeout_ms": "heartbeat.timeout_ms",
    "memory_threshold_mb": "recycling.memory_mb",
    "python.executable": "python_executable",
    "worker_max_requests": "recycling.max_requests",
}


def renewed(table: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Deprecation, ...]]:
    """Return a `worker` table with its old keys under their new names, and what was said of them.

    A new key that is there as well counts. The table itself stays as it is. Warns, once a key.
    """
    left = _copy(table)
    said: list[Deprecation] = []
    for old, new in OLD_KEYS.items():
        found, value = _taken(left, old.split("."))
        if found:
            _put(left, new.split("."), value)
            said.append(
                deprecated(
                    f"worker.{old}",
                    since=SINCE,
                    removed_in=REMOVED_IN,
                    instead=f"`worker.{new}`",
                    stacklevel=3,
                )
            )
    return left, tuple(said)


def _copy(table: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: _copy(value) if isinstance(value, Mapping) else value for key, value in table.items()
    }


def _taken(table: dict[str, Any], keys: list[str]) -> tuple[bool, Any]:
    """Take a value out, and every table that is empty after it."""
    key, rest = keys[0], keys[1:]
    if key not in table:
        return False, None
    if not rest:
        return True, table.pop(key)
    inner = table[key]
    if not isinstance(inner, dict):
        return False, None
    found, value = _taken(inner, rest)
    if found and not inner:
        del table[key]
    return found, value


def _put(table: dict[str, Any], keys: list[str], value: object) -> None:
    place: Any = table
    for key in keys[:-1]:
        place = place.setdefault(key, {})
        if not isinstance(place, dict):
            return  # what stands there is told to be unfit
    place.setdefault(keys[-1], value)
