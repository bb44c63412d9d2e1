"""News of the whole world in 65 languages, through GDELT's DOC 2.0 API:
https://blog.gdeltproject.org/gdelt-doc-2-0-api-debuts/"""

import re
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated

import msgspec

from .. import marks
from ..base import Answer, Connector, Cursor, Http, Page
from ..decode import address, readable
from ..errors import RateLimited, Refused
from ..post import Author, Post
from ..search import packed, phrase
from ..text import clean, plain, redact, when

FULL = 250
"""The most articles that one answer holds."""
MOST_PAGES = 8
LATE = timedelta(minutes=45)
"""GDELT finds articles in batches of a quarter of an hour, and some batches come late."""
LONGEST_QUERY = 220
_STAMP = "%Y%m%d%H%M%S"
# GDELT copies titles as it finds them, and with them backslashes that JSON does not know, and control characters.
_ESCAPE = re.compile(rb'\\(["\\/bfnrt]|u[0-9a-fA-F]{4})|\\')
_CONTROL = re.compile(rb"[\x00-\x1f]")
_STRAY_SPACE = re.compile(r" +([,.;:!?%)\]»])(?!\S)")


@dataclass(frozen=True, kw_only=True)
class Gdelt(Connector):
    """One search for any of the terms. The mark is when GDELT saw the newest article, in seconds since 1970.

    All its sources together may ask once in five seconds; it answers with 429 at busy hours all the same.
    """

    name = "gdelt"
    every = timedelta(minutes=30)
    pace = 6.0

    languages: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    base: str = "https://api.gdeltproject.org"

    def check(self) -> Sequence[str]:
        problems = [
            f'languages: "{code}" is not known to GDELT; write two letters, such as "es"'
            for code in self.languages
            if code not in SPOKEN.values()
        ]
        problems += [
            f'countries: "{code}" is none; write the two letters of FIPS 10-4, such as "MX" or "SP" for Spain'
            for code in self.countries
            if not re.fullmatch("[A-Z]{2}", code)
        ]
        return problems

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        newest, oldest = marks.window(cursor.mark, cursor.since, LATE)
        for query in self._queries(terms):
            async with aclosing(self._search(http, query, oldest)) as found:
                async for posts in found:
                    newest = max([newest, *(post.published_at for post in posts if post.published_at)])
                    yield Page(posts=posts, mark=cursor.mark)
        # Only now has every query been read up to here.
        yield Page(posts=(), mark=str(int(newest.timestamp())))

    async def _search(self, http: Http, query: str, oldest: datetime) -> AsyncGenerator[tuple[Post, ...], None]:
        """Articles from the newest back to `oldest`. An answer has no second page: the next request ends where the
        last answer did, and the batch that both share comes twice."""
        until: datetime | None = None
        for _ in range(MOST_PAGES):
            window = {"startdatetime": oldest.strftime(_STAMP)}
            if until is not None:
                window["enddatetime"] = until.strftime(_STAMP)
            answer = _read(await http.get(f"{self.base}/api/v2/doc/doc", params=_asked(query) | window))
            articles = answer.json(Found).articles
            posts = tuple(post(article) for article in readable(articles, Article, answer.url))
            if posts:
                yield posts
            seen = [post.published_at for post in posts if post.published_at]
            if len(articles) < FULL or not seen:
                return
            last = min(seen)
            until = last if until is None or last < until else until - timedelta(seconds=1)
            if until < oldest:
                return

    def _queries(self, terms: Sequence[str]) -> Iterator[str]:
        """The terms as few queries for any of them, none longer than GDELT takes, each with its languages and
        countries. Parentheses around a single alternative are an error there."""
        limits = [
            _any([f"sourcelang:{name.lower()}" for code in self.languages for name in _names(code)]),
            _any([f"sourcecountry:{code}" for code in self.countries]),
        ]
        for some in packed(map(phrase, terms), _any, LONGEST_QUERY):
            yield " ".join(filter(None, [_any(some), *limits]))


