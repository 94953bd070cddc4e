"""Measures every figure and prints one table: `python -m tests.bench [--write] [AREA ...]`.

An area is a file `bench_<area>.py` beside this one with a function `figures()`. Each is
measured in a process of its own, one after the other, so that none weighs on the next. A
figure that is missed is shown as missed; only an area that breaks makes the exit code 1.
"""

import argparse
import importlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench.figure import Figure

HERE = Path(__file__).parent
README = HERE.parent.parent / "README.md"
BEGIN, END = "<!-- figures: written by `make bench WRITE=1` -->", "<!-- end of figures -->"
HEAD = "| Figure | Target | Measured | Met | How |\n|---|---|---|---|---|"


def area_names() -> list[str]:
    """Return the areas there are, in alphabetical order."""
    return sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))


def render_table(figures: Sequence[Figure]) -> str:
    """Return the figures as a Markdown table."""
    rows = [
        [figure.name, figure.target, figure.measured, "yes" if figure.met else "**no**", figure.how]
        for figure in figures
    ]
    return "\n".join([HEAD, *("| " + " | ".join(map(_cell, row)) + " |" for row in rows)])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def describe_machine() -> str:
    """Say what machine the figures were measured on, and when."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"Measured on {_processor()}, {len(os.sched_getaffinity(0))} cores, {memory:.0f} GiB, "
        f"{platform.system()} {platform.release()}, {platform.python_implementation()} "
        f"{platform.python_version()}, {time.strftime('%Y-%m-%d', time.gmtime())}."
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()


def place_table(text: str, table: str) -> str:
    """Return a page's text with everything between its two markers replaced by `table`."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        message = "the page does not hold the two markers of the figures"
        raise ValueError(message)
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


def measure(area: str) -> list[Figure] | None:
    """Measure one area in a process of its own; None when that process broke."""
    print(f"{area} …", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix="playhead-bench-") as folder:
        result = Path(folder, "figures.json")
        command = [sys.executable, "-m", "tests.bench", "--result", str(result), area]
        done = subprocess.run(command, cwd=README.parent, stdout=sys.stderr, check=False)
        if done.returncode or not result.exists():
            return None
        return [Figure(*row) for row in json.loads(result.read_bytes())]


def measure_here(area: str, result: Path) -> None:
    """Measure one area in this process and leave its figures in a file."""
    module = importlib.import_module(f"tests.bench.bench_{area}")
    result.write_text(json.dumps(module.figures()), encoding="utf-8")


def read_arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line; without an area all of them are meant."""
    known = area_names()
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure figures.")
    parser.add_argument("areas", nargs="*", metavar="AREA", help=f"of: {', '.join(known)}")
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    parser.add_argument("--result", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    unknown = [area for area in arguments.areas if area not in known]
    if unknown:
        parser.error(f"no such area: {', '.join(unknown)} (there are: {', '.join(known)})")
    if arguments.write and arguments.areas:
        parser.error("--write needs every figure, so name no area")
    return arguments


def main(argv: Sequence[str] | None = None) -> int:
    """Measure what was asked for and print the table."""
    arguments = read_arguments(argv)
    if arguments.result:
        measure_here(arguments.areas[0], arguments.result)
        return 0
    figures: list[Figure] = []
    broken: list[str] = []
    for area in arguments.areas or area_names():
        measured = measure(area)
        if measured is None:
            broken.append(area)
        else:
            figures += measured
    table = f"{render_table(figures)}\n\n{describe_machine()}"
    print(table)
    if broken:
        print(f"Could not be measured: {', '.join(broken)}.", file=sys.stderr)
        return 1
    if arguments.write:
        README.write_text(place_table(README.read_text("utf-8"), table), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
