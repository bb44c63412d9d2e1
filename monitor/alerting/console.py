"""The way out to whoever watches the terminal, or to whatever keeps the daemon's output."""

import sys
from dataclasses import dataclass
from datetime import tzinfo
from typing import TextIO

from ..clock import Clock
from ..errors import Undelivered
from ..notice import Notice
from ..types import Ticket
from ..words import Words
from . import notices
from .texts import Message, hello, message


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """Writes alerts to standard output, or to another stream."""

    name: str
    words: Words
    zone: tzinfo
    clock: Clock
    stream: TextIO | None = None

    async def send(self, ticket: Ticket) -> None:
        self._write(message(ticket, self.words, self.clock.now(), self.zone))

    async def tell(self, notice: Notice) -> None:
        self._write(notices.message(notice, self.words, self.clock.now(), self.zone))

    async def send_test(self) -> None:
        self._write(hello(self.words))

    def _write(self, message: Message) -> None:
        stream = self.stream or sys.stdout
        body = "\n".join(f"  {line}".rstrip() for line in message.body.splitlines())
        # A terminal that cannot show ñ or “ shows ? instead.
        encoding = getattr(stream, "encoding", None) or "utf-8"
        shown = f"● {message.title}\n{body}\n\n".encode(encoding, "replace").decode(encoding)
        try:
            stream.write(shown)
            stream.flush()
        except (OSError, ValueError) as error:
            raise Undelivered(f"standard output: {error}") from error
