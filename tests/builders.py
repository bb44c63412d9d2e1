"""Values for tests, each whole: name what the test is about, the rest is sensible."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from connectors.post import Author, Engagement, Post
from models.verdict import Verdict
from monitor.types import Alert, Brand, Level, Mention, Priority

if TYPE_CHECKING:
    from monitor.query import Query

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
"""When a test happens, unless it says otherwise."""


def post(text: str = "Acme is down", **fields: Any) -> Post:
    """A post of ten minutes ago. `author` may be a handle; `likes=…` and the like make its engagement."""
    counts = {name: fields.pop(name) for name in ("likes", "shares", "comments", "views") if name in fields}
    author = fields.pop("author", "ana")
    return Post(
        network=fields.pop("network", "mastodon"),
        id=fields.pop("id", "1"),
        url=fields.pop("url", "https://social.example/1"),
        text=text,
        author=Author(handle=author, followers=fields.pop("followers", None)) if isinstance(author, str) else author,
        published_at=fields.pop("published_at", NOW - timedelta(minutes=10)),
        engagement=fields.pop("engagement", Engagement(**counts)),
        **fields,
    )


def verdict(sentiment: str = "negative", **fields: Any) -> Verdict:
    """A verdict that is 80 % sure of `sentiment`."""
    shares = {name: 0.8 if name == sentiment else 0.1 for name in ("negative", "neutral", "positive")}
    defaults = {"intent": "complaint" if sentiment == "negative" else "other", "language": "en", "model": "test"}
    return Verdict(**({"sentiment": sentiment} | shares | defaults | fields))


def mention(of: Post | str | None = None, **fields: Any) -> Mention:
    """A mention of Acme, seen `NOW`. `of` is its post, or the post's text; `id`, `author`, `likes` and other fields
    of a post build that post; a story is its own unless named."""
    own = {name: fields.pop(name) for name in tuple(fields) if name in Mention.__dataclass_fields__}
    built = of if isinstance(of, Post) else post(**({} if of is None else {"text": of}) | fields)
    defaults: dict[str, Any] = {
        "brand": "Acme",
        "source": "social",
        "language": "en",
        "verdict": verdict(),
        "story": f"{built.network}:{built.id}",
        "reach": built.author.followers if built.author else None,
        "priority": Priority(level=Level.P2, parts=(("negative", 40), ("intent", 20))),
        "seen_at": NOW,
    }
    return Mention(post=built, **(defaults | own))


def alert(of: Mention | None = None, **fields: Any) -> Alert:
    """An alert raised `NOW` for `of` (or for a new mention made of the other fields), due in an hour."""
    own = {name: fields.pop(name) for name in ("reasons", "raised_at", "due_at") if name in fields}
    defaults: dict[str, Any] = {"reasons": ("negative",), "raised_at": NOW, "due_at": NOW + timedelta(hours=1)}
    return Alert(mention=of or mention(**fields), **(defaults | own))


def brand(name: str = "Acme", *, query: "Query | str | None" = None, **fields: Any) -> Brand:
    """A brand that is found by its own name."""
    from monitor.query import parse

    found = parse(name if query is None else query) if query is None or isinstance(query, str) else query
    return replace(Brand(name=name, query=found), **fields)
