"""Which posts are copies of one text: shares, quotes without comment, the same agency report in ten papers.

A story's id is a hash of the words, without addresses, handles, "RT" and "via", tags at the end, punctuation, emoji,
capitals and accents. Only the first twenty words count, so that a copy cut short with "…" after them joins its
original.

What it does not see: texts reworded in any of those words; copies cut short within them; a headline shared without its
article. What it joins wrongly: long texts that begin with the same twenty words. Fewer than five words ("muy bien,
gracias") are no sign of copying: those are a story only per author, and without an author each by itself.
"""

import re
from hashlib import blake2b
from typing import Final

from connectors.post import Post

from .fold import fold

COMPARED: Final = 20
FEWEST: Final = 5
BEGINNING: Final = 2_000
"""Characters in which the words that count are looked for: articles are ten times as long, and come by the hundred."""

_NOISE: Final = re.compile(r"https?://\S+|\bwww\.\S+|@[\w.-]+(?:@[\w.-]+)?|\bu/[\w-]+")
_LEAD: Final = re.compile(r"^\W*(?:(?:rt|fwd?|re|via)\b\W*)+")
_TAIL: Final = re.compile(r"#.*|\W*via\W*|\W*")
_WORD: Final = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]|[^\W_\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]+")


def story(post: Post) -> str:
    """The id of the story a post tells: the same for its copies on any network."""
    words = _words(post)
    if len(words) >= FEWEST:
        return _hash(words[:COMPARED])
    writer = f"@{fold(post.author.handle)}" if post.author else post.id
    return _hash([post.network, writer, *words])


def _words(post: Post) -> list[str]:
    """The words that copies share. Chinese, Japanese and Thai letters count as a word each."""
    title, beginning = (post.title or "")[:BEGINNING], post.text[:BEGINNING]
    # Feeds often begin the text with the title again.
    whole = beginning if fold(beginning).startswith(fold(title)) else f"{title}\n{beginning}"
    text = fold(_NOISE.sub(" ", whole))
    pieces = _LEAD.sub("", text).split()
    while pieces and _TAIL.fullmatch(pieces[-1]):
        pieces.pop()
    return _WORD.findall(" ".join(pieces))


def _hash(words: list[str]) -> str:
    return blake2b("\n".join(words).encode("utf-8", "replace"), digest_size=8).hexdigest()
