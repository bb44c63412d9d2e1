"""Every connector there is, by the name that the configuration calls it."""

from collections.abc import Mapping

from .appstore import AppStore
from .base import Connector
from .bingnews import BingNews
from .bluesky import Bluesky
from .devto import DevTo
from .discourse import Discourse
from .facebook import Facebook
from .feed import Feed
from .file import File
from .gdelt import Gdelt
from .github import GitHub
from .googlebusiness import GoogleBusiness
from .googlenews import GoogleNews
from .googleplay import GooglePlay
from .hackernews import HackerNews
from .imap import Imap
from .instagram import Instagram
from .lemmy import Lemmy
from .linkedin import LinkedIn
from .mastodon import Mastodon
from .nodebb import NodeBB
from .pinterest import Pinterest
from .reddit import Reddit
from .stackexchange import StackExchange
from .telegram import Telegram
from .threads import Threads
from .tiktok import TikTok
from .trustpilot import Trustpilot
from .tumblr import Tumblr
from .webhook import Webhook
from .wordpress import WordPress
from .x import X
from .youtube import YouTube

CONNECTORS: Mapping[str, type[Connector]] = {
    connector.name: connector
    for connector in (
        AppStore,
        BingNews,
        Bluesky,
        DevTo,
        Discourse,
        Facebook,
        Feed,
        File,
        Gdelt,
        GitHub,
        GoogleBusiness,
        GoogleNews,
        GooglePlay,
        HackerNews,
        Imap,
        Instagram,
        Lemmy,
        LinkedIn,
        Mastodon,
        NodeBB,
        Pinterest,
        Reddit,
        StackExchange,
        Telegram,
        Threads,
        TikTok,
        Trustpilot,
        Tumblr,
        Webhook,
        WordPress,
        X,
        YouTube,
    )
}
