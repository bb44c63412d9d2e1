"""The command line: which commands there are, where each lives, and how an error is told.

A command's module is imported when the command runs, and not before: `oido inbox` never pays for what `oido run` needs.
"""

import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup

from connectors.errors import ConnectorError
from models.errors import ModelError

from ..errors import OidoError
from . import safe

UsageError: Final[type[Exception]] = typer.BadParameter.__mro__[1]
"""Click's, whichever click this version of typer brings along."""

INTERRUPTED = 130
"""What a shell expects of a program that Ctrl-C ended."""

COMMANDS: Final = {
    "Start": {
        "init": ("monitor.cli.setup:init", "Set up: brand, website, language, where alerts go."),
        "demo": (
            "monitor.cli.demo:demo",
            "Play a synthetic stream through the real daemon, without network or keys.",
        ),
        "run": ("monitor.cli.daemon:run", "Watch the sources and send alerts until Ctrl-C."),
        "fetch": ("monitor.cli.daemon:fetch", "Poll the sources once and show what they brought."),
        "status": ("monitor.cli.status:status", "What works, what does not, and who must act."),
    },
    "Inbox": {
        "inbox": ("monitor.cli.inbox:inbox", "Mentions that wait for a person, most urgent first."),
        "show": ("monitor.cli.inbox:show", "All that is known of a mention, and why it matters."),
        "take": ("monitor.cli.inbox:take", "Say that you are on it."),
        "reply": ("monitor.cli.inbox:reply", "Record an answer, or send it; the first one stops the clock."),
        "snooze": ("monitor.cli.inbox:snooze", "Hide mentions from the inbox for a while."),
        "close": ("monitor.cli.inbox:close", "Put mentions away without an answer."),
        "reopen": ("monitor.cli.inbox:reopen", "Bring mentions back to the inbox."),
        "label": ("monitor.cli.label:label", "Say whether mentions are about the brand, and their sentiment."),
    },
    "History": {
        "mentions": ("monitor.cli.history:mentions", "Search what was said, newest first."),
        "authors": ("monitor.cli.history:authors", "Who says it, and how far they carry."),
    },
    "Configuration": {
        "brand": ("monitor.cli.brand:brand", "The brands that are watched."),
        "source": ("monitor.cli.source:source", "The sources that are read."),
        "query": ("monitor.cli.query:query", "Try a brand's query on a text."),
        "model": ("monitor.cli.model:model", "The model that judges mentions, and how good it is."),
        "backup": ("monitor.cli.store:backup", "Copy the database while the daemon runs."),
    },
}
"""Panel of the help → command → where it lives and its one line of help."""


class Root(TyperGroup):
    """A group that knows its commands by name and help, and loads one when it is called.

    It is also where an error becomes one line on stderr and an exit code; what is not the house's is a bug and keeps
    its traceback.
    """

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for panel, commands in COMMANDS.items():
            for name, (_, help_) in commands.items():
                self.add_command(TyperCommand(name, help=help_, rich_help_panel=panel))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        lighten(self, ctx)
        tidy(self, ctx)
        return super().parse_args(ctx, config_first(args))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, command, rest = super().resolve_command(ctx, args)
        if name and command:
            command = load(name)
            lighten(command, ctx)
            tidy(command, ctx)
        return name, command, rest

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        try:
            code = super().main(args, prog_name, complete_var, False, windows_expand_args, **extra)
            sys.stdout.flush()
        except UsageError as error:
            fail(usage(error), 2)
        except OidoError as error:
            fail(str(error), error.exit_code)
        except (ConnectorError, ModelError) as error:
            fail(str(error), 1)
        except typer.Abort as abort:
            # The question and ^C stand there without an end of line.
            typer.echo(err=True)
            sys.exit(INTERRUPTED if isinstance(abort.__context__, KeyboardInterrupt) else 1)
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)
        except BrokenPipeError:
            # The reader of our pipe has seen enough; the interpreter's last flush must not complain of it either.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)
        if not standalone_mode:
            return code
        sys.exit(code if isinstance(code, int) else 0)


