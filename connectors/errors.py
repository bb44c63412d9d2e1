"""What can go wrong at a network. The class says who must act.

ConnectorError
├── Unavailable      nobody: it is tried again later, by itself
│   ├── RateLimited  nobody: the network said when to come back
│   └── Unreached    nobody: the same, and what was asked cannot have been received
├── Refused          a person: a key, a permission or an address is wrong; the source pauses
└── Malformed        a developer: the answer is not what the network's documents promise
"""

from datetime import timedelta


class ConnectorError(Exception):
    """A source could not be read; the message says what and where."""


class Unavailable(ConnectorError):
    """The network is down, slow or unreachable."""


class RateLimited(Unavailable):
    """The network asked us to slow down."""

    def __init__(self, message: str, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unreached(Unavailable):
    """What was asked cannot have been received: nothing was said by it, and it may be said again."""


class Refused(ConnectorError):
    """The network will not serve this request until a person changes something.

    `status` and `body` are those of its answer, 0 and empty without one: some networks say only there what they mean.
    """

    def __init__(self, message: str, *, status: int = 0, body: bytes = b"") -> None:
        super().__init__(message)
        self.status = status
        self.body = body


class Malformed(ConnectorError):
    """The answer cannot be read. `sample` is its beginning, for the log."""

    def __init__(self, message: str, sample: bytes = b"") -> None:
        super().__init__(message)
        self.sample = sample[:500]
