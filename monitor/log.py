"""The log: an event and its facts, one line each. No post text above DEBUG, and no secret ever."""

import logging
import sys
from collections.abc import Callable, Mapping

_FACTS = "facts"
_COLOURS = {logging.WARNING: "\033[33m", logging.ERROR: "\033[31m", logging.CRITICAL: "\033[31m"}
_PLAIN = {number: f"\\x{number:02x}" for number in [*range(32), *range(127, 160)]}
_PLAIN_LINES = {number: plain for number, plain in _PLAIN.items() if number != ord("\n")}


def logger(name: str) -> logging.Logger:
    """The log of a module, under the house's root."""
    return logging.getLogger(f"oido.{name}")


def fields(**facts: object) -> Mapping[str, object]:
    """Facts for `extra=`: `log.info("polled", extra=fields(source=name, mentions=2))`. `None` is left out."""
    return {_FACTS: {name: fact for name, fact in facts.items() if fact is not None}}


class Edge:
    """Whether the store serves `what`, told on its edges: failing once, recovered once."""

    def __init__(self, log: logging.Logger, what: str) -> None:
        self._log, self._what, self._is_failing = log, what, False

    def failing(self, error: Exception) -> None:
        level = logging.DEBUG if self._is_failing else logging.ERROR
        self._log.log(level, "store unusable, waiting", extra=fields(stands_still=self._what, error=error))
        self._is_failing = True

    def well(self) -> None:
        if self._is_failing:
            self._log.info("store usable again", extra=fields(goes_on=self._what))
        self._is_failing = False


class Lines(logging.Formatter):
    """`14:02:11 polled source=bluesky found=96 mentions=2`, with what `redact` hides hidden."""

    def __init__(self, *, colour: bool, redact: Callable[[str], str]) -> None:
        super().__init__(datefmt="%H:%M:%S")
        self._colour, self._redact = colour, redact

    def format(self, record: logging.LogRecord) -> str:
        facts: Mapping[str, object] = getattr(record, _FACTS, {})
        event = record.getMessage().translate(_PLAIN)
        said = " ".join([event, *(f"{name}={_quoted(str(fact))}" for name, fact in facts.items())])
        if record.exc_info:
            # What broke may quote what a network answered.
            said += "\n" + self.formatException(record.exc_info).translate(_PLAIN_LINES)
        start, end = (_COLOURS.get(record.levelno, ""), "\033[0m") if self._colour else ("", "")
        line = self._redact(f"{self.formatTime(record, self.datefmt)} {said}")
        return f"{start}{line}{end}" if start else line


def _quoted(fact: str) -> str:
    """A fact without characters that drive a terminal, and in quotes when it holds a space."""
    plain = fact.translate(_PLAIN)
    return f'"{plain}"' if " " in plain or not plain else plain


def configure(*, level: int = logging.INFO, redact: Callable[[str], str] = str) -> None:
    """Send the house's log to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines(colour=sys.stderr.isatty(), redact=redact))
    root = logging.getLogger("oido")
    root.handlers = [handler]
    root.setLevel(level)
    root.propagate = False
