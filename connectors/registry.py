"""Every connector there is, by the name that the configuration calls it."""

from collections.abc import Mapping

from .base import Connector
from .doors.webhook import Webhook
from .feeds.feed import Feed
from .forums.devto import DevTo
from .forums.discourse import Discourse
from .forums.github import GitHub
from .forums.hackernews import HackerNews
from .forums.lemmy import Lemmy
from .forums.nodebb import NodeBB
from .forums.reddit import Reddit
from .forums.stackexchange import StackExchange
from .forums.wordpress import WordPress
from .mail.imap import Imap
from .meta.facebook import Facebook
from .meta.instagram import Instagram
from .meta.threads import Threads
from .news.bingnews import BingNews
from .news.gdelt import Gdelt
from .news.googlenews import GoogleNews
from .reviews.appstore import AppStore
from .reviews.googlebusiness import GoogleBusiness
from .reviews.googleplay import GooglePlay
from .reviews.trustpilot import Trustpilot
from .social.linkedin import LinkedIn
from .social.pinterest import Pinterest
from .social.telegram import Telegram
from .social.tiktok import TikTok
from .social.tumblr import Tumblr
from .social.x import X
from .social.youtube import YouTube
from .streams.bluesky import Bluesky
from .streams.mastodon import Mastodon
from .tables.file import File

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
