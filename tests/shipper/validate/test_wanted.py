"""Which imports call for a permission, and which only look as if."""

import pytest

from shipper.formats.permission import Wanted
from tests.support.workshop import Workshop


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("import socket, ssl\n", (Wanted("net", ("socket", "ssl")),)),
        ("from urllib.request import urlopen\n", (Wanted("net", ("urllib",)),)),
        ("from urllib.parse import quote\nimport urllib.error\n", ()),
        ("import tkinter\n", (Wanted("display", ("tkinter",)),)),
    ],
)
def test_wanted(warm_shop: Workshop, source: str, wanted: tuple[Wanted, ...]) -> None:
    project = warm_shop.project({"main.py": source})
    assert warm_shop.prepare(project).wanted == wanted
    assert warm_shop.prepare(project).wanted == wanted, "what is remembered says the same"
