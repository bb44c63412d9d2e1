"""What can go wrong in the house. The command line prints each as one line; its exit code stands beside it.

OidoError (1)
├── Misconfigured (3)   the configuration cannot be used; `problems` holds every one
│   └── Unconfigured    there is none yet
├── QueryError (2)      a brand's query cannot be read (in `query.py`)
├── StoreError (1)      the database cannot be used
│   ├── NewerSchema     it was made by a newer version
│   └── LeaseLost       another process took the source over: its commit stands, ours does not
├── UnknownMention (1)  there is no mention of that number
├── NotYours (1)        somebody else has taken it
├── Unsent (1)          an answer was not published
│   └── Unsure          or perhaps it was: a person must look
└── Undelivered (1)     a notifier did not take an alert
    └── Undeliverable   and never will: the address or the key is wrong
"""

from collections.abc import Sequence
from dataclasses import dataclass


class OidoError(Exception):
    """An error that a person can read and act on."""

    exit_code = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong in a configuration: where, what, and what to do."""

    place: str
    what: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.what}" + (f"; {self.hint}" if self.hint else "")


class Misconfigured(OidoError):
    """The configuration cannot be used."""

    exit_code = 3

    def __init__(self, path: str, problems: Sequence[Problem]) -> None:
        self.path, self.problems = path, tuple(problems)
        super().__init__("\n".join([f"{path} cannot be used:", *(f"  {problem}" for problem in problems)]))


class Unconfigured(Misconfigured):
    """There is no configuration where we looked."""

    def __init__(self, looked: str) -> None:
        self.path, self.problems = looked, ()
        OidoError.__init__(self, f"no configuration yet: `oido init` writes one (looked for {looked})")


class StoreError(OidoError):
    """The database cannot be used."""


class NewerSchema(StoreError):
    """The database was made by a newer version."""


class LeaseLost(StoreError):
    """Another process has claimed what we were working on."""


class UnknownMention(OidoError):
    """There is no mention of that number."""


class NotYours(OidoError):
    """Somebody else has taken the mention."""


class Unsent(OidoError):
    """An answer was not published."""


class Unsure(Unsent):
    """Nobody knows whether an answer was published."""


class Undelivered(OidoError):
    """A notifier did not take an alert; it will be tried again."""


class Undeliverable(Undelivered):
    """A notifier will never take the alert as it is configured."""
