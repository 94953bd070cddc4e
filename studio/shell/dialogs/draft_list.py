"""The run configurations of a project while they are edited, and where each came from."""

from collections.abc import Sequence

from shipper.source.configurations import RunConfiguration
from studio.shell.dialogs.configuration_draft import (
    Draft,
    FolderFault,
    configuration_of,
    copy_of,
    draft_of,
    faults_of,
    free_name,
)


class DraftList:
    """Drafts in their order. `kept` is what the file holds, as it was last read."""

    def __init__(self, kept: Sequence[RunConfiguration] = ()) -> None:
        self.kept = list(kept)
        self.drafts = [draft_of(one) for one in kept]
        self._origins: list[str | None] = [one.name for one in kept]

    @property
    def changed(self) -> bool:
        """Whether there is something that is not saved."""
        return self.drafts != [draft_of(one) for one in self.kept]

    def add(self, name: str, entry: str = "") -> int:
        """Add one that says no more than an entry, at the end; return its place."""
        taken = [one.name for one in self.drafts]
        return self._insert(len(self.drafts), Draft(free_name(name, taken), entry=entry))

    def duplicate(self, at: int) -> int:
        """Add one like another, below it; return its place."""
        taken = [one.name for one in self.drafts]
        return self._insert(at + 1, copy_of(self.drafts[at], taken))

    def delete(self, at: int) -> None:
        """Take one out."""
        del self.drafts[at], self._origins[at]

    def faults(self, at: int, folder: FolderFault) -> dict[str, str]:
        """Return what is wrong with one, by field."""
        others = [one for index, one in enumerate(self.drafts) if index != at]
        return faults_of(self.drafts[at], others, folder)

    def configurations(self) -> list[RunConfiguration]:
        """Return what is to be saved; there must be no faults."""
        return [configuration_of(one) for one in self.drafts]

    def new_name(self, name: str) -> str | None:
        """Return what the configuration that was read as `name` is called now; None: deleted."""
        at = self._origins.index(name) if name in self._origins else None
        return None if at is None else self.drafts[at].name.strip()

    def _insert(self, at: int, draft: Draft) -> int:
        self.drafts.insert(at, draft)
        self._origins.insert(at, None)
        return at
