"""Tokens that a private key signs (JWT, RFC 7519): how Apple and Google want to be asked on behalf of an owner.

PyJWT is imported when the first token is signed: most installations never need it, and it takes long. Where it, or
what it signs with, was left out of an installation, that is said.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

from ..errors import Refused

SKEW = timedelta(seconds=60)
"""How far our clock may be ahead: a token from the future is not accepted."""


def signed(
    claims: Mapping[str, object],
    key: str,
    algorithm: str,
    *,
    lasts: timedelta,
    name: str = "",
    now: datetime | None = None,
) -> str:
    """`claims` as a token that is good for `lasts` from `now` on; `name` tells which key signed it (`kid`).

    `Refused` when `key` is no private key in PEM for `algorithm`, or PyJWT is not installed.
    """
    jwt = _library()
    issued = (now or datetime.now(UTC)) - SKEW
    times = {"iat": int(issued.timestamp()), "exp": int((issued + SKEW + lasts).timestamp())}
    try:
        token: str = jwt.encode({**claims, **times}, key, algorithm=algorithm, headers={"kid": name} if name else None)
    except NotImplementedError as error:  # PyJWT is there, but not what it signs with
        raise _missing() from error
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError) as error:
        raise Refused(f"key: not a private key in PEM for {algorithm}; give the whole file, as downloaded") from error
    return token


def _library() -> Any:
    try:
        return import_module("jwt")
    except ImportError as error:
        raise _missing() from error


def _missing() -> Refused:
    return Refused("signing in with a private key needs PyJWT; install it: pip install 'pyjwt[crypto]'")
