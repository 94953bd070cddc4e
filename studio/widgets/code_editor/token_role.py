"""What a Pygments token is to the eye: one of seven roles, or plain text. Pure."""

from functools import cache
from typing import Any, Final

#: A role is a field of `Tokens` without its `code_`; the first that holds a token decides.
_ROLES: Final = (
    ("Name.Decorator", "decorator"),
    ("Comment.Preproc", "decorator"),
    ("Comment.PreprocFile", "string"),
    ("Comment", "comment"),
    ("Keyword", "keyword"),
    ("Operator.Word", "keyword"),
    ("Name.Builtin.Pseudo", "keyword"),
    ("Name.Tag", "keyword"),
    ("Name.Function", "name"),
    ("Name.Class", "name"),
    ("Name.Builtin", "name"),
    ("Name.Exception", "name"),
    ("Name.Attribute", "name"),
    ("Name.Label", "name"),
    ("Literal.String.Interpol", "operator"),
    ("Literal.String", "string"),
    ("Literal.Number", "number"),
    ("Literal", "number"),
    ("Operator", "operator"),
    ("Generic.Heading", "keyword"),
    ("Generic.Subheading", "keyword"),
    ("Generic.Deleted", "number"),
    ("Generic.Inserted", "string"),
    ("Generic.Strong", "name"),
    ("Generic.Emph", "name"),
)


@cache
def role_of(token: Any) -> str:  # noqa: ANN401 - Pygments' token types are built at run time
    """Return the role of a token, "" for plain text."""
    name = str(token).removeprefix("Token.")
    for prefix, role in _ROLES:
        if name == prefix or name.startswith(prefix + "."):
            return role
    return ""
