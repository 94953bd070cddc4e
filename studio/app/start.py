"""Opens the studio: Qt and the first frame, then everything heavy."""


def run_studio(path: str | None) -> int:
    """Open the studio, on the project at `path` if one is named; return its exit code."""
    raise NotImplementedError(path)
