"""What labels on relevance teach at once, with a judge that knows the answer to each text."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from models.profile import Profile
from models.relevance import Glimpse, Lessons, Relevance
from monitor.store.sqlite import SqliteStore
from monitor.teach import NEWEST, glimpse, known, learned, teach
from monitor.types import Mention
from monitor.views import Search
from tests.builders import NOW, brand, mention, post, verdict
from tests.monitor.store.journey import commit

ACME, LUNA = brand("Acme", handles=("@acme",), site="https://acme.example"), brand("Luna")
VECTOR = bytes(384)


@dataclass(slots=True)
class Knowing:
    """A judge of relevance that is told what each text gets, and remembers by what it was asked to judge."""

    scores: Mapping[str, float]
    asked: list[tuple[list[Glimpse], Profile | None, Lessons | None]] = field(default_factory=list)

    def judge(
        self, glimpses: Sequence[Glimpse], profile: Profile | None, lessons: Lessons | None = None
    ) -> list[float]:
        self.asked.append((list(glimpses), profile, lessons))
        return [self.scores.get(each.text, 0.9) for each in glimpses]

    def learn(self, profile: Profile, examples: Sequence[tuple[Glimpse, bool]]) -> Lessons:
        return Relevance.load().learn(profile, examples)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with SqliteStore.open(tmp_path / "oido.db") as opened:
        yield opened


def heard(text: str, id: str, **fields: object) -> Mention:
    return mention(**({"text": text, "id": id, "relevance": 0.5} | fields))


def shown(store: SqliteStore) -> list[str]:
    return sorted(record.mention.post.text for record in store.mentions(Search()))


def test_mentions_below_the_threshold_are_hidden_and_the_others_shown(store: SqliteStore) -> None:
    commit(store, heard("coyote", "1"), heard("refund", "2"), heard("parcel", "3", hidden=True))
    assert teach(store, [ACME], Knowing({"coyote": 0.1, "parcel": 0.3}), 0.3) == 2
    assert shown(store) == ["parcel", "refund"]


def test_a_persons_word_is_not_judged_again(store: SqliteStore) -> None:
    commit(store, heard("coyote", "1"))
    store.label([1], "ana", NOW, relevant=True)
    judge = Knowing({"coyote": 0.0})
    assert (teach(store, [ACME], judge, 0.3), shown(store)) == (0, ["coyote"])
    ((glimpses, _, lessons),) = judge.asked
    assert (glimpses, lessons is None) == ([], False)


def test_only_the_brands_named_are_judged_again(store: SqliteStore) -> None:
    commit(store, heard("coyote", "1"), heard("coyote", "2", brand="Luna"))
    assert teach(store, [ACME, LUNA], Knowing({"coyote": 0.0}), 0.3, only={"Luna"}) == 1


def test_without_labels_nothing_was_learned(store: SqliteStore) -> None:
    commit(store, heard("coyote", "1"))
    store.label([1], "ana", NOW, sentiment="positive")
    assert learned(store, ACME, known(store, ACME, [ACME]), Knowing({})) is None


def test_nothing_is_learned_from_a_post_that_was_deleted(store: SqliteStore) -> None:
    commit(store, heard("coyote", "1"))
    store.label([1], "ana", NOW, relevant=False)
    commit(store, deleted=(("mastodon", "1"),))
    assert learned(store, ACME, known(store, ACME, [ACME]), Knowing({})) is None


def test_the_profile_that_was_kept_is_judged_by(store: SqliteStore) -> None:
    kept = Profile.build("Acme", names=ACME.names, handles=ACME.handles, host=ACME.site, texts=("anvils and rockets",))
    store.keep_profile("Acme", kept.to_json(), (), NOW)
    assert known(store, ACME, [ACME]) == kept


def test_a_kept_profile_goes_by_what_the_configuration_says_by_now(store: SqliteStore) -> None:
    store.keep_profile("Acme", Profile.build("Acme", texts=["anvils by Acme"]).to_json(), [], NOW)
    found = known(store, ACME, [ACME, LUNA])
    assert (found.handles, found.host, found.rivals) == (("acme",), "acme.example", ("Luna",))
    assert found.words["anvils"] == 1


@pytest.mark.parametrize("kept", [None, "{}", "no JSON"], ids=["none", "foreign", "damaged"])
def test_without_a_profile_the_configuration_tells_what_the_brand_is_called(
    store: SqliteStore, kept: str | None
) -> None:
    if kept:
        store.keep_profile("Acme", kept, (), NOW)
    found = known(store, ACME, [ACME, LUNA])
    assert (found.name, found.handles, found.host, found.rivals) == ("Acme", ("acme",), "acme.example", ("Luna",))


def test_the_judge_sees_what_is_known_of_a_post() -> None:
    seen = glimpse(post("Acme", title="Ayuda", links=("https://a.example",), language="pt"), "es", VECTOR)
    assert seen == Glimpse(
        text="Acme",
        title="Ayuda",
        url="https://social.example/1",
        links=("https://a.example",),
        handle="ana",
        author_name=None,
        language="es",
        embedding=VECTOR,
    )


def test_the_embedding_that_was_stored_is_judged_by(store: SqliteStore) -> None:
    commit(store, heard("coyote", "1", verdict=verdict(embedding=VECTOR)))
    judge = Knowing({})
    teach(store, [ACME], judge, 0.3)
    assert [each.embedding for glimpses, _, _ in judge.asked for each in glimpses] == [VECTOR]


def test_no_more_than_the_newest_are_judged_again(store: SqliteStore) -> None:
    commit(store, *(heard(f"word{number}", str(number)) for number in range(NEWEST + 1)))
    judge = Knowing({})
    teach(store, [ACME], judge, 0.3)
    ((glimpses, _, _),) = judge.asked
    assert len(glimpses) == NEWEST
