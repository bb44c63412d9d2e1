"""Telegram: public channels by their preview pages and, with a bot, the groups and channels that it is in:
https://core.telegram.org/bots/api"""

import re
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import ClassVar, TypeVar

import msgspec

from .. import marks
from ..base import Answer, Connector, Cursor, Http, Page, Secret, Sent
from ..decode import readable
from ..errors import ConnectorError, RateLimited, Refused
from ..post import Post
from ..text import clean
from .chat import Message, Numbered, Said, Update, post
from .preview import NETWORK, Preview, number, preview

T = TypeVar("T")
SITE = "https://t.me"
LATE = 20
"""Messages that a later poll reads again: what they say may have been edited, and their views have grown."""
MOST_PAGES = 25
"""Preview pages, of some twenty messages, that one poll reads of one channel."""
BOT = "bot"
WANTED: Mapping[str, str | int] = {
    "limit": 100,
    "allowed_updates": '["message","edited_message","channel_post","edited_channel_post"]',
}
_CHANNEL = re.compile(r"[A-Za-z][A-Za-z0-9_]{2,40}")
_TOKEN = re.compile(r"[0-9]{5,20}:[A-Za-z0-9_-]{20,80}")


@dataclass(frozen=True, kw_only=True)
class Telegram(Connector):
    """The mark is a JSON object: of each channel the number of its newest message, of the bot the update to go on
    with. To ask for that one tells Telegram to forget those before it, so it is asked for when they are stored."""

    name = NETWORK
    every = timedelta(minutes=5)
    pace = 2.0
    longest: ClassVar[int] = 4096

    channels: tuple[str, ...] = ()
    token: Secret = field(default="", repr=False)
    base: str = SITE
    api: str = "https://api.telegram.org"

    def check(self) -> Sequence[str]:
        problems = [
            f'channels: "{name}" is no public channel\'s name; write what follows t.me/, without @'
            for name in self.channels
            if not _CHANNEL.fullmatch(name)
        ]
        if self.token and not _TOKEN.fullmatch(self.token):
            problems.append("token: not a bot's token, which looks like 123456789:AbC…; @BotFather gives it")
        if not self.channels and not self.token:
            problems.append("channels: none, and no bot's token; give one of them")
        return problems

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        known = marks.read(cursor.mark, dict[str, str])
        stands = {name: known[name] for name in (BOT, *self.channels) if name in known}
        if self.token:
            posts, stands[BOT] = await self._updates(http, stands.get(BOT, ""))
            yield Page(posts=posts, mark=marks.written(stands))
        for channel in self.channels:
            newest = stands.get(channel, "")
            async with aclosing(self._older(http, channel, newest, cursor)) as pages:
                async for page in pages:
                    newest = max(newest, *map(str, page.numbers), key=_order)
                    yield Page(posts=page.posts, mark=marks.written(stands))
            # Only now has the channel been read up to here.
            stands[channel] = newest
        yield Page(posts=(), mark=marks.written(stands))

    async def _older(self, http: Http, channel: str, newest: str, cursor: Cursor) -> AsyncGenerator[Preview, None]:
        """Pages of a channel from the newest back to the last poll, or on the first one to `cursor.since`."""
        before = 0
        for _ in range(MOST_PAGES):
            page = await self._page(http, channel, before)
            fresh = tuple(post for post in page.posts if not before or number(post.id) < before)
            if not newest:
                fresh = tuple(post for post in fresh if not post.published_at or post.published_at >= cursor.since)
            if not fresh:
                return
            yield Preview(posts=fresh)
            before = min(page.numbers)
            if before <= 1 or (newest and before <= _order(newest) - LATE) or len(fresh) < len(page.posts):
                return

    async def _page(self, http: Http, channel: str, before: int = 0) -> Preview:
        answer = await http.get(f"{self.base}/s/{channel}", params={"before": before} if before else {})
        page = preview(answer, SITE)
        if page is None:
            raise Refused(
                f"{answer.url}: Telegram shows no preview of {channel}: it is private, a group, or there is none; "
                "take it out of channels, or add a bot to it"
            )
        return page

    async def _updates(self, http: Http, mark: str) -> tuple[tuple[Post, ...], str]:
        """The next hundred messages that wait for the bot. After none the next poll names no offset: after a quiet
        week Telegram counts from anywhere, and an old offset could throw new messages away."""
        offset: dict[str, str | int] = {"offset": _order(mark)} if _order(mark) else {}
        with kept(self.token):
            answer = await http.get(self._address("getUpdates"), params={**WANTED, **offset})
            updates = result(answer, list[msgspec.Raw])
        if not updates:
            return (), "0"
        said = [update.said for update in readable(updates, Update, "getUpdates")]
        last = max((update.update_id for update in readable(updates, Numbered, "getUpdates")), default=None)
        posts = [post(message, SITE) for message in said if message and message.is_of_a_group]
        return tuple(posts), mark or "0" if last is None else str(last + 1)

    async def refresh(self, http: Http, ids: Sequence[str]) -> Mapping[str, Post | None]:
        """Of channels only. A page ends below the number it is asked for: what should stand on it and does not, while
        older messages do, is gone."""
        found: dict[str, Post | None] = {}
        followed = {channel.casefold() for channel in self.channels}
        for name in sorted(ids, key=number, reverse=True):
            channel = name.partition("/")[0]
            if name in found or channel.casefold() not in followed:
                continue
            page = await self._page(http, channel, number(name) + 1)
            shown = {post.id: post for post in page.posts}
            oldest = min(page.numbers, default=number(name) + 1)
            same = [
                each for each in ids if each.partition("/")[0] == channel and oldest <= number(each) <= number(name)
            ]
            found |= {each: shown.get(each) for each in same}
        return found

    async def reply(self, http: Http, to: Post, text: str, key: str) -> Sent:
        """Answer as the bot, which must be in the group. Telegram knows no key: what may have been sent is not sent
        again by `Http` either."""
        if not self.token:
            raise Refused(f"{to.id}: only a bot that is in the group can answer; set token")
        chat = to.id.rpartition("/")[0]
        target: int | str = int(chat) if re.fullmatch("-?[0-9]{1,20}", chat) else f"@{chat}"
        parameters = {"message_id": number(to.id), "allow_sending_without_reply": False}
        said = {"chat_id": target, "text": text, "reply_parameters": parameters}
        with kept(self.token):
            answer = await http.post(self._address("sendMessage"), json=said)
            sent = post(result(answer, Message), SITE)
        return Sent(id=sent.id, url=sent.url)

    def _address(self, method: str) -> str:
        return f"{self.api}/bot{self.token}/{method}"


