"""A house as commands find it: a configuration, and a database with a day's mentions in it."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from typer.testing import CliRunner, Result

from connectors.base import Connector, Cursor, Http, Page
from connectors.post import Author
from models.verdict import Reason
from monitor.cli import app
from monitor.store.sqlite import SqliteStore
from monitor.types import Actor, Alert, Batch, Level, Mention, Outcome, Priority, Sent, Source
from tests.builders import alert, mention, post, verdict

CONFIG = 'language = "{language}"\ntimezone = "Europe/Madrid"\ndatabase = "oido.db"\n'
HOSTILE = "\x1b[2J\x1b]0;owned\x07 [bold red]Acme[/bold red] \u202egnp.exe \x9b31m\x00 fin\ttab\nline"


class Silent(Connector):
    """A connector that is never polled."""

    name = "silent"

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        for page in ():
            yield page


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A folder with `config.toml` and `oido.db`, and the command line at work in it."""

    folder: Path
    now: datetime

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    @property
    def database(self) -> Path:
        return self.folder / "oido.db"

    def oido(self, *words: str, stdin: str = "", **environ: str) -> Result:
        """What the command prints, into a pipe."""
        return CliRunner().invoke(
            app, ["--config", str(self.config), *words], input=stdin, env=environ, prog_name="oido"
        )

    def store(self) -> SqliteStore:
        return SqliteStore.open(self.database)

    def hear(self, *mentions: Mention, alerts: Sequence[Alert] = (), notifiers: Sequence[str] = ()) -> None:
        """One page, committed as the pipeline does."""
        with self.store() as store:
            source = Source(name="social", connector=Silent(), every=timedelta(minutes=5))
            store.enlist([source], {"social": ""}, self.now)
            claim = store.claim(["social"], "me", self.now, timedelta(minutes=1), even_if_early=True)
            assert claim
            store.commit(
                Batch(claim=claim, mark="", at=self.now, mentions=mentions, alerts=tuple(alerts), found=len(mentions)),
                notifiers,
            )
            store.settle(claim, Outcome(next_at=self.now + timedelta(minutes=5)), self.now)

    def fail(
        self, error: str = "https://social.example/: 401", actor: Actor = Actor.PERSON, at: datetime | None = None
    ) -> None:
        """A poll of the one source that ended with `error`, now or `at` that time."""
        with self.store() as store:
            claim = store.claim(["social"], "me", self.now, timedelta(minutes=1), even_if_early=True)
            assert claim
            store.settle(claim, Outcome(next_at=None, error=error, actor=actor), at or self.now)

    def lose_delivery(self, error: str = "503") -> None:
        """An alert that its notifier refuses for good."""
        with self.store() as store:
            delivery = store.claim_delivery(["slack"], "me", self.now, timedelta(minutes=1))
            assert delivery
            store.settle_delivery(delivery, Sent(error=error), self.now)


def empty(folder: Path, language: str = "es") -> House:
    """A house in which nothing was heard yet."""
    house = House(folder=folder, now=datetime.now(UTC).replace(microsecond=0))
    house.config.write_text(CONFIG.format(language=language), encoding="utf-8")
    with house.store():
        pass
    return house


def stocked(folder: Path, language: str = "es") -> House:
    """Five mentions and three alerts: 1 overdue, 2 a question, 3 on its way; 4 is praise, 5 comes from a stranger."""
    house = empty(folder, language)
    now = house.now
    first = _heard(
        now,
        1,
        "El pedido de Acme llegó roto y nadie responde. Ni un correo.",
        author=Author(
            handle="maria@social.example", name="María Pérez", url="https://social.example/@maria", followers=12_345
        ),
        minutes=95,
        likes=12,
        shares=3,
        verdict=verdict(
            negative=0.92,
            neutral=0.05,
            positive=0.03,
            language="es",
            reasons=(
                Reason(word="roto", weight=1.42),
                Reason(word="nadie", weight=0.9),
                Reason(word="correo", weight=-0.2),
            ),
        ),
        priority=Priority(level=Level.P1, parts=(("negative", 46), ("intent", 20), ("reach", 15), ("engagement", 5))),
    )
    second = _heard(
        now,
        2,
        "¿Hacéis envíos a Canarias? Acme no lo dice en ningún sitio",
        author=Author(handle="u/isla"),
        network="reddit",
        minutes=40,
        verdict=verdict("neutral", intent="question", language="es"),
    )
    third = _heard(
        now,
        3,
        "退款 refund pending since Monday, Acme support ghosted me 😡👨‍👩‍👧‍👦 どうして",
        author=Author(handle="kenji", followers=987_654),
        minutes=12,
        brand="Acme Pro",
    )
    fourth = _heard(
        now, 4, "Love my new Acme kettle!", minutes=300, verdict=verdict("positive", intent="praise"), views=10
    )
    fifth = _heard(now, 5, HOSTILE, author=Author(handle="\x1b[31mevil", name="\u202ereversed"), minutes=200)
    minute = timedelta(minutes=1)
    alerts = (
        alert(first, raised_at=now - 90 * minute, due_at=now - 20.5 * minute),
        alert(second, raised_at=now - 39 * minute, due_at=now + 201 * minute, reasons=("question",)),
        alert(third, raised_at=now - 11 * minute, due_at=now + 49.5 * minute, reasons=("negative", "reach")),
    )
    house.hear(first, second, third, fourth, fifth, alerts=alerts, notifiers=("slack",))
    return house


def _heard(now: datetime, number: int, text: str, *, minutes: int, **fields: object) -> Mention:
    own = {name: fields.pop(name) for name in ("verdict", "priority", "brand") if name in fields}
    published = now - timedelta(minutes=minutes)
    url = f"https://social.example/{number}"
    return mention(post(text, id=str(number), url=url, published_at=published, **fields), seen_at=now, **own)
