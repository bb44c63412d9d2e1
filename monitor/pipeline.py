"""The journey of a post, from its network to the inbox, top to bottom. Read this first.

network → connector → Post → match → unseen? → author → language, sentiment, intent, topics → relevant? → story → reach
→ priority → Mention → store → Alert → outbox → inbox → Reply

Matching comes before "unseen?": looking a word up costs less than remembering every post that names nobody, and a brand
whose query changes finds what is still on its networks' pages by itself.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from connectors.base import Cursor, Http, KnowsAuthors, Page, Refreshes
from connectors.errors import ConnectorError
from connectors.post import Author, Post
from connectors.wire.http import Client
from models.judge import Judges
from models.verdict import Verdict

from .alerting.policy import Policy
from .clock import Clock
from .log import fields, logger
from .match import Matcher
from .mind import Mind
from .priority import weigh
from .reach import measure
from .schedule import looks
from .store.base import Budgets, Intake
from .stories import story
from .types import Batch, Brand, Claim, Mention, Named, Source
from .wait import unless
from .workers import Worker

log = logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """All that the journey needs. Mentions less `relevant` than this are hidden. `committed` is set when deliveries
    wait; `stop` when it is time to go. `refreshes` is whether posts are looked at again."""

    matcher: Matcher
    judge: Judges
    mind: Mind
    relevant: float
    policy: Policy
    store: Intake
    budgets: Budgets
    notifiers: tuple[str, ...]
    client: Client
    clock: Clock
    on_store: Worker
    on_model: Worker
    committed: asyncio.Event
    stop: asyncio.Event
    refreshes: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What a poll brought: posts found, mentions and alerts that were new, mentions that look negative; and when the
    oldest and the newest of the posts were published."""

    found: int = 0
    mentions: int = 0
    negative: int = 0
    alerts: int = 0
    oldest: datetime | None = None
    newest: datetime | None = None

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            found=self.found + other.found,
            mentions=self.mentions + other.mentions,
            negative=self.negative + other.negative,
            alerts=self.alerts + other.alerts,
            oldest=min(filter(None, (self.oldest, other.oldest)), default=None),
            newest=max(filter(None, (self.newest, other.newest)), default=None),
        )


async def poll(
    desk: Desk,
    source: Source,
    claim: Claim,
    http: Http,
    since: datetime,
    heard: Callable[[Tally], None],
    stops: Sequence[asyncio.Event],
) -> timedelta | None:
    """One source's turn: each page it yields becomes one transaction, and then `heard` is told what it brought.

    Ends early, between pages, when one of `stops` is set. Returns how long the network wants to be left alone. Raises
    what the connector raises, and `LeaseLost` when another process took the source over.
    """
    cursor, rest = Cursor(since=since, mark=claim.mark), None
    async with aclosing(source.connector.fetch(http, desk.matcher.terms, cursor)) as pages:
        while page := await unless(stops, anext(pages, None)):
            heard(await keep(desk, source, claim, http, page))
            rest = page.rest or rest
    return rest


async def keep(desk: Desk, source: Source, claim: Claim, http: Http, page: Page) -> Tally:
    """Everything one page changes, decided here and committed at once."""
    named = await desk.on_model(_named, desk.matcher, source.about, page.posts)
    known = await desk.on_store(desk.store.known, {_id(*pair) for pair in named}) if named else set()
    fresh = await meet(desk, source, http, [pair for pair in named if _id(*pair) not in known])
    mentions = await judge(desk, source, fresh)
    now = desk.clock.now()
    batch = Batch(
        claim=claim,
        mark=page.mark,
        at=now,
        mentions=mentions,
        alerts=desk.policy.alerts(mentions, now, claim.last_success_at),
        seen_again=_distinct(post for post, brand in named if _id(post, brand) in known),
        deleted=tuple((source.connector.name, post_id) for post_id in page.deleted),
        looks=looks(mentions, now) if desk.refreshes and isinstance(source.connector, Refreshes) else {},
        found=len(page.posts),
        published=tuple(post.published_at or now for post in page.posts),
        # On a first poll, and when it is read anew, nobody had counted on it.
        missed=page.missed if claim.mark else None,
    )
    receipt = await desk.on_store(desk.store.commit, batch, desk.notifiers)
    if receipt.deliveries:
        desk.committed.set()
    negative = sum(mention.verdict.negative >= desk.policy.negative and not mention.hidden for mention in mentions)
    times = [post.published_at for post in page.posts if post.published_at]
    return Tally(
        found=len(page.posts),
        mentions=receipt.mentions,
        negative=negative,
        alerts=receipt.alerts,
        oldest=min(times, default=None),
        newest=max(times, default=None),
    )


