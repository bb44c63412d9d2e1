"""The daemon from start to stop: open the house, serve, and open it anew when the configuration is read again."""

import asyncio
import signal
from collections.abc import Callable
from datetime import timedelta

from .alerting.outbox import deliver
from .care import care
from .config.strict import load
from .config.values import Config
from .daemon import serve, signals
from .errors import Misconfigured, OidoError
from .house import House, open_house
from .log import fields, logger
from .portraits import renew
from .refresh import refresh_due
from .systemd import tell
from .wait import first

log = logger(__name__)

AGAIN = timedelta(seconds=2)
"""How soon to open the house again after a new configuration could not be followed."""


async def watch(
    config: Config, *, within: timedelta | None = None, opened: Callable[[Config], None] = lambda _: None
) -> None:
    """Serve until SIGINT or SIGTERM, or `within` is over; with the configuration as it then is after each SIGHUP.

    `opened` is told of each configuration that is used. One that is read again and does not work is told of, and the
    one before it goes on; the first one raises what is wrong with it.
    """
    orders, working = _Orders(config), None
    with signals({signal.SIGINT: orders.stop, signal.SIGTERM: orders.stop, signal.SIGHUP: orders.read_again}):
        if within:
            asyncio.get_running_loop().call_later(within.total_seconds(), orders.stop)
        while following := orders.begin():
            try:
                async with open_house(following, stop=orders.leave) as house:
                    working = following
                    opened(following)
                    await _serve(following, house)
            except OidoError as error:
                if working is None:
                    raise
                log.error("configuration not followed", extra=fields(error=error))
                orders.go_back(following, working)
                await first((orders.over,), within=AGAIN)
    log.info("stopped")


class _Orders:
    """What the signals ask for, at any time: also while one house closes and the next one opens."""

    def __init__(self, config: Config) -> None:
        self.over, self.leave = asyncio.Event(), asyncio.Event()
        self._config = config

    def begin(self) -> Config | None:
        """The configuration to serve by until `leave` is set; `None` when all is over."""
        self.leave = asyncio.Event()
        return None if self.over.is_set() else self._config

    def stop(self) -> None:
        self.over.set()
        self.leave.set()

    def read_again(self) -> None:
        """Follow the configuration as it is now. One that cannot be used is told and not followed."""
        tell("RELOADING=1")
        try:
            self._config = load(self._config.path)
        except Misconfigured as error:
            for problem in error.problems:
                log.error("configuration not read again", extra=fields(problem=problem))
            tell("READY=1")
            return
        log.info("configuration read again")
        self.leave.set()

    def go_back(self, failed: Config, working: Config) -> None:
        """Follow `working` again, unless there is something newer than `failed`."""
        if self._config is failed:
            self._config = working


async def _serve(config: Config, house: House) -> None:
    desk = house.desk
    for warning in config.warnings:
        log.warning(str(warning))
    counts = {"brands": config.brands, "sources": house.sources, "notifiers": house.couriers}
    log.info("watching", extra=fields(**{name: len(each) for name, each in counts.items()}, database=config.database))
    tell("READY=1")
    await serve(
        desk,
        house.sources,
        house.me,
        config.alerts.backfill,
        care=lambda: care(desk, house.notices, house.heralds),
        deliver=lambda: deliver(house.couriers, committed=desk.committed, stopping=desk.stop),
        refresh=lambda: refresh_due(desk, house.lookout, house.sources if config.refresh else {}, house.me),
        renew=lambda: renew(desk, house.lessons, config.brands, config.language),
    )
