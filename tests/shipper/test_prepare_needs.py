"""What a project requires of the machine: checked before it is played, and when that changes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shipper.events import Severity
from shipper.formats.manifest import ManifestFaults, read_manifest
from shipper.machine.hardware import clear_cache
from tests.support.fake_nvml import fake_nvml
from tests.support.workshop import Workshop


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    clear_cache()
    yield
    clear_cache()


def a_project(shop: Workshop, requires: str, more: str = "") -> Path:
    manifest = f'[tool.playhead]\nentry = "main.py"\nrequires = {requires}\n{more}'
    return shop.project({"main.py": "", "pyproject.toml": manifest})


def test_a_gpu_that_is_not_there_ends_it_with_a_next_step(warm_shop: Workshop) -> None:
    failure = warm_shop.fails(a_project(warm_shop, '{ gpu = "rocm" }'))
    assert failure.code == "gpu-missing"
    assert failure.message.startswith(
        "The project requires a GPU with ROCm, and this machine has none"
    )
    assert failure.hint
    (event,) = warm_shop.coded("gpu-missing")
    assert (event.path, event.line) == ("pyproject.toml", 3)


def test_what_is_there_is_no_matter(warm_shop: Workshop) -> None:
    project = a_project(warm_shop, '{ memory = "1MB", cores = 1, features = ["cartridge"] }')
    warm_shop.prepare(project)
    assert [event.code for event in warm_shop.events if event.code] == []
    warm_shop.prepare(project)
    assert warm_shop.spawn.calls == []


def test_a_driver_of_no_use_is_named(
    warm_shop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", str(fake_nvml(tmp_path, "return 18")))
    failure = warm_shop.fails(a_project(warm_shop, '{ gpu = "any" }'))
    assert failure.hint is not None
    assert "restart the machine" in failure.hint


def test_another_machine_is_noticed(
    shop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", str(fake_nvml(tmp_path)))
    project = a_project(shop, '{ gpu = "cuda" }', "[tool.playhead.permissions]\ngpu = true\n")
    first = shop.prepare(project)
    assert "this machine has" in " ".join(event.message for event in shop.events)
    again = shop.prepare(project)
    assert again == first
    assert "this machine has" not in " ".join(event.message for event in shop.events)

    monkeypatch.delenv("LD_LIBRARY_PATH")
    monkeypatch.setattr("shipper.machine.hardware.machine_stamp", lambda: ["another"])
    assert shop.fails(project).code == "gpu-missing"


def test_the_permission_to_use_it_is_suggested_and_wanted(
    warm_shop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", str(fake_nvml(tmp_path)))
    image = warm_shop.prepare(a_project(warm_shop, '{ gpu = "any" }'))
    assert [one.permission for one in image.wanted] == ["gpu"]
    (event,) = warm_shop.coded("permission-suggested")
    assert event.severity is Severity.INFO
    assert event.message == "The project requires a GPU and does not ask for `gpu`."
    assert event.fix is not None


def test_what_is_required_is_part_of_the_identity(warm_shop: Workshop) -> None:
    plain = warm_shop.prepare(a_project(warm_shop, '["cartridge"]'))
    same = read_manifest({"tool": {"playhead": {"requires": {"features": ["cartridge"]}}}})
    assert same.requires == ("cartridge",)
    assert same.needs == {}
    more = warm_shop.prepare(a_project(warm_shop, '{ features = ["cartridge"], cores = 1 }'))
    assert more.content_id != plain.content_id


@pytest.mark.parametrize(
    ("requires", "path", "words"),
    [
        ({"gpu": "cude"}, "tool.playhead.requires.gpu", "Did you mean `cuda`?"),
        ({"memory": 8}, "tool.playhead.requires.memory", "It says 8 now."),
        ({"cores": 0}, "tool.playhead.requires.cores", "It says 0 now."),
        ({"gpus": "any"}, "tool.playhead.requires.gpus", "Did you mean `gpu`?"),
        ({"cpu": ["avx3"]}, "tool.playhead.requires.cpu.0", "Did you mean"),
        ([3], "tool.playhead.requires.0", "It says 3 now."),
        ("cartridge", "tool.playhead.requires", "It says 'cartridge' now."),
    ],
)
def test_what_makes_no_sense_is_a_fault(requires: object, path: str, words: str) -> None:
    with pytest.raises(ManifestFaults) as caught:
        read_manifest({"tool": {"playhead": {"requires": requires}}})
    (fault,) = caught.value.faults
    assert fault.path == path
    assert fault.hint.startswith(words)
