"""What the house may rely on, whichever store keeps it: all that one page changes."""

import pytest

from monitor.errors import LeaseLost
from monitor.store.sqlite import SqliteStore as Store
from monitor.views import Search
from tests.builders import NOW, alert, mention, post

from .journey import HOUR, MINUTE, claimed, commit, raised, succeed

SOON = NOW + MINUTE


def test_a_page_without_a_mark_leaves_the_source_where_it_stands(store: Store) -> None:
    commit(store, mark="page 2")
    commit(store, mark="")
    assert claimed(store).mark == "page 2"


def test_a_commit_moves_the_mark(store: Store) -> None:
    claim = claimed(store)
    commit(store, claim=claim, mark="page 2")
    assert claimed(store).mark == "page 2"


def test_a_commit_under_an_older_claim_is_refused(store: Store) -> None:
    older = claimed(store)
    claimed(store)
    with pytest.raises(LeaseLost, match="social"):
        commit(store, mention(), claim=older, mark="back")
    assert store.known({mention().id}) == set()
    assert claimed(store).mark == ""


def test_a_settlement_under_an_older_claim_is_refused(store: Store) -> None:
    older = claimed(store)
    claimed(store)
    with pytest.raises(LeaseLost):
        succeed(store, older)


def test_a_commit_that_breaks_changes_nothing(store: Store) -> None:
    claim = claimed(store)
    broken = alert(id="1", reasons=(object(),))
    with pytest.raises(TypeError):
        commit(store, broken.mention, claim=claim, alerts=(broken,), mark="page 2")
    assert store.known({broken.mention.id}) == set()
    assert store.standings(NOW).mentions == 0
    assert claimed(store).mark == ""


def test_stored_mentions_are_known(store: Store) -> None:
    commit(store, mention(id="1"))
    assert store.known({"mastodon:1:Acme", "mastodon:2:Acme"}) == {"mastodon:1:Acme"}


def test_a_mention_is_stored_once(store: Store) -> None:
    assert commit(store, mention("first", id="1")).mentions == 1
    assert commit(store, mention("second", id="1")).mentions == 0
    assert [record.mention.post.text for record in store.mentions(Search())] == ["first"]


def test_one_post_can_be_a_mention_of_two_brands(store: Store) -> None:
    assert commit(store, mention(id="1", brand="Acme"), mention(id="1", brand="Luna")).mentions == 2


def test_the_same_mention_twice_in_a_page_is_stored_once(store: Store) -> None:
    assert commit(store, mention(id="1"), mention(id="1")).mentions == 1
    assert store.standings(NOW).mentions == 1


def test_a_receipt_tells_what_was_new(store: Store) -> None:
    receipt = raised(store, mention(id="1"), mention(id="2"), notifiers=["chat", "mail"])
    assert (receipt.mentions, receipt.alerts, receipt.deliveries) == (2, 2, 4)


def test_what_a_source_brought_is_summed(store: Store) -> None:
    commit(store, mention(id="1", published_at=NOW - HOUR), found=20)
    commit(store, mention(id="2", published_at=NOW - 2 * HOUR), found=30)
    commit(store, found=5)
    (standing,) = store.standings(NOW).sources
    assert (standing.found, standing.mentions, standing.newest_at) == (55, 2, NOW - HOUR)


def test_copies_of_a_story_raise_one_alert(store: Store) -> None:
    receipt = raised(store, mention(id="1", story="same"), mention(id="2", story="same"))
    assert receipt.alerts == 1
    assert raised(store, mention(id="3", story="same")).alerts == 0


@pytest.mark.parametrize(
    ("is_closed", "days", "alerts"), [(True, 8, 1), (True, 6, 0), (False, 8, 0)], ids=["over", "fresh", "open"]
)
def test_a_story_told_again_long_after_it_was_dealt_with_is_news(
    store: Store, is_closed: bool, days: int, alerts: int
) -> None:
    raised(store, mention(id="1", story="same"))
    if is_closed:
        store.close(1, "ana", NOW)
    again = mention(id="2", story="same")
    receipt = commit(store, again, alerts=(alert(again, raised_at=NOW + 24 * days * HOUR),))
    assert receipt.alerts == alerts


def test_copies_of_a_story_are_counted_on_each_of_them(store: Store) -> None:
    raised(store, mention(id="1", story="same"), mention(id="2", story="same"))
    commit(store, mention(id="3", story="same"), mention(id="4", story="other"))
    assert store.tickets(["open"], NOW)[0].record.copies == 3
    assert sorted(record.copies for record in store.mentions(Search())) == [1, 3, 3, 3]


def test_two_brands_of_one_story_raise_an_alert_each(store: Store) -> None:
    receipt = raised(store, mention(id="1", story="same", brand="Acme"), mention(id="1", story="same", brand="Luna"))
    assert receipt.alerts == 2


