"""Harbour: ships wait for one of two berths, cranes unload them. Ends after a few seconds.

Worth watching in the log: ordinary lines on standard output, warnings on standard error, one
row that shows progress in place, and what is written at the end, also when it is stopped.
"""

import asyncio
import csv
import logging
import sys
from dataclasses import dataclass
from pathlib import Path

BERTHS = 2
CONTAINERS_A_SECOND = 16
PATIENCE = 1.0  # seconds a captain waits without a word

log = logging.getLogger("harbour")


@dataclass
class Ship:
    """A ship as ships.csv lists it, and how long it waited for a berth."""

    name: str
    arrives: float
    containers: int
    waited: float = 0.0


def load_ships(path: Path) -> list[Ship]:
    """Read the ships of a file."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Ship(row["name"], float(row["arrives"]), int(row["containers"]))
            for row in csv.DictReader(file)
        ]


class Harbour:
    """Two berths, and one row that shows how far the cranes are."""

    def __init__(self, ships: list[Ship]) -> None:
        self.ships = ships
        self.berths = asyncio.Semaphore(BERTHS)
        self.unloaded = 0
        self.total = sum(ship.containers for ship in ships)

    async def open(self) -> None:
        """Receive every ship; done when the last one has left."""
        async with asyncio.TaskGroup() as group:
            for ship in self.ships:
                group.create_task(self._receive(ship))
        print(flush=True)

    async def _receive(self, ship: Ship) -> None:
        clock = asyncio.get_running_loop().time
        await asyncio.sleep(ship.arrives)
        arrived = clock()
        async with self.berths:
            ship.waited = clock() - arrived
            if ship.waited > PATIENCE:
                log.warning("%s waited %.1f s for a berth", ship.name, ship.waited)
            for _ in range(ship.containers):
                await asyncio.sleep(1 / CONTAINERS_A_SECOND)
                self.unloaded += 1
                self._show_progress(ship)

    def _show_progress(self, ship: Ship) -> None:
        """Write the row anew; only its last state stays in the log."""
        share = self.unloaded / self.total
        bar = "#" * round(share * 30)
        print(f"\r{bar:<30} {share:4.0%}  {ship.name:<12}", end="", flush=True)


def write_report(harbour: Harbour, path: Path) -> None:
    """Write down what was done; lands in the run's own folder, not in the project."""
    lines = [f"{ship.name:<12} waited {ship.waited:4.1f} s" for ship in harbour.ships]
    lines.append(f"{harbour.unloaded} of {harbour.total} containers unloaded")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


async def main() -> None:
    """Run the harbour for a day; report however the day ends."""
    harbour = Harbour(load_ships(Path("ships.csv")))
    print(f"{len(harbour.ships)} ships expected, {BERTHS} berths free", flush=True)
    try:
        await harbour.open()
    finally:
        write_report(harbour, Path("report.txt"))


if __name__ == "__main__":
    logging.basicConfig(format="%(levelname)s: %(message)s", level=logging.INFO)
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        sys.exit("The harbour was closed early.")
