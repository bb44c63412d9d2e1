from datetime import timedelta

import pytest

from monitor.backoff import delay

BASE, MOST = timedelta(seconds=30), timedelta(hours=1)


@pytest.mark.parametrize(
    ("failures", "ceiling"),
    [
        pytest.param(0, 30, id="the first failure waits up to the base"),
        pytest.param(1, 60, id="each failure before doubles it"),
        pytest.param(6, 1920, id="and doubles it again"),
        pytest.param(7, 3600, id="up to the most"),
        pytest.param(10**9, 3600, id="however often it failed"),
    ],
)
def test_the_longest_wait_doubles_with_each_failure(failures, ceiling):
    assert delay(failures, base=BASE, most=MOST, random=lambda: 1.0) == timedelta(seconds=ceiling)


def test_the_wait_is_spread_over_the_whole_range():
    assert delay(3, base=BASE, most=MOST, random=lambda: 0.0) == timedelta(0)
    assert delay(3, base=BASE, most=MOST, random=lambda: 0.5) == timedelta(minutes=2)
