"""What reading commands need to know: language, time zone, database. Starts in the time of a shell command."""

import os
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from ..errors import Misconfigured, Problem
from .places import beside
from .toml import Table

Language = Literal["es", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
DATABASE = "oido.db"
ZONE_HINT = 'write one such as "Europe/Madrid"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Basics:
    """`language` is that of what people read; `database` is absolute."""

    path: Path
    language: Language
    timezone: str
    database: Path

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.timezone)


def basics(tables: Table, path: Path) -> Basics:
    """The basics among `tables`, all that is wrong with them at once."""
    problems: list[Problem] = []
    values = {"language": guess_language(), "timezone": machine_zone(), "database": DATABASE}
    for key in values:
        value = tables.get(key, values[key])
        if not isinstance(value, str):
            problems.append(Problem(place=key, what=f"expected a text, got {value!r}", hint="write it in quotes"))
        elif wrong := _wrong(key, value, path):
            problems.append(wrong)
        else:
            values[key] = value
    if problems:
        raise Misconfigured(str(path), problems)
    return Basics(
        path=path,
        language="es" if values["language"] == "es" else "en",
        timezone=values["timezone"],
        database=beside(path, values["database"]),
    )


def guess_language(environ: Mapping[str, str] = os.environ) -> Language:
    """Spanish where the machine speaks it, else English."""
    spoken = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "")
    return "es" if spoken.lower().startswith("es") else "en"


def machine_zone(environ: Mapping[str, str] = os.environ, localtime: Path = Path("/etc/localtime")) -> str:
    """The machine's time zone by its IANA name; "UTC" when it does not tell."""
    named = environ.get("TZ", "").removeprefix(":")
    linked = str(localtime.resolve()).partition("zoneinfo/")[2] if localtime.is_symlink() else ""
    return next((zone for zone in (named, linked) if zone and is_zone(zone)), "UTC")


def is_zone(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _wrong(key: str, value: str, path: Path) -> Problem | None:
    if key == "language" and value not in LANGUAGES:
        return Problem(place=key, what=f"{value!r} is not spoken here", hint='write "es" or "en"')
    if key == "timezone" and not is_zone(value):
        return Problem(place=key, what=f"{value!r} is not a time zone", hint=_nearest(value))
    if key == "database" and not value.strip():
        return Problem(place=key, what="empty", hint=f'write a file name such as "{DATABASE}"')
    if key == "database":
        try:
            beside(path, value)
        except ValueError as error:
            return Problem(place=key, what=str(error), hint="write the whole path")
    return None


def _nearest(name: str) -> str:
    # Imported here: only an error pays for it.
    from difflib import get_close_matches

    near = get_close_matches(name, zoneinfo.available_timezones(), n=1)
    return f"did you mean {near[0]!r}?" if near else ZONE_HINT
