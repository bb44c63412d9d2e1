"""What is asked of the network, and what it answers."""

from connectors.forums.github import GitHub
from tests.fakes_http import FakeHttp
from tests.plays import Play


def play(answer: bytes) -> Play:
    graph = b'"createdAt"' in answer
    connector = GitHub(token="t" if graph else "", issues=not graph)
    return connector, FakeHttp({"/search/issues": [answer, {"items": []}], "/graphql": [answer]})
