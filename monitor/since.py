"""Times as people write them on the command line, in their own time zone, to aware times in UTC.

| written | means |
|---|---|
| `7d`, `2h`, `1h30m` | so long ago (with `ahead`: from now) |
| `hoy`, `today`, `ayer`, `yesterday`, `mañana`, `tomorrow` | that day |
| `2026`, `2026-11`, `2026-11-01` | that year, month or day |
| `2026-11-01 14:30`, `2026-11-01T14:30:00+01:00` | that moment; without an offset, in the user's zone |
| `14:30` | today at that time (with `ahead`: the next time it strikes) |
"""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from .config.durations import duration

FORMS = "write 7d, 2026-11, 2026-11-01, 2026-11-01T14:30, hoy or today"
DAYS = {"hoy": 0, "today": 0, "ayer": -1, "yesterday": -1, "mañana": 1, "manana": 1, "tomorrow": 1}
_DURATION = re.compile(r"(\s*\d+\s*[a-z])+\s*", re.IGNORECASE)
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")


def start(text: str, now: datetime, zone: tzinfo) -> datetime:
    """The first moment of what `text` names. `ValueError` says what is wrong and what may be written."""
    return _read(text, now, zone)[0]


def end(text: str, now: datetime, zone: tzinfo) -> datetime:
    """The moment at which what `text` names is over: `--until 2026-11` takes in all of November."""
    return _read(text, now, zone)[1]


def ahead(text: str, now: datetime, zone: tzinfo, *, opening: time = time(9)) -> datetime:
    """A moment to come: `2h` from now, `14:30` when it next strikes, a day at `opening`. `ValueError` if it is past."""
    words = text.strip().casefold()
    if _DURATION.fullmatch(words):
        moment = _shifted(now, duration(words), text)
    elif clock := _CLOCK.fullmatch(words):
        moment = _next(_clock(clock, text), now, zone)
    else:
        moment, over = _read(text, now, zone)
        if over != moment:
            moment = datetime.combine(moment.astimezone(zone).date(), opening, zone).astimezone(UTC)
    if moment <= now:
        raise ValueError(f"{text!r} is past; name a time to come, such as 2h, 14:30 or tomorrow")
    return moment


def _read(text: str, now: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """The first moment and the end of what is named; the two are one for a moment."""
    words = text.strip().casefold()
    today = now.astimezone(zone).date()
    if words in DAYS:
        return _days(today + timedelta(days=DAYS[words]), today + timedelta(days=DAYS[words] + 1), zone)
    if words in ("ahora", "now"):
        return now, now
    if named := _DAY.fullmatch(words):
        return _days(*_period(text, *(int(part) if part else None for part in named.groups())), zone)
    if clock := _CLOCK.fullmatch(words):
        moment = datetime.combine(today, _clock(clock, text), zone).astimezone(UTC)
    elif _DURATION.fullmatch(words):
        moment = _shifted(now, -duration(words), text)
    else:
        moment = _iso(text, zone)
    return moment, moment


def _period(text: str, year: int | None, month: int | None, day: int | None) -> tuple[date, date]:
    try:
        first = date(year or 0, month or 1, day or 1)
        if day:
            return first, first + timedelta(days=1)
        return first, date(first.year + 1, 1, 1) if not month or month == 12 else date(first.year, month + 1, 1)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{text!r} is not a date; {FORMS}") from error


def _days(first: date, over: date, zone: tzinfo) -> tuple[datetime, datetime]:
    try:
        return tuple(datetime.combine(day, time(), zone).astimezone(UTC) for day in (first, over))  # type: ignore[return-value]
    except OverflowError as error:
        raise ValueError(f"{first} is too far away; {FORMS}") from error


def _clock(found: re.Match[str], text: str) -> time:
    try:
        return time(int(found[1]), int(found[2]))
    except ValueError as error:
        raise ValueError(f"{text!r} is not a time of day; write one such as 14:30") from error


def _next(clock: time, now: datetime, zone: tzinfo) -> datetime:
    today = now.astimezone(zone).date()
    moment = datetime.combine(today, clock, zone)
    return (moment if moment > now else datetime.combine(today + timedelta(days=1), clock, zone)).astimezone(UTC)


def _shifted(now: datetime, span: timedelta, text: str) -> datetime:
    try:
        return now + span
    except OverflowError as error:
        raise ValueError(f"{text!r} is too far away; {FORMS}") from error


def _iso(text: str, zone: tzinfo) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{text!r} is not a time; {FORMS}") from error
