"""The words people read, in Spanish and in English: one table a language, and how each writes numbers and times."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Literal

Language = Literal["es", "en"]

_NETWORKS: Mapping[str, str] = {
    "appstore": "App Store",
    "bluesky": "Bluesky",
    "devto": "DEV",
    "facebook": "Facebook",
    "feed": "RSS",
    "github": "GitHub",
    "googlenews": "Google News",
    "googleplay": "Google Play",
    "hackernews": "Hacker News",
    "instagram": "Instagram",
    "lemmy": "Lemmy",
    "linkedin": "LinkedIn",
    "lobsters": "Lobsters",
    "mastodon": "Mastodon",
    "peertube": "PeerTube",
    "pinterest": "Pinterest",
    "reddit": "Reddit",
    "rss": "RSS",
    "stackexchange": "Stack Exchange",
    "stackoverflow": "Stack Overflow",
    "telegram": "Telegram",
    "tiktok": "TikTok",
    "trustpilot": "Trustpilot",
    "tumblr": "Tumblr",
    "twitter": "Twitter",
    "wordpress": "WordPress",
    "x": "X",
    "youtube": "YouTube",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A language as the house speaks it. The mappings go from the names used in code to words, in lower case.

    Months stand here, not in `strftime`, which follows the machine's locale.
    """

    language: Language
    sentiment: Mapping[str, str]
    intent: Mapping[str, str]
    state: Mapping[str, str]
    level: Mapping[str, str]
    reason: Mapping[str, str]
    part: Mapping[str, str]
    months: tuple[str, ...]
    ages: tuple[str, str, str, str]
    ago: str
    ahead: str
    now: str
    tomorrow: str
    date: str
    percent: str
    thousands: str
    quotes: tuple[str, str]
    followers: tuple[str, str]
    no_followers: str
    no_author: str
    no_link: str
    copies: str
    why: str
    priority: str
    points: str
    reach: str
    by_clock: str
    by_tomorrow: str
    by_day: str
    late: str
    hello: str
    hello_title: str

    def network(self, name: str) -> str:
        """A network's own name; one we have no name for keeps the one it has."""
        return _NETWORKS.get(name, name)

    def count(self, number: int) -> str:
        """12345 as 12.345 or 12,345."""
        return f"{number:,}".replace(",", self.thousands)

    def share(self, probability: float) -> str:
        """0.923 as 92 % or 92%."""
        return self.percent.format(round(100 * probability))

    def audience(self, followers: int | None) -> str:
        """12.345 seguidores; unknown is said to be unknown."""
        if followers is None:
            return self.no_followers
        return f"{self.count(followers)} {self.followers[followers != 1]}"

    def relative(self, moment: datetime, now: datetime) -> str:
        """hace 3 min, en 2 h: how far `moment` lies from `now`, in its largest unit."""
        distance = now - moment
        if abs(distance) < timedelta(minutes=1):
            return self.now
        return (self.ago if distance > timedelta(0) else self.ahead).format(self.span(abs(distance)))

    def span(self, duration: timedelta) -> str:
        """3 min, 2 h, 5 d: a duration in its largest unit, rounded down."""
        seconds = int(duration.total_seconds())
        for size, unit in zip((86_400, 3_600, 60), self.ages, strict=False):
            if seconds >= size:
                return f"{seconds // size} {unit}"
        return f"{seconds} {self.ages[-1]}"

    def moment(self, moment: datetime, now: datetime, zone: tzinfo) -> str:
        """14:05 for today in `zone`, otherwise with its day: mañana 14:05, 25 nov 14:05, 25 nov 2027 14:05."""
        there, today = moment.astimezone(zone), now.astimezone(zone)
        return f"{self._near(there, today)} {there:%H:%M}".strip()

    def deadline(self, due: datetime, now: datetime, zone: tzinfo) -> str:
        """Responder antes de las 14:05, or how long ago that was."""
        if due < now:
            return self.late.format(self.relative(due, now))
        there, today = due.astimezone(zone), now.astimezone(zone)
        day = self._near(there, today)
        pattern = {"": self.by_clock, self.tomorrow: self.by_tomorrow}.get(day, self.by_day)
        return pattern.format(day=day, clock=f"{there:%H:%M}")

    def _near(self, there: datetime, today: datetime) -> str:
        """Nothing for today, the word for tomorrow, otherwise the day; with its year when that is another."""
        days = (there.date() - today.date()).days
        if days == 0:
            return ""
        return self.tomorrow if days == 1 else self.day(there, year=there.year != today.year)

    def day(self, moment: datetime, *, year: bool = True) -> str:
        """25 nov 2026, in the moment's own zone."""
        text = self.date.format(day=moment.day, month=self.months[moment.month - 1])
        return f"{text} {moment.year}" if year else text


