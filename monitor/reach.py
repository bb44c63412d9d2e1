"""How far a mention carries."""

from connectors.post import Post


def measure(post: Post) -> int | None:
    """How many people may have seen a post: its views when the network counts them, otherwise its author's followers.

    `None` when the network tells neither. An upper bound, not an estimate of readers.
    """
    if post.engagement.views is not None:
        return post.engagement.views
    return post.author.followers if post.author else None
