"""The blog of a shop, on a WordPress that `tests/real/wordpress.sh` brings up."""

import asyncio
import os
from base64 import b64encode
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from connectors.base import Http

SITE = os.environ.get("OIDO_WORDPRESS_URL", "").rstrip("/")
LOGIN = os.environ.get("OIDO_WORDPRESS_LOGIN", "")
"""A user and their application password: "ana:xxxx xxxx"."""

is_there = pytest.mark.skipif(
    not (SITE and LOGIN),
    reason="no WordPress here: run tests/real/wordpress.sh, then set OIDO_WORDPRESS_URL and OIDO_WORDPRESS_LOGIN",
)


class Written(msgspec.Struct):
    """What WordPress says of what it took."""

    id: int
    link: str = ""


class Key(msgspec.Struct):
    password: str


class Remark(msgspec.Struct):
    """A comment as the shop sees it, words included."""

    id: int
    parent: int
    content: dict[str, object]


class Shop:
    """The blog, written to through WordPress's own API."""

    def __init__(self, http: Http, rest: float = 0.0) -> None:
        """`rest` seconds go by before anything new is written."""
        self._http = http
        self._rest = rest

    async def publish(self, title: str, content: str = "Sin más") -> Written:
        await asyncio.sleep(self._rest)
        return await self._write("posts", {"title": title, "content": content, "status": "publish"})

    async def comment(self, on: Written, content: str) -> Written:
        await asyncio.sleep(self._rest)
        return await self._write("comments", {"post": on.id, "content": content})

    async def correct(self, post: Written, content: str) -> None:
        await asyncio.sleep(1.1)  # what is corrected in the second of its writing bears no other time
        await self._write(f"posts/{post.id}", {"content": content})

    async def take_down(self, kind: str, number: int) -> None:
        await self._write(f"{kind}/{number}?_method=DELETE&force=true", {}, shape=object)

    async def hold(self, comment: Written) -> None:
        """Take a comment out of sight until somebody approves it."""
        await self._write(f"comments/{comment.id}", {"status": "hold"})

    async def hire(self, name: str) -> str:
        """Let somebody write who may approve nothing, not even what they say; their application password."""
        person = {"username": name, "email": f"{name}@example.org", "password": word(), "roles": ["author"]}
        hired = await self._write("users", person)
        return (await self._write(f"users/{hired.id}/application-passwords", {"name": "oido"}, shape=Key)).password

    async def answers(self, to: int) -> list[str]:
        """What stands below a comment, as it was typed."""
        url = f"{SITE}/wp-json/wp/v2/comments?parent={to}&context=edit&per_page=100"
        answer = await self._http.get(url, headers=_headers())
        return [str(each.content["raw"]) for each in answer.json(list[Remark])]

    async def _write(self, kind: str, fields: Mapping[str, object], shape: type = Written) -> Any:
        answer = await self._http.post(f"{SITE}/wp-json/wp/v2/{kind}", json=fields, headers=_headers())
        return answer.json(shape)


def word() -> str:
    """A word that no other test, nor an earlier run, has used."""
    return f"palabra{uuid4().hex[:12]}"


def _headers() -> Mapping[str, str]:
    return {"Authorization": "Basic " + b64encode(LOGIN.encode()).decode()}
