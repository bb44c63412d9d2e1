"""How well relevance tells the posts about a brand from those that only hold its name: `oido model eval TABLE`.

The task is RepLab 2013's filtering; its measure F(R,S) stands in `scores.py`.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from . import scores as measures
from . import tables
from .errors import Unreadable
from .evaluate import PAGE, percent
from .judge import Judges
from .labelled import Sighting
from .profile import Profile
from .relevance import RELEVANT, Glimpse, Relevance
from .scores import Bools, Numbers

LIKELY = 0.5
PAGES = ("home_page", "wikipedia_en", "wikipedia_es")


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """What a file of brands tells of one: its legal or longer name, its trade, its pages as text."""

    name: str
    category: str = ""
    site: str | None = None
    pages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Quality on the posts of one brand, shares from 0 to 1; `None` is what one class alone cannot tell.

    `accuracy` and `f_rs` are those of the likelier side. Hidden is what is below the shipped threshold: `shown` is the
    share of posts about the brand that are not, `removed` the share of the others that are.
    """

    texts: int
    relevant: float
    accuracy: float
    auc: float | None
    average_precision: float | None
    f_rs: float | None
    shown: float | None
    removed: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Scores by brand, and the mean over brands, each counting alike."""

    mean: Scores
    brands: dict[str, Scores]


def brands(path: Path) -> dict[str, Brand]:
    """Brands by name, from JSON lines (perhaps gzipped) with brand, name, category, site, home_page, wikipedia_en,
    wikipedia_es, of which only brand is needed. Raises `Unreadable` with the file and line."""
    found = {}
    for number, line in enumerate(tables.lines(path), start=1):
        if line.strip():
            name, brand = _brand(line, f"{path}:{number}")
            found[name] = brand
    return found


def _brand(line: str, where: str) -> tuple[str, Brand]:
    try:
        told: Any = json.loads(line)
        name = told["brand"]
    except (ValueError, RecursionError, TypeError, KeyError) as error:
        raise Unreadable(f"{where}: not an object with a brand: {error}") from error
    texts = {key: value for key, value in told.items() if isinstance(value, str)}
    return str(name), Brand(
        name=texts.get("name") or str(name),
        category=texts.get("category", ""),
        site=texts.get("site"),
        pages=tuple(texts[page] for page in PAGES if texts.get(page)),
    )


def evaluate(
    judge: Judges,
    seen: Sequence[Sighting],
    known: Mapping[str, Brand],
    done: Callable[[int], None] = lambda _: None,
    labels: int = 0,
) -> Report:
    """Score the posts; `known` may lack brands, which then go by their name alone. The judge is asked for embeddings;
    `done` hears how many posts are. Of each brand the first `labels` posts, at most half, teach and are not scored."""
    glimpses = list(_glimpses(judge, seen, done))
    relevance = Relevance.load()
    found = {}
    for name in sorted({one.brand for one in seen}):
        own = [(glimpse, one.relevant) for glimpse, one in zip(glimpses, seen, strict=True) if one.brand == name]
        given = min(labels, len(own) // 2)
        brand = profile(name, known, judge)
        lessons = relevance.learn(brand, own[:given]) if given else None
        odds = relevance.judge([glimpse for glimpse, _ in own[given:]], brand, lessons)
        found[name] = score(np.array([relevant for _, relevant in own[given:]]), np.array(odds))
    return Report(mean=_mean(list(found.values())), brands=found)


def profile(name: str, known: Mapping[str, Brand], judge: Judges) -> Profile:
    """What is known of the brand; its rivals are the others of its trade."""
    brand = known.get(name, Brand(name=name))
    rivals = [
        other for other, one in known.items() if other != name and one.category and one.category == brand.category
    ]

    def embed(texts: Sequence[str]) -> list[bytes]:
        return [verdict.embedding for verdict in judge.judge(texts)]

    return Profile.build(name, names=[brand.name], host=brand.site, rivals=rivals, texts=brand.pages, embed=embed)


def _glimpses(judge: Judges, seen: Sequence[Sighting], done: Callable[[int], None]) -> Iterator[Glimpse]:
    for start in range(0, len(seen), PAGE):
        page = seen[start : start + PAGE]
        verdicts = judge.judge([one.text for one in page], names=[[one.brand] for one in page])
        for one, verdict in zip(page, verdicts, strict=True):
            yield Glimpse(
                text=one.text,
                title=None,
                url=None,
                links=(),
                handle=one.handle,
                author_name=None,
                language=one.language or verdict.language,
                embedding=verdict.embedding,
            )
        done(start + len(page))


def score(truth: Bools, odds: Numbers) -> Scores:
    """Scores of P(about the brand) for the posts of one brand."""
    likely, visible = odds >= LIKELY, odds >= RELEVANT
    return Scores(
        texts=len(truth),
        relevant=float(truth.mean()),
        accuracy=float((likely == truth).mean()),
        auc=measures.auc(truth, odds),
        average_precision=measures.average_precision(truth, odds),
        f_rs=measures.reliability_and_sensitivity(truth, likely),
        shown=measures.recall(truth, visible),
        removed=measures.recall(~truth, ~visible),
    )


def _mean(brands: Sequence[Scores]) -> Scores:
    def mean(name: str) -> float | None:
        return measures.mean([getattr(brand, name) for brand in brands])

    return Scores(
        texts=sum(brand.texts for brand in brands),
        relevant=mean("relevant") or 0.0,
        accuracy=mean("accuracy") or 0.0,
        auc=mean("auc"),
        average_precision=mean("average_precision"),
        f_rs=mean("f_rs"),
        shown=mean("shown"),
        removed=mean("removed"),
    )


def document(report: Report) -> dict[str, object]:
    """The report as JSON has it: the mean at the top, then one object per brand."""
    return {
        "threshold": RELEVANT,
        **asdict(report.mean),
        "brands": {name: asdict(scores) for name, scores in report.brands.items()},
    }


_COLUMNS = {
    "relevant": "about",
    "accuracy": "acc",
    "auc": "AUC",
    "average_precision": "AP",
    "f_rs": "F(R,S)",
    "shown": "shown",
    "removed": "hidden",
}


def table(report: Report) -> str:
    """The report as lines of text under 80 columns, in percentages."""
    lines = [f"{'':20}{'texts':>7}" + "".join(f"{head:>7}" for head in _COLUMNS.values())]
    for name, scores in [*report.brands.items(), ("mean", report.mean)]:
        cells = "".join(f"{percent(getattr(scores, column)):>7}" for column in _COLUMNS)
        lines.append(f"{name:19.19} {scores.texts:>7}{cells}")
    shown, removed = percent(report.mean.shown), percent(report.mean.removed)
    lines += ["", f"below {RELEVANT} a post is hidden: {shown} % of those about the brand are shown,"]
    return "\n".join([*lines, f"{removed} % of the others are removed"])