@contextmanager
def kept(token: str) -> Iterator[None]:
    """Keep the bot's token, which is part of the address it is reached at, out of errors; and say what to do."""
    try:
        yield
    except ConnectorError as error:
        hint = _HINTS.get(error.status, "") if isinstance(error, Refused) else ""
        error.args = (str(error).replace(token, "…") + hint,)
        raise error from None


def result(answer: Answer, shape: type[T]) -> T:
    """What the Bot API was asked for."""
    said = answer.json(Said)
    if said.ok:
        return replace(answer, body=bytes(said.result)).json(shape)
    told = f"{answer.url}: {said.error_code}: {clean(said.description or 'no reason given', 200)}"
    if said.parameters and said.parameters.retry_after:
        raise RateLimited(told, timedelta(seconds=min(max(said.parameters.retry_after, 1), 86_400)))
    raise Refused(told, status=said.error_code or 0, body=answer.body)


def _order(mark: str) -> int:
    return int(mark) if mark.isascii() and mark.isdecimal() and len(mark) <= 16 else 0


_HINTS = {
    401: "; the token is no longer valid: @BotFather gives a new one with /token",
    403: "; the bot is not in this chat, or may not write there: add it again",
    404: "; there is no such bot: check token, or ask @BotFather for a new one with /token",
    409: "; another program reads this bot, or it has a webhook: give Oído a bot of its own",
}
