"""What the house has learned, at hand while it judges, and made anew when people said more."""

from collections.abc import Sequence

from models.verdict import Verdict

from .learning import Learned, is_stale, learn_all
from .store.base import Lessons
from .teach import Judge, glimpse
from .types import Brand, Named


class Mind:
    """Judges relevance. `recall` belongs on the store's thread, `relevances` on the model's."""

    def __init__(self, store: Lessons, brands: Sequence[Brand], relevance: Judge) -> None:
        self._store, self._brands, self._relevance = store, brands, relevance
        self._learned: Learned | None = None

    def recall(self) -> Learned:
        """What is known now: the same as before, unless people said more."""
        if self._learned is None or is_stale(self._learned, self._store):
            self._learned = learn_all(self._store, self._brands, self._relevance, self._learned)
        return self._learned

    def relevances(self, learned: Learned, named: Sequence[Named], verdicts: Sequence[Verdict]) -> list[float]:
        """For each post and brand, the probability that the one is about the other."""
        glimpses = [
            glimpse(post, verdict.language or post.language, verdict.embedding)
            for (post, _), verdict in zip(named, verdicts, strict=True)
        ]
        scores = [0.0] * len(named)
        for name, of in learned.brands.items():
            places = [place for place, (_, brand) in enumerate(named) if brand.name == name]
            told = self._relevance.judge([glimpses[place] for place in places], of.profile, of.lessons)
            for place, score in zip(places, told, strict=True):
                scores[place] = score
        return scores
