"""Words as networks' searches take them."""

from collections.abc import Callable, Iterable, Iterator, Sequence


def phrase(term: str) -> str:
    """`term` in quotation marks, which nearly all searches take for "these words, in this order"."""
    return '"' + term.replace('"', " ").strip() + '"'


def packed(parts: Iterable[str], join: Callable[[Sequence[str]], str], longest: int) -> Iterator[list[str]]:
    """`parts` in as few groups as can be, none longer than `longest` once `join` made a query of it, unless it is a
    single part."""
    some: list[str] = []
    for part in parts:
        if some and len(join([*some, part])) > longest:
            yield some
            some = []
        some.append(part)
    if some:
        yield some
