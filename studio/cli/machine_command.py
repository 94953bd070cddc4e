"""`playhead machine`: what this machine has to compute on, and the Pythons it plays with."""

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from session.home import find_home
from shipper.build.interpreters import FoundInterpreter
from shipper.machine.devices import select_with_fallback
from shipper.machine.hardware import Hardware, capabilities, detect, identity
from studio.cli import console
from studio.cli.pythons import pythons_here
from studio.cli.table import aligned
from studio.cli.terminal import is_tty, terminal_of
from studio.cli.theme import Theme
from studio.figures import size

_HEAD = ("PYTHON", "FOUND", "PATH")
_LABEL = 12


def show_machine(*, as_json: bool) -> None:
    """Print hardware and interpreters, for a person or as one JSON object."""
    found = detect()
    pythons = pythons_here(find_home().cache, Path.cwd())
    if as_json:
        console.say(json.dumps(_fields(found, pythons), ensure_ascii=False, indent=2))
        return
    terminal = terminal_of(1)
    theme = Theme(terminal.colour, terminal.unicode)
    for label, text in _rows(found):
        console.say(f"{theme.dim(label.ljust(_LABEL))}{text}")
    console.say()
    rows = [(one.version or "-", one.origin, os.fspath(one.path)) for one in pythons]
    faults = {number: one.fault for number, one in enumerate(pythons) if one.fault}
    for number, line in enumerate(aligned([_HEAD, *rows])):
        console.say(theme.dim(line) if number == 0 and is_tty(1) else line)
        if number - 1 in faults:
            console.say(f"  {faults[number - 1]}")


def show_device(wanted: str) -> None:
    """Print the first of the devices, as `cuda,mps,cpu` names them, that is there."""
    console.say(str(select_with_fallback([one.strip() for one in wanted.split(",")])))


def _rows(found: Hardware) -> Iterator[tuple[str, str]]:
    cpu, memory = found.cpu, found.memory
    yield "platform", found.platform
    usable = "" if cpu.usable == cpu.threads else f"; {cpu.usable:g} may be used"
    yield "processor", f"{cpu.model}, {cpu.cores} cores, {cpu.threads} threads{usable}"
    yield "features", " ".join(cpu.features) or "none that are known"
    if memory is not None:
        limit = f"; {size(memory.limit)} may be used" if memory.limit else ""
        yield "memory", f"{size(memory.total)}, {size(memory.available)} free{limit}"
    yield from _accelerators(found)


def _accelerators(found: Hardware) -> Iterator[tuple[str, str]]:
    if found.cuda is not None:
        yield "gpu", f"CUDA {found.cuda.version}, driver {found.cuda.driver}"
        for one in found.cuda.devices:
            free = f"{size(one.memory_total)}, {size(one.memory_free)} free"
            yield "", f"cuda:{one.id}  {one.name}, {free}, capability {one.capability}"
    if found.rocm is not None:
        yield "gpu", f"ROCm {found.rocm.version}".rstrip()
        for device in found.rocm.devices:
            yield (
                "",
                f"rocm:{device.id}  {device.name} {device.target}, {size(device.memory_total)}",
            )
    if found.mps is not None:
        yield "gpu", f"mps  {found.mps.name}, {size(found.mps.memory_total)}, shared"
    if len(found.accelerators) == 1:
        why = f"none: {found.cuda_fault}" if found.cuda_fault else "none to compute on"
        yield "gpu", why + (f" (adapters: {', '.join(found.makers)})" if found.makers else "")


def _fields(found: Hardware, pythons: Sequence[FoundInterpreter]) -> dict[str, Any]:
    return {
        "platform": found.platform,
        "accelerators": list(found.accelerators),
        "identity": identity(found),
        "capabilities": capabilities(found),
        "cpu": found.cpu._asdict(),
        "memory": found.memory and found.memory._asdict(),
        "cuda": found.cuda
        and {
            "driver": found.cuda.driver,
            "version": found.cuda.version,
            "devices": [one._asdict() for one in found.cuda.devices],
        },
        "rocm": found.rocm
        and {
            "version": found.rocm.version,
            "devices": [one._asdict() for one in found.rocm.devices],
        },
        "mps": found.mps and found.mps._asdict(),
        "cuda_fault": found.cuda_fault,
        "adapters": list(found.makers),
        "interpreters": [one._asdict() | {"path": os.fspath(one.path)} for one in pythons],
    }
