"""Where a list stands whose newest entries come first and are paid for."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

_MARK = re.compile(r"[1-9][0-9]{0,18}|([1-9][0-9]{0,18})?(-[1-9][0-9]{0,18}){2}")


@dataclass(frozen=True, slots=True)
class Stand:
    """How far one list is read: all up to the id `since`, and from `newest` back to `until` if that is not done yet.

    Where money or patience ends midway, the next poll pays only for what is missing.
    Without `since`, all that there still is is wanted.
    """

    since: str = ""
    until: str = ""
    newest: str = ""

    @classmethod
    def of(cls, mark: str, start: str) -> "Stand":
        return cls(*mark.split("-")) if _MARK.fullmatch(mark) else cls(start)

    @property
    def mark(self) -> str:
        return f"{self.since}-{self.until}-{self.newest}" if self.until else self.since

    @property
    def window(self) -> Mapping[str, str]:
        return {name: number for name, number in (("since_id", self.since), ("until_id", self.until)) if number}

    def after(self, ids: Sequence[str], is_last: bool) -> "Stand":
        newest = max((self.newest, self.since, *ids), key=lambda name: int(name or 0))
        return Stand(newest) if is_last else replace(self, until=min(ids, key=int), newest=newest)
