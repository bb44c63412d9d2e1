"""A process that answers a mention on a network, as `oido reply --send` does, and can be told where to die.

    python answering.py DATABASE SAID knows|forgets [STEP before|after]

`SAID` is a file in which the network keeps what it is told, each answer a line; a network that `knows` an answer again
by its key keeps it once. The mention is there after the first start. At STEP (`draft`, `reply`, `sent`) the process
kills itself with SIGKILL, before or after its work. It ends with SAID, or with NEEDLESS if that was not to be said, or
with NOBODY_KNOWS.
"""

import asyncio
import os
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

from connectors.base import Http, Sent
from connectors.post import Post
from monitor.errors import Unsent, Unsure
from monitor.replying import Pen, publish
from tests.builders import post

from .desk import Played, open_desk, page, polled, source, stored
from .journey import Killer, Mortal

SAID, NEEDLESS, NOBODY_KNOWS = 0, 3, 4


@dataclass(frozen=True, kw_only=True)
class Forgetting(Played):
    """A network that says whatever it is told, as often as it is told."""

    longest: ClassVar[int] = 100

    said: Path
    killer: Killer

    async def reply(self, http: Http, to: Post, text: str, key: str) -> Sent:
        self.killer("reply", lambda: self._keep(key, text))
        return Sent(id=key, url=f"https://social.example/{key}")

    def _keep(self, key: str, text: str) -> None:
        with self.said.open("a") as said:
            said.write(f"{key} {text}\n")
            said.flush()
            os.fsync(said.fileno())


@dataclass(frozen=True, kw_only=True)
class Knowing(Forgetting):
    """One that knows an answer again by its key."""

    repeatable = timedelta(hours=1)

    def _keep(self, key: str, text: str) -> None:
        if not self.said.exists() or key not in self.said.read_text():
            super()._keep(key, text)


KINDS = {"knows": Knowing, "forgets": Forgetting}


async def answer(database: Path, said: Path, kind: str, killer: Killer) -> int:
    async with open_desk(database.parent) as desk:
        of = source(connector=KINDS[kind](acts=[page(post())], said=said, killer=killer))
        if not stored(desk):
            await polled(desk, of)
        drafts: Any = Mortal(desk.store, killer)
        pen = Pen(drafts=drafts, budgets=desk.budgets, on_store=desk.on_store, client=desk.client, clock=desk.clock)
        try:
            await publish(pen, of, stored(desk)[0], "Lo sentimos", "ana")
        except Unsure:
            return NOBODY_KNOWS
        except Unsent:
            return NEEDLESS
        return SAID


if __name__ == "__main__":
    database, said, kind, *death = sys.argv[1:]
    killer = Killer(death[0], 1, death[1]) if death else Killer()
    sys.exit(asyncio.run(answer(Path(database), Path(said), kind, killer)))
