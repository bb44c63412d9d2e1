"""Issues, pull requests and discussions of GitHub, as its two APIs have them:
https://docs.github.com/en/rest/search/search and https://docs.github.com/en/graphql"""

from typing import Annotated

import msgspec

from ..decode import address, count
from ..post import Author, Engagement, Post
from ..text import clean, links, markdown, when

NETWORK = "github"
NODE = """
... on Issue { id url title body createdAt lastEditedAt author { login url } comments { totalCount }
  reactions(content: THUMBS_UP) { totalCount } }
... on PullRequest { id url title body createdAt lastEditedAt author { login url } comments { totalCount }
  reactions(content: THUMBS_UP) { totalCount } }
... on Discussion { id url title body createdAt lastEditedAt author { login url } comments { totalCount } upvoteCount }
"""
"""What we ask GraphQL to tell of each."""
Id = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_=-]{4,200}$")]
"""What GitHub calls a node's global id: the same in both APIs, and after the repository was renamed or moved."""


class User(msgspec.Struct):
    login: str | None = None
    html_url: str | None = None
    url: str | None = None


class Thumbs(msgspec.Struct):
    up: int | None = msgspec.field(name="+1", default=None)


class Issue(msgspec.Struct):
    """An issue or a pull request of the REST API. Its `updated_at` moves with every comment, and tells no edit."""

    id: Id = msgspec.field(name="node_id")
    html_url: str
    created_at: str
    title: str | None = None
    body: str | None = None
    user: User | None = None
    comments: int | None = None
    reactions: Thumbs | None = None


class Total(msgspec.Struct):
    count: int | None = msgspec.field(name="totalCount", default=None)


class Node(msgspec.Struct, rename="camel"):
    """An issue, a pull request or a discussion of GraphQL."""

    id: Id
    url: str
    created_at: str
    title: str | None = None
    body: str | None = None
    author: User | None = None
    last_edited_at: str | None = None
    comments: Total | None = None
    reactions: Total | None = None
    upvote_count: int | None = None


def post(issue: Issue) -> Post:
    return Post(
        network=NETWORK,
        id=issue.id,
        url=address(issue.html_url),
        title=clean(issue.title or "") or None,
        text=markdown(issue.body or ""),
        author=_author(issue.user, issue.user.html_url) if issue.user else None,
        published_at=when(issue.created_at),
        engagement=Engagement(
            likes=count(issue.reactions.up) if issue.reactions else None, comments=count(issue.comments)
        ),
        links=links(issue.body or ""),
    )


def told(node: Node) -> Post:
    votes = node.upvote_count if node.upvote_count is not None or not node.reactions else node.reactions.count
    return Post(
        network=NETWORK,
        id=node.id,
        url=address(node.url),
        title=clean(node.title or "") or None,
        text=markdown(node.body or ""),
        author=_author(node.author, node.author.url) if node.author else None,
        published_at=when(node.created_at),
        edited_at=when(node.last_edited_at),
        engagement=Engagement(likes=count(votes), comments=count(node.comments.count) if node.comments else None),
        links=links(node.body or ""),
    )


def _author(user: User, url: str | None) -> Author | None:
    handle = clean(user.login or "")
    return Author(handle=handle, url=address(url)) if handle else None
