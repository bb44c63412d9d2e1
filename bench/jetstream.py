"""How many Jetstream events a core screens for 1,000 brands: decode, make the post, match.

Run it with `python -m bench.jetstream`. The events are made here, in the network's shape: of ten, seven are posts, two
likes (which the server leaves out when asked to) and one a deletion; one post in fifty names a brand.
"""

import random
import time
from collections.abc import Callable
from typing import TypeVar

import msgspec

from connectors import atproto, jetstream
from connectors.batches import FULL
from monitor.match import Matcher
from monitor.query import parse
from monitor.types import Brand

T = TypeVar("T")

EVENTS = 50_000
BRANDS = 1_000
SYLLABLES = ("ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "zo", "ño", "quí")


def main() -> None:
    chance = random.Random(7)
    words = ["".join(chance.choices(SYLLABLES, k=chance.randint(1, 4))) for _ in range(5_000)]
    names = ["".join(chance.choices(SYLLABLES, k=5)) + "x" for _ in range(BRANDS)]
    matcher = Matcher([Brand(name=name, query=parse(name)) for name in names])
    messages = [event(chance, words, names, number) for number in range(EVENTS)]
    decoded = seconds(lambda: [jetstream.event(message) for message in messages])
    pages, made = timed(lambda: [jetstream.page(batch, 0) for batch in batches(messages)])
    found, matched = timed(lambda: [brands for page in pages for brands in matcher.match(page.posts) if brands])
    posts = sum(len(page.posts) for page in pages)
    print(
        f"{EVENTS:,} events, {sum(map(len, messages)) // EVENTS} bytes each; {posts:,} posts, {len(found):,} mentions"
    )
    print(f"decode               {EVENTS / decoded:9,.0f} events per CPU second")
    print(f"decode, post         {EVENTS / made:9,.0f}")
    print(f"decode, post, match  {EVENTS / (made + matched):9,.0f}")


def event(chance: random.Random, words: list[str], names: list[str], number: int) -> bytes:
    kind = number % 10
    operation, collection = ("delete", atproto.POSTS) if kind == 9 else ("create", atproto.POSTS)
    commit: dict[str, object] = {
        "rev": "3m",
        "operation": operation,
        "collection": collection,
        "rkey": f"3k{number:011}",
    }
    if kind < 7:
        commit |= {"record": post(chance, words, names), "cid": "bafyrei" + "q" * 52}
    elif kind < 9:
        subject = {"cid": "bafyrei" + "q" * 52, "uri": f"at://did:plc:{'x' * 24}/{atproto.POSTS}/3k{number:011}"}
        like = {"$type": "app.bsky.feed.like", "createdAt": "2026-11-02T12:00:00.123Z", "subject": subject}
        commit |= {"collection": "app.bsky.feed.like", "record": like, "cid": "bafyrei" + "q" * 52}
    wire = {
        "did": f"did:plc:{number:024}",
        "time_us": 1_793_620_800_000_000 + number,
        "kind": "commit",
        "commit": commit,
    }
    return msgspec.json.encode(wire)


def post(chance: random.Random, words: list[str], names: list[str]) -> dict[str, object]:
    text = " ".join(chance.choices(words, k=chance.randint(3, 40)))
    if chance.random() < 0.02:
        text += f" {chance.choice(names)}!"
    record: dict[str, object] = {"$type": atproto.POSTS, "createdAt": "2026-11-02T12:00:00.123Z", "langs": ["es"]}
    if chance.random() < 0.3:
        link = {"$type": "app.bsky.richtext.facet#link", "uri": "https://shop.example/a"}
        record["facets"] = [{"features": [link], "index": {"byteStart": 0, "byteEnd": 5}}]
        card = {"uri": "https://shop.example/a", "title": chance.choice(words), "description": text[:80]}
        record["embed"] = {"$type": "app.bsky.embed.external", "external": card}
    if chance.random() < 0.4:
        uri = {"cid": "bafyrei" + "q" * 52, "uri": f"at://did:plc:{'x' * 24}/{atproto.POSTS}/3kxyz"}
        record["reply"] = {"parent": uri, "root": uri}
    return record | {"text": text[:300]}


def batches(messages: list[bytes]) -> list[list[bytes]]:
    return [messages[start : start + FULL] for start in range(0, len(messages), FULL)]


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """What `work` returns, and the CPU seconds it took."""
    start = time.process_time()
    done = work()
    return done, time.process_time() - start


def seconds(work: Callable[[], object]) -> float:
    return timed(work)[1]


if __name__ == "__main__":
    main()
