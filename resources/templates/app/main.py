"""$title: rings when a reminder is due, and counts how often each has rung.

The reminders stand in reminders.toml, beside this file. The counts outlive the run: they lie
in the data folder that Playhead names in PLAYHEAD_DATA. Stop at any time; they are saved.
"""

import asyncio
import json
import os
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

COUNTS = Path(os.environ.get("PLAYHEAD_DATA", ".")) / "counts.json"


@dataclass(frozen=True)
class Reminder:
    """Something to be reminded of, `times` times, `every` seconds apart."""

    text: str
    every: float
    times: int


def load_reminders(path: Path) -> list[Reminder]:
    """Read the reminders of a file."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return [Reminder(**row) for row in table["reminder"]]


def load_counts() -> dict[str, int]:
    """Return how often each reminder has rung in earlier runs."""
    try:
        counts: dict[str, int] = json.loads(COUNTS.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return counts


async def ring(reminder: Reminder, counts: dict[str, int]) -> None:
    """Ring one reminder until it has rung often enough."""
    for _ in range(reminder.times):
        await asyncio.sleep(reminder.every)
        counts[reminder.text] = counts.get(reminder.text, 0) + 1
        print(f"{reminder.text} (number {counts[reminder.text]})", flush=True)


async def main() -> None:
    """Ring all reminders side by side; save the counts however it ends."""
    reminders = load_reminders(Path(__file__).with_name("reminders.toml"))
    counts = load_counts()
    print(f"{len(reminders)} reminders are set.", flush=True)
    try:
        async with asyncio.TaskGroup() as group:
            for reminder in reminders:
                group.create_task(ring(reminder, counts))
    finally:
        COUNTS.write_text(json.dumps(counts, indent=2), encoding="utf-8")
        print(f"Saved the counts of {len(counts)} reminders.", flush=True)


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:  # Stop asks with Ctrl-C; the counts are saved by now
        sys.exit(130)
