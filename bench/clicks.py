"""What clicks gain or lose: accounts are played from labelled text, and judged on the half that was not clicked.

    python -m bench.clicks --data DIR [--tier screen] [--clicks 25 100 400] [--rounds 3] [--places] [--each]

DIR holds sentiment/labelled.tsv.gz and relevance/mentions.tsv.gz. An account is a source of brand tweets or reviews, or
a brand's mentions with their polarity for its reputation, which no shipped model was trained on. One half of it is
what the account sees: there somebody clicks, and the rest is unclicked. The other half tells what came of it.

How people click: *any* mention, *mostly* those that are judged wrong (eight times as often), *only* those; and what
must be switched off: *random* labels and *flipped* ones, negative for positive.

Printed is the mean over accounts, and the worst of them: log-loss (nats less), AUC and F1 of negatives at the alert
threshold, macro-F1, and the mentions spared (shown in vain, or three for each complaint missed) of a hundred. The
screen was trained on the sources, so that they are easier for it than life: brands in capitals are the fair test.
With --places, texts get a stand-in for the careful tier's embedding: a random projection of their words.
"""

import argparse
import csv
import gzip
import time
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models import judge, scores
from models.clicks import Click, Taste, adapt
from models.labelled import SENTIMENTS, read
from models.proof import cost
from models.study import odds
from models.tokens import tokenise
from models.verdict import Tier, Verdict

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]

