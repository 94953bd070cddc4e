"""Results of steps, as JSON, under keys that say all they were made from.

A result is a fact about its key, so it never goes stale. Lost ones cost time and nothing else:
two processes that write the same bucket at once may drop one another's newest entries.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from shipper.store.facts import read_facts, write_facts

_BUCKET_LIMIT = 4000


def step_key(step: str, version: int, params: Any, inputs: Iterable[str] = ()) -> str:  # noqa: ANN401 - any JSON
    """Return the key of a step's result: a hash of its name, version, parameters and inputs."""
    # ASCII, since a parameter may be a path whose name is no UTF-8.
    material = json.dumps([step, version, params, sorted(inputs)], sort_keys=True)
    return hashlib.sha256(material.encode()).hexdigest()


class ResultStore:
    """Results below `cache/steps/<step>`, 256 buckets a step, oldest dropped first."""

    def __init__(self, cache: Path) -> None:
        self.folder = cache / "steps"

    def get(self, step: str, key: str) -> Any | None:  # noqa: ANN401 - any JSON
        """Return the result, or None where there is none."""
        return self.get_many(step, [key]).get(key)

    def put(self, step: str, key: str, result: Any) -> None:  # noqa: ANN401 - any JSON
        """Store a result."""
        self.put_many(step, {key: result})

    def get_many(self, step: str, keys: Iterable[str]) -> dict[str, Any]:
        """Return those results that are there."""
        found: dict[str, Any] = {}
        for bucket, members in _by_bucket(keys).items():
            rows = self._read(step, bucket)
            found.update((key, rows[key]) for key in members if key in rows)
        return found

    def put_many(self, step: str, results: Mapping[str, Any]) -> None:
        """Store results."""
        for bucket, members in _by_bucket(results).items():
            rows = self._read(step, bucket)
            rows.update((key, results[key]) for key in members)
            for key in list(rows)[: max(0, len(rows) - _BUCKET_LIMIT)]:
                del rows[key]
            write_facts(self._place(step, bucket), rows)

    def _place(self, step: str, bucket: str) -> str:
        return f"{self.folder}/{step}/{bucket}.json"

    def _read(self, step: str, bucket: str) -> dict[str, Any]:
        return read_facts(self._place(step, bucket))


def _by_bucket(keys: Iterable[str]) -> dict[str, list[str]]:
    buckets: dict[str, list[str]] = defaultdict(list)
    for key in keys:
        buckets[key[:2]].append(key)
    return buckets
