"""What is told of a post that is stored already: that it has changed, or that it is gone."""

import sqlite3
from datetime import datetime

from connectors.post import Post

from . import rows
from .cells import clean, stamp


def _of_post(network: str, post_id: str) -> tuple[str, str, str, str]:
    """What finds the mentions of a post by the index of ids: they all begin alike, and ";" follows ":"."""
    start = clean(f"{network}:{post_id}")
    return f"{start}:", f"{start};", clean(network), clean(post_id)


OF_POST = "id > ? AND id < ? AND network = ? AND post_id = ? AND deleted IS NULL"


def see_again(db: sqlite3.Connection, post: Post, at: datetime) -> None:
    """Log the counts that changed, and follow an edit. A network that keeps silent about a count changes nothing."""
    told, edited = rows.counts(post), stamp(post.edited_at)
    words = (None if post.title is None else clean(post.title), clean(post.text))
    stored = db.execute(
        f"""SELECT number, followers, likes, shares, comments, views, title, text, edited
        FROM mentions WHERE {OF_POST}""",
        _of_post(post.network, post.id),
    ).fetchall()
    for number, *before, title, text, edited_before in stored:
        after = [old if new is None else new for new, old in zip(told, before, strict=True)]
        if after != before:
            db.execute(
                """UPDATE mentions SET followers = ?, likes = ?, shares = ?, comments = ?, views = ?, told = ?
                WHERE number = ?""",
                (*after, stamp(at), number),
            )
            db.execute("INSERT OR REPLACE INTO readings VALUES (?, ?, ?, ?, ?, ?, ?)", (number, stamp(at), *after))
        is_older = edited_before is not None and (edited is None or edited < edited_before)
        if (title, text) != words and not is_older:
            db.execute("UPDATE mentions SET title = ?, text = ? WHERE number = ?", (*words, number))
        if edited is not None and edited != edited_before and not is_older:
            db.execute("UPDATE mentions SET edited = ? WHERE number = ?", (edited, number))


def delete(db: sqlite3.Connection, network: str, post_id: str, at: datetime) -> None:
    """Forget what a post said and who wrote it, now that its network has; that it was said still counts."""
    found = _of_post(network, post_id)
    for table in ("embeddings", "looks"):
        db.execute(f"DELETE FROM {table} WHERE number IN (SELECT number FROM mentions WHERE {OF_POST})", found)
    db.execute(
        f"""UPDATE mentions SET title = NULL, text = '', handle = NULL, name = NULL, profile = NULL, followers = NULL,
        links = '[]', reasons = '[]', deleted = ? WHERE {OF_POST}""",
        (stamp(at), *found),
    )
