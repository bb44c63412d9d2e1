"""Secrets: kept outside the configuration, never printed."""

import os
import stat
from collections.abc import Collection, Mapping
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from .places import beside

HIDDEN = "•••"
SHORTEST = 6
"""Parts of an address that are shorter are words, not keys: hiding them would make the log unreadable."""
LONG = 20


def is_reference(text: str) -> bool:
    """Whether this says where a secret is, and is none itself."""
    return text.startswith(("env:", "file:"))


def resolve(text: str, config: Path, environ: Mapping[str, str] = os.environ) -> str:
    """The secret that `text` refers to, or `text` itself when it is no reference. `ValueError` says what is missing.

    A file's path is relative to the configuration's folder; blanks around its content are no part of the secret.
    """
    kind, _, name = text.partition(":")
    if kind == "env":
        return _told(environ.get(name), f"the environment variable {name} is not set", f"{name} is empty")
    if kind == "file":
        path = beside(config, name)
        return _told(_content(path), f"the file {path} is not there", f"the file {path} is empty")
    return text


def is_exposed(text: str, config: Path) -> bool:
    """Whether a secret's file can be read by others than its owner, where the file is ours to protect."""
    if not text.startswith("file:") or os.name != "posix":
        return False
    try:
        status = beside(config, text.removeprefix("file:")).stat()
    except (OSError, ValueError):
        return False
    return bool(status.st_mode & (stat.S_IRWXG | stat.S_IRWXO)) and status.st_uid == os.geteuid()


def redact(text: str, secrets: Collection[str]) -> str:
    """`text` with every secret hidden. Of an address, the keys inside it are hidden too: libraries print them apart."""
    words = {word for secret in secrets if secret for word in (secret, *_keys(secret))}
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, HIDDEN)
    return text


def _told(secret: str | None, missing: str, empty: str) -> str:
    if secret is None:
        raise ValueError(missing)
    if not secret.strip():
        raise ValueError(empty)
    return secret.strip()


def _content(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise ValueError(f"the file {path} is not UTF-8 text") from error
    except OSError as error:
        raise ValueError(f"the file {path} cannot be read: {error.strerror or error}") from error


def _keys(secret: str) -> set[str]:
    """What is secret inside an address: its password, and what looks like a key in host (Apprise puts some there), path
    and query."""
    if "://" not in secret:
        return set()
    try:
        parts = urlsplit(secret)
    except ValueError:
        return set()
    login, _, host = parts.netloc.rpartition("@")
    said = [*host.split(":"), *parts.path.split("/"), *(value for _, value in parse_qsl(parts.query))]
    keys = [*login.split(":")[1:], *(part for part in said if _looks_like_a_key(part))]
    return {form for key in keys for form in (key, unquote(key)) if len(form) >= SHORTEST}


def _looks_like_a_key(part: str) -> bool:
    return "." not in part and (any(char.isdigit() for char in part) or len(part) >= LONG)
