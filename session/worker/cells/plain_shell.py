"""Runs cells where there is no IPython: as the interpreter's prompt would, with top-level await."""

from __future__ import annotations

import builtins
import sys

from .. import notebook_player
from ..notebook_player import COROUTINE, TOP_LEVEL_AWAIT
from .mime import bundle_of, encoded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..failures import Reporter
    from ..serving.coroutines import EventLoops
    from .cell_streams import CellOutput

#: What holds the value of a cell's last expression until it is shown.
_VALUE = "__playhead_value__"
#: Who uses one of these at the top of a cell expects a loop that runs, as Jupyter has one.
_IN_A_LOOP = {"create_task", "ensure_future", "get_running_loop"}


class PlainShell:
    """A namespace, and what runs a cell in it."""

    version: str | None = None

    def __init__(self, output: CellOutput, loops: EventLoops, reporter: Reporter) -> None:
        self._output = output
        self._reporter = reporter
        self._loops = loops
        self.namespace: dict[str, Any] = sys.modules["__main__"].__dict__
        self._count = 0
        builtins.display = self._display  # type: ignore[attr-defined]  # as in every notebook

    def run(self, name: str, line: int, source: str, count: int, *, silent: bool) -> None:
        """Run one cell; what it raises is the caller's."""
        self._count = count
        if line > 1:
            source = "\n" * (line - 1) + source
        notebook_player.remember(name, source)
        tree = notebook_player.parsed(name, source, self._note)
        if tree.body and notebook_player.shown(tree.body[-1], source):
            tree.body[-1] = _kept(tree.body[-1])
        self.namespace.pop(_VALUE, None)
        self._execute(compile(tree, name, "exec", TOP_LEVEL_AWAIT, dont_inherit=True))
        value = self.namespace.pop(_VALUE, None)
        if value is not None and not silent:
            self._show_result(value)

    def _note(self, severity: str, code: str, message: str) -> None:
        hint = "Add `ipython` to the project's dependencies to have magics."
        self._output.flush()  # what was printed before it is read before it
        self._reporter.note(severity, code, message, hint=hint)

    def _execute(self, code: Any) -> None:
        """Run a cell's code; in the event loop where it awaits, or asks for the running loop."""
        if code.co_flags & COROUTINE:
            self._loops.run(eval(code, self.namespace))
        elif _IN_A_LOOP.isdisjoint(code.co_names):
            exec(code, self.namespace)
        else:
            self._loops.run(_inside(code, self.namespace))

    def _show_result(self, value: Any) -> None:
        data, metadata = bundle_of(value)
        space = self.namespace
        space["___"], space["__"], space["_"] = space.get("__"), space.get("_"), value
        space[f"_{self._count}"] = value
        about = {"type": "result", "count": self._count, "metadata": metadata}
        self._output.tell(about, encoded(data))

    def _display(self, *values: Any, display_id: Any = None, **_more: Any) -> None:
        """Show objects, as `IPython.display.display` does."""
        for value in values:
            data, metadata = bundle_of(value)
            self.publish(data, metadata, str(display_id) if display_id else None)

    def publish(
        self, data: dict[str, Any], metadata: dict[str, Any], display_id: str | None = None
    ) -> None:
        """Show a MIME bundle."""
        about = {"type": "display", "display_id": display_id, "update": False}
        self._output.tell({**about, "metadata": metadata}, encoded(data))

    def after_cell(self) -> None:
        """Show the figures that matplotlib holds, as an inline backend does."""
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is None or not pyplot.get_fignums():
            return
        import io

        for number in pyplot.get_fignums():
            file = io.BytesIO()
            figure = pyplot.figure(number)
            figure.savefig(file, format="png", bbox_inches="tight")
            data, _metadata = bundle_of(figure)
            import binascii

            data["image/png"] = binascii.b2a_base64(file.getvalue(), newline=False).decode("ascii")
            self.publish(data, {})
        pyplot.close("all")

    def close(self) -> None:
        """End what cells have left in their event loop."""
        self._loops.close()


async def _inside(code: Any, namespace: dict[str, Any]) -> None:
    exec(code, namespace)


def _kept(statement: Any) -> Any:
    """Turn a cell's last expression into an assignment, so that its value can be shown."""
    import _ast

    names = ("lineno", "col_offset", "end_lineno", "end_col_offset")
    place = {name: getattr(statement, name) for name in names}
    target = _ast.Name(id=_VALUE, ctx=_ast.Store(), **place)
    return _ast.Assign(targets=[target], value=statement.value, **place)
