"""The commands and their options; what they do is imported when they are called."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from session.log.entry import Severity, Source
from studio.row_words import SOURCE_WORDS

if TYPE_CHECKING:
    from studio.cli.quick_studio import OpenStudio

_SEVERITIES = ", ".join(severity.word for severity in Severity)

app = typer.Typer(
    name="playhead",
    help="Play Python projects: one session, one log, one honest Stop.",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_Project = Annotated[
    Path, typer.Argument(metavar="PATH", help="A project folder, a .py, an .ipynb.")
]
_RunName = Annotated[
    str, typer.Argument(metavar="RUN", help="A run's id, its unique beginning, or `last`.")
]
_Jsonl = Annotated[bool, typer.Option("--jsonl", help="Print one JSON object a line.")]


def run(arguments: list[str], open_studio: "OpenStudio | None" = None) -> int:
    """Run one command line and return its exit code; 2 for a wrong one.

    `open_studio` opens the window; without it there is none.
    """
    try:
        app(args=arguments, prog_name="playhead", obj=open_studio)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 1
    return 0


@app.callback(invoke_without_command=True)
def _start(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    from studio.cli.console import say

    if version:
        from studio.cli.version import version_text

        say(version_text())
    elif context.invoked_subcommand is None:
        display = _has_display()
        if display and context.obj is not None:
            raise typer.Exit(context.obj(None))
        say(context.get_help())
        if not display:
            say("\nThere is no display here; with one, `playhead` alone opens the studio.")


@app.command()
def studio(
    context: typer.Context,
    path: Annotated[str | None, typer.Argument(metavar="PATH", help="A project to open.")] = None,
) -> None:
    """Open the studio; `playhead` alone does the same.

    Where one is open already, that one shows the project.

    Exits with 0 when it is closed, and with 1 when it cannot open: without a display, say.
    """
    if context.obj is None:
        from studio.cli.failure import say_failure

        say_failure("This Playhead has no studio.", "Play here: playhead play PATH", "no-studio")
        raise typer.Exit(1)
    raise typer.Exit(context.obj(path))


@app.command()
def play(
    path: _Project,
    arguments: Annotated[
        list[str] | None, typer.Argument(metavar="ARGS", help="For the program itself.")
    ] = None,
    jsonl: _Jsonl = False,
    times: Annotated[
        bool, typer.Option("--times", "-t", help="Put the time before the program's lines, too.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Show the debug entries, too.")
    ] = False,
    config: Annotated[
        str | None,
        typer.Option("--config", "-c", metavar="NAME", help="One of the project's configurations."),
    ] = None,
    grant: Annotated[
        list[str] | None,
        typer.Option(
            "--grant",
            "-g",
            metavar="WHAT",
            help="Permissions for this once: net,display or read=/some/folder. Repeatable.",
        ),
    ] = None,
    foreign: Annotated[
        bool,
        typer.Option("--foreign", help="It is somebody else's: nothing but what is granted."),
    ] = False,
    reduced_isolation: Annotated[
        bool,
        typer.Option(
            "--reduced-isolation", help="With --foreign: also where layers of it are missing."
        ),
    ] = False,
) -> None:
    """Play a project.

    Prepares it, plays it and shows everything that happens, in one log.

    Ctrl-C asks the program to stop; a second one ends it at once.

    Exit codes: the program's own; 128+n when signal n ended it; 130 after Ctrl-C; 143 after
    SIGTERM; 124 when a budget ended it; 125 when it could not be prepared; 126 when it could
    not be started; 141 when nobody reads the output any more; 2 for a wrong command line.
    """
    from studio.cli.play import play_project
    from studio.cli.play_options import PlayOptions, grants_of

    grants = tuple(one for text in grant or () for one in grants_of(text))
    options = PlayOptions(
        path,
        tuple(arguments or ()),
        jsonl,
        times,
        verbose,
        config,
        grants,
        foreign,
        reduced_isolation,
    )
    raise typer.Exit(play_project(options))


@app.command()
def call(
    path: _Project,
    tool: Annotated[
        str | None, typer.Argument(metavar="TOOL", help="What to call; without it, all are listed.")
    ] = None,
    parameters: Annotated[
        list[str] | None, typer.Argument(metavar="KEY=VALUE", help="What the tool is given.")
    ] = None,
    stream: Annotated[
        bool, typer.Option("--stream", "-s", help="Print item by item what the tool yields.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    timeout: Annotated[
        float | None,
        typer.Option("--timeout", metavar="SECONDS", min=0.001, help="How long it may take."),
    ] = None,
    config: Annotated[
        str | None,
        typer.Option("--config", "-c", metavar="NAME", help="One of the project's configurations."),
    ] = None,
    grant: Annotated[
        list[str] | None,
        typer.Option(
            "--grant", "-g", metavar="WHAT", help="Permissions for this once, as with `play`."
        ),
    ] = None,
    foreign: Annotated[
        bool,
        typer.Option("--foreign", help="It is somebody else's: nothing but what is granted."),
    ] = False,
    reduced_isolation: Annotated[
        bool,
        typer.Option(
            "--reduced-isolation", help="With --foreign: also where layers of it are missing."
        ),
    ] = False,
) -> None:
    """Call a tool of a project.

    Prepares the project as Play does, and calls a function that it marks with
    `@playhead.tool`, in a file tools.py or where it begins. Without a TOOL it lists them.

    Exit codes: 0 when the tool answered; 1 when it failed; 124 when it took too long; 125, 126
    and 128+n as with `play`; 2 for a wrong command line, an unknown tool or parameter.
    """
    from studio.cli.call import CallOptions, call_tool
    from studio.cli.play_options import grants_of

    options = CallOptions(
        path,
        tool,
        tuple(parameters or ()),
        stream,
        json,
        timeout,
        config,
        tuple(one for text in grant or () for one in grants_of(text)),
        foreign,
        reduced_isolation,
    )
    raise typer.Exit(call_tool(options))


@app.command()
def check(path: _Project) -> None:
    """List every finding about a project.

    Prepares it without playing it. Exits with 0, or with 125 when it cannot be played.
    """
    from studio.cli.check import check_project

    raise typer.Exit(check_project(path))


@app.command()
def runs(
    project: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Only the runs of this project.")
    ] = None,
    limit: Annotated[int, typer.Option(min=0, help="How many; 0 for all.")] = 20,
    json: Annotated[bool, typer.Option("--json", help="Print a JSON array.")] = False,
    copy_written: Annotated[
        str | None,
        typer.Option(metavar="RUN", help="Copy the files that a run wrote into its project."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="With --copy-written: replace changed files, too.")
    ] = False,
    stop: Annotated[
        str | None, typer.Option(metavar="RUN", help="Stop a run, wherever it is played.")
    ] = None,
    delete: Annotated[str | None, typer.Option(metavar="RUN", help="Delete a run.")] = None,
) -> None:
    """List the runs of all projects, newest first."""
    from studio.cli import runs as command

    if copy_written is not None:
        command.copy_written(copy_written, force=force)
    elif stop is not None:
        command.stop_run(stop)
    elif delete is not None:
        command.delete_run(delete)
    else:
        command.list_runs(project, limit, as_json=json)


@app.command()
def log(
    run: _RunName,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on until the run has ended.")
    ] = False,
    source: Annotated[
        list[str] | None,
        typer.Option("--source", "-s", metavar="S", help="Only build, check, pack or run."),
    ] = None,
    severity: Annotated[
        str, typer.Option(metavar="S", help=f"At least this: {_SEVERITIES}.")
    ] = Severity.DEBUG.word,
    grep: Annotated[
        str, typer.Option("--grep", "-g", metavar="RE", help="Only lines that match.")
    ] = "",
    exclude: Annotated[
        str, typer.Option("--exclude", "-x", metavar="RE", help="No lines that match.")
    ] = "",
    jsonl: _Jsonl = False,
) -> None:
    """Print the log of a run.

    Also of one that another process is playing; `--follow` then goes on until it ends.
    """
    from studio.cli.log_command import LogOptions, print_log

    options = LogOptions(
        run, follow, _sources(source or []), _severity(severity), grep, exclude, jsonl
    )
    raise typer.Exit(print_log(options))


@app.command()
def new(
    template: Annotated[str, typer.Argument(metavar="TEMPLATE", help="app, game or tool.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or an empty folder.")],
) -> None:
    """Make a new project from a template."""
    from studio.cli.new import make_project

    make_project(template, folder)


@app.command()
def grants(
    path: Annotated[
        Path | None, typer.Argument(metavar="PATH", help="A project; without it, all of them.")
    ] = None,
    withdraw: Annotated[
        str | None,
        typer.Option(metavar="PERMISSION", help="Forget what was answered: net, or all."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print a JSON array.")] = False,
) -> None:
    """List what you granted to projects for good, and what you refused.

    `--withdraw` forgets an answer of the project at PATH; the next Play asks again.
    """
    from studio.cli import grants as command

    if withdraw is None:
        command.list_answers(path, as_json=json)
    elif path is None:
        message = "It takes a PATH as well."
        raise typer.BadParameter(message, param_hint="--withdraw")
    else:
        raise typer.Exit(command.withdraw(path, withdraw))


@app.command()
def machine(
    json: Annotated[bool, typer.Option("--json", help="Print a JSON object.")] = False,
    select: Annotated[
        str | None,
        typer.Option(metavar="DEVICES", help="Print the first that is there of cuda,mps,cpu, say."),
    ] = None,
) -> None:
    """Say what this machine has.

    Processor, memory, GPUs, and the Pythons that projects can be played with.
    """
    from studio.cli import machine_command

    if select is not None:
        machine_command.show_device(select)
    else:
        machine_command.show_machine(as_json=json)


@app.command()
def environments(
    json: Annotated[bool, typer.Option("--json", help="Print a JSON array.")] = False,
    remove: Annotated[
        str | None, typer.Option(metavar="NAME", help="Remove one; its beginning will do.")
    ] = None,
    unused: Annotated[
        bool, typer.Option("--unused", help="Remove all that no project uses any more.")
    ] = False,
    install: Annotated[
        list[str] | None,
        typer.Option(metavar="PACKAGE", help="Make one with this package. Repeatable."),
    ] = None,
) -> None:
    """List the environments that are kept.

    A removed one is made anew when a project needs it again.
    """
    from studio.cli import environments as command

    if remove is not None:
        command.remove(remove)
    elif unused:
        command.remove_unused()
    elif install:
        command.install(install)
    else:
        command.list_environments(as_json=json)


@app.command()
def doctor(
    json: Annotated[bool, typer.Option("--json", help="Print a JSON array.")] = False,
) -> None:
    """Say what works on this machine.

    And what is reduced, and what to do about it. Exits with 1 when Playhead cannot play here.
    """
    from studio.cli.doctor import examine

    raise typer.Exit(examine(as_json=json))


@app.command()
def serve(
    tools: Annotated[
        Path, typer.Option("--tools", metavar="SCRIPT", help="A script that declares tools.")
    ],
    grpc: Annotated[bool, typer.Option("--grpc", help="Serve over gRPC.")] = False,
    unix: Annotated[
        Path | None, typer.Option(metavar="PATH", help="A UNIX socket that only you can open.")
    ] = None,
    host: Annotated[
        str | None, typer.Option(metavar="H", help="An address of this machine.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(metavar="N", help="A port; 0: one that is free.")
    ] = None,
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help="Also where other machines reach it.")
    ] = False,
    token_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Use the token in a file of yours.")
    ] = None,
    threads: Annotated[int, typer.Option(min=1, help="How many calls may run at once.")] = 1,
    grant: Annotated[
        list[str] | None,
        typer.Option("--grant", "-g", metavar="WHAT", help="Permissions, as for `play`."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Say where it is as a JSON object.")] = False,
) -> None:
    """Serve the tools of a script to other programs.

    Callers need the token whose file is told, or the right to open the socket.

    Goes on until Ctrl-C or SIGTERM, and exits with 0 then; with 1 when the worker ends.
    """
    if not grpc:
        message = "Say how to serve: --grpc is the one way there is."
        raise typer.BadParameter(message, param_hint="--grpc")
    from session.rights import NO_RIGHTS
    from studio.cli.play_options import grants_of
    from studio.cli.serve import ServeOptions, serve_tools

    grants = tuple(one for text in grant or () for one in grants_of(text))
    try:
        NO_RIGHTS.with_grants(grants)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--grant") from None
    options = ServeOptions(tools, unix, host, port, allow_remote, token_file, threads, grants, json)
    raise typer.Exit(serve_tools(options))


def _has_display() -> bool:
    from os import environ
    from sys import platform

    from studio.display import has_display

    return has_display(environ, platform)


def _sources(words: list[str]) -> frozenset[Source]:
    known = {word: source for source, word in SOURCE_WORDS.items()}
    known |= {source.value: source for source in Source}
    found = set()
    for word in words:
        if word not in known:
            choices = ", ".join(SOURCE_WORDS.values())
            message = f"`{word}` is no source; choose from {choices}."
            raise typer.BadParameter(message, param_hint="--source")
        found.add(known[word])
    return frozenset(found)


def _severity(word: str) -> Severity:
    try:
        return Severity.of(word)
    except KeyError:
        message = f"`{word}` is no severity; choose from {_SEVERITIES}."
        raise typer.BadParameter(message, param_hint="--severity") from None
