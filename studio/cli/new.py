"""`playhead new`: a project from a template, ready to be played."""

import os
import shlex
from pathlib import Path

from resources import template_names
from resources.project_template import FolderTaken as TemplateFolderTaken
from resources.project_template import fill_template
from studio.cli.console import say
from studio.cli.errors import FolderTaken, FolderUnwritable, NoSuchTemplate


def make_project(template: str, folder: Path) -> None:
    """Fill a new or an empty folder from a template and say what to do next."""
    target = Path(os.path.normpath(folder.expanduser().absolute()))
    try:
        fill_template(template, target)
    except KeyError:
        raise NoSuchTemplate(template, template_names()) from None
    except TemplateFolderTaken:
        raise FolderTaken(target) from None
    except OSError as error:
        raise FolderUnwritable(target, error) from error
    say(f"made {folder} from the template `{template}`")
    say(f"next: playhead play {shlex.quote(str(folder))}")
