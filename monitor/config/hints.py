"""Types as the decoder asks about them, and as people say them."""

from collections.abc import Mapping
from datetime import timedelta
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from ..query import Query
from .durations import FORM

SAID: Mapping[object, str] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    dict: "a table",
    list: "a list",
    timedelta: FORM,
    Query: "a query",
}


def describe(hint: Any) -> str:
    """A type, as people say it."""
    hint = bare(hint)
    if options := choices(hint):
        return "one of " + ", ".join(f'"{choice}"' for choice in options)
    if get_origin(hint) is tuple:
        return f"a list, each {describe(get_args(hint)[0])}"
    if is_mapping(hint):
        return f"a table, each value {describe(get_args(hint)[1])}"
    return SAID.get(hint) or str(getattr(hint, "__name__", hint))


def choices(hint: Any) -> Mapping[object, object]:
    """What may be written, to the value that it stands for; empty when a type is no choice."""
    if get_origin(hint) is Literal:
        return {choice: choice for choice in get_args(hint)}
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {member.value: member for member in hint}
    return {}


def bare(hint: Any) -> Any:
    """A type without its marks and without `None`."""
    if get_origin(hint) is Annotated:
        return bare(get_args(hint)[0])
    if get_origin(hint) in (Union, UnionType):
        kept = [part for part in get_args(hint) if part is not NoneType]
        return bare(kept[0]) if len(kept) == 1 else hint
    return hint


def is_mapping(hint: Any) -> bool:
    origin = get_origin(hint)
    return isinstance(origin, type) and issubclass(origin, Mapping)


def is_optional(hint: Any) -> bool:
    return NoneType in get_args(hint)


def is_secret(hint: Any) -> bool:
    """Whether a type is, or holds, a `Secret`."""
    return "secret" in getattr(hint, "__metadata__", ()) or any(is_secret(part) for part in get_args(hint))
