"""Which language a file is in, by its name: its lexer, and how a comment begins.

Lexers are imported one at a time: all of them together take longer than the window.
"""

from importlib import import_module
from pathlib import PurePath
from typing import Final, NamedTuple

from studio.widgets.code_editor.highlighting import (
    Highlighting,
    LineHighlighting,
    Lines,
    TextHighlighting,
)
from studio.widgets.code_editor.line_lexer import python_line_lexer

#: Beyond this many characters a text is shown plain.
PLAIN_FROM: Final = 5_000_000
#: The same where every edit means lexing everything again.
_WHOLE_PLAIN_FROM: Final = 1_000_000


class Language(NamedTuple):
    """`module` and `lexer` name a lexer of Pygments, "" for none; `comment` begins a comment."""

    name: str
    module: str
    lexer: str
    comment: str


PLAIN: Final = Language("Text", "", "", "")
PYTHON: Final = Language("Python", "python", "PythonLexer", "#")
_JAVASCRIPT: Final = Language("JavaScript", "javascript", "JavascriptLexer", "//")
_TYPESCRIPT: Final = Language("TypeScript", "javascript", "TypeScriptLexer", "//")
_YAML: Final = Language("YAML", "data", "YamlLexer", "#")
_INI: Final = Language("INI", "configs", "IniLexer", "#")
_JSON: Final = Language("JSON", "data", "JsonLexer", "")
_HTML: Final = Language("HTML", "html", "HtmlLexer", "")
_XML: Final = Language("XML", "html", "XmlLexer", "")
_CSS: Final = Language("CSS", "css", "CssLexer", "")
_MARKDOWN: Final = Language("Markdown", "markup", "MarkdownLexer", "")
_RST: Final = Language("reStructuredText", "markup", "RstLexer", "..")
_SHELL: Final = Language("Shell", "shell", "BashLexer", "#")
_C: Final = Language("C", "c_cpp", "CLexer", "//")
_CPP: Final = Language("C++", "c_cpp", "CppLexer", "//")
_TOML: Final = Language("TOML", "configs", "TOMLLexer", "#")
_DIFF: Final = Language("Diff", "diff", "DiffLexer", "")
_SQL: Final = Language("SQL", "sql", "SqlLexer", "--")
_GLSL: Final = Language("GLSL", "graphics", "GLShaderLexer", "//")
_MAKE: Final = Language("Makefile", "make", "MakefileLexer", "#")
_DOCKER: Final = Language("Dockerfile", "configs", "DockerLexer", "#")
_HASHED: Final = Language("Text", "", "", "#")

#: Languages whose lines run in the direction of what is written.
PROSE: Final = frozenset({PLAIN.name, _MARKDOWN.name, _RST.name})

_BY_SUFFIX: Final = {
    ".py": PYTHON, ".pyw": PYTHON, ".pyi": PYTHON,
    ".js": _JAVASCRIPT, ".mjs": _JAVASCRIPT, ".cjs": _JAVASCRIPT, ".ts": _TYPESCRIPT,
    ".json": _JSON, ".ipynb": _JSON, ".geojson": _JSON,
    ".toml": _TOML, ".yaml": _YAML, ".yml": _YAML,
    ".ini": _INI, ".cfg": _INI, ".conf": _INI, ".editorconfig": _INI,
    ".html": _HTML, ".htm": _HTML, ".xml": _XML, ".svg": _XML, ".ui": _XML, ".css": _CSS,
    ".md": _MARKDOWN, ".markdown": _MARKDOWN, ".rst": _RST,
    ".sh": _SHELL, ".bash": _SHELL, ".zsh": _SHELL,
    ".c": _C, ".h": _C, ".cc": _CPP, ".cpp": _CPP, ".hpp": _CPP, ".cxx": _CPP,
    ".glsl": _GLSL, ".vert": _GLSL, ".frag": _GLSL,
    ".diff": _DIFF, ".patch": _DIFF, ".sql": _SQL, ".mk": _MAKE,
    ".env": _SHELL, ".txt": PLAIN,
}  # fmt: skip
_BY_NAME: Final = {
    "makefile": _MAKE,
    "gnumakefile": _MAKE,
    "dockerfile": _DOCKER,
    "pipfile": _TOML,
    "uv.lock": _TOML,
    "poetry.lock": _TOML,
    ".gitignore": _HASHED,
    ".gitattributes": _HASHED,
    "requirements.txt": _HASHED,
    ".gitconfig": _INI,
    ".bashrc": _SHELL,
    ".profile": _SHELL,
}


def language_of(file_name: str, first_line: str = "") -> Language:
    """Return the language of a file by its name; without an ending, by its first line."""
    path = PurePath(file_name.lower())
    known = _BY_NAME.get(path.name) or _BY_SUFFIX.get(path.suffix)
    if known is not None:
        return known
    if first_line.startswith("#!"):
        return PYTHON if "python" in first_line else _SHELL if "sh" in first_line else PLAIN
    return PLAIN


def highlighting_of(language: Language, lines: Lines, length: int) -> Highlighting | None:
    """Return how a text of `length` characters is highlighted; None for not at all."""
    if not language.lexer or length > PLAIN_FROM:
        return None
    if language is PYTHON:
        return LineHighlighting(python_line_lexer(), lines)
    if length > _WHOLE_PLAIN_FROM:
        return None
    module = import_module(f"pygments.lexers.{language.module}")
    return TextHighlighting(getattr(module, language.lexer)(), lines)