SPANISH = Words(
    language="es",
    sentiment={"negative": "negativa", "neutral": "neutra", "positive": "positiva"},
    intent={
        "complaint": "queja",
        "question": "pregunta",
        "praise": "elogio",
        "purchase": "interés de compra",
        "other": "otra",
    },
    state={"open": "abierta", "taken": "en curso", "replied": "respondida", "closed": "cerrada"},
    level={"P1": "urgente", "P2": "alta", "P3": "normal", "P4": "baja"},
    reason={"negative": "es negativa", "question": "es una pregunta", "reach": "llega a mucha gente"},
    part={"negative": "negatividad", "intent": "tipo", "reach": "alcance", "engagement": "interacciones"},
    months=("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
    ages=("d", "h", "min", "s"),
    ago="hace {}",
    ahead="en {}",
    now="ahora",
    tomorrow="mañana",
    date="{day} {month}",
    percent="{} %",
    thousands=".",
    quotes=("«", "»"),
    followers=("seguidor", "seguidores"),
    no_followers="seguidores: desconocido",
    no_author="autor desconocido",
    no_link="sin enlace",
    copies="{} copias de esta historia",
    why="Por qué: {}",
    priority="Prioridad: {}",
    points="{} puntos",
    reach="alcance {}",
    by_clock="Responder antes de las {clock}",
    by_tomorrow="Responder mañana antes de las {clock}",
    by_day="Responder el {day} antes de las {clock}",
    late="El plazo para responder venció {}",
    hello="¡Oído! Las alertas llegarán aquí.",
    hello_title="Oído: hola",
)

ENGLISH = Words(
    language="en",
    sentiment={"negative": "negative", "neutral": "neutral", "positive": "positive"},
    intent={
        "complaint": "complaint",
        "question": "question",
        "praise": "praise",
        "purchase": "purchase interest",
        "other": "other",
    },
    state={"open": "open", "taken": "taken", "replied": "replied", "closed": "closed"},
    level={"P1": "urgent", "P2": "high", "P3": "normal", "P4": "low"},
    reason={"negative": "it is negative", "question": "it is a question", "reach": "it reaches many people"},
    part={"negative": "negativity", "intent": "kind", "reach": "reach", "engagement": "engagement"},
    months=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    ages=("d", "h", "min", "s"),
    ago="{} ago",
    ahead="in {}",
    now="now",
    tomorrow="tomorrow",
    date="{day} {month}",
    percent="{}%",
    thousands=",",
    quotes=("“", "”"),
    followers=("follower", "followers"),
    no_followers="followers: unknown",
    no_author="author unknown",
    no_link="no link",
    copies="{} copies of this story",
    why="Why: {}",
    priority="Priority: {}",
    points="{} points",
    reach="reach {}",
    by_clock="Answer by {clock}",
    by_tomorrow="Answer tomorrow by {clock}",
    by_day="Answer on {day} by {clock}",
    late="The time to answer ran out {}",
    hello="Oído is listening. Alerts will arrive here.",
    hello_title="Oído: hello",
)

_LANGUAGES: Mapping[str, Words] = {"es": SPANISH, "en": ENGLISH}


def words(language: str) -> Words:
    """The words of `language`; English for one that the house does not speak."""
    return _LANGUAGES.get(language, ENGLISH)
