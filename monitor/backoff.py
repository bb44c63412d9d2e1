"""How long to wait after a failure: the one answer for polls and for deliveries."""

import random as chance
from collections.abc import Callable
from datetime import timedelta

_DOUBLINGS = 40
"""More than enough to pass any `most`, and few enough that a timedelta can hold them."""


def delay(failures: int, *, base: timedelta, most: timedelta, random: Callable[[], float] = chance.random) -> timedelta:
    """A random time from zero to `base`, doubled for each of the `failures` that came before this one, up to `most`.

    Full jitter: what failed together does not come back together.
    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """
    ceiling = min(most.total_seconds(), base.total_seconds() * 2.0 ** min(max(failures, 0), _DOUBLINGS))
    return timedelta(seconds=ceiling * random())
