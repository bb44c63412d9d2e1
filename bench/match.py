"""How many posts a CPU second can be searched for the brands they name, beside one alternation of `re`.

    python -m bench.match [--posts 20000] [--terms 10 100 1000 10000]

Posts and terms are made up: Spanish-looking words, most drawn rarely, one post in 25 naming a brand. A third of the
posts is plain ASCII, a third has accents, a third accents and an emoji. The peer is what one would write first,
`\\b(?:…)\\b` over the lower-cased text; it knows no accents, operators or handles. CPU time, best of five.
"""

import argparse
import random
import re
import time
from collections.abc import Callable, Sequence

from connectors.post import Post
from monitor.match import Matcher
from monitor.query import parse
from monitor.types import Brand

PLAIN = [first + second for first in "bcdfglmnprstv" for second in ("a", "e", "i", "o", "u", "er", "an")]
ACCENTED = [first + second for first in "bcdfglmnprstv" for second in ("á", "é", "í", "ó", "ñu")]
NAMING = 1 / 25
PER_BRAND = 10
RUNS = 5
SLOW_PEER = 2_000


def word(rng: random.Random, syllables: Sequence[str], longest: int = 4) -> str:
    return "".join(rng.choices(syllables, k=rng.randint(1, longest)))


def posts(rng: random.Random, count: int, names: Sequence[str]) -> list[Post]:
    plain = [word(rng, PLAIN) for _ in range(20_000)]
    accented = [word(rng, ACCENTED) for _ in range(2_000)]
    weights = [1 / rank for rank in range(1, len(plain) + 1)]
    return [
        Post(network="bench", id=str(number), url=None, text=_text(rng, number, plain, accented, weights, names))
        for number in range(count)
    ]


def _text(
    rng: random.Random,
    number: int,
    plain: Sequence[str],
    accented: Sequence[str],
    weights: Sequence[float],
    names: Sequence[str],
) -> str:
    words = rng.choices(plain, weights, k=rng.randint(5, 35))
    if number % 3:
        words.insert(rng.randrange(len(words)), rng.choice(accented))
        words.insert(rng.randrange(len(words)), rng.choice(accented))
    if rng.random() < NAMING:
        words.insert(rng.randrange(len(words)), rng.choice(names).capitalize())
    return " ".join(words).capitalize() + (" 😡" if number % 3 == 2 else ".")


def brands(names: Sequence[str]) -> list[Brand]:
    """Ten names a brand, as one list of alternatives."""
    groups = [names[start : start + PER_BRAND] for start in range(0, len(names), PER_BRAND)]
    return [Brand(name=group[0], query=parse(" OR ".join(f'"{name}"' for name in group))) for group in groups]


def rate(search: Callable[[], object], count: int) -> float:
    """Posts per CPU second."""
    spent = []
    for _ in range(RUNS):
        start = time.process_time()
        search()
        spent.append(time.process_time() - start)
    return count / min(spent)


def compare(count: int, terms: int) -> str:
    rng = random.Random(terms)
    names = [f"{word(rng, PLAIN, 3)}{word(rng, PLAIN, 2)}x{number}" for number in range(terms)]
    page = posts(rng, count, names)
    matcher = Matcher(brands(names))
    peer = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")
    few = page[:SLOW_PEER]
    ours = rate(lambda: matcher.match(page), count)
    theirs = rate(lambda: [peer.findall(post.text.lower()) for post in few], len(few))
    named = sum(map(bool, matcher.match(page))) / count
    return f"{terms:>6}  {ours:>10,.0f}  {theirs:>12,.0f}  {ours / theirs:>6.1f}  {named:>6.1%}"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--posts", type=int, default=20_000)
    options.add_argument("--terms", type=int, nargs="+", default=[10, 100, 1_000, 10_000])
    chosen = options.parse_args()
    print(" terms   Matcher/s  re.findall/s   ratio   named")
    for terms in chosen.terms:
        print(compare(chosen.posts, terms))


if __name__ == "__main__":
    main()
