"""What a project says about itself, defaults filled in; plain data, kept as JSON. Pure."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ProjectSpec:
    """A project's own words, from its `pyproject.toml`, its script block, or nowhere.

    `declared` says that there is a `[tool.playhead]` table. `dependencies` is None where
    nothing is said about them, which is not the same as an empty list. `permissions`,
    `budget` and `worker` hold only what is written; budgets in bytes, milliseconds or a count.
    """

    declared: bool = False
    name: str | None = None
    version: str | None = None
    dependencies: tuple[str, ...] | None = None
    requires_python: str | None = None
    id: str | None = None
    kind: str | None = None
    entry: str | None = None
    args: tuple[str, ...] = ()
    title: str | None = None
    icon: str | None = None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    permissions: dict[str, Any] = field(default_factory=dict)
    budget: dict[str, int] = field(default_factory=dict)
    worker: dict[str, Any] = field(default_factory=dict)
    configurations: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the same as JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "ProjectSpec":
        """Return what `to_json` was made from."""
        plain: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in values.items()
        }
        return cls(**plain)
