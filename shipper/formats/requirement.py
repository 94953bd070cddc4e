"""Whether a declared dependency is written as PEP 508 wants it. Pure."""

from packaging.requirements import InvalidRequirement, Requirement


def requirement_fault(text: str) -> str | None:
    """Return what is wrong with a dependency, in a few words; None where nothing is."""
    if not text.isprintable():
        return "it holds a line break or another control character"
    try:
        Requirement(text)
    except InvalidRequirement as error:
        # What follows the first line is a drawing that points into the text.
        words = str(error).partition("\n")[0].rstrip(". :")
        return words[:1].lower() + words[1:]
    return None
