"""How good a judge is at sentiment, intent and topics, on labelled text: `oido model eval PATH`."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field

import numpy as np

from . import scores as measures
from .judge import ALERT_THRESHOLD, Judges
from .labelled import INTENTS, SENTIMENTS, TOPICS, Row
from .scores import Bools, Ints, Numbers
from .verdict import Verdict

PAGE = 200
NEGATIVE = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Quality on some texts, shares from 0 to 1. What cannot be measured there is `None`.

    Precision and recall of negatives are those of the sentiment chosen, and at the threshold of alerts; `auc_negative`,
    `ap_negative` and the recalls at a precision are those of P(negative) as a ranking; `ece` is the expected
    calibration error of the chosen sentiment's probability, in ten bins.
    """

    texts: int
    accuracy: float
    macro_f1: float
    precision_negative: float | None
    recall_negative: float | None
    precision_alert: float | None
    recall_alert: float | None
    auc_negative: float | None
    ap_negative: float | None
    recall_at_precision_80: float | None
    recall_at_precision_90: float | None
    ece: float
    intent_accuracy: float | None
    intent_macro_f1: float | None
    topics_micro_f1: float | None
    topics_macro_f1: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How one kind of hard text fares. `found` is the share of its negatives at the threshold of alerts,
    `found_at_precision_80` at the threshold that is right four times of five over all kinds together; `flagged` is
    the share of the others that would be alerts as well."""

    texts: int
    accuracy: float
    negatives: int
    found: float | None
    found_at_precision_80: float | None
    flagged: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Scores on everything and by language (those of the labels, not those that the judge told) and kind."""

    model: str
    average_macro_f1: float
    """The mean over languages, each counting alike, as the multilingual tweet benchmark has it."""
    overall: Scores
    languages: dict[str, Scores] = field(default_factory=dict)
    kinds: dict[str, Kind] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """Labels and verdicts as arrays over texts: places in SENTIMENTS and INTENTS (-1: not labelled), probabilities
    (× SENTIMENTS), and which topics (× TOPICS)."""

    truth: Ints
    chosen: Ints
    odds: Numbers
    intents: Ints
    told_intents: Ints
    has_topics: Bools
    topics: Bools
    told_topics: Bools


def judged(judge: Judges, rows: Sequence[Row], seen: Callable[[int], None] = lambda _: None) -> Iterator[Verdict]:
    """A verdict per row, by the page; `seen` hears how many rows are done. The judge is told the brand, where the row
    has one, but not the language."""
    named = any(row.brand for row in rows)
    for start in range(0, len(rows), PAGE):
        page = rows[start : start + PAGE]
        names = [[row.brand] if row.brand else [] for row in page] if named else None
        yield from judge.judge([row.text for row in page], names=names)
        seen(start + len(page))


def evaluate(judge: Judges, rows: Sequence[Row], seen: Callable[[int], None] = lambda _: None) -> Report:
    """Judge the rows and compare; `seen` hears how many are done."""
    if not rows:
        raise ValueError("no rows to evaluate on")
    verdicts = list(judged(judge, rows, seen))
    everything = _arrays(rows, verdicts)
    spoken = np.array([row.language or "?" for row in rows])
    languages = {str(one): _score(_only(everything, spoken == one)) for one in np.unique(spoken)}
    return Report(
        model=verdicts[0].model,
        average_macro_f1=float(np.mean([scores.macro_f1 for scores in languages.values()])),
        overall=_score(everything),
        languages=languages,
        kinds=_kinds(everything, np.array([row.kind for row in rows])),
    )


def _arrays(rows: Sequence[Row], verdicts: Sequence[Verdict]) -> _Judged:
    return _Judged(
        truth=np.array([SENTIMENTS.index(row.sentiment) for row in rows]),
        chosen=np.array([SENTIMENTS.index(verdict.sentiment) for verdict in verdicts]),
        odds=np.array([(verdict.negative, verdict.neutral, verdict.positive) for verdict in verdicts]),
        intents=np.array([INTENTS.index(row.intent) if row.intent else -1 for row in rows]),
        told_intents=np.array([INTENTS.index(verdict.intent) for verdict in verdicts]),
        # A judge that names no topic of anything tells none: that is no failure to find them.
        has_topics=np.array([row.topics is not None for row in rows]) & any(verdict.topics for verdict in verdicts),
        topics=np.array([[topic in (row.topics or ()) for topic in TOPICS] for row in rows]),
        told_topics=np.array([[topic in verdict.topics for topic in TOPICS] for verdict in verdicts]),
    )


def _only(all_: _Judged, these: Bools) -> _Judged:
    return _Judged(**{name: getattr(all_, name)[these] for name in _Judged.__slots__})


