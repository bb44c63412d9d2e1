"""Every connector there is, by the name that the configuration calls it."""

from collections.abc import Mapping

from .base import Connector
from .bluesky import Bluesky
from .feed import Feed
from .hackernews import HackerNews
from .mastodon import Mastodon
from .reddit import Reddit
from .wordpress import WordPress

CONNECTORS: Mapping[str, type[Connector]] = {
    connector.name: connector for connector in (Bluesky, Feed, HackerNews, Mastodon, Reddit, WordPress)
}
