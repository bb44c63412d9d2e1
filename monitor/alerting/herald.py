"""How a notice of a source reaches a notifier: claimed, sent and settled, as an alert is. At least once."""

import asyncio
from functools import partial

from ..backoff import delay
from ..log import fields, logger
from ..notice import Posting
from ..store.base import LEASE, Notices
from ..types import Sent
from .notifier import Notifier
from .outbox import ATTEMPTS, BASE, MOST, PATIENCE, Room, attempt

log = logger(__name__)


class Herald:
    """Takes what there is to tell of sources to one notifier, one after another."""

    def __init__(self, notifier: Notifier, notices: Notices, room: Room) -> None:
        self._notifier, self._notices, self._room = notifier, notices, room

    async def tell_due(self, stopping: asyncio.Event | None = None) -> int:
        """Tell until nothing is due; how often it arrived."""
        told, room, name = 0, self._room, self._notifier.name
        while not (stopping and stopping.is_set()) and (
            posting := await room.on_store(self._notices.claim_posting, name, room.clock.now(), LEASE)
        ):
            facts = {"notifier": name, "source": posting.notice.source}
            sent = await attempt(self._notifier.tell(posting.notice), partial(self._again, posting), facts)
            if sent.error:
                level = log.info if sent.next_at else log.error
                level("notice not delivered", extra=fields(**facts, error=sent.error))
            await room.on_store(self._notices.settle_posting, posting, sent, room.clock.now())
            told += sent.error is None
        return told

    def _again(self, posting: Posting, error: str) -> Sent:
        """Later, unless it has been tried long enough."""
        now = self._room.clock.now()
        if posting.attempt >= ATTEMPTS and now - posting.notice.at >= PATIENCE:
            return Sent(error=error)
        return Sent(
            error=error, next_at=now + delay(posting.attempt - 1, base=BASE, most=MOST, random=self._room.random)
        )
