"""Rows become values here, and values rows; nowhere else."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import msgspec

from connectors.base import Validator
from connectors.post import Author, Engagement, Post
from models.verdict import Reason, Sentiment, Topic, Verdict

from ..errands import Draft, Look
from ..types import Actor, Cause, Claim, Label, Level, Mention, Priority, Record, Reply, State, Ticket
from ..views import Allowance, Gap, Reading, Standing, Trouble, Untold
from .cells import bounded, clean, lines, moment, stamp

Row = Sequence[Any]

MENTION = (
    "id, network, post_id, brand, source, url, title, text, handle, name, profile, followers, published, posted, "
    "edited, seen, told, declared, in_reply_to, links, likes, shares, comments, views, "
    "language, sentiment, negative, neutral, positive, intent, judged, reasons, model, story, reach, level, parts, "
    "topics, relevance, hidden"
)
"""The columns of a mention, as `of_mention` fills them."""

RECORD = (
    "mentions.number, network, post_id, mentions.brand, source, url, title, text, handle, name, profile, followers, "
    "posted, edited, seen, declared, in_reply_to, links, likes, shares, comments, views, "
    "language, sentiment, negative, neutral, positive, intent, judged, mentions.reasons, model, "
    "mentions.story, reach, mentions.level, parts, deleted, "
    "(SELECT mentions FROM stories WHERE stories.brand = mentions.brand AND stories.story = mentions.story), "
    "topics, relevance, hidden, (SELECT json_array(relevant, sentiment, by, at, said, said_sentiment, said_negative, "
    "model) FROM labels WHERE labels.number = mentions.number)"
)
"""What `record` reads, from `mentions`."""
WIDTH = 41

TICKET = (
    f"{RECORD}, alerts.reasons, raised, due, state, taken_by, snoozed_until, first_reply, closed "
    "FROM alerts JOIN mentions USING (number)"
)
"""What `ticket` reads, and where from."""

CLAIM = "name, token, mark, validators, failures, heard"
STANDING = (
    "name, connector, "
    "max(next_at, coalesce((SELECT until FROM waits WHERE waits.account = sources.account), next_at)), "
    "heard, failing_since, failures, error, actor, found, mentions, newest, account, "
    "CASE WHEN streams AND lease_until > :now AND failing_since IS NULL THEN :now ELSE seen END, fresh, told"
)
"""Where a source stands `:now`. A stream that is held is seen up to now, however silent it is."""
READING = "at, followers, likes, shares, comments, views"
DRAFT = "key, number, source, by, text, begun, tries"
TROUBLE = "number, notifier, attempts, error, next_at"
UNTOLD = "source, notifier, attempts, error, CASE postings.state WHEN 'pending' THEN next_at END"

_strings = msgspec.json.Decoder(tuple[str, ...]).decode
_reasons = msgspec.json.Decoder(tuple[tuple[str, float], ...]).decode
_parts = msgspec.json.Decoder(tuple[tuple[str, int], ...]).decode
_topics = msgspec.json.Decoder(tuple[Topic, ...]).decode
_label = msgspec.json.Decoder(
    tuple[bool | None, Sentiment | None, str, int, float | None, Sentiment, float, str], strict=False
).decode
_validators = msgspec.json.Decoder(dict[str, Validator]).decode


def _text(text: str | None) -> str | None:
    return None if text is None else clean(text)


def of_mention(mention: Mention) -> Row:
    """The columns of `MENTION`."""
    post, verdict, seen = mention.post, mention.verdict, stamp(mention.seen_at)
    author, engagement = post.author, post.engagement
    return (
        clean(mention.id),
        clean(post.network),
        clean(post.id),
        clean(mention.brand),
        clean(mention.source),
        _text(post.url),
        _text(post.title),
        clean(post.text),
        *(_of_author(author) if author else (None, None, None, None)),
        stamp(mention.published_at),
        stamp(post.published_at),
        stamp(post.edited_at),
        seen,
        seen,
        _text(post.language),
        _text(post.in_reply_to),
        lines([clean(link) for link in post.links]),
        bounded(engagement.likes),
        bounded(engagement.shares),
        bounded(engagement.comments),
        bounded(engagement.views),
        _text(mention.language),
        verdict.sentiment,
        verdict.negative,
        verdict.neutral,
        verdict.positive,
        verdict.intent,
        _text(verdict.language),
        lines([(clean(reason.word), reason.weight) for reason in verdict.reasons]),
        clean(verdict.model),
        clean(mention.story),
        bounded(mention.reach),
        mention.priority.level,
        lines(mention.priority.parts),
        lines(verdict.topics),
        mention.relevance,
        mention.hidden,
    )


def _of_author(author: Author) -> Row:
    return clean(author.handle), _text(author.name), _text(author.url), bounded(author.followers)


def counts(post: Post) -> Row:
    """Followers, likes, shares, comments and views, as a post told them."""
    told = post.engagement
    followers = post.author.followers if post.author else None
    return tuple(bounded(count) for count in (followers, told.likes, told.shares, told.comments, told.views))


def record(row: Row) -> Record:
    """A mention from the columns of `RECORD`."""
    number, network, post_id, brand, source, url, title, text, handle, name, profile, followers = row[:12]
    posted, edited, seen, declared, in_reply_to, links, likes, shares, comments, views = row[12:22]
    language, sentiment, negative, neutral, positive, intent, judged, reasons, model = row[22:31]
    story, reach, level, parts, deleted, copies, topics, relevance, hidden, said = row[31:41]
    post = Post(
        network=network,
        id=post_id,
        url=url,
        text=text,
        title=title,
        author=None if handle is None else Author(handle=handle, name=name, url=profile, followers=followers),
        published_at=moment(posted),
        edited_at=moment(edited),
        language=declared,
        engagement=Engagement(likes=likes, shares=shares, comments=comments, views=views),
        in_reply_to=in_reply_to,
        links=_strings(links),
    )
    verdict = Verdict(
        sentiment=sentiment,
        negative=negative,
        neutral=neutral,
        positive=positive,
        intent=intent,
        language=judged,
        reasons=tuple(Reason(word=word, weight=weight) for word, weight in _reasons(reasons)),
        topics=_topics(topics),
        model=model,
    )
    mention = Mention(
        post=post,
        brand=brand,
        source=source,
        language=language,
        verdict=verdict,
        story=story,
        reach=reach,
        priority=Priority(level=Level(level), parts=_parts(parts)),
        seen_at=moment(seen),
        relevance=relevance,
        hidden=bool(hidden),
    )
    return Record(
        number=number,
        mention=mention,
        copies=copies or 1,
        deleted_at=moment(deleted),
        label=label(said) if said else None,
    )


def label(text: str) -> Label:
    """A label from the array that `RECORD` makes of one."""
    relevant, sentiment, by, at, said, said_sentiment, said_negative, model = _label(text)
    return Label(
        relevant=relevant,
        sentiment=sentiment,
        by=by,
        at=moment(at),
        said=said,
        said_sentiment=said_sentiment,
        said_negative=said_negative,
        model=model,
    )


def ticket(row: Row) -> Ticket:
    """An alert from the columns of `TICKET`."""
    reasons, raised, due, state, taken_by, snoozed_until, first_reply, closed = row[WIDTH:]
    return Ticket(
        record=record(row[:WIDTH]),
        reasons=_strings(reasons),  # type: ignore[arg-type]
        raised_at=moment(raised),
        due_at=moment(due),
        state=State(state),
        taken_by=taken_by,
        snoozed_until=moment(snoozed_until),
        first_reply_at=moment(first_reply),
        closed_at=moment(closed),
    )


def reply(row: Row) -> Reply:
    by, at, text, url = row
    return Reply(by=by, at=moment(at), text=text, url=url)


def draft(row: Row) -> Draft:
    key, number, source, by, text, begun, tries = row
    return Draft(key=key, number=number, source=source, by=by, text=text, begun_at=moment(begun), tries=tries)


def look(row: Row) -> Look:
    number, network, post_id, published = row
    return Look(number=number, network=network, post_id=post_id, published_at=moment(published))


def reading(row: Row) -> Reading:
    at, followers, likes, shares, comments, views = row
    return Reading(at=moment(at), followers=followers, likes=likes, shares=shares, comments=comments, views=views)


def trouble(row: Row) -> Trouble:
    number, notifier, attempts, error, next_at = row
    return Trouble(number=number, notifier=notifier, attempts=attempts, error=error, next_at=moment(next_at))


def claim(row: Row, token: int) -> Claim:
    """A claim under a new token, from the columns of `CLAIM`."""
    name, _, mark, validators, failures, heard = row
    return Claim(
        source=name,
        token=token,
        mark=mark,
        validators=_validators(validators),
        failures=failures,
        last_success_at=moment(heard),
    )


def of_validators(validators: Mapping[str, Validator]) -> str:
    """Validators by URL, as JSON."""
    return msgspec.json.encode(
        {
            clean(url): Validator(etag=_text(each.etag), last_modified=_text(each.last_modified), digest=each.digest)
            for url, each in validators.items()
        }
    ).decode()


def gap(row: Row) -> Gap:
    since, until, why = row
    return Gap(since=moment(since), until=moment(until), why=Cause(why) if why else None)


def standing(
    row: Row, gaps: tuple[Gap, ...], budgets: tuple[Allowance, ...] = (), pauses: tuple[timedelta, ...] = ()
) -> Standing:
    """Where a source stands, from the columns of `STANDING`."""
    name, connector, next_at, heard, failing_since, failures, error, actor, found, mentions, newest = row[:11]
    account, seen, fresh, told = row[11:]
    return Standing(
        name=name,
        connector=connector,
        next_at=moment(next_at),
        last_success_at=moment(heard),
        failing_since=moment(failing_since),
        failures=failures,
        error=error,
        actor=Actor(actor),
        found=found,
        mentions=mentions,
        newest_at=moment(newest),
        gaps=gaps,
        account=account,
        budgets=budgets,
        seen_until=moment(seen),
        fresh_at=moment(fresh),
        pauses=pauses,
        told=told,
    )


def untold(row: Row) -> Untold:
    source, notifier, attempts, error, next_at = row
    return Untold(source=source, notifier=notifier, attempts=attempts, error=error, next_at=moment(next_at))
