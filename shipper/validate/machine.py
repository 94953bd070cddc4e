"""Whether the machine has what the project needs. Pure; the machine was looked at before."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from shipper.formats.amounts import amount, count
from shipper.formats.needs import GPU_WORDS
from shipper.formats.toml_place import find_key
from shipper.validate.subject import Finding, Subject

if TYPE_CHECKING:
    from shipper.machine.hardware import Hardware


def gpu_present(subject: Subject) -> Iterator[Finding]:
    """Find a GPU that the project needs and that this machine lacks."""
    wanted, hardware = subject.project.spec.needs.get("gpu"), subject.hardware
    if wanted is None or hardware is None:
        return
    there = set(hardware.accelerators) - {"cpu"}
    if wanted in there or (wanted == "any" and there):
        return
    has = f"; it has {', '.join(sorted(there))}" if there else ""
    yield Finding(
        f"The project requires {GPU_WORDS[wanted]}, and this machine has none{has}.",
        _next_step(wanted, hardware),
        *_at(subject, "gpu"),
    )


def _next_step(wanted: str, hardware: "Hardware") -> str:
    cuda = wanted in ("any", "cuda")
    if cuda and hardware.cuda_fault:
        return f"There is an NVIDIA driver, and {hardware.cuda_fault}: mend or install it anew."
    if cuda and "NVIDIA" in hardware.makers:
        return "There is an NVIDIA adapter without a driver: install the NVIDIA driver."
    if wanted in ("any", "rocm") and "AMD" in hardware.makers:
        return "There is an AMD adapter that cannot compute: install ROCm and its kernel driver."
    return "Play it on such a machine, or take `gpu` out of `requires` if it plays without."


def machine_large_enough(subject: Subject) -> Iterator[Finding]:
    """Find that there is less memory, or fewer processors, than the project needs."""
    needs, hardware = subject.project.spec.needs, subject.hardware
    if hardware is None:
        return
    memory, cores = needs.get("memory"), needs.get("cores")
    if memory and hardware.memory and hardware.memory.usable < memory:
        limit = " for us" if hardware.memory.limit is not None else ""
        yield Finding(
            f"The project requires {amount(memory)} of memory, and this machine has "
            f"{amount(hardware.memory.usable)}{limit}.",
            "Play it on a larger machine, or lower `memory` in `requires`.",
            *_at(subject, "memory"),
        )
    if cores and hardware.cpu.usable < cores:
        yield Finding(
            f"The project requires {count(cores, 'processor')}, and here are "
            f"{hardware.cpu.usable:g}.",
            "Play it on a larger machine, or lower `cores` in `requires`.",
            *_at(subject, "cores"),
        )


def features_of_the_processor(subject: Subject) -> Iterator[Finding]:
    """Find instructions that the project needs and the processor does not have."""
    hardware = subject.hardware
    if hardware is None:
        return
    lacking = [
        one for one in subject.project.spec.needs.get("cpu", ()) if one not in hardware.cpu.features
    ]
    if lacking:
        yield Finding(
            f"The project requires {', '.join(lacking)}, which this processor "
            f"({hardware.cpu.model}) does not have.",
            "Play it on a machine with a newer processor, or take it out of `cpu` in `requires`.",
            *_at(subject, "cpu"),
        )


def _at(subject: Subject, key: str) -> tuple[str | None, int | None, int | None]:
    text = subject.project.text
    place = find_key(text, f"tool.playhead.requires.{key}") or find_key(
        text, "tool.playhead.requires"
    )
    line, column = place or (None, None)
    return subject.project.manifest, line, column
