"""The daemon from start to stop: open the house, serve, and open it anew when the configuration is read again."""

import asyncio
import signal
from collections.abc import Callable
from datetime import timedelta

from .alerting.outbox import deliver
from .config.strict import load
from .config.values import Config
from .daemon import serve, signals
from .errors import Misconfigured
from .house import House, open_house
from .log import fields, logger
from .systemd import tell

log = logger(__name__)


async def watch(
    config: Config, *, within: timedelta | None = None, opened: Callable[[Config], None] = lambda _: None
) -> None:
    """Serve until SIGINT or SIGTERM, or `within` is over; with the configuration as it then is after each SIGHUP.

    `opened` is told of each configuration that is used.
    """
    following = [config]
    while following:
        config = following.pop()
        async with open_house(config) as house:
            opened(config)
            with signals(_answers(config, house, following)):
                ending = (
                    asyncio.get_running_loop().call_later(within.total_seconds(), house.desk.stop.set)
                    if within
                    else None
                )
                await _serve(config, house)
                if ending:
                    ending.cancel()
    log.info("stopped")


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
        lambda: deliver(house.couriers, committed=desk.committed, stopping=desk.stop),
    )


def _answers(config: Config, house: House, following: list[Config]) -> dict[signal.Signals, Callable[[], None]]:
    """What each signal does. A configuration that cannot be used is told and not followed."""

    def stop() -> None:
        following.clear()
        house.desk.stop.set()

    def read_again() -> None:
        tell("RELOADING=1")
        try:
            following[:] = [load(config.path)]
        except Misconfigured as error:
            for problem in error.problems:
                log.error("configuration not read again", extra=fields(problem=problem))
            tell("READY=1")
            return
        log.info("configuration read again")
        house.desk.stop.set()

    return {signal.SIGINT: stop, signal.SIGTERM: stop, signal.SIGHUP: read_again}
