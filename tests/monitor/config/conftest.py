"""Configurations written to a folder of their own, read with one connector that asks for every type there is."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest

from connectors.base import Connector, Cursor, Http, Page, Secret
from monitor.config import Config, load
from monitor.errors import Misconfigured

BRAND = '[[brand]]\nname = "Luna"\n'


class Unread(Connector):
    """A connector that is configured, and never asked for anything."""

    def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Gazette(Unread):
    name = "gazette"
    every = timedelta(minutes=7)

    url: str
    pages: int = 3
    weight: float = 0.5
    loud: bool = False
    mode: Literal["daily", "weekly"] = "daily"
    tags: tuple[str, ...] = ()
    window: timedelta = timedelta(hours=1)
    most: int | None = 9
    token: Secret = field(default="", repr=False)
    _kept: object = field(default_factory=object, init=False)

    def check(self) -> Sequence[str]:
        if self.weight < 0:
            raise ValueError("not a weight")
        return ("pages: below one; write 1 or more",) if self.pages < 1 else ()


@dataclass(frozen=True, kw_only=True)
class Guestbook(Unread):
    name = "guestbook"
    is_own = True


@dataclass(frozen=True)
class Folder:
    """A folder with a config.toml in it."""

    path: Path

    def load(self, text: str, environ: Mapping[str, str] | None = None, *, resolve: bool = True) -> Config:
        file = self.path / "config.toml"
        file.write_text(text, encoding="utf-8")
        return load(
            file, resolve=resolve, environ=environ or {}, connectors={"gazette": Gazette, "guestbook": Guestbook}
        )

    def problems(self, text: str, environ: Mapping[str, str] | None = None) -> list[str]:
        """What is wrong with `text`, one line each."""
        with pytest.raises(Misconfigured) as raised:
            self.load(text, environ)
        return [str(problem) for problem in raised.value.problems]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture
def source(folder: Folder) -> Callable[..., Connector]:
    """The connector made of these lines of a [[source]]."""

    def made(lines: str, **environ: str) -> Connector:
        text = f'{BRAND}[[source]]\nconnector = "gazette"\nurl = "https://news.example"\n{lines}\n'
        return folder.load(text, environ).sources[0].connector

    return made
