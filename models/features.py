"""From text to hashed features, a page of texts at a time. Training and judging share it, so they cannot differ.

Tokens become numbers of two families: pieces of two to five characters that stay inside a word, and words alone and in
pairs, where up to three words after a negation count as other words. It is all arithmetic on arrays: a page of a
hundred texts costs a few milliseconds, and neither scikit-learn nor SciPy is needed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .cues import CUES
from .mark import BRAND
from .tokens import SPACE, Bools, Codes, Hashes, Ints, bounds, fold, hashed, spell, tokenise

Floats = NDArray[np.float32]

BITS = 20
"""Each family is hashed into 2**BITS places; characters take the lower half of the table, words the upper."""
PLACES = 2 << BITS
LANGUAGES = ("es", "en", "pt", "fr", "it", "de", "ca")
FLAGS = ("asks", "shouts", "stretches", "exclaims", "length", *CUES, *(f"no {cue}" for cue in CUES))
"""What is counted in a text rather than hashed: its style, and what customers' words signal, also after a negation:
"not a scratch" praises."""

_NEGATIONS = """
    no not never without nor neither cannot cant dont doesnt didnt isnt wasnt wont aint don't doesn't didn't isn't
    wasn't aren't weren't won't can't couldn't wouldn't shouldn't ain't hasn't haven't
    nunca jamas sin ni cero zero tampoco nadie ningun ninguna nada apenas nao num nem sem jamais ninguem nenhum nenhuma
    pas ne sans aucun aucune rien ni non mai senza nessuno nessuna niente neanche
    nicht kein keine keinen nie ohne nichts cap gens sense ningu
