"""What a pasted address is as a source: a network that we know by its address, or a feed, or a page that names some."""

from ..base import Answer, Http
from ..errors import Refused
from ..feeds import entry, jsonfeed
from ..feeds.discover import ACCEPT, feeds, find, is_feed, is_page
from ..text import redact
from .landmarks import Finding, Place, recognise
from .software import forum, hashtag, lemmy, mastodon

__all__ = ["Finding", "detect"]


async def detect(http: Http, url: str) -> tuple[Finding, ...]:
    """What `url` can be watched as, the likeliest first. `Refused`, with a hint, when it is nothing we can watch."""
    url = url.strip() if "://" in url else f"https://{url.strip()}"
    if finding := recognise(_place(url)):
        return (finding,)
    if (tag := hashtag(url)) and (finding := await mastodon(http, url, tag)):
        return (finding,)
    answer = await http.get(url, headers=ACCEPT)
    if is_feed(answer):
        return (_feed(url, answer),)
    return await _on_page(http, url, answer)


async def _on_page(http: Http, url: str, answer: Answer) -> tuple[Finding, ...]:
    offers = feeds(answer.body, answer.url) if is_page(answer) else ()
    named = tuple(Finding(kind="feed", options={"url": offer.url}, title=offer.title) for offer in offers)
    # A forum's feeds tell of its topics; the forum itself also of what is answered.
    if is_page(answer) and (finding := await forum(http, answer)):
        return (finding, *named)
    if named:
        return named
    if finding := await mastodon(http, answer.url) or await lemmy(http, answer.url):
        return (finding,)
    if is_page(answer) and (found := await find(http, answer, guess=True)):
        return (_feed(found.url, found),)
    raise Refused(f"{redact(url)}: neither a feed nor a page that names one; look there for RSS, Atom or a feed icon")


def _place(url: str) -> Place:
    try:
        return Place.of(url)
    except ValueError as error:
        raise Refused(f"{redact(url)}: not an address; check it") from error


def _feed(url: str, answer: Answer) -> Finding:
    begins_as_json = answer.body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
    title = (jsonfeed if begins_as_json else entry).title(answer.body, answer.url)
    return Finding(kind="feed", options={"url": url}, title=title)
