"""Every connector there is, by the name that the configuration calls it."""

from collections.abc import Mapping

from .appstore import AppStore
from .base import Connector
from .bluesky import Bluesky
from .feed import Feed
from .googleplay import GooglePlay
from .hackernews import HackerNews
from .mastodon import Mastodon
from .reddit import Reddit
from .wordpress import WordPress

CONNECTORS: Mapping[str, type[Connector]] = {
    connector.name: connector
    for connector in (AppStore, Bluesky, Feed, GooglePlay, HackerNews, Mastodon, Reddit, WordPress)
}
