"""A TOML table into a dataclass: a field is an option, its type the check, and all problems are found at once."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import MISSING, dataclass, fields
from datetime import timedelta
from difflib import get_close_matches
from functools import cache
from typing import Any, ClassVar, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from ..errors import Problem
from ..query import Query, QueryError
from ..query import parse as parse_query
from .durations import duration
from .hints import bare, choices, describe, is_mapping, is_optional, is_secret
from .toml import Table

T = TypeVar("T")
OFF = "none"
"""TOML has no null: this switches an option off whose type allows it."""


class Misfit(Exception):
    """A value does not fit its option; `problems` says all that is wrong with it."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*map(str, problems))
        self.problems = problems


class Problems(list[Problem]):
    """What is wrong so far."""

    @contextmanager
    def gather(self) -> Iterator[None]:
        """Go on after a misfit, and remember it."""
        try:
            yield
        except Misfit as misfit:
            self.extend(misfit.problems)

    def settle(self) -> None:
        """Stop here when anything was wrong."""
        if self:
            raise Misfit(*self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A key that a table may have. `default` is `MISSING` when it must be given."""

    name: str
    type: object
    default: object

    @property
    def is_required(self) -> bool:
        return self.default is MISSING

    @property
    def is_secret(self) -> bool:
        return is_secret(self.type)


@cache
def options(shape: type) -> tuple[Option, ...]:
    """The options that a dataclass declares, in its order."""
    # Brand names its query's type without importing it, so that reading commands start fast.
    hints = get_type_hints(shape, localns={"Query": Query}, include_extras=True)
    return tuple(
        Option(
            name=field.name,
            type=hints[field.name],
            default=field.default if field.default_factory is MISSING else field.default_factory(),
        )
        for field in fields(shape)
        if field.init and get_origin(hints[field.name]) is not ClassVar
    )


def decode(shape: type[T], table: Table, place: str, *, but: Collection[str] = (), also: Collection[str] = ()) -> T:
    """The `shape` that `table` describes. Fields in `but` are no options; keys in `also` are read elsewhere."""
    return shape(**values(shape, table, place, but=but, also=also))


def values(
    shape: type, table: Table, place: str, *, but: Collection[str] = (), also: Collection[str] = ()
) -> dict[str, Any]:
    """The options that `table` gives, checked. `Misfit` with what is unknown, missing or of the wrong type."""
    known = {option.name: option for option in options(shape) if option.name not in but}
    problems, found = Problems(), {}
    for key, value in table.items():
        if key in known:
            with problems.gather():
                found[key] = fit(value, known[key], _at(place, key))
        elif key not in also:
            problems.append(unknown(key, [*known, *also], place))
    for option in known.values():
        if option.is_required and option.name not in table:
            hint = f"it is {describe(option.type)}"
            problems.append(Problem(place=_at(place, option.name), what="missing", hint=hint))
    problems.settle()
    return found


def fit(value: object, option: Option, place: str) -> Any:
    """A value as its option's type wants it."""
    if value == OFF and is_optional(option.type) and option.default is not None:
        return None
    return convert(value, option.type, place)


def convert(value: object, hint: Any, place: str) -> Any:
    """`value`, as TOML gave it, as `hint` wants it; `Misfit` with the place of each part that does not fit."""
    hint = bare(hint)
    if hint in READERS:
        return _read(value, hint, place)
    if get_origin(hint) is tuple and isinstance(value, list):
        return _each(value, get_args(hint)[0], place)
    if is_mapping(hint) and isinstance(value, dict):
        return _mapping(value, hint, place)
    if known := choices(hint):
        return _choose(value, known, place)
    try:
        return msgspec.convert(value, hint)
    except msgspec.ValidationError as error:
        raise _unfit(value, hint, place) from error


def _each(listed: list[object], hint: Any, place: str) -> tuple[Any, ...]:
    problems, found = Problems(), []
    for number, value in enumerate(listed, 1):
        with problems.gather():
            found.append(convert(value, hint, f"{place}[{number}]"))
    problems.settle()
    return tuple(found)


def _mapping(table: Mapping[str, object], hint: Any, place: str) -> dict[Any, Any]:
    (key_hint, value_hint), problems, found = get_args(hint), Problems(), {}
    for key, value in table.items():
        with problems.gather():
            within = _at(place, key)
            found[convert(key, key_hint, within)] = convert(value, value_hint, within)
    problems.settle()
    return found


def _read(value: object, hint: Any, place: str) -> Any:
    if isinstance(value, hint):
        return value
    if not isinstance(value, str):
        raise _unfit(value, hint, place)
    try:
        return READERS[hint](value)
    except QueryError as error:
        raise Misfit(Problem(place=place, what=str(error).replace("\n", "\n  "))) from error
    except ValueError as error:
        raise Misfit(Problem(place=place, what=str(error))) from error


READERS: Mapping[type, Callable[[str], object]] = {timedelta: duration, Query: parse_query}
"""Types that are written as text and read by a function of ours, which raises `ValueError` or `QueryError`."""


def _choose(value: object, known: Mapping[object, object], place: str) -> object:
    if isinstance(value, str | int) and value in known:
        return known[value]
    near = get_close_matches(str(value), [str(choice) for choice in known], n=1)
    listed = ", ".join(f'"{choice}"' for choice in known)
    hint = f"did you mean {near[0]!r}?" if near else f"write one of {listed}"
    raise Misfit(Problem(place=place, what=f"{value!r} is not known here", hint=hint))


def unknown(key: str, known: Collection[str], place: str) -> Problem:
    """The problem of a key that nobody reads."""
    near = get_close_matches(key, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(known)}"
    return Problem(place=_at(place, key), what="unknown key", hint=hint)


def _unfit(value: object, hint: Any, place: str) -> Misfit:
    advice = ""
    if get_origin(hint) is tuple and isinstance(value, str):
        advice = f'put it in brackets: ["{value}"]'
    elif isinstance(value, str) and hint in (int, float, bool):
        advice = "write it without quotes"
    elif hint is str:
        advice = "write it in quotes"
    return Misfit(Problem(place=place, what=f"expected {describe(hint)}, got {_shown(value)}", hint=advice))


def _shown(value: object) -> str:
    """What kind of value this is. Not the value: it may be a secret in the wrong place."""
    return describe(type(value))


def _at(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key