SOURCES = ("airline", "apple_dfe", "brands_products", "multibooked_ca", "opener_es", "sanders", "trustpilot_es")
POLARITIES = {"NEGATIVE": 0, "NEUTRAL": 1, "POSITIVE": 2}
MOST, LEAST, LEAST_NEGATIVE = 3_000, 300, 60
WAYS = ("any", "mostly", "only", "random", "flipped")
MEASURES = ("loss", "AUC", "F1", "macro", "spared")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Judged texts, and what people say of them."""

    name: str
    verdicts: list[Verdict]
    said: Places


def texts(data: Path) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """Accounts by name: texts with the place of their label in SENTIMENTS."""
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for row in read(data / "sentiment" / "labelled.tsv.gz"):
        if row.source in SOURCES:
            found[row.source].append((row.text, SENTIMENTS.index(row.sentiment)))
    with gzip.open(data / "relevance" / "mentions.tsv.gz", "rt", encoding="utf-8", newline="\n") as file:
        for mention in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if mention["polarity"] in POLARITIES:
                found[mention["brand"].upper()].append((mention["text"], POLARITIES[mention["polarity"]]))
    for name, rows in found.items():
        if len(rows) >= LEAST and sum(said == 0 for _, said in rows) >= LEAST_NEGATIVE:
            order = np.random.default_rng(0).permutation(len(rows))[:MOST]
            yield name, [rows[at] for at in order]


def place(text: str) -> bytes:
    """A random projection of the words, 384 signed bytes."""
    seeds = (zlib.crc32(word.lower().encode()) for word in tokenise([text])[0])
    total = sum((np.random.default_rng(seed).standard_normal(384) for seed in seeds), np.zeros(384))
    length = float(np.linalg.norm(total)) or 1.0
    return (total / length * 127).round().astype(np.int8).tobytes()


def clicked(account: Account, seen: Places, count: int, way: str, rng: np.random.Generator) -> Places:
    wrong = odds(account.verdicts).argmax(axis=1)[seen] != account.said[seen]
    likely = np.where(wrong, 8.0, 1.0) if way == "mostly" else np.where(wrong, 1.0, float(way != "only"))
    return rng.choice(seen, min(count, len(seen) // 2, int((likely > 0).sum())), replace=False, p=likely / likely.sum())


def play(account: Account, count: int, way: str, seed: int) -> tuple[Taste, Numbers, float]:
    """What was learned, what that gains on the other half in each measure, and the seconds it took to learn."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(account.said))
    seen, unseen = order[: len(order) // 2], order[len(order) // 2 :]
    chosen = clicked(account, seen, count, way, rng)
    labels = {"random": rng.integers(0, 3, len(chosen)), "flipped": 2 - account.said[chosen]}
    said = labels.get(way, account.said[chosen])
    clicks = [click(account.verdicts[at], int(one)) for at, one in zip(chosen, said, strict=True)]
    unclicked = [account.verdicts[at] for at in np.setdiff1d(seen, chosen)]
    start = time.perf_counter()
    taste = adapt(clicks, unclicked)
    spent = time.perf_counter() - start
    before = [account.verdicts[at] for at in unseen]
    truth = account.said[unseen]
    return taste, measure(odds(taste.apply(before)), truth) - measure(odds(before), truth), spent


def click(verdict: Verdict, said: int) -> Click:
    return Click(
        negative=verdict.negative,
        neutral=verdict.neutral,
        positive=verdict.positive,
        sentiment=SENTIMENTS[said],
        language=verdict.language,
        embedding=verdict.embedding,
    )


def measure(told: Numbers, truth: Places) -> Numbers:
    """Each measure, more is better."""
    negative = truth == 0
    likelihood = np.log(told[np.arange(len(truth)), truth]).mean()
    auc = scores.auc(negative, told[:, 0]) or 0.0
    f1 = scores.f1(negative, told[:, 0] >= judge.ALERT_THRESHOLD) or 0.0
    macro = scores.macro_f1(truth, told.argmax(axis=1))
    return np.array([likelihood, auc, f1, macro, -cost(told, np.eye(3)[truth]).mean()])


def judged(data: Path, tier: Tier, *, places: bool) -> list[Account]:
    accounts = []
    shipped = judge.load(tier)
    for name, rows in texts(data):
        verdicts = shipped.judge([text for text, _ in rows])
        if places:
            pairs = zip(verdicts, rows, strict=True)
            verdicts = [replace(verdict, embedding=place(text)) for verdict, (text, _) in pairs]
        accounts.append(Account(name=name, verdicts=verdicts, said=np.array([said for _, said in rows])))
    return accounts


def table(accounts: Sequence[Account], counts: Sequence[int], rounds: int, say: Callable[[str], None]) -> None:
    heading = "".join(f"{name:>8}{'worst':>7}" for name in MEASURES)
    say(f"{'way':<9}{'clicks':>7}{'on':>6}{heading}{'ms':>6}")
    for way in WAYS:
        for count in counts:
            plays = [play(account, count, way, seed) for account in accounts for seed in range(rounds)]
            gains = 100 * np.array([gain for _, gain, _ in plays])
            cells = "".join(
                f"{mean:>8.1f}{worst:>7.1f}" for mean, worst in zip(gains.mean(0), gains.min(0), strict=True)
            )
            share = np.mean([taste.active for taste, _, _ in plays])
            say(f"{way:<9}{count:>7}{share:>6.0%}{cells}{1000 * max(spent for *_, spent in plays):>6.0f}")


def each(accounts: Sequence[Account], count: int, say: Callable[[str], None]) -> None:
    say(f"\n{'account':<18}{'texts':>6}{'neg':>5}{'on':>8}" + "".join(f"{name:>8}" for name in MEASURES))
    for account in accounts:
        taste, gain, _ = play(account, count, "mostly", 0)
        cells = "".join(f"{100 * value:>8.1f}" for value in gain)
        share = (account.said == 0).mean()
        say(f"{account.name:<18}{len(account.said):>6}{share:>5.0%}{taste.why:>8}{cells}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--tier", choices=("screen", "careful"), default="screen")
    options.add_argument("--clicks", type=int, nargs="+", default=[25, 100, 400])
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--places", action="store_true", help="a stand-in for embeddings")
    options.add_argument("--each", action="store_true", help="also every account, with the middle number of clicks")
    chosen = options.parse_args()
    accounts = judged(chosen.data, chosen.tier, places=chosen.places)
    table(accounts, chosen.clicks, chosen.rounds, print)
    if chosen.each:
        each(accounts, sorted(chosen.clicks)[len(chosen.clicks) // 2], print)


if __name__ == "__main__":
    main()
