"""The door through which anything may post mentions to us: a small HTTP server of our own, for signed requests only.

How to sign is told in `seal.py`, how documents become posts in `posted.py`, who is let in by `porter.py`, and what of
HTTP is spoken by `door.py`.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import timedelta

from ..base import Connector, Cursor, Http, Page, Secret
from .doorstep import OPEN, Doorstep, misplaced
from .posted import COLUMNS, Reading, delivery, objections
from .seal import Style

SHORTEST = 16
"""Characters of a secret that cannot be guessed."""


@dataclass(frozen=True, kw_only=True)
class Webhook(Connector):
    """Each message that is let in becomes a page. The house asks for the next page when it has stored the last: that is
    when the sender hears that it was taken."""

    name = "webhook"
    every = timedelta(minutes=1)

    secret: Secret = field(default="", repr=False)
    style: Style = "oido"
    verify: Secret = field(default="", repr=False)
    host: str = "127.0.0.1"
    port: int = 8790
    path: str = "/mentions"
    network: str = "webhook"
    posts: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    _doorstep: Doorstep = field(default_factory=Doorstep, init=False, repr=False, compare=False)

    @property
    def streams(self) -> bool:
        return True

    def check(self) -> Sequence[str]:
        problems = []
        if not self.secret:
            problems.append("secret: missing; both sides must know one: `openssl rand -hex 32` makes it")
        elif len(self.secret) < SHORTEST:
            problems.append(f"secret: too short; {SHORTEST} characters at least: `openssl rand -hex 32` makes one")
        problems += misplaced(self.host, self.port, self.path)
        if not self.network.strip():
            problems.append('network: none; say whose posts these are, such as "tripadvisor"')
        return problems + self._misread()

    def _misread(self) -> list[str]:
        problems = [
            f"posts: {wrong}; such as entry.changes" for wrong in [objections(self.posts)] if self.posts and wrong
        ]
        for name, path in self.fields.items():
            if name not in COLUMNS:
                problems.append(f"fields: {name!r} is nothing that a post has; known: {', '.join(sorted(COLUMNS))}")
            elif wrong := objections(path):
                problems.append(f"fields: {name}: {wrong}; such as comment.message")
        return problems

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        from .porter import Porter  # here, because a server would cost each reading command its start

        reading = Reading(posts=self.posts, fields=self.fields, network=self.network)
        porter = Porter(
            secret=self.secret,
            style=self.style,
            verify=self.verify,
            read=lambda knock: delivery(knock, reading),
            seen=self._doorstep.seen,
        )
        async with aclosing(self._doorstep.parcels(porter, self.host, self.port, self.path)) as parcels:
            async for parcel in parcels:
                yield Page(posts=parcel.posts if parcel else (), mark=OPEN)
