"""The configuration as values: what `load` makes of config.toml."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from connectors.base import Secret
from models.verdict import Tier

from ..alerting.policy import Policy
from ..errors import Problem
from ..types import Brand, Level, Source
from .basics import Language
from .secrets import redact

NotifierKind = Literal["apprise", "webhook", "console"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifierConfig:
    """A way out. `url` is an Apprise address or a webhook's; `secret` signs the webhook. Empty `brands` are all brands;
    with a `level`, only alerts at least as urgent go out."""

    name: str
    kind: NotifierKind
    url: Secret = field(default="", repr=False)
    secret: Secret = field(default="", repr=False)
    language: Language | None = None
    brands: tuple[str, ...] = ()
    level: Level | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """`allow` may be asked although it is not on the public web: "host", "host:port", an address or "10.0.0.0/8"."""

    allow: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """How mentions are judged. `tier` "screen" is the small model alone, for small machines; "careful" has an encoder
    read again what matched a brand. Mentions less `relevant` than this are kept out of sight."""

    tier: Tier = "careful"
    relevant: float = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything that config.toml says, checked. `database` is absolute; `contact` is what networks may write to;
    `refresh` says whether posts are looked at again;
    `settings` is a digest of each source's options, by its name; `secrets` are what no log may show."""

    path: Path
    language: Language
    timezone: str
    database: Path
    contact: str = ""
    refresh: bool = True
    brands: tuple[Brand, ...]
    sources: tuple[Source, ...] = ()
    notifiers: tuple[NotifierConfig, ...] = ()
    alerts: Policy = field(default_factory=Policy)
    network: Network = field(default_factory=Network)
    models: Models = field(default_factory=Models)
    settings: Mapping[str, str] = field(default_factory=dict)
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    warnings: tuple[Problem, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def redact(self, text: str) -> str:
        """`text` without our secrets, for the log."""
        return redact(text, self.secrets)