"""

_PRIME = 0x9E3779B97F4A7C15
_NEGATED = 0xD6E8FEB86659FD93
_SECOND = 0xA0761D6478BD642F
_OWN = np.array([0xE7037ED1A0B428DB * place % (1 << 64) for place in range(1, len(LANGUAGES) + 1)], dtype=np.uint64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One family of features: the `index` in the table, and the text and the token that each was seen in.
    Ordered by text, then by token; a feature that is seen twice stands twice."""

    index: Ints
    text: Ints
    token: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The features of some texts. `tokens` are spelled as they were written; `flags` is texts × FLAGS."""

    texts: int
    tokens: list[str]
    token_text: Ints
    characters: Block
    words: Block
    flags: Floats
    cues: Block
    """The tokens that the flags of CUES rest on; `index` is the place among FLAGS."""
    hashes: Hashes
    """What the places of `words` were made from: `own` makes other places of it."""


def _pieces(codes: Codes, owner: Ints, hidden: Bools) -> tuple[Ints, Ints]:
    """Places of all pieces of two to five characters within one token and its two spaces, with the token of each."""
    size = len(codes)
    space = codes == SPACE
    places = np.zeros((size, 4), dtype=np.uint32)
    valid = np.zeros((size, 4), dtype=bool)
    rolling = codes.copy()
    inside = ~hidden
    for column, length in enumerate(range(2, min(6, size + 1))):
        rolling = rolling[: size - length + 1] * np.uint32(0x01000193) ^ codes[length - 1 :]
        inside = inside[: size - length + 1]
        if length > 2:
            inside = inside & ~space[length - 2 : size - 1]
        places[: size - length + 1, column] = (rolling * np.uint32(0x9E3779B1)) >> np.uint32(32 - BITS)
        valid[: size - length + 1, column] = inside
    return places[valid].astype(np.int64), np.repeat(owner, 4)[valid.ravel()]


def _places(hashes: Hashes) -> Ints:
    mixed = (hashes ^ (hashes >> np.uint64(31))) * np.uint64(_PRIME)
    return ((mixed >> np.uint64(64 - BITS)) + np.uint64(1 << BITS)).astype(np.int64)


_NEGATION = np.unique(hashed(_NEGATIONS.split()))
_STOPS = np.unique(hashed([".", "..", ",", ";", ":", "!", "?", "!!", "??", "pero", "but", "mais", "aber", "sino"]))


def _cue_table() -> dict[int, tuple[Hashes, Codes]]:
    """By length of stem (0: the whole word), the hashes of the stems in order, and the cues of each as bits."""
    bits: dict[int, dict[int, int]] = {}
    for place, words in enumerate(CUES.values()):
        stems = [(word.rstrip("*"), word.endswith("*")) for word in words.split()]
        for (stem, starred), spelled in zip(stems, hashed([stem for stem, _ in stems]).tolist(), strict=True):
            known = bits.setdefault(len(stem) if starred else 0, {})
            known[spelled] = known.get(spelled, 0) | 1 << place
    return {
        length: (np.array(sorted(known), dtype=np.uint64), np.array([known[k] for k in sorted(known)], dtype=np.uint32))
        for length, known in bits.items()
    }


_CUE_TABLE = _cue_table()
_NOTHING = np.zeros(1, dtype=np.uint64)
_SOMEONE, _WATCHED = np.uint64(0x8EBC6AF09C88C6E3), np.uint64(0x589965CC75374CC3)
_MARK = hashed([BRAND])[0]
_QUESTION, _EXCLAMATION = ord("?"), ord("!")


def _in(hashes: Hashes, known: Hashes) -> Bools:
    found: Bools = known[np.minimum(np.searchsorted(known, hashes), len(known) - 1)] == hashes
    return found


def _negated(hashes: Hashes, follows: Bools) -> Bools:
    """Whether a token stands within three after a negation, with no stop between. `follows` is whether a token has
    a neighbour to its left in the same text."""
    negation = _in(hashes, _NEGATION)
    passes = follows & ~_in(hashes, _STOPS)
    reached = np.zeros(len(hashes), dtype=bool)
    near = negation
    for _ in range(3):
        near = np.concatenate(([False], near[:-1])) & passes
        reached |= near
    return reached & ~negation


def _words(hashes: Hashes, text: Ints, follows: Bools, negated: Bools) -> tuple[Block, Hashes]:
    """Words alone (as other words after a negation) and in pairs. A pair hangs on its second word."""
    alone = np.where(negated, hashes * np.uint64(_NEGATED), hashes)
    pairs = np.concatenate((_NOTHING, hashes[:-1] * np.uint64(_SECOND))) + hashes
    both = np.stack((alone, pairs), axis=1).ravel()
    real = np.stack((np.ones(len(text), dtype=bool), follows), axis=1).ravel()
    token = np.repeat(np.arange(len(text)), 2)[real]
    return Block(index=_places(both[real]), text=text[token], token=token), both[real]


def _cues(codes: Codes, starts: Ints, ends: Ints, text: Ints, negated: Bools, texts: int) -> tuple[Floats, Block]:
    """Per text, a half for each cue that is in it, and for each that is negated there: beside hashed features of
    length one that is weight enough."""
    bits = np.zeros(len(starts), dtype=np.uint32)
    for length, (stems, cues) in _CUE_TABLE.items():
        whole = length == 0
        long = np.arange(len(starts)) if whole else np.flatnonzero(ends - starts >= length)
        spelled = spell(codes, starts[long], ends[long] if whole else starts[long] + length)
        place = np.minimum(np.searchsorted(stems, spelled), len(stems) - 1)
        bits[long] |= np.where(stems[place] == spelled, cues[place], 0).astype(np.uint32)
    token, cue = np.nonzero((bits[:, None] >> np.arange(len(CUES), dtype=np.uint32)) & np.uint32(1))
    cue = cue + len(CUES) * negated[token]
    seen = np.zeros((texts, 2 * len(CUES)), dtype=np.float32)
    seen[text[token], cue] = 0.5
    return seen, Block(index=cue + FLAGS.index(next(iter(CUES))), text=text[token], token=token)


def _style(tokens: Sequence[str], text: Ints, texts: int, first: Codes, long: Ints) -> Floats:
    """Per text: questions, words in capitals, stretched words, exclamations (each up to three), and length."""
    shouted = np.fromiter((len(token) > 2 and token.isupper() for token in tokens), dtype=bool, count=len(tokens))
    places: tuple[Ints | Bools, ...] = (first == _QUESTION, shouted, long, first == _EXCLAMATION)
    counts = [np.minimum(np.bincount(text[where], minlength=texts), 3) / 3 for where in places]
    length = np.log1p(np.bincount(text, minlength=texts)) / 5
    return np.stack([*counts, length], axis=1).astype(np.float32)


def extract(texts: Sequence[str]) -> Page:
    """The features of `texts`, whatever is in them."""
    tokens, counts = tokenise(texts)
    text = np.repeat(np.arange(len(texts)), counts)
    if not tokens:
        nothing = Block(index=text, text=text, token=text)
        flags = np.zeros((len(texts), len(FLAGS)), dtype=np.float32)
        return Page(
            texts=len(texts),
            tokens=[],
            token_text=text,
            characters=nothing,
            words=nothing,
            cues=nothing,
            flags=flags,
            hashes=text.astype(np.uint64),
        )
    codes, stretched = fold(tokens)
    starts, ends = bounds(codes)
    owner = np.minimum(np.cumsum(codes == SPACE) - 1, len(tokens) - 1)
    handle = (codes[starts] == ord("@")) & (ends - starts > 1)
    spelled = spell(codes, starts, ends)
    hashes = np.where(handle, np.where(spelled == _MARK, _WATCHED, _SOMEONE), spelled)
    pieces, piece_token = _pieces(codes, owner, handle[owner])
    follows = np.concatenate(([False], text[1:] == text[:-1]))
    negated = _negated(hashes, follows)
    words, word_hashes = _words(hashes, text, follows, negated)
    style = _style(tokens, text, len(texts), codes[starts], np.unique(owner[stretched]))
    seen, cues = _cues(codes, starts, ends, text, negated, len(texts))
    return Page(
        texts=len(texts),
        tokens=tokens,
        token_text=text,
        characters=Block(index=pieces, text=text[piece_token], token=piece_token),
        words=words,
        flags=np.hstack([style, seen]),
        cues=cues,
        hashes=word_hashes,
    )


def own(page: Page, languages: Ints) -> Block:
    """The words of a page once more, each as a word of its text's own language, so that "burro" may weigh one thing
    in Spanish and another in Italian. `languages` are places in LANGUAGES; texts with -1 get none."""
    language = languages[page.words.text]
    known = language >= 0
    return Block(
        index=_places(page.hashes[known] * np.uint64(_PRIME) ^ _OWN[language[known]]),
        text=page.words.text[known],
        token=page.words.token[known],
    )