class Article(msgspec.Struct):
    """Neither text nor author: GDELT tells where an article is and what it is called."""

    url: Annotated[str, msgspec.Meta(pattern="^https?://")]
    title: str | None = None
    seendate: str | None = None
    domain: str | None = None
    language: str | None = None


class Found(msgspec.Struct):
    """Without results the list is left out."""

    articles: list[msgspec.Raw] = []


def post(article: Article) -> Post:
    """The time is when GDELT first saw the article, a quarter of an hour or more after it was published."""
    url = address(article.url)
    domain = clean(article.domain or "", 200)
    title = _STRAY_SPACE.sub(r"\1", plain(article.title or ""))
    return Post(
        network=Gdelt.name,
        id=clean(article.url),
        url=url,
        title=title or None,
        text="",
        author=Author(handle=domain, name=domain, url=address(f"https://{domain}")) if domain else None,
        published_at=when(article.seendate),
        language=SPOKEN.get((article.language or "").casefold()),
    )


def _asked(query: str) -> dict[str, str | int]:
    return {"query": query, "mode": "artlist", "format": "json", "maxrecords": FULL, "sort": "datedesc"}


def _read(answer: Answer) -> Answer:
    """`answer`, mended where it is not quite JSON. What is wrong with a query comes as a text, with status 200."""
    body = answer.body.strip()
    if body.startswith((b"{", b"[")) or not body:
        mended = _CONTROL.sub(b" ", _ESCAPE.sub(lambda found: found[0] if found[1] else b"", body))
        return replace(answer, body=mended.decode("utf-8", "replace").encode())
    where, told = redact(answer.url), clean(plain(body.decode("utf-8", "replace")), 200)
    if "limit requests" in told.casefold():
        raise RateLimited(f"{where}: {told}", timedelta(minutes=15))
    raise Refused(f"{where}: {told}; a word may be too short or too common: put it into a longer phrase")


def _any(alternatives: Sequence[str]) -> str:
    return f"({' OR '.join(alternatives)})" if len(alternatives) > 1 else "".join(alternatives)


def _names(code: str) -> Iterator[str]:
    return (name for name, known in SPOKEN.items() if known == code)


SPOKEN: Mapping[str, str] = {
    "afrikaans": "af",
    "albanian": "sq",
    "arabic": "ar",
    "armenian": "hy",
    "azerbaijani": "az",
    "basque": "eu",
    "bengali": "bn",
    "bosnian": "bs",
    "bulgarian": "bg",
    "catalan": "ca",
    "chinese": "zh",
    "croatian": "hr",
    "czech": "cs",
    "danish": "da",
    "dutch": "nl",
    "english": "en",
    "estonian": "et",
    "finnish": "fi",
    "french": "fr",
    "galician": "gl",
    "georgian": "ka",
    "german": "de",
    "greek": "el",
    "gujarati": "gu",
    "hebrew": "he",
    "hindi": "hi",
    "hungarian": "hu",
    "icelandic": "is",
    "indonesian": "id",
    "italian": "it",
    "japanese": "ja",
    "kannada": "kn",
    "kazakh": "kk",
    "korean": "ko",
    "latvian": "lv",
    "lithuanian": "lt",
    "macedonian": "mk",
    "malay": "ms",
    "malayalam": "ml",
    "marathi": "mr",
    "mongolian": "mn",
    "nepali": "ne",
    "norwegian": "no",
    "persian": "fa",
    "polish": "pl",
    "portuguese": "pt",
    "punjabi": "pa",
    "romanian": "ro",
    "russian": "ru",
    "serbian": "sr",
    "sinhalese": "si",
    "slovak": "sk",
    "slovenian": "sl",
    "somali": "so",
    "spanish": "es",
    "swahili": "sw",
    "swedish": "sv",
    "tamil": "ta",
    "telugu": "te",
    "thai": "th",
    "tibetan": "bo",
    "turkish": "tr",
    "ukrainian": "uk",
    "urdu": "ur",
    "vietnamese": "vi",
}
"""GDELT names languages in English; we by ISO 639-1."""
