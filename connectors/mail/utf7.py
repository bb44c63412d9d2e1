"""The names of IMAP's folders: a UTF-7 of their own (RFC 3501, 5.1.3), as "Men&APo-" for "Menú"."""

import re
from base64 import b64decode, b64encode
from binascii import Error

_BEYOND = re.compile(r"[^\x20-\x7e]+|&")
_SHIFTED = re.compile(r"&([A-Za-z0-9+,]*)-")


def encoded(name: str) -> str:
    """`name` as a server is asked for it, all ASCII."""
    return _BEYOND.sub(_shift, name)


def decoded(name: bytes) -> str:
    """A folder's name as people write it; what breaks the rules stays as it came (some servers send UTF-8)."""
    return _SHIFTED.sub(_unshift, name.decode("utf-8", "replace"))


def _shift(found: re.Match[str]) -> str:
    if found[0] == "&":
        return "&-"
    letters = b64encode(found[0].encode("utf-16-be", "replace")).decode().rstrip("=")
    return f"&{letters.replace('/', ',')}-"


def _unshift(found: re.Match[str]) -> str:
    if not found[1]:
        return "&"
    letters = found[1].replace(",", "/")
    try:
        return b64decode(letters + "=" * (-len(letters) % 4)).decode("utf-16-be")
    except (Error, UnicodeDecodeError):
        return found[0]
