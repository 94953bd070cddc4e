"""Says which files of an image are assets; their bytes are already in the store."""

from collections.abc import Sequence

from shipper.events import Severity
from shipper.formats.amounts import amount, count
from shipper.formats.glob import matches
from shipper.formats.scan import StoredFile
from shipper.formats.toml_place import find_key
from shipper.journal import StepLog
from shipper.source.project import Project

_CODE = (".py", ".pyw", ".ipynb", ".pyi", ".toml", ".lock", ".md", ".rst", ".cfg", ".ini")


def collect_assets(project: Project, files: Sequence[StoredFile], log: StepLog) -> tuple[str, ...]:
    """Return the paths of the assets; warn of declared patterns that match nothing."""
    patterns = project.spec.assets
    for pattern in patterns:
        if not any(matches(pattern, file.path) for file in files):
            line, column = find_key(project.text, "tool.playhead.assets") or (None, None)
            log.find(
                Severity.WARNING,
                f"The asset pattern `{pattern}` matches no file of the image.",
                code="asset-missing",
                hint="Correct the pattern, or add the file; what is left out is no asset either.",
                path=project.manifest,
                line=line,
                column=column,
            )
    assets = [file for file in files if _is_asset(file.path, patterns)]
    size = sum(file.size for file in assets)
    words = f"{count(len(assets), 'asset')}, {amount(size)}" if assets else "no assets"
    log.sum_up(f"assets: {words}" if assets else words, dull=not assets)
    return tuple(file.path for file in assets)


def _is_asset(path: str, patterns: tuple[str, ...]) -> bool:
    if patterns:
        return any(matches(pattern, path) for pattern in patterns)
    return not path.endswith(_CODE)
