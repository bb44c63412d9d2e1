"""A shop's blog: an answer is of posts, or of comments, which name their authors themselves."""

from connectors.forums.wordpress import WordPress
from tests.fakes_http import FakeHttp
from tests.plays import Play

POSTS, COMMENTS = "/wp-json/wp/v2/posts", "/wp-json/wp/v2/comments"


def play(answer: bytes) -> Play:
    is_of_comments = b'"author_name"' in answer
    table = {POSTS: [b"[]"], COMMENTS: [answer]} if is_of_comments else {POSTS: [answer], COMMENTS: [b"[]"]}
    return WordPress(url="https://blog.example/"), FakeHttp(table)
