"""Whether the configurations that are not in force just now would lead anywhere. Pure but for
the look at their working directories.
"""

from collections.abc import Iterator

from shipper.formats.manifest_edit import MANIFEST, fix_value
from shipper.formats.toml_place import find_key
from shipper.source.configured import configuration_key
from shipper.source.entries import entry_form
from shipper.source.working_folder import folder_fault
from shipper.validate.fixes import nearest_path
from shipper.validate.subject import Finding, Subject


def configurations_lead_somewhere(subject: Subject) -> Iterator[Finding]:
    """Find an entry or a working directory that is not there; what is in force is an error."""
    project = subject.project
    for name, chosen in project.spec.configurations.items():
        if name == project.configuration:
            continue
        if (entry := chosen["entry"]) and _is_lost(entry, subject):
            yield _lost_entry(subject, name, entry)
        if (cwd := chosen.get("cwd")) and folder_fault(project.root, cwd):
            yield Finding(
                f"The working directory `{cwd}` of the configuration `{name}` is not there.",
                "Make the folder, or name another one.",
                *_at(subject, name, "cwd"),
            )


def _is_lost(entry: str, subject: Subject) -> bool:
    form = entry_form(entry)
    return form is None or (
        form in ("file", "notebook") and entry.removeprefix("./") not in subject.files
    )


def _lost_entry(subject: Subject, name: str, entry: str) -> Finding:
    playable = [path for path in subject.files if path.endswith((".py", ".pyw", ".ipynb"))]
    near = nearest_path(entry, playable)
    key, text = configuration_key(name, "entry"), subject.project.text
    return Finding(
        f"The entry `{entry}` of the configuration `{name}` is not there.",
        f"Did you mean `{near}`?" if near else "Correct it, or add the file.",
        *_at(subject, name, "entry"),
        fix=fix_value(MANIFEST, text, key, entry, near) if near else None,
    )


def _at(subject: Subject, name: str, key: str) -> tuple[str | None, int | None, int | None]:
    place = find_key(subject.project.text, configuration_key(name, key))
    return subject.project.manifest, *(place or (None, None))
