"""The plotting library is whole for everybody who asks for it, however early."""

import subprocess
import sys

from tests.support.playhead import ROOT

ASK_MEANWHILE = """
import asyncio
from studio.widgets.plots.library import plotting

async def ask(after):
    await asyncio.sleep(after)
    return hasattr(await plotting(), "GraphicsView")

async def ask_often():
    return await asyncio.gather(*(ask(number * 0.01) for number in range(60)))

print(all(asyncio.run(ask_often())))
"""


def test_who_asks_while_it_is_loading_waits_for_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASK_MEANWHILE], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "True\n"
