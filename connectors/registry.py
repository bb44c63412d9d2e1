"""Every connector there is, by the name that the configuration calls it."""

from collections.abc import Mapping

from .appstore import AppStore
from .base import Connector
from .bluesky import Bluesky
from .discourse import Discourse
from .facebook import Facebook
from .feed import Feed
from .googleplay import GooglePlay
from .hackernews import HackerNews
from .instagram import Instagram
from .lemmy import Lemmy
from .mastodon import Mastodon
from .reddit import Reddit
from .wordpress import WordPress
from .youtube import YouTube

CONNECTORS: Mapping[str, type[Connector]] = {
    connector.name: connector
    for connector in (
        AppStore,
        Bluesky,
        Discourse,
        Facebook,
        Feed,
        GooglePlay,
        HackerNews,
        Instagram,
        Lemmy,
        Mastodon,
        Reddit,
        WordPress,
        YouTube,
    )
}
