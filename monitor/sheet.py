"""A page of posts laid out as one folded text, so that it can be searched in one call."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from connectors.post import Post

from .bulk import Folder
from .fold import tidy
from .places import is_in, traces
from .tree import Term


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Posts as one text to search: lines framed by line breaks, of links from the offset `links` on.

    `starts` are the offsets of the lines, `owners` the posts they belong to.
    """

    text: str
    links: int
    starts: Sequence[int]
    owners: Sequence[int]

    def owner(self, offset: int) -> int:
        return self.owners[bisect_right(self.starts, offset) - 1]


def lay_out(posts: Sequence[Post], folder: Folder, *, with_links: bool) -> Sheet:
    texts: list[str] = []
    owners: list[int] = []
    for index, post in enumerate(posts):
        if post.title:
            texts.append(post.title)
            owners.append(index)
        texts.append(post.text)
        owners.append(index)
    lines = folder.fold(texts)
    links = sum(map(len, lines)) + len(lines) + 1
    for index, post in enumerate(posts if with_links else ()):
        told = [trace for link in post.links for trace in traces(link)]
        lines += told
        owners += [index] * len(told)
    starts = list(accumulate((len(line) + 1 for line in lines), initial=1))
    return Sheet(text="\n".join(["", *lines, ""]), links=links, starts=starts, owners=owners)


class Written:
    """Posts as written, for what follows a `=`. Each question is answered once, however often it is asked."""

    def __init__(self, posts: Sequence[Post]) -> None:
        self._posts = posts
        self._texts: dict[int, str] = {}
        self._answers: dict[tuple[int, Term], bool] = {}

    def holds(self, index: int, literal: Term) -> bool:
        answer = self._answers.get((index, literal))
        if answer is None:
            answer = self._answers[index, literal] = is_in(literal, self._text(index))
        return answer

    def _text(self, index: int) -> str:
        if index not in self._texts:
            post = self._posts[index]
            self._texts[index] = f"\n{tidy(post.title or '')}\n{tidy(post.text)}\n"
        return self._texts[index]
