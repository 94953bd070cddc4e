"""The errors of tools.

SessionError
└── ToolError              the root of these; never raised itself
    ├── InvalidTool        what was declared is no tool; `kind` says which part is wrong
    ├── DuplicateTool      there is one of that name already
    ├── ToolQuota          there are as many tools as may be
    ├── ToolNotFound       there is none of that name
    ├── ToolNotOfHost      it lives in a worker, and was called as one of the host
    ├── InvalidParameter   a call has one too many, lacks one, or has one of a wrong type
    └── HostToolFailed     a tool of the host raised
"""

from collections.abc import Sequence
from difflib import get_close_matches

from session.errors import SessionError


class ToolError(SessionError):
    """The root of what can be wrong with tools."""

    code = "session"


class InvalidTool(ToolError):
    """What was declared is no tool.

    `part` is `name`, `description`, `parameters`, `metadata` or `tool`. `kind` is one of `empty`,
    `too_long`, `invalid_format`, `invalid_type`, `too_many_entries`, `too_large`, `too_deep`,
    `duplicate_keys` and `unsupported_type`.
    """

    code = "tool-invalid"

    def __init__(self, tool: str, part: str, kind: str, reason: str) -> None:
        super().__init__(
            f"The tool {tool!r} cannot be registered: {reason}.",
            "Nothing of what was declared together with it was registered either.",
        )
        self.part = part
        self.kind = kind


class DuplicateTool(ToolError):
    """There is a tool of that name in the same session."""

    code = "tool-duplicate"

    def __init__(self, tool: str) -> None:
        super().__init__(
            f"There is a tool `{tool}` already.", "Give it another name, or remove the first one."
        )
        self.tool = tool


class ToolQuota(ToolError):
    """There are as many tools as a session may have."""

    code = "tool-quota"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"A session can have {limit:,} tools, and this would be more.",
            "Declare fewer functions as tools.",
        )
        self.limit = limit


class ToolNotFound(ToolError):
    """There is no tool of that name; `known` are those that there are."""

    code = "tool-not-found"

    def __init__(self, tool: object, known: Sequence[str] = ()) -> None:
        # The name may come from a stranger, and comparing long texts takes long.
        short = tool[:64] if isinstance(tool, str) else repr(tool)[:64]
        near = get_close_matches(short, known, n=1)
        listed = ", ".join(f"`{name}`" for name in known[:10])
        more = f" and {len(known) - 10} more" if len(known) > 10 else ""
        meant = f"Did you mean `{near[0]}`? " if near else ""
        super().__init__(
            f"There is no tool {short!r}.",
            f"{meant}There are {listed}{more}." if known else "None was declared.",
        )
        self.tool = tool
        self.known = tuple(known)


class ToolNotOfHost(ToolError):
    """The tool lives in a worker, so the host cannot run it itself."""

    code = "tool-not-of-host"

    def __init__(self, tool: str) -> None:
        super().__init__(
            f"The tool `{tool}` lives in a worker, not in the host.", "Call it through its worker."
        )
        self.tool = tool


class InvalidParameter(ToolError):
    """A call does not fit its tool. `kind` is `unknown`, `missing` or `wrong_type`."""

    code = "tool-parameter"

    def __init__(
        self, tool: str, parameter: str, kind: str, reason: str, hint: str | None = None
    ) -> None:
        super().__init__(f"`{tool}` cannot be called: `{parameter}` {reason}.", hint)
        self.tool = tool
        self.parameter = parameter
        self.kind = kind


class HostToolFailed(ToolError):
    """A tool of the host raised; the cause is attached."""

    code = "host-tool-failed"

    def __init__(self, tool: str, error: BaseException) -> None:
        super().__init__(f"The tool `{tool}` failed: {type(error).__name__}: {error}")
        self.tool = tool
