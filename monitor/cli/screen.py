"""What a command stands on: the user's language, time zone and clock, the store, and what stdout is."""

import getpass
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ..clock import SystemClock
from ..config import Basics, find, load_basics
from ..since import end, start
from ..words import Words, words
from .phrases import COUNTED, PHRASES

if TYPE_CHECKING:
    from ..store.base import Inbox
    from ..store.reader import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """How things are said to this user, now."""

    language: str
    zone: tzinfo
    now: datetime

    @property
    def words(self) -> Words:
        return words(self.language)

    def say(self, phrase: str, *values: object, **named: object) -> str:
        spanish, english = PHRASES[phrase]
        return (spanish if self.language == "es" else english).format(*values, **named)

    def count(self, what: str, number: int) -> str:
        """4 abiertas, 1 open: a number with its noun."""
        one, many = COUNTED[what][self.language != "es"]
        return (one if number == 1 else many).format(self.words.count(number))

    def number(self, count: int | None) -> str:
        return "—" if count is None else self.words.count(count)

    def relative(self, moment: datetime | None) -> str:
        return "—" if moment is None else self.words.relative(moment, self.now)

    def moment(self, moment: datetime) -> str:
        return self.words.moment(moment, self.now, self.zone)

    def since(self, text: str | None, option: str = "--since") -> datetime | None:
        return self._bound(text, start, option)

    def until(self, text: str | None, option: str = "--until") -> datetime | None:
        return self._bound(text, end, option)

    def _bound(
        self, text: str | None, read: Callable[[str, datetime, tzinfo], datetime], option: str
    ) -> datetime | None:
        try:
            return None if text is None else read(text, self.now, self.zone)
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint=f"'{option}'") from error


def basics(ctx: typer.Context) -> Basics:
    """What the configuration that the command line names says to every command."""
    option: Path | None = ctx.obj
    return load_basics(find(option))


def screen(found: Basics) -> Screen:
    return Screen(language=found.language, zone=found.zone, now=SystemClock().now())


@contextmanager
def reading(found: Basics) -> Iterator["Reader"]:
    """The store, for commands that look."""
    from ..store.reader import Reader

    with Reader.open(found.database) as reader:
        yield reader


@contextmanager
def working(found: Basics) -> Iterator["Inbox"]:
    """The store, for commands that change something."""
    from ..store.sqlite import SqliteStore

    with SqliteStore.open(found.database, create=False) as store:
        yield store


def is_terminal() -> bool:
    """Whether a person reads what we print, and not another program."""
    return sys.stdout.isatty()


def me() -> str:
    """Who works here, as the machine knows them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "?"


def note(text: str) -> None:
    """An aside, on stderr: what a program reads from stdout stays clean."""
    typer.echo(text, err=True)
