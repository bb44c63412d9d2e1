"""Telegram's messages as its Bot API tells them: https://core.telegram.org/bots/api#message"""

from typing import Annotated

import msgspec

from ..decode import address
from ..post import Author, Post
from ..text import clean, links, when
from .preview import NETWORK

Number = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]
Username = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_]{1,64}$")]


class Wait(msgspec.Struct):
    retry_after: int | None = None


class Said(msgspec.Struct):
    """Every answer of the Bot API: `result` when it is `ok`, else a description and perhaps how long to wait."""

    ok: bool
    result: msgspec.Raw = msgspec.Raw(b"null")
    error_code: int | None = None
    description: str | None = None
    parameters: Wait | None = None


class Chat(msgspec.Struct):
    id: int
    type: str = ""
    title: str | None = None
    username: Username | None = None
    first_name: str | None = None
    last_name: str | None = None

    @property
    def handle(self) -> str:
        return self.username or str(self.id)

    @property
    def name(self) -> str | None:
        return clean(self.title or " ".join(filter(None, (self.first_name, self.last_name)))) or None


class Entity(msgspec.Struct):
    url: str | None = None


class Answered(msgspec.Struct):
    message_id: Number


class Message(msgspec.Struct):
    """Of a group or channel. What comes with a picture is said in its caption."""

    message_id: Number
    chat: Chat
    date: int | None = None
    edit_date: int | None = None
    sender: Chat | None = msgspec.field(name="from", default=None)
    sender_chat: Chat | None = None
    text: str | None = None
    caption: str | None = None
    entities: list[Entity] | None = None
    caption_entities: list[Entity] | None = None
    reply_to_message: Answered | None = None

    @property
    def is_of_a_group(self) -> bool:
        """Whether it was said before others: what somebody writes to the bot alone is not for us."""
        return self.chat.type in ("group", "supergroup", "channel")


class Numbered(msgspec.Struct):
    update_id: Number


class Update(msgspec.Struct):
    message: Message | None = None
    edited_message: Message | None = None
    channel_post: Message | None = None
    edited_channel_post: Message | None = None

    @property
    def said(self) -> Message | None:
        return self.message or self.edited_message or self.channel_post or self.edited_channel_post


def post(message: Message, site: str) -> Post:
    """Named as the public page names it, where there is one: "channel/123"."""
    chat, text = message.chat, message.text or message.caption or ""
    author = message.sender_chat or message.sender or (chat if chat.type == "channel" else None)
    pointed = [address(entity.url) for entity in message.entities or message.caption_entities or ()]
    return Post(
        network=NETWORK,
        id=f"{chat.handle}/{message.message_id}",
        url=_url(chat, message.message_id, site),
        text=clean(text),
        author=_author(author, site) if author else None,
        published_at=when(message.date),
        edited_at=when(message.edit_date),
        in_reply_to=f"{chat.handle}/{message.reply_to_message.message_id}" if message.reply_to_message else None,
        links=tuple(dict.fromkeys([*links(text), *filter(None, pointed)])),
    )


def _author(author: Chat, site: str) -> Author:
    return Author(handle=author.handle, name=author.name, url=f"{site}/{author.username}" if author.username else None)


def _url(chat: Chat, number: int, site: str) -> str | None:
    """Members of a private group can open the address, too; small old groups have none."""
    if chat.username:
        return f"{site}/{chat.username}/{number}"
    name = str(chat.id)
    return f"{site}/c/{name.removeprefix('-100')}/{number}" if name.startswith("-100") else None