def test_an_alert_for_a_stored_mention_is_not_doubled(store: Store) -> None:
    raised(store, mention(id="1"), notifiers=["chat"])
    receipt = raised(store, mention(id="1"), notifiers=["chat"])
    assert (receipt.alerts, receipt.deliveries) == (0, 0)


def test_new_counts_of_a_known_post_are_logged(store: Store) -> None:
    commit(store, mention(id="1", likes=1, followers=10))
    commit(store, seen_again=(post(id="1", likes=5, followers=10),), at=SOON)
    assert [(reading.at, reading.likes, reading.followers) for reading in store.dossier(1).readings] == [
        (NOW, 1, 10),
        (SOON, 5, 10),
    ]
    assert store.dossier(1).record.mention.post.engagement.likes == 5


def test_unchanged_counts_are_not_logged_again(store: Store) -> None:
    commit(store, mention(id="1", likes=1))
    commit(store, seen_again=(post(id="1", likes=1),), at=SOON)
    assert len(store.dossier(1).readings) == 1


def test_a_count_that_is_no_longer_told_stays(store: Store) -> None:
    commit(store, mention(id="1", likes=7))
    commit(store, seen_again=(post(id="1", likes=None),), at=SOON)
    assert store.dossier(1).record.mention.post.engagement.likes == 7


def test_nothing_is_logged_of_a_post_without_counts(store: Store) -> None:
    commit(store, mention(id="1"))
    assert store.dossier(1).readings == ()


def test_counts_reach_every_brand_of_the_post(store: Store) -> None:
    commit(store, mention(id="1", brand="Acme", likes=1), mention(id="1", brand="Luna", likes=1))
    commit(store, seen_again=(post(id="1", likes=5),), at=SOON)
    assert [record.mention.post.engagement.likes for record in store.mentions(Search())] == [5, 5]


def test_a_post_whose_id_begins_alike_is_left_alone(store: Store) -> None:
    commit(store, mention("one", id="1"), mention("other", id="1:2"), mention("another", id="12"))
    commit(store, deleted=(("mastodon", "1"),))
    assert sorted(record.mention.post.text for record in store.mentions(Search())) == ["", "another", "other"]


def test_an_edit_is_followed(store: Store) -> None:
    commit(store, mention("Acme is dwon", id="1"))
    commit(store, seen_again=(post("Acme is down", id="1", edited_at=SOON),), at=SOON)
    edited = store.dossier(1).record.mention.post
    assert (edited.text, edited.edited_at) == ("Acme is down", SOON)


def test_an_edit_is_found_by_its_new_words_only(store: Store) -> None:
    commit(store, mention("Acme is dwon", id="1"))
    commit(store, seen_again=(post("Acme is down", id="1", edited_at=SOON),), at=SOON)
    assert [len(list(store.mentions(Search(text=word)))) for word in ("dwon", "down")] == [0, 1]


def test_an_older_edit_is_not_followed(store: Store) -> None:
    commit(store, mention("new", id="1", edited_at=SOON))
    commit(store, seen_again=(post("old", id="1", edited_at=NOW),), at=SOON)
    assert store.dossier(1).record.mention.post.text == "new"


def test_a_deleted_post_loses_text_and_author(store: Store) -> None:
    commit(store, mention("Acme is down", id="1", author="ana", title="Help"))
    commit(store, deleted=(("mastodon", "1"),), at=SOON)
    record = store.dossier(1).record
    assert (record.mention.post.text, record.mention.post.title, record.mention.post.author) == ("", None, None)
    assert record.deleted_at == SOON


def test_a_deleted_post_is_not_found_by_its_words(store: Store) -> None:
    commit(store, mention("Acme is down", id="1"))
    commit(store, deleted=(("mastodon", "1"),))
    assert list(store.mentions(Search(text="down"))) == []


def test_a_deleted_post_still_counts(store: Store) -> None:
    commit(store, mention(id="1"))
    commit(store, deleted=(("mastodon", "1"),))
    assert store.standings(NOW).mentions == 1
    assert store.known({"mastodon:1:Acme"})


def test_a_deleted_post_does_not_come_back(store: Store) -> None:
    commit(store, mention("Acme is down", id="1"))
    commit(store, deleted=(("mastodon", "1"),))
    commit(store, seen_again=(post("Acme is down", id="1"),))
    assert store.dossier(1).record.mention.post.text == ""


def test_the_alert_on_a_deleted_post_stays(store: Store) -> None:
    raised(store, mention(id="1"))
    commit(store, deleted=(("mastodon", "1"),), at=SOON)
    (ticket,) = store.tickets(["open"], NOW)
    assert ticket.record.deleted_at == SOON