def _score(some: _Judged) -> Scores:
    negative, ranked = some.truth == NEGATIVE, some.odds[:, NEGATIVE]
    said, alarmed = some.chosen == NEGATIVE, ranked >= ALERT_THRESHOLD
    asked = some.intents >= 0
    intents, told = some.intents[asked], some.told_intents[asked]
    topics, told_topics = some.topics[some.has_topics], some.told_topics[some.has_topics]
    return Scores(
        texts=len(some.truth),
        accuracy=measures.accuracy(some.truth, some.chosen),
        macro_f1=measures.macro_f1(some.truth, some.chosen),
        precision_negative=measures.precision(negative, said),
        recall_negative=measures.recall(negative, said),
        precision_alert=measures.precision(negative, alarmed),
        recall_alert=measures.recall(negative, alarmed),
        auc_negative=measures.auc(negative, ranked),
        ap_negative=measures.average_precision(negative, ranked),
        recall_at_precision_80=measures.recall_at(negative, ranked, 0.8),
        recall_at_precision_90=measures.recall_at(negative, ranked, 0.9),
        ece=measures.calibration_error(some.truth == some.chosen, some.odds[np.arange(len(some.chosen)), some.chosen]),
        intent_accuracy=measures.accuracy(intents, told) if asked.any() else None,
        intent_macro_f1=measures.macro_f1(intents, told) if asked.any() else None,
        topics_micro_f1=measures.f1(topics, told_topics),
        topics_macro_f1=measures.macro_f1_of_sets(topics, told_topics),
    )


def _kinds(everything: _Judged, kinds: np.ndarray[tuple[int], np.dtype[np.str_]]) -> dict[str, Kind]:
    ranked = everything.odds[:, NEGATIVE]
    strict = measures.threshold_at(everything.truth == NEGATIVE, ranked, 0.8)
    found = {}
    for kind in map(str, np.unique(kinds[kinds != ""])):
        some = _only(everything, kinds == kind)
        negative, ranked = some.truth == NEGATIVE, some.odds[:, NEGATIVE]
        found[kind] = Kind(
            texts=len(some.truth),
            accuracy=measures.accuracy(some.truth, some.chosen),
            negatives=int(negative.sum()),
            found=measures.recall(negative, ranked >= ALERT_THRESHOLD),
            found_at_precision_80=measures.recall(negative, ranked >= (2 if strict is None else strict)),
            flagged=measures.recall(~negative, ranked >= ALERT_THRESHOLD),
        )
    return found


def document(report: Report) -> dict[str, object]:
    """The report as JSON has it: the overall scores at the top, then one object per language and per kind."""
    return {
        "model": report.model,
        "average_macro_f1": report.average_macro_f1,
        "alert_threshold": ALERT_THRESHOLD,
        **asdict(report.overall),
        "languages": {language: asdict(scores) for language, scores in report.languages.items()},
        "kinds": {name: asdict(kind) for name, kind in report.kinds.items()},
    }


_COLUMNS = {
    "macro_f1": "F1",
    "accuracy": "acc",
    "precision_negative": "neg P",
    "recall_negative": "neg R",
    "auc_negative": "AUC",
    "ap_negative": "AP",
    "recall_at_precision_80": "R@P80",
    "recall_at_precision_90": "R@P90",
    "ece": "ECE",
    "intent_macro_f1": "int.",
    "topics_micro_f1": "top.",
}
_KIND_COLUMNS = {"accuracy": "acc", "found": "found", "found_at_precision_80": "at P80", "flagged": "wrongly"}


def table(report: Report) -> str:
    """The report as lines of text under 80 columns, in percentages."""
    overall = report.overall
    shown = [name for name in _COLUMNS if getattr(overall, name) is not None or name in ("auc_negative", "ap_negative")]
    lines = [f"{'':5}{'texts':>7}" + "".join(f"{_COLUMNS[name]:>6}" for name in shown)]
    for language, scores in [*report.languages.items(), ("all", overall)]:
        cells = "".join(f"{percent(getattr(scores, name)):>6}" for name in shown)
        lines.append(f"{language:5.5}{scores.texts:>7}{cells}")
    if report.kinds:
        lines += ["", *_kind_lines(report.kinds)]
    lines += [
        "",
        f"{report.model}: average macro-F1 {percent(report.average_macro_f1)}",
        f"alerts, from P(negative) {ALERT_THRESHOLD} on: precision {percent(overall.precision_alert)}, "
        f"recall {percent(overall.recall_alert)}",
    ]
    if overall.intent_accuracy is not None:
        lines.append(f"intent: accuracy {percent(overall.intent_accuracy)}")
    if overall.topics_macro_f1 is not None:
        lines.append(f"topics: macro-F1 {percent(overall.topics_macro_f1)}")
    return "\n".join(lines)


def _kind_lines(kinds: dict[str, Kind]) -> list[str]:
    lines = [f"{'kind':16}{'texts':>7}{'negative':>10}" + "".join(f"{head:>9}" for head in _KIND_COLUMNS.values())]
    for name, kind in kinds.items():
        cells = "".join(f"{percent(getattr(kind, column)):>9}" for column in _KIND_COLUMNS)
        lines.append(f"{name:16.16}{kind.texts:>7}{kind.negatives:>10}{cells}")
    return lines


def percent(share: float | None) -> str:
    """A share as a percentage, a dash for what could not be measured."""
    return "-" if share is None else f"{100 * share:.1f}"