async def meet(desk: Desk, source: Source, http: Http, named: Sequence[Named]) -> Sequence[Named]:
    """The same posts with their authors known, less those that the brand turns out to have written itself."""
    if not named:
        return ()
    wanted = {_id(*pair) for pair in named}
    posts = await introduce(source, http, _distinct(post for post, _ in named))
    return [pair for pair in await desk.on_model(_named, desk.matcher, source.about, posts) if _id(*pair) in wanted]


async def introduce(source: Source, http: Http, posts: Sequence[Post]) -> Sequence[Post]:
    """The same posts, with what their network tells of authors on request only. A mention does not wait for it."""
    strangers = sorted({post.author.handle for post in posts if post.author and post.author.followers is None})
    if not strangers or not isinstance(source.connector, KnowsAuthors):
        return posts
    try:
        authors = await source.connector.authors(http, strangers)
    except ConnectorError as error:
        log.info("authors unknown", extra=fields(source=source.name, error=error))
        return posts
    return [replace(post, author=_known(post.author, authors)) for post in posts]


async def judge(desk: Desk, source: Source, named: Sequence[Named]) -> tuple[Mention, ...]:
    """The posts as mentions, in the order in which they were published: pages come newest first."""
    if not named:
        return ()
    texts = [post.whole for post, _ in named]
    languages, names = [post.language for post, _ in named], [brand.names for _, brand in named]
    verdicts = await desk.on_model(desk.judge.judge, texts, languages, names)
    learned = await desk.on_store(desk.mind.recall)
    guessed = await desk.on_model(desk.mind.relevances, learned, named, verdicts)
    relevances = [1.0 if brand.name == source.about else odds for (_, brand), odds in zip(named, guessed, strict=True)]
    verdicts = await desk.on_model(learned.taste.apply, verdicts)
    now = desk.clock.now()
    mentions = (
        mention(*pair, source, verdict, relevance, now, hidden=relevance < desk.relevant)
        for pair, verdict, relevance in zip(named, verdicts, relevances, strict=True)
    )
    return tuple(sorted(mentions, key=lambda one: one.published_at))


def mention(
    post: Post, brand: Brand, source: Source, verdict: Verdict, relevance: float, now: datetime, *, hidden: bool
) -> Mention:
    """A judged post, as the brand's mention."""
    reach = measure(post)
    return Mention(
        post=post,
        brand=brand.name,
        source=source.name,
        language=verdict.language or post.language,
        verdict=verdict,
        story=story(post),
        reach=reach,
        priority=weigh(post, verdict, reach),
        seen_at=now,
        relevance=relevance,
        hidden=hidden,
    )


def _named(matcher: Matcher, about: str, posts: Sequence[Post]) -> list[Named]:
    """Each post with each brand that it names, or that all of its source is `about`."""
    return [(post, brand) for post, brands in zip(posts, matcher.match(posts, about), strict=True) for brand in brands]


def _distinct(posts: Iterable[Post]) -> tuple[Post, ...]:
    """Each post once, as it was last told. Networks number their posts alike, and a feed may carry several."""
    return tuple({(post.network, post.id): post for post in posts}.values())


def _id(post: Post, brand: Brand) -> str:
    return f"{post.network}:{post.id}:{brand.name}"


def _known(author: Author | None, authors: Mapping[str, Author]) -> Author | None:
    return authors.get(author.handle, author) if author else None