def load(name: str) -> Any:
    """The command of this name, imported now."""
    target = next(commands[name][0] for commands in COMMANDS.values() if name in commands)
    module, _, attribute = target.partition(":")
    found: typer.Typer | Callable[..., Any] = getattr(import_module(module), attribute)
    if not isinstance(found, typer.Typer):
        single = typer.Typer(pretty_exceptions_enable=False)
        single.command(name)(found)
        found = single
    # Completion belongs to the root alone: its options would appear in every command's help.
    found._add_completion = False
    command = typer.main.get_command(found)
    command.name = name
    return command


def tidy(command: Any, ctx: Any) -> None:
    """A help that reads well: its lines are broken by the terminal and not by the source, and no switch and no argument
    is said to be a `<bool>` or a `<list[str]>`."""
    if command.help:
        command.help = "\n\n".join(" ".join(part.split()) for part in command.help.split("\n\n"))
    for param in command.get_params(ctx):
        if param.param_type_name == "argument" or getattr(param, "is_flag", False):
            param.display_type_rich = _no_type
    for each in getattr(command, "commands", {}).values():
        tidy(each, ctx)


def _no_type(ctx: Any) -> None:
    return None


def lighten(command: Any, ctx: Any) -> None:
    """Convert no option that needs no conversion.

    From 0.25 on typer imports pydantic, which takes longer than all the rest of a command, even to turn a text into a
    text. What it calls `type_descriptor` tells what is wanted; without one this changes nothing.
    """
    for param in command.get_params(ctx):
        if wanted := getattr(getattr(param, "type_descriptor", None), "annotation", None):
            param.process_value = partial(_process, param, wanted, param.process_value)


def _process(param: Any, wanted: object, convert: Callable[[Any, Any], Any], ctx: Any, value: Any) -> Any:
    if wanted == list[str] and value:
        value = list(value)
    elif not _is_ready(param, wanted, value):
        return convert(ctx, value)
    return param.callback(ctx, param, value) if param.callback else value


def _is_ready(param: Any, wanted: object, value: object) -> bool:
    """Whether this is what the command's function expects: nothing, a text for a text, or its own default."""
    if value is None:
        return not param.required
    if isinstance(value, str):
        return wanted is str or value == param.default
    return isinstance(value, bool | int)


def config_first(args: Sequence[str]) -> list[str]:
    """The arguments with `--config PATH` moved to the front, so that it may also stand after the command."""
    end = args.index("--") if "--" in args else len(args)
    front: list[str] = []
    rest: list[str] = []
    words = iter(args[:end])
    for word in words:
        value = next(words, None) if word == "--config" else None
        if value is not None:
            front += [word, value]
        elif word.startswith("--config="):
            front.append(word)
        else:
            rest.append(word)
    return [*front, *rest, *args[end:]]


def usage(error: Any) -> str:
    """What was wrong with the command line, and where to read how it goes."""
    path = error.ctx.command_path if error.ctx else "oido"
    # Pydantic's words, which typer from 0.25 on passes through.
    said = error.format_message().replace("Value error, ", "").rstrip(".") or "which command?"
    return f"{said} (see: {path} --help)"


def fail(message: str, code: int) -> NoReturn:
    # It may quote what a network answered.
    typer.echo(f"oido: {safe.block(message)}", err=True)
    sys.exit(code)


def version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version as installed

        typer.echo(f"oido {installed('oido')}")
        raise typer.Exit


app = typer.Typer(
    cls=Root,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def root(
    ctx: typer.Context,
    config: Annotated[
        str | None,
        typer.Option(metavar="PATH", envvar="OIDO_CONFIG", help="The configuration file; before or after the command."),
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", callback=version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Oído hears what people say about a brand in public, and sees to it that whoever needs an answer gets one.

    Alone it prints today in five lines. Exit codes: 0 fine, 1 failed or nothing, 2 usage, 3 configuration, 4 a source
    is down.
    """
    ctx.obj = Path(config) if config else None
    if ctx.invoked_subcommand is None:
        from .status import today

        today(ctx)


def main() -> None:
    for stream in (sys.stdout, sys.stderr):
        # A terminal that is not UTF-8 must not turn somebody's emoji into a failure of ours.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    app(prog_name="oido")
