"""Our own icons: plain SVG, found by name, nothing fetched."""

import xml.etree.ElementTree as ET

import pytest

import resources

NAMES = ("playhead", "cartridge", "notebook", "workflow")


@pytest.mark.parametrize("name", NAMES)
def test_an_icon_is_a_square_svg_with_a_title(name: str) -> None:
    root = ET.fromstring(resources.icon_path(name).read_text(encoding="utf-8"))
    assert root.tag.endswith("svg")
    x, y, width, height = map(float, root.attrib["viewBox"].split())
    assert (x, y) == (0, 0)
    assert width == height
    assert root[0].tag.endswith("title")
    assert root[0].text == name.title()


def test_an_unknown_icon_is_told() -> None:
    with pytest.raises(KeyError):
        resources.icon_path("nothing")
